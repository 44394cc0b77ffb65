"""One plan under review: what it says now, every step that led there, and whether it still is what is on the disk."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from unseen.core import Clock, clock_of
from unseen.errors import PlanError
from unseen.media.documents import load_plan, write_document
from unseen.media.source import open_source
from unseen.plan import Plan, decisions_digest, dumps
from unseen.review import history
from unseen.review.document import Summary, summary_of
from unseen.review.doubts import doubts, file_risk, unsettled
from unseen.review.editing import edited
from unseen.review.edits import Kept
from unseen.review.history import Past, Seen, Step, Turn
from unseen.review.sight import Sight

_Stamp = tuple[int, int, int]


class Outdated(Exception):  # noqa: N818 - no error: the page shows what there is now
    """The change was made to a plan that is not the one that is there any more."""


class Session:
    """The plan of one file. Whatever changes it is on the disk before it is told."""

    def __init__(self, source: Path, path: Path) -> None:
        self._source, self._path, self._history = source, path, history.history_of(path)
        self._lock = threading.RLock()
        self._source_stamp: _Stamp | None = None
        with history.alone(self._path.parent):
            self._read()

    @property
    def plan(self) -> Plan:
        """The plan as it is now."""
        return self._past.plan

    @property
    def revision(self) -> str:
        """A name for what the plan says now, and for how far it can be taken back."""
        return f"{self._digest[:16]}-{len(self._past.before)}-{len(self._past.after)}"

    @property
    def can_undo(self) -> bool:
        return bool(self._past.before)

    @property
    def can_redo(self) -> bool:
        return bool(self._past.after)

    @property
    def clock(self) -> Clock | None:
        """When each picture is shown; None where there is none."""
        times = self.plan.source.media.frame_times
        return None if times is None else clock_of(times)

    def edit(self, revision: str, edit: Kept, by: str) -> None:
        """Change the plan. Raises Outdated, UsageError where the edit cannot be made, StorageError."""
        with self._changing(revision):
            plan = edited(self.plan, edit, by)
            data = dumps(plan)
            self._take(Step(edit, by, history.digest_of(data)), data, lambda past: past.step(plan))

    def turn(self, revision: str, *, back: bool) -> None:
        """Undo, or redo. Raises Outdated, UsageError where there is nothing, StorageError."""
        with self._changing(revision):
            trial = Past(self.plan, self._past.before[-1:], self._past.after[-1:])
            trial.turn(back=back)
            data = dumps(trial.plan)
            self._take(Turn(back, history.digest_of(data)), data, lambda past: past.turn(back=back))

    def saw(self, seen: Seen) -> None:
        """Take note of what was on the screen. A crash may lose the last seconds of it."""
        with self._lock, history.alone(self._path.parent):
            self.sight.add(seen)
            self._begun()
            history.note(self._history, seen, sure=False)

    def close(self) -> None:
        """The file is released: how its plan came to be is nobody's business any more."""
        with self._lock, history.alone(self._path.parent):
            history.forget(self._history)
            self._past.before.clear()
            self._past.after.clear()

    def fresh(self) -> None:
        """Read the plan again where it was changed behind our back."""
        with self._lock, history.alone(self._path.parent):
            self._refresh()

    @contextlib.contextmanager
    def _changing(self, revision: str) -> Iterator[None]:
        with self._lock, history.alone(self._path.parent):
            changed = self._refresh()
            self._check_source()
            if changed or revision != self.revision:
                raise Outdated
            yield

    def _take(self, entry: Step | Turn, data: bytes, step: Callable[[Past], None]) -> None:
        """Note a step, take it, and write where it leads to."""
        self._begun()
        history.note(self._history, entry)
        step(self._past)
        write_document(self._path, data, overwrite=True)
        self._digest, self._stamp = entry.led_to, _stamp(self._path)

    def _begun(self) -> None:
        if not self._history.exists():
            history.begin(self._history, self.plan)

    def _read(self) -> None:
        plan = load_plan(self._path)
        past = history.recalled(self._history, plan)
        if past is None:
            history.forget(self._history)
            past = Past(plan)
        self._past = past
        self._digest = history.digest(past.plan)
        times = plan.source.media.frame_times
        self.sight = Sight(len(times) if times is not None else 0)
        for seen in past.seen:
            self.sight.add(seen)
        if past.plan != plan:
            write_document(self._path, dumps(past.plan), overwrite=True)
        self._stamp = _stamp(self._path)

    def _refresh(self) -> bool:
        """Whether the plan on the disk was another one, which is the one under review now."""
        if _stamp(self._path) == self._stamp:
            return False
        before = self._digest
        self._read()
        return self._digest != before

    def _check_source(self) -> None:
        """Raise PlanError where the file is not the one the plan was made for."""
        stamp = _stamp(self._source)
        if stamp == self._source_stamp:
            return
        wanted = self.plan.source
        with open_source(self._source) as source:
            if (source.size, source.sha256()) != (wanted.size, wanted.sha256):
                what = "is not the file this plan was made for any more: its bytes have changed"
                raise PlanError(what, path=self._source, next_step="Put it back, or make a new plan: unseen find")
        self._source_stamp = stamp

    @staticmethod
    def summarised(plan: Plan) -> Summary:
        """What the list of files says about a plan."""
        found = unsettled(plan, doubts(plan))
        return summary_of(plan, file_risk(found), len(found))

    @staticmethod
    def state_of(plan: Plan) -> str:
        """Whether somebody has signed for it."""
        signed = plan.review is not None and plan.review.decisions_sha256 == decisions_digest(plan)
        return "signed" if signed else "open"


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = os.stat(path, follow_symlinks=False)  # noqa: PTH116
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
