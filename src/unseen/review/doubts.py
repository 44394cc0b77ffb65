"""Where a person should look first: the places of a plan most likely to be wrong."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from unseen.core import Origin, Span, Track
from unseen.plan import Action, Plan

LOW_SCORE = 0.5
SHORT = 0.5


class Reason(enum.StrEnum):
    KEPT = "stays visible by decision"
    AUDIBLE = "stays audible by decision"
    BRIDGED = "not seen here, but before and after"
    LOW_SCORE = "never seen with a high score"
    SHORT = "there for a moment only"


_RANK = {reason: rank for rank, reason in enumerate(Reason)}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A stretch of one track, and why it is doubtful."""

    track_id: str
    span: Span
    reason: Reason


def doubts(plan: Plan) -> list[Doubt]:
    """The doubtful places of a plan, gravest kind first, then in order of time."""
    found: list[Doubt] = []
    moving = plan.source.media.frame_times is not None and len(plan.source.media.frame_times) > 1
    for planned in plan.tracks:
        track = planned.track
        if planned.decision.action is Action.KEEP:
            found.append(Doubt(track.id, track.span, Reason.KEPT))
        found += [Doubt(track.id, span, Reason.BRIDGED) for span in _bridged(track)]
        if (track.best_score or 0) < LOW_SCORE:
            found.append(Doubt(track.id, track.span, Reason.LOW_SCORE))
        if moving and track.span.end - track.span.start < SHORT:
            found.append(Doubt(track.id, track.span, Reason.SHORT))
    for silence in plan.silences:
        if silence.decision.action is Action.KEEP:
            found.append(Doubt(silence.id, silence.span, Reason.AUDIBLE))
        elif silence.score is not None and silence.score < LOW_SCORE:
            found.append(Doubt(silence.id, silence.span, Reason.LOW_SCORE))
    return sorted(found, key=lambda d: (_RANK[d.reason], d.span.start, d.track_id))


def _bridged(track: Track) -> Iterator[Span]:
    for is_gap, run in itertools.groupby(track.keyframes, key=lambda k: k.origin is Origin.BRIDGED):
        if is_gap:
            frames = list(run)
            yield Span(frames[0].time, frames[-1].time)
