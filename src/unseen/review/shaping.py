"""What a person does to one track's path: cut it, join it, move it by its keyframes. Tracks in, tracks out."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from unseen.core import Keyframe, Origin, Quad, Region, Timestamp, Track
from unseen.errors import UsageError

FADE = Fraction(1)
"""Seconds before and after a keyframe that is moved by hand over which its neighbours move along, less and less."""
_LEAST_SIDE = 1.0  # pixels


def drawn_by_hand(track: Track) -> bool:
    """Whether a person put it there, and no finder ever saw it."""
    return track.best_score is None and any(k.origin is Origin.DRAWN for k in track.keyframes)


def at(track: Track, time: Timestamp) -> Keyframe:
    """The keyframe at `time`, made from its neighbours where there is none. `time` lies within the track."""
    number = bisect.bisect_left(track.keyframes, time, key=lambda k: k.time)
    there = track.keyframes[number]
    if there.time == time:
        return there
    before = track.keyframes[number - 1]
    outline = before.towards(there, float((time - before.time) / (there.time - before.time)))
    quad = outline if isinstance(outline, Quad) else None
    region = outline.hull if isinstance(outline, Quad) else outline
    return Keyframe(time, region, before.origin, None, quad)


def part(track: Track, name: str, start: Timestamp, end: Timestamp) -> Track:
    """What a track does from `start` to `end`, both within it, under a name."""
    inside = [k for k in track.keyframes if start < k.time < end]
    ends = dict.fromkeys((start, end))
    first, *last = (at(track, time) for time in ends)
    return Track(name, track.kind, (first, *inside, *last))


def joined(earlier: Track, later: Track, gap: Sequence[Timestamp]) -> Track:
    """Two tracks as one; `gap`: the times of the pictures between them, which the straight line bridges."""
    bridge = []
    if gap:
        whole = Track(earlier.id, earlier.kind, (*earlier.keyframes, *later.keyframes))
        ends = dict.fromkeys((gap[0], gap[-1]))
        bridge = [replace(at(whole, time), origin=Origin.BRIDGED) for time in ends]
    return Track(earlier.id, earlier.kind, (*earlier.keyframes, *bridge, *later.keyframes))


def placed(track: Track, time: Timestamp, region: Region, fade: tuple[Timestamp, Timestamp]) -> Track:
    """The track with its keyframe at `time` where a person puts it.

    Within the track, what lies between `fade` and the new keyframe is moved along by its share, as far as the next
    keyframe that a person put somewhere; a track that was not there at `time` goes on to there in a straight line.
    """
    if time not in track.span:
        new = Keyframe(time, region, Origin.DRAWN)
        return replace(track, keyframes=tuple(sorted((*track.keyframes, new), key=lambda k: k.time)))
    before = at(track, time)
    drawn = [k.time for k in track.keyframes if k.origin is Origin.DRAWN and k.time != time]
    low = max([fade[0], *(t for t in drawn if t < time)])
    high = min([fade[1], *(t for t in drawn if t > time)])
    anchors = {t: at(track, t) for t in (low, high) if t != time and t in track.span}
    keyframes = {k.time: _moved(k, _share(k.time, time, low, high), before.region, region) for k in track.keyframes}
    keyframes |= anchors
    keyframes[time] = Keyframe(time, region, Origin.DRAWN, before.score)
    return replace(track, keyframes=tuple(keyframes[t] for t in sorted(keyframes)))


def _share(there: Timestamp, time: Timestamp, low: Timestamp, high: Timestamp) -> float:
    """How far a keyframe goes along with the one at `time`: 0 to 1."""
    if not low < there < high:
        return 0.0
    return float((there - low) / (time - low) if there < time else (high - there) / (high - time))


def _moved(keyframe: Keyframe, share: float, old: Region, new: Region) -> Keyframe:
    if share == 0:
        return keyframe
    region = keyframe.region
    moved = Region(
        region.x + share * (new.x - old.x),
        region.y + share * (new.y - old.y),
        max(_LEAST_SIDE, region.width + share * (new.width - old.width)),
        max(_LEAST_SIDE, region.height + share * (new.height - old.height)),
    )
    return replace(keyframe, region=moved, quad=None)


def unplaced(track: Track, time: Timestamp) -> Track:
    """The track without its keyframe at `time`. Raises UsageError where there is none, or no other."""
    rest = tuple(k for k in track.keyframes if k.time != time)
    if len(rest) == len(track.keyframes):
        raise UsageError("there is no keyframe in this picture", next_step="Go to one, or set one here.")
    if not rest:
        raise UsageError("it is the track's only keyframe", next_step="Drop the track instead.")
    return replace(track, keyframes=rest)
