"""The files under review: which there are, what is known of each, and the few that are held open."""

from __future__ import annotations

import collections
import contextlib
import datetime
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unseen import pipeline
from unseen.core import Span, clock_of
from unseen.errors import InputError, PlanError, UnseenError, printable
from unseen.media.documents import load_plan, write_document
from unseen.media.photo_open import photo_format
from unseen.media.source import open_source
from unseen.options import ReviewOptions
from unseen.plan import Plan, dumps
from unseen.plan.duties import shortfalls
from unseen.review.document import Summary, plan_facts, silenced
from unseen.review.frames import Frames, jpeg
from unseen.review.jobs import Job, Jobs, error_facts
from unseen.review.listening import PIECE, Heard
from unseen.review.outlines import draw_covers
from unseen.review.places import Place
from unseen.review.release import released_earlier
from unseen.review.session import Session
from unseen.review.wave import peaks, thinned

_NOBODY = ReviewOptions().by
_MOST_OPEN = 3  # files with a decoder at hand
_MOST_SESSIONS = 32  # plans in memory; whatever they decide is on the disk at once
_MOST_THUMBS = 32 << 20  # bytes


@dataclass(slots=True, eq=False)
class Item:
    """A file of the desk. `state` is what the page calls it; `job` looks at it, or did."""

    id: str
    place: Place
    state: str = "unlooked"
    summary: Summary | None = None
    error: UnseenError | None = None
    job: Job | None = None
    released: dict[str, str] | None = None

    @property
    def name(self) -> str:
        return printable(self.place.source.name)


