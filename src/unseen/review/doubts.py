"""Where a person should look first: the places of a plan most likely to be wrong."""

from __future__ import annotations

import enum
import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from unseen.core import MediaKind, Origin, Span, Timestamp, Track
from unseen.plan import Action, Plan
from unseen.review.crossings import crossings
from unseen.review.remember import remembered
from unseen.review.unlooked import faceless, unlooked

LOW_SCORE = 0.5
SHORT = 0.5
ONE_LOOK = 1
"""Seconds within which a track that is lost again and again is one place to look at."""
_SECOND_LOOK = "second-look-"
_LONG_GAP = 1.0  # seconds over which nothing was seen, from which on a gap counts fully


class Reason(enum.StrEnum):
    """In order of how grave it is to be wrong there."""

    SECOND_LOOK = "seen by the second detector in the finished file"
    CROSSING = "is covered where it meets what stays visible: look whether it is all of it"
    KEPT = "stays visible by decision"
    AUDIBLE = "stays audible by decision"
    UNLOOKED = "nothing could be looked at from here on: no picture can be decoded"
    BRIDGED = "not seen here, but before and after"
    LOW_SCORE = "never seen with a high score"
    FACELESS = "a body whose face was never seen"
    SHORT = "there for a moment only"
    NOTHING = "nothing was found in the whole file"


_RANK = {reason: rank for rank, reason in enumerate(Reason)}
_RISK = {
    Reason.SECOND_LOOK: 0.95,
    Reason.CROSSING: 0.85,
    Reason.KEPT: 0.8,
    Reason.AUDIBLE: 0.8,
    Reason.UNLOOKED: 0.7,
    Reason.BRIDGED: 0.6,
    Reason.LOW_SCORE: 0.4,
    Reason.FACELESS: 0.3,
    Reason.SHORT: 0.25,
    Reason.NOTHING: 0.2,
}
"""An order between places, not a chance: nobody has measured how often each is wrong."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A stretch of one track, or of the file where `track_id` is None, why it is doubtful, and its `risk`, 0 to 1.

    `other`: the track that it meets.
    """

    track_id: str | None
    span: Span
    reason: Reason
    risk: float = 0.0
    other: str | None = None

    @property
    def id(self) -> str:
        """A name that stays while the plan changes around it."""
        met = f"&{self.other}" if self.other is not None else ""
        return f"{self.track_id or ''}{met}@{self.span.start}:{self.reason.name.lower()}"


def doubts(plan: Plan) -> list[Doubt]:
    """The doubtful places of a plan, the gravest first, then in order of time."""
    found = [replace(doubt, risk=_risk(doubt)) for doubt in _doubts(plan)]
    return sorted(found, key=lambda d: (-d.risk, _RANK[d.reason], d.span.start, d.track_id or ""))


def unsettled(plan: Plan, found: Iterable[Doubt]) -> list[Doubt]:
    """Those that nobody has found right yet."""
    settled = {each.doubt for each in plan.settled}
    return [doubt for doubt in found if doubt.id not in settled]


def file_risk(found: Iterable[Doubt]) -> float:
    """How much a whole file needs a person, 0 to 1: as much as its worst place, and more with each further one."""
    return 1 - math.prod(1 - doubt.risk / 2 for doubt in found)


def _doubts(plan: Plan) -> Iterator[Doubt]:
    media = plan.source.media
    moving = media.frame_times is not None and len(media.frame_times) > 1
    if (missing := unlooked(media)) is not None:
        yield Doubt(None, missing, Reason.UNLOOKED)
    alone = faceless(plan)
    for planned in plan.tracks:
        track = planned.track
        if planned.decision.action is Action.KEEP:
            yield Doubt(track.id, track.span, Reason.KEPT)
        elif track.id.startswith(_SECOND_LOOK):
            yield Doubt(track.id, track.span, Reason.SECOND_LOOK)
        if track.id in alone:
            yield Doubt(track.id, track.span, Reason.FACELESS)
        yield from _of_track(track, moving)
    for met in crossings(plan):
        if met.covered:
            yield Doubt(met.kept, met.span, Reason.CROSSING, other=met.other)
    for silence in plan.silences:
        if silence.decision.action is Action.KEEP:
            yield Doubt(silence.id, silence.span, Reason.AUDIBLE)
        elif silence.score is not None and silence.score < LOW_SCORE:
            yield Doubt(silence.id, silence.span, Reason.LOW_SCORE)
    if not plan.tracks and media.kind is not MediaKind.AUDIO and media.frame_times is not None:
        start = media.frame_times.first * media.frame_times.time_base
        yield Doubt(None, Span(start, _last(plan, start)), Reason.NOTHING)


@remembered
def _of_track(track: Track, moving: bool) -> tuple[Doubt, ...]:
    """What is doubtful about a track whatever is decided."""
    found = [Doubt(track.id, span, Reason.BRIDGED) for span in _bridged(track)]
    if any(k.origin not in (Origin.DRAWN, Origin.EXTENDED) for k in track.keyframes):
        if (track.best_score or 0) < LOW_SCORE:
            found.append(Doubt(track.id, track.span, Reason.LOW_SCORE))
        if moving and track.span.end - track.span.start < SHORT:
            found.append(Doubt(track.id, track.span, Reason.SHORT))
    return tuple(found)


def _last(plan: Plan, start: Timestamp) -> Timestamp:
    times = plan.source.media.frame_times
    assert times is not None  # noqa: S101 - asked of pictures only
    return start + sum(gap * count for gap, count in times.steps) * times.time_base


def _risk(doubt: Doubt) -> float:
    """The reason's, less where a gap is short."""
    risk = _RISK[doubt.reason]
    if doubt.reason is Reason.BRIDGED:
        share = min(1.0, float(doubt.span.end - doubt.span.start) / _LONG_GAP)
        return risk * (0.5 + 0.5 * share)
    return risk


def _bridged(track: Track) -> Iterator[Span]:
    """The gaps of a track; those that are one look apart are one place."""
    place: Span | None = None
    for is_gap, run in itertools.groupby(track.keyframes, key=lambda k: k.origin is Origin.BRIDGED):
        if not is_gap:
            continue
        frames = list(run)
        gap = Span(frames[0].time, frames[-1].time)
        if place is not None and gap.start - place.end <= ONE_LOOK:
            place = Span(place.start, gap.end)
            continue
        if place is not None:
            yield place
        place = gap
    if place is not None:
        yield place
