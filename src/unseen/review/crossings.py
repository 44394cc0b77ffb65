"""Where somebody else comes near a track that stays visible: what whoever keeps one person has to confirm."""

from __future__ import annotations

from unseen.core import Region, Timestamp, Track
from unseen.plan import Action, Plan

_MOST_LOOKS = 200
"""Moments at which two tracks are compared; keyframes of long tracks are passed over evenly."""


def crossings(plan: Plan) -> dict[str, list[str]]:
    """For each kept track the others that its outline meets, and for each of those the kept ones."""
    found: dict[str, list[str]] = {}
    kept = [p.track for p in plan.tracks if p.decision.action is Action.KEEP]
    names = {track.id for track in kept}
    for one in kept:
        for other in (p.track for p in plan.tracks if p.track is not one):
            if meet(one, other, plan.cover.padding):
                found.setdefault(one.id, []).append(other.id)
                if other.id not in names:
                    found.setdefault(other.id, []).append(one.id)
    return found


def meet(one: Track, other: Track, padding: float) -> bool:
    """Whether the two, grown by `padding`, overlap at a moment at which either has a keyframe."""
    start, end = max(one.span.start, other.span.start), min(one.span.end, other.span.end)
    if start > end:
        return False
    times = sorted({k.time for track in (one, other) for k in track.keyframes if start <= k.time <= end} | {start, end})
    step = max(1, len(times) // _MOST_LOOKS)
    return any(_overlap(one, other, time, padding) for time in (*times[::step], end))


def _overlap(one: Track, other: Track, time: Timestamp, padding: float) -> bool:
    here: Region | None = one.region_at(time)
    there: Region | None = other.region_at(time)
    if here is None or there is None:
        return False
    return here.padded(padding).overlap(there.padded(padding)) > 0