class Desk:
    """Holds the files; every method may be called from any thread."""

    def __init__(self, places: Iterable[Place], options: ReviewOptions) -> None:
        self.options = options
        self.jobs = Jobs()
        self._items = {f"f{n}": Item(f"f{n}", place) for n, place in enumerate(places, start=1)}
        self._lock = threading.RLock()
        self._sessions: collections.OrderedDict[str, Session] = collections.OrderedDict()
        self._frames: collections.OrderedDict[str, Frames] = collections.OrderedDict()
        self._thumbs: collections.OrderedDict[tuple[str, int, str], bytes] = collections.OrderedDict()
        self._heard: tuple[str, Heard] | None = None
        self._waves: dict[str, NDArray[np.float32] | None] = {}
        self._revision = 0
        self.who: str | None = None if options.by == _NOBODY else options.by

    def close(self) -> None:
        """Stop what runs and let go of every file."""
        self.jobs.close()
        with self._lock:
            for frames in self._frames.values():
                frames.close()
            self._frames.clear()
            self._hear_no_more()
            self._sessions.clear()
            self._thumbs.clear()

    def look_at_all(self) -> None:
        """Look at every file in order, in the background."""
        for item in self._items.values():
            self._start_looking(item, urgent=False)

    def item(self, name: str) -> Item:
        """The file of that id. Raises InputError."""
        found = self._items.get(name)
        if found is None:
            raise InputError("there is no such file in this review", next_step="Go back to the list of files.")
        return found

    def listed(self, first: int, count: int) -> dict[str, Any]:
        """A part of the list, greatest risk first; files that nobody looked at yet come last."""
        with self._lock:
            ranked = sorted(self._items.values(), key=lambda i: -(i.summary.risk if i.summary is not None else -1.0))
            part = [_listed(item) for item in ranked[first : first + count]]
            return {"files": part, "total": len(ranked), "revision": self._revision}

    def session(self, item: Item) -> Session | None:
        """The plan under review, None where it is still being made. Raises what looking at the file raised."""
        with self._lock:
            session = self._sessions.get(item.id)
            if session is not None:
                self._sessions.move_to_end(item.id)
                return session
        job = self._start_looking(item, urgent=True)
        if not job.ended.is_set():
            return None
        if item.error is not None:
            raise item.error
        with self._lock:
            session = Session(item.place.source, item.place.plan)
            self._sessions[item.id] = session
            while len(self._sessions) > _MOST_SESSIONS:
                self._sessions.popitem(last=False)
            return session

    def ready(self, item: Item) -> Session:
        """The plan under review. Raises InputError where it is still being made."""
        session = self.session(item)
        if session is None:
            raise InputError("was not looked at yet", next_step="Wait until it is.")
        return session

    def _start_looking(self, item: Item, *, urgent: bool) -> Job:
        with self._lock:
            if item.job is None:
                item.job = self.jobs.make(lambda job: self._look(item, job))
                self.jobs.looking.add(item.job, urgent=urgent)
            elif urgent:
                self.jobs.looking.hurry(item.job)
            return item.job

    def _look(self, item: Item, job: Job) -> dict[str, Any]:
        """Read the plan that there is, or make one."""
        try:
            if item.place.plan.is_file():
                plan = load_plan(item.place.plan)
                _check_size(item.place, plan)
            else:
                self.tell(item, "looking")
                plan = pipeline.find(item.place.source, self.options, job.progress)
                write_document(item.place.plan, dumps(plan), overwrite=False)
        except UnseenError as error:
            item.error = error
            self.tell(item, "failed")
            raise
        self.note(item, Session.summarised(plan), Session.state_of(plan))
        record = released_earlier(item.place, plan)
        if record is not None:
            item.released = {"status": str(record.standing), "file": item.place.output.name}
            self.tell(item, "released")
        return {"file": item.id}

    def note(self, item: Item, summary: Summary, state: str) -> None:
        """Keep what the list says about a file."""
        with self._lock:
            item.summary = summary
            self.tell(item, state)

    def tell(self, item: Item, state: str) -> None:
        """Let the list say this of a file."""
        with self._lock:
            item.state = state
            self._revision += 1

    def document(self, item: Item, session: Session) -> dict[str, Any]:
        """Everything that the page is told about one file."""
        session.fresh()
        return {
            "id": item.id,
            "name": item.name,
            "state": item.state,
            "revision": session.revision,
            **plan_facts(session.plan),
            "can_undo": session.can_undo,
            "can_redo": session.can_redo,
            "missing": self.missing(session.plan),
            "seen": self.seen(session),
            "second_reviewer": self.options.second_reviewer,
            "released": item.released if item.state == "released" else None,
            "saved": True,
            "who": self.who,
        }

    def missing(self, plan: Plan) -> tuple[str, ...]:
        """What the rules in force ask for and the plan does not have, a sentence each."""
        return shortfalls(plan, datetime.datetime.now(tz=datetime.UTC).date())

    def seen(self, session: Session) -> dict[str, Any]:
        """What was on the screen so far."""
        return {"share": session.sight.share, "visited": sorted(session.sight.visited)}

    def options_for(self, item: Item) -> ReviewOptions:
        """The options of a release, which may replace what this review has released itself."""
        return replace(self.options, by=self.who or _NOBODY, overwrite=self.options.overwrite or bool(item.released))

    def wave(self, item: Item, points: int) -> list[float]:
        """How loud the file is. Raises InputError where it makes no sound."""
        session = self.ready(item)
        media = session.plan.source.media
        if item.id not in self._waves:
            times = session.clock
            start = float(media.sound.start) if media.sound is not None else float(times.time(0)) if times else 0.0
            length = plan_facts(session.plan)["duration"]
            with contextlib.closing(self.opened(item)) as frames:
                self._waves[item.id] = peaks(frames.reader, start, length)
        found = self._waves[item.id]
        if found is None:
            raise InputError("makes no sound", next_step="Look at it instead.")
        return thinned(found, points)

    def sound(self, item: Item, piece: int, *, covered: bool) -> bytes:
        """A piece of the file's sound as WAV, as it is or with what is silenced. Raises InputError."""
        plan = self.ready(item).plan
        media = plan.source.media
        start = (media.sound.start if media.sound is not None else Fraction(0)) + piece * PIECE
        silent = (Span(start, start + PIECE),) if covered and silenced(plan) else plan.silenced() if covered else ()
        with self._lock:
            if self._heard is None or self._heard[0] != item.id:
                self._hear_no_more()
                options = self.options
                file = Heard(item.place.source, options.limits, require_sandbox=options.require_sandbox)
                self._heard = item.id, file
            heard = self._heard[1]
        return heard.piece(start, silent)

    def _hear_no_more(self) -> None:
        if self._heard is not None:
            self._heard[1].close()
            self._heard = None

    def frames(self, item: Item, plan: Plan) -> Frames:
        """The file's pictures, held open; the one that was not asked for longest is let go."""
        with self._lock:
            frames = self._frames.get(item.id)
            if frames is None:
                frames = self.opened(item)
                self._frames[item.id] = frames
            self._frames.move_to_end(item.id)
            dropped = [self._frames.popitem(last=False)[1] for _ in range(len(self._frames) - _MOST_OPEN)]
        for each in dropped:
            each.close()
        if plan.source.media.frame_times is not None:
            frames.learn(clock_of(plan.source.media.frame_times))
        return frames

    def opened(self, item: Item) -> Frames:
        """The file's pictures for one use; whoever asked closes them."""
        options = self.options
        return Frames(item.place.source, options.limits, require_sandbox=options.require_sandbox)

    def picture(self, item: Item, number: int, width: int, *, covered: bool) -> bytes:
        """A picture of the file as JPEG, as it is or with its covers. Raises UnseenError."""
        session = self.ready(item)
        view = self.frames(item, session.plan).view(number, width)
        rgb = draw_covers(view.rgb, session.plan, view.time, view.scale) if covered else view.rgb
        return jpeg(rgb)

    def thumb(self, item: Item, width: int, *, covered: bool) -> bytes:
        """A small picture of the file, of its middle; uncovered where nobody knows yet what to cover."""
        session = self.session(item) if item.summary is not None else None
        shown = session.revision if session is not None and covered else ""
        key = (item.id, width, shown)
        with self._lock:
            if key in self._thumbs:
                self._thumbs.move_to_end(key)
                return self._thumbs[key]
        with contextlib.closing(self.opened(item)) as frames:
            if session is None and not _is_photo(item.place.source):
                raise InputError("was not looked at yet", next_step="Wait until it is.")
            if session is not None and session.plan.source.media.frame_times is not None:
                frames.learn(clock_of(session.plan.source.media.frame_times))
            view = frames.view(len(frames.clock) // 2, width)
        rgb = (
            draw_covers(view.rgb, session.plan, view.time, view.scale) if session is not None and covered else view.rgb
        )
        made = jpeg(rgb)
        with self._lock:
            self._thumbs[key] = made
            while sum(map(len, self._thumbs.values())) > _MOST_THUMBS:
                self._thumbs.popitem(last=False)
        return made


def _check_size(place: Place, plan: Plan) -> None:
    """Raise PlanError where the file cannot be the one its plan was made for; a change of its bytes shows later."""
    with open_source(place.source) as source:
        if source.size != plan.source.size:
            what = f"is not the file that {place.plan.name} was made for"
            raise PlanError(what, path=place.source, next_step="Put it back, or make a new plan: unseen find")


def _is_photo(path: Path) -> bool:
    with open_source(path) as source:
        return photo_format(source.head()) is not None


def _listed(item: Item) -> dict[str, Any]:
    summary = item.summary
    said: dict[str, Any] = {"id": item.id, "name": item.name, "state": item.state}
    if item.error is not None:
        said |= error_facts(item.error)
    if summary is None:
        blank = dict.fromkeys(("risk", "doubts", "tracks", "width", "height", "frames"), 0)
        return said | blank | {"kind": _guess(item.place.source)}
    facts = ("kind", "risk", "doubts", "tracks", "width", "height", "frames")
    return said | {name: getattr(summary, name) for name in facts}


_SOUNDS = frozenset({".wav", ".flac", ".mp3", ".m4a", ".ogg", ".opus", ".aac"})
_CLIPS = frozenset({".mp4", ".mov", ".3gp", ".mkv", ".webm", ".avi", ".ts", ".mts", ".m2ts", ".m4v"})


def _guess(path: Path) -> str:
    """What the name says it is, until somebody has looked."""
    ending = path.suffix.lower()
    return "clip" if ending in _CLIPS else "sound" if ending in _SOUNDS else "photo"
