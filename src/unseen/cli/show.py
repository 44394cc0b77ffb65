"""What a person sees on the terminal, or a machine on standard output."""

from __future__ import annotations

import collections
import contextlib
import io
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.style import Style
from rich.text import Text

from unseen.core import Kind, MediaInfo, MediaKind, quiet
from unseen.core import Progress as OnProgress
from unseen.errors import StorageError, UnseenError, printable
from unseen.plan import Plan, dumps

_LINE_EVERY = 10.0  # seconds between lines in a log


class _Console(Console):
    """A console that goes on when nobody reads it any more or its log has no room: what is said is not the job."""

    def print(self, *objects: Any, **settings: Any) -> None:
        with contextlib.suppress(OSError):
            super().print(*objects, **settings)

    def on_broken_pipe(self) -> None:
        self.quiet = True


out = _Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
err = _Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)


def say(text: str = "") -> None:
    """A line for the person, on standard output."""
    out.print(text)


def warn(text: str) -> None:
    """A line for the person, on standard error."""
    err.print(text)


def warn_of(warnings: Iterable[str]) -> None:
    """What a person has to know before the work starts, a line each."""
    for text in warnings:
        warn(f"unseen: warning: {printable(text)}")


def complain(error: UnseenError) -> None:
    """What went wrong, and what to do next."""
    err.print(f"unseen: {printable(str(error))}")
    if error.next_step:
        err.print(f"        {error.next_step}")


def draw(rgb: NDArray[np.uint8]) -> None:
    """A small picture, two pixels a character, on a terminal that knows colours."""
    even = np.concatenate([rgb, rgb[-1:]]) if len(rgb) % 2 else rgb
    for upper, lower in zip(even[::2], even[1::2], strict=True):
        line = Text("    ")
        for above, below in zip(upper.tolist(), lower.tolist(), strict=True):
            line.append("\u2580", Style(color=Color.from_rgb(*above), bgcolor=Color.from_rgb(*below)))
        out.print(line)


def emit(document: object) -> None:
    """One JSON document on standard output, in UTF-8 whatever the terminal's encoding is."""
    data = dumps(document)
    bare = getattr(out.file, "buffer", None)
    try:
        out.file.flush()
        if bare is None:
            out.file.write(data.decode())
        else:
            bare.write(data)
        out.file.flush()
    except OSError as error:
        what = f"standard output cannot be written: {error.strerror}"
        raise StorageError(
            what, next_step="What the command released stays; only this report of it is lost."
        ) from error


def finish() -> None:
    """Let what cannot be written any more go, so that the exit code is the job's and not the log's."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, stream.fileno())
            os.close(nothing)


def say_everything() -> None:
    """Escape what the terminal's or log's encoding does not know, instead of failing over it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def counted(kinds: Iterable[Kind]) -> str:
    """How many there are of each kind, such as `2 faces, 1 plate`; empty where there is nothing."""
    counts = collections.Counter(kinds)
    return ", ".join(f"{counts[kind]} {kind if counts[kind] == 1 else kind.plural}" for kind in Kind if kind in counts)


def copied(plan: Plan) -> Iterator[str]:
    """What a release says of pictures that are copied as they were coded; nothing where nobody asked for it."""
    times = plan.source.media.frame_times
    if plan.copying is None or times is None:
        return
    count = sum(stretch.pictures for stretch in plan.copied())
    yield f"{count} of {len(times)} pictures copied as they were coded"
    for why in plan.copying.not_copied:
        yield f"not copied: {why}"


def error_facts(error: UnseenError) -> dict[str, Any]:
    """An error as JSON says it."""
    return {
        "error": type(error).__name__,
        "what": error.what,
        "next_step": error.next_step,
        "exit_code": int(error.exit_code),
    }


def shape(media: MediaInfo) -> str:
    """How large or long a file is, for a person."""
    sound, picture = media.sound, media.picture
    if sound is not None:
        return f"{sound.layout} at {sound.rate} Hz, {float(sound.span.end - sound.span.start):.2f} s"
    size = f"{picture.width} x {picture.height}" if picture is not None else ""
    pictures = len(media.frame_times) if media.frame_times is not None else 0
    return size if media.kind is MediaKind.PHOTO else f"{size}, {pictures} pictures"


def plain(document: object) -> Any:
    """A document as nothing but dicts, lists, text and numbers."""
    return msgspec.json.decode(dumps(document))


@contextmanager
def progress(name: str, *, shown: bool = True) -> Iterator[OnProgress]:
    """A bar a step on a terminal, a line now and then in a log, nothing where not `shown`."""
    if not shown:
        yield quiet
    elif err.is_terminal:
        named = TextColumn("{task.description}", markup=False)  # a file name in brackets is no markup
        columns = (named, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=err, transient=True) as bars:
            yield _bars(bars, name)
    else:
        yield _lines(name)


def _bars(bars: Progress, name: str) -> OnProgress:
    tasks: dict[str, Any] = {}

    def show(step: str, done: int, total: int | None) -> None:
        if step not in tasks:
            for finished in tasks.values():
                bars.update(finished, visible=False)
            tasks[step] = bars.add_task(f"{name}: {step}", total=total)
        bars.update(tasks[step], completed=done, total=total)

    return show


def _lines(name: str) -> OnProgress:
    last = time.monotonic()

    def show(step: str, done: int, total: int | None) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _LINE_EVERY:
            last = now
            err.print(f"{name}: {step}, {done}" + (f" of {total} pictures" if total else " pictures"))

    return show
