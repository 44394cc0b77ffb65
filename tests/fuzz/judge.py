"""What becomes of a file that may be damaged, and what may never become of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from unseen.errors import AuditFailedError, InputError, UnexpectedError
from unseen.media import Limits, open_reader, open_source
from unseen.options import RedactOptions
from unseen.pipeline import redact

LIMITS = Limits(pixels=20_000_000, frames=10_000, seconds=3600, memory=1 << 30, idle_seconds=20)
"""Tight ones: what a small file can be blown up to is found sooner."""
_ENOUGH = 300  # pictures or blocks of a pass: damaged headers may claim thousands


Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`outcome` is `read`, `released` or the error's name; `said` its text; `fault`: Unseen's own, to be mended."""

    outcome: str
    seconds: float
    said: str = ""
    fault: bool = False


def read(path: Path) -> Verdict:
    """Open a file and go through all it holds, as a job would."""
    began = time.monotonic()
    try:
        with open_source(path) as source, closing(open_reader(source, LIMITS)) as reader:
            last = None
            for view in _some(reader.views(960)):
                last = view.time
            if last is not None:
                for _ in _some(reader.views(960, since=last)):
                    pass
            _ = reader.info
            for _ in _some(reader.pictures()):
                pass
            if reader.main_audio is not None:
                for _ in _some(reader.sound(reader.main_audio)):
                    pass
    except UnexpectedError as error:
        return Verdict("UnexpectedError", time.monotonic() - began, str(error), fault=True)
    except InputError as error:
        return Verdict(type(error).__name__, time.monotonic() - began, str(error), fault=not error.next_step)
    return Verdict("read", time.monotonic() - began)


def release(path: Path, out: Path) -> Verdict:
    """The whole job; nothing may lie at the destination of a file that was refused."""
    began = time.monotonic()
    try:
        options = RedactOptions(
            max_pixels=LIMITS.pixels,
            max_frames=LIMITS.frames,
            max_seconds=LIMITS.seconds,
            max_memory=LIMITS.memory >> 20,
        )
        redact(path, out, options)
    except (InputError, AuditFailedError) as error:
        left = sorted(p.name for p in out.parent.iterdir())
        fault = bool(left) or isinstance(error, UnexpectedError)
        return Verdict(type(error).__name__, time.monotonic() - began, f"{error} {left or ''}", fault=fault)
    for made in out.parent.iterdir():
        made.unlink()
    return Verdict("released", time.monotonic() - began)


def _some(items: Iterator[Item]) -> Iterator[Item]:
    for _, item in zip(range(_ENOUGH), items, strict=False):
        yield item
