"""A path as keyframes, those that straight lines between their neighbours replace left out: plans stay small."""

from __future__ import annotations

import numpy as np

from unseen.core import Keyframe, Origin, Region, Timestamp
from unseen.track.motion import Floats
from unseen.track.smooth import Path

_OFF = 0.5
_OFF_SHARE = 0.015
"""Pixels, and share of the lesser side where that is more, by which an edge may move when a keyframe is left out."""
_LONGEST = 256
"""Pictures one line may stand for; bounds the work."""
_TENTHS = 10
"""Regions are rounded outwards to tenths of a pixel, so that plans stay readable."""


def keyframes_of(path: Path, times: list[Timestamp]) -> tuple[Keyframe, ...]:
    """The path's keyframes; `times`: of every picture of its scene."""
    half = path.boxes[:, 2:] / 2
    low = np.floor((path.boxes[:, :2] - half) * _TENTHS) / _TENTHS
    high = np.ceil((path.boxes[:, :2] + half) * _TENTHS) / _TENTHS
    there = times[path.first : path.first + len(low)]
    return tuple(
        Keyframe(there[n], _region(low[n], high[n] - low[n]), path.origins[n], path.scores[n])
        for n in kept(there, np.hstack([low, high]), path.origins)
    )


def _region(low: Floats, size: Floats) -> Region:
    return Region(*(round(float(v), 1) for v in (*low, *size)))


def kept(times: list[Timestamp], edges: Floats, origins: tuple[Origin, ...]) -> list[int]:
    """Which of n keyframes to keep, in order, given their `edges` (n, 4: left, top, right, bottom).

    The first and last of every run of one origin stay, so that every gap bridged stays marked. Inside a run lines are
    made as long as they can be without any edge moving too far (Reumann and Witkam's corridor, 1974, on four edges).
    """
    seconds = np.array([float(t - times[0]) for t in times])
    fixed = [
        n
        for n in range(len(times))
        if n in (0, len(times) - 1) or origins[n] != origins[n - 1] or origins[n] != origins[n + 1]
    ]
    chosen = [0]
    for target in fixed[1:]:
        while chosen[-1] < target:
            chosen.append(_furthest(seconds, edges, chosen[-1], target))
    return chosen


def _furthest(seconds: Floats, edges: Floats, start: int, target: int) -> int:
    """The last index up to `target` that one line from `start` reaches."""
    reached = start + 1
    step = 1
    while step:
        end = min(target, start + _LONGEST, reached + step)
        if end > reached and _straight(seconds, edges, start, end):
            reached, step = end, step * 2
        else:
            step //= 2
    return reached


def _straight(seconds: Floats, edges: Floats, start: int, end: int) -> bool:
    inner = slice(start + 1, end)
    share = ((seconds[inner] - seconds[start]) / (seconds[end] - seconds[start]))[:, None]
    off = np.abs(edges[inner] - (edges[start] * (1 - share) + edges[end] * share)).max(1)
    lesser = np.minimum(edges[inner, 2] - edges[inner, 0], edges[inner, 3] - edges[inner, 1])
    return bool((off <= np.maximum(_OFF, _OFF_SHARE * lesser)).all())
