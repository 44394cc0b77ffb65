"""Everything that a reviewer sets going: edits, following, signing, releasing, for one file or many."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from unseen.core import Kind
from unseen.errors import InputError, ReviewNeededError, UnseenError
from unseen.pipeline import Released
from unseen.plan import Action, Decision, PlannedTrack
from unseen.review import edits
from unseen.review.desk import Desk, Item
from unseen.review.document import crossing_facts
from unseen.review.editing import edited, new_name, region_of
from unseen.review.follow import followed
from unseen.review.history import Seen
from unseen.review.jobs import Job, error_facts
from unseen.review.release import demand_second, release, sign, where
from unseen.review.session import Outdated, Session
from unseen.review.sight import ranges

_MOST_SEEN = 100_000
Json = dict[str, Any]


class At(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The revision that a change is based on."""

    revision: str


class Change(At, frozen=True, forbid_unknown_fields=True):
    """An edit."""

    edit: edits.Asked


class Follow(At, frozen=True, forbid_unknown_fields=True):
    """A box drawn in one picture."""

    frame: edits.Frame
    box: edits.Box
    kind: Kind


class Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was on the screen."""

    shown: Annotated[tuple[edits.Frame, ...], Meta(max_length=_MOST_SEEN)] = ()
    doubts: Annotated[tuple[edits.Name, ...], Meta(max_length=10_000)] = ()


class Who(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The name of whoever reviews."""

    name: edits.Name


class Batch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same for many files."""

    files: Annotated[tuple[edits.Name, ...], Meta(min_length=1, max_length=100_000)]
    do: Literal["cover", "sign", "release"]


class Nameless(Exception):  # noqa: N818 - the page asks for the name and goes on
    """Nobody has said yet who reviews."""


class Changes:
    """What may be done to the files of a desk. Every change raises Nameless before it is said who makes it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def edit(self, item: Item, change: Change) -> Json:
        """Carry an edit out. Raises Outdated, UnseenError."""
        by, session = self._by(), self._desk.ready(item)
        session.edit(change.revision, change.edit, by)
        return self._told(item, session)

    def meetings(self, item: Item, tracks: Sequence[str]) -> Json:
        """Where others would meet these tracks, were they the only ones kept. Raises UsageError."""
        session = self._desk.ready(item)
        kept = edited(session.plan, edits.Only(tuple(tracks), "asked"), "asked")
        return {"crossings": crossing_facts(kept)}

    def turn(self, item: Item, at: At, *, back: bool) -> Json:
        """Undo or redo. Raises Outdated, UnseenError."""
        self._by()
        session = self._desk.ready(item)
        session.turn(at.revision, back=back)
        return self._told(item, session)

    def saw(self, item: Item, shown: Shown) -> Json:
        """Take note of what was on the screen."""
        session = self._desk.ready(item)
        session.saw(Seen(tuple(ranges(shown.shown)), shown.doubts))
        return {"seen": self._desk.seen(session)}

    def sign(self, item: Item, at: At) -> Json:
        """Sign for the plan as it is. Raises Outdated, UnseenError."""
        by, session = self._by(), self._desk.ready(item)
        sign(session, at.revision, by)
        return self._told(item, session)

    def follow(self, item: Item, asked: Follow) -> Job:
        """Follow a box both ways, and add what comes of it to the plan. Raises Outdated, UnseenError."""
        by, session = self._by(), self._desk.ready(item)
        if asked.revision != session.revision:
            raise Outdated
        region = region_of(asked.box)

        def work(job: Job) -> Json:
            plan = session.plan
            drawn = (asked.frame, region, asked.kind, new_name(plan, asked.kind))
            with contextlib.closing(self._desk.opened(item)) as frames:
                track = followed(frames.reader, plan.source.media, drawn, job.progress)
            planned = PlannedTrack(track, Decision(Action.COVER, by, "drawn by hand and followed"))
            session.edit(session.revision, edits.Put((planned,)), by)
            return {"document": self._told(item, session), "track": track.id}

        return self._desk.jobs.working.add(self._desk.jobs.make(work))

    def release(self, item: Item, at: At) -> Job:
        """Release one file. Raises Outdated, UnseenError where it is clear already that it cannot be."""
        self._by()
        session = self._desk.ready(item)
        if at.revision != session.revision:
            raise Outdated
        demand_second(session.plan, self._desk.options)
        missing = self._desk.missing(session.plan)
        if missing:
            raise ReviewNeededError("; ".join(missing), next_step="Answer what is missing, then release it.")
        return self._desk.jobs.working.add(self._desk.jobs.make(lambda job: self._release(item, session, job)))

    def _release(self, item: Item, session: Session, job: Job) -> Json:
        before = session.plan
        try:
            released = release(item.place, session, self._desk.options_for(item), job.progress)
        except UnseenError as error:
            job.result = {"exit_code": int(error.exit_code), **where(before, error)}
            self._desk.tell(item, "held" if isinstance(error, ReviewNeededError) else "failed")
            raise
        self._published(item, session, released)
        return {"document": self._desk.document(item, session)}

    def _published(self, item: Item, session: Session, released: Released) -> None:
        item.released = {"status": str(released.record.standing), "file": released.output.name}
        session.close()
        self._desk.tell(item, "released")

    def batch(self, asked: Batch) -> Job:
        """Do the same with many files, one after the other; what fails is told and does not stop the rest."""
        by = self._by()
        items = [self._desk.item(name) for name in asked.files]
        return self._desk.jobs.working.add(self._desk.jobs.make(lambda job: self._each(items, asked.do, by, job)))

    def _each(self, items: Sequence[Item], what: str, by: str, job: Job) -> Json:
        failures = []
        for done, item in enumerate(items):
            job.progress(what, done, len(items))
            try:
                self._one(item, what, by)
            except UnseenError as error:
                failures.append({"id": item.id, **error_facts(error)})
            except Outdated:
                text = {"error": "its plan was changed by somebody else", "next_step": "Look at it, and try again."}
                failures.append({"id": item.id, **text})
        return {"failures": failures, "total": len(items)}

    def _one(self, item: Item, what: str, by: str) -> None:
        session = self._desk.ready(item)
        if what == "cover":
            kept = tuple(p.track.id for p in session.plan.kept())
            if kept:
                session.edit(session.revision, edits.Decide(kept, Action.COVER, "covered with others"), by)
        elif what == "sign":
            sign(session, session.revision, by)
        else:
            released = release(item.place, session, self._desk.options_for(item), _quietly)
            self._published(item, session, released)
            return
        self._told(item, session)

    def _by(self) -> str:
        if self._desk.who is None:
            raise Nameless
        return self._desk.who

    def _told(self, item: Item, session: Session) -> Json:
        self._desk.note(item, Session.summarised(session.plan), Session.state_of(session.plan))
        return self._desk.document(item, session)


def _quietly(step: str, done: int, total: int | None) -> None:
    """Progress of one file among many is not shown."""


def named(text: str) -> str:
    """A name as it may stand in plan and record. Raises InputError where there is nothing to read in it."""
    name = " ".join(text.split())
    if not name or not name.isprintable():
        raise InputError("this is no name", next_step="Write the name of whoever reviews.")
    return name
