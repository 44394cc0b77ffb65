"""How a plan came to be, step by step, in a file beside it: what undo goes back through, also after a crash.

The file holds the plan from which the review began and then one line a step, each forced to the disk before the plan
is written. Every step carries the digest of the plan it led to, so that a history is believed only as far as it leads
to the plan that is there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from unseen.errors import UnseenError, UsageError
from unseen.media.publish import storage_errors
from unseen.plan import Plan, dumps
from unseen.plan.document import line, parse
from unseen.review.editing import edited
from unseen.review.edits import Kept

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows: two reviews of one file are told apart by the plan alone
    fcntl = None  # type: ignore[assignment]

SUFFIX = ".history"
_MOST = 1 << 30  # bytes of a history that is read


class Begin(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """The plan from which the review began."""

    plan: Plan
    format: Literal["unseen.history/1"] = "unseen.history/1"


class Step(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Somebody's edit, and the digest of the plan it led to."""

    edit: Kept
    by: str
    led_to: str


class Turn(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """One step taken back, or taken again."""

    back: bool
    led_to: str


class Seen(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """What was on the screen at full size: ranges of pictures, and names of doubtful places."""

    shown: tuple[tuple[Annotated[int, Meta(ge=0)], Annotated[int, Meta(ge=0)]], ...] = ()
    visited: tuple[str, ...] = ()


Entry = Begin | Step | Turn | Seen


def digest(plan: Plan) -> str:
    """What tells one plan from another: of its bytes as they are written."""
    return digest_of(dumps(plan))


def digest_of(data: bytes) -> str:
    """The same of those bytes."""
    return hashlib.sha256(data).hexdigest()


@dataclass(slots=True)
class Past:
    """Where a review stands: the `plan` now, what it was `before` each step, and what was taken back."""

    plan: Plan
    before: list[Plan] = field(default_factory=list)
    after: list[Plan] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)

    def step(self, plan: Plan) -> None:
        """Go on to another plan."""
        self.before.append(self.plan)
        self.plan = plan
        self.after.clear()

    def back(self) -> None:
        """Take the last step back. Raises UsageError where there is none."""
        if not self.before:
            raise UsageError("there is nothing to undo", next_step="Nothing was changed yet.")
        self.after.append(self.plan)
        self.plan = self.before.pop()

    def again(self) -> None:
        """Take the step again that was taken back last. Raises UsageError where there is none."""
        if not self.after:
            raise UsageError("there is nothing to redo", next_step="Nothing was undone.")
        self.before.append(self.plan)
        self.plan = self.after.pop()

    def turn(self, *, back: bool) -> None:
        """One or the other."""
        (self.back if back else self.again)()


def history_of(plan: Path) -> Path:
    """Where the history of a plan lies."""
    return plan.with_name(plan.name + SUFFIX)


def recalled(path: Path, plan: Plan) -> Past | None:
    """The way that led to this plan, None where the history does not lead there.

    A history may have one step more than the plan: whoever was killed in between had decided.
    """
    entries = list(_entries(path))
    if not entries or not isinstance(entries[0], Begin):
        return None
    past = Past(entries[0].plan)
    there = digest(plan)
    led_to = digest(past.plan)
    one_before = led_to
    try:
        for entry in entries[1:]:
            if isinstance(entry, Seen):
                past.seen.append(entry)
                continue
            if isinstance(entry, Begin):
                return None
            _take(past, entry)
            one_before, led_to = led_to, entry.led_to
    except UnseenError:
        return None
    right = digest(past.plan) == led_to and there in (led_to, one_before)
    return past if right else None


def _take(past: Past, entry: Step | Turn) -> None:
    if isinstance(entry, Step):
        past.step(edited(past.plan, entry.edit, entry.by))
    else:
        past.turn(back=entry.back)


def _entries(path: Path) -> Iterator[Entry]:
    """What is written there, up to the first line that was not written to its end."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST)
    except OSError:
        return
    for each in data.split(b"\n")[:-1]:
        try:
            entry: Entry = parse(Entry, each)
        except ValueError:
            return
        yield entry


def begin(path: Path, plan: Plan) -> None:
    """A new history. Raises StorageError."""
    _append(path, Begin(plan), os.O_TRUNC, sure=True)


def note(path: Path, entry: Entry, *, sure: bool = True) -> None:
    """Write one more line; `sure`: wait until it is on the disk. Raises StorageError."""
    _append(path, entry, os.O_APPEND, sure=sure)


def _append(path: Path, entry: Entry, how: int, *, sure: bool) -> None:
    flags = os.O_WRONLY | os.O_CREAT | how
    for name in ("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    with storage_errors(path), os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(line(entry) + b"\n")
        file.flush()
        if sure:
            os.fsync(file.fileno())


def forget(path: Path) -> None:
    """Remove a history; what it led to is in the plan."""
    with storage_errors(path):
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """While no other review of this machine reads or writes plans and histories in this folder. Raises StorageError."""
    if fcntl is None:
        yield
        return
    with storage_errors(folder):
        descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a file system without locks: the plan's digest still tells
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
