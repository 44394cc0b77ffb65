"""Everything that could be looked at: pictures and covers, sorted by how likely a miss is there."""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unseen.core import Clock, Keyframe, Kind, Origin, Track
from unseen.plan import Plan, Risk, dumps

LOW_SCORE = 0.5
SMALL = 24  # pixels of the shorter side: about where faces stop being found reliably
FAST = 2.0  # of its own widths in a second
CROWDED = 5  # things found in one picture
DARK = 50  # mean of red, green and blue, 0 to 255
_NOT_SEEN = (Origin.BRIDGED, Origin.EXTENDED, Origin.DERIVED)
_RISKS = list(Risk)
VISIBLE = tuple(kind for kind in Kind if kind not in (Kind.VOICE, Kind.ZONE))
"""The kinds that a person can look for in a picture."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive pictures, from number `first`, in which one track is covered at the same risk."""

    track: Track
    first: int
    count: int
    risk: Risk


def covers_digest(plan: Plan) -> str:
    """SHA-256 of what is covered or silenced, and where: answers hold for that of this source only."""
    covers = {"source": plan.source.sha256, "cover": plan.cover, "tracks": plan.covers()}
    covers |= {"streams": tuple((s.index, s.action) for s in plan.streams), "silences": plan.silenced()}
    return hashlib.sha256(dumps(covers)).hexdigest()


def picture_risks(plan: Plan, clock: Clock, dark: NDArray[np.bool_] | None) -> NDArray[np.int8]:
    """The risk of every picture, as its place among the members of Risk."""
    crowd = crowd_sizes(plan, clock)
    risks = np.full(len(clock), _RISKS.index(Risk.ORDINARY), np.int8)
    risks[crowd == 0] = _RISKS.index(Risk.EMPTY)
    risks[crowd >= CROWDED] = _RISKS.index(Risk.CROWDED)
    if dark is not None:
        risks[dark] = _RISKS.index(Risk.DARK)
    return risks


def crowd_sizes(plan: Plan, clock: Clock) -> NDArray[np.int64]:
    """How many things were found in each picture, covered or kept."""
    change = np.zeros(len(clock) + 1, np.int64)
    for planned in plan.tracks:
        if planned.track.kind not in VISIBLE:
            continue
        first, end = _numbers(planned.track.keyframes, clock)
        change[first] += 1
        change[end] -= 1
    return np.cumsum(change[:-1])


def stretches(plan: Plan, clock: Clock, dark: NDArray[np.bool_] | None) -> list[Stretch]:
    """Every covered moment of every track, in stretches of one risk."""
    crowd = crowd_sizes(plan, clock)
    found = []
    for track in plan.covered():
        for ends, first, end in _pieces(track.keyframes, clock):
            if end > first:
                gloomy = dark is not None and 2 * int(np.count_nonzero(dark[first:end])) >= end - first
                crowded = int(crowd[first:end].max()) >= CROWDED
                found.append(Stretch(track, first, end - first, _risk(ends, dark=gloomy, crowded=crowded)))
    return found


def _pieces(keyframes: Sequence[Keyframe], clock: Clock) -> Iterator[tuple[Sequence[Keyframe], int, int]]:
    """From each keyframe to before the next one, and the last by itself: with its first picture and the one after."""
    for ends in itertools.pairwise(keyframes):
        yield ends, clock.at_or_after(ends[0].time), clock.at_or_after(ends[1].time)
    yield keyframes[-1:], *_numbers(keyframes[-1:], clock)


def _numbers(keyframes: Sequence[Keyframe], clock: Clock) -> tuple[int, int]:
    """Numbers of the first picture of these keyframes and of the one after the last."""
    first, end = clock.at_or_after(keyframes[0].time), clock.at_or_after(keyframes[-1].time)
    shown = end < len(clock) and clock.time(end) == keyframes[-1].time
    return first, end + 1 if shown else end


def _risk(ends: Sequence[Keyframe], *, dark: bool, crowded: bool) -> Risk:
    if any(k.origin in _NOT_SEEN for k in ends):
        return Risk.NOT_SEEN
    if any(k.score is not None and k.score < LOW_SCORE for k in ends):
        return Risk.LOW_SCORE
    if min(min(k.region.width, k.region.height) for k in ends) < SMALL:
        return Risk.SMALL
    if _widths_a_second(ends) > FAST:
        return Risk.FAST
    if dark:
        return Risk.DARK
    return Risk.CROWDED if crowded else Risk.ORDINARY


def _widths_a_second(ends: Sequence[Keyframe]) -> float:
    before, after = ends[0], ends[-1]
    seconds = float(after.time - before.time)
    if not seconds:
        return 0.0
    return math.dist(before.region.centre, after.region.centre) / (before.region.width * seconds)
