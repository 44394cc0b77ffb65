"""Where somebody else comes near a track that stays visible: what whoever keeps one person has to confirm."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

from unseen.core import Region, Span, Timestamp, Track
from unseen.plan import Action, Plan
from unseen.review.remember import remembered

_MOST_LOOKS = 200
"""Moments at which two tracks are compared; keyframes of long tracks are passed over evenly."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """Two tracks that meet, and from when to when; `other` is covered, or stays visible as well."""

    kept: str
    other: str
    span: Span
    covered: bool


def crossings(plan: Plan) -> Iterator[Crossing]:
    """Every track that the outline of a kept one meets, grown by the covers' padding."""
    names = {p.track.id for p in plan.tracks if p.decision.action is Action.KEEP}
    for one in (p.track for p in plan.tracks if p.track.id in names):
        for other in (p.track for p in plan.tracks if p.track is not one):
            span = meeting(one, other, plan.cover.padding)
            if span is not None:
                yield Crossing(one.id, other.id, span, other.id not in names)


@remembered
def hull(track: Track) -> Region:
    """The box around all of a track's keyframes."""
    return functools.reduce(Region.hull, (k.region for k in track.keyframes))


@remembered
def meeting(one: Track, other: Track, padding: float) -> Span | None:
    """From the first to the last moment at which either has a keyframe and both overlap; None where they never do."""
    if hull(one).padded(padding).overlap(hull(other).padded(padding)) == 0:
        return None
    met = [time for time in moments(one, other) if _overlap(one, other, time, padding)]
    return Span(met[0], met[-1]) if met else None


def moments(one: Track, other: Track) -> list[Timestamp]:
    """Times at which both are there and either has a keyframe, in order; of very many, some."""
    start, end = max(one.span.start, other.span.start), min(one.span.end, other.span.end)
    if start > end:
        return []
    times = sorted({k.time for track in (one, other) for k in track.keyframes if start <= k.time <= end} | {start, end})
    step = max(1, len(times) // _MOST_LOOKS)
    return [*times[:-1:step], end]


def _overlap(one: Track, other: Track, time: Timestamp, padding: float) -> bool:
    here, there = one.region_at(time), other.region_at(time)
    if here is None or there is None:
        return False
    return here.padded(padding).overlap(there.padded(padding)) > 0
