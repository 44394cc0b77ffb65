"""Looking only where the picture changed: what has not changed was looked at already.

A fixed camera shows the same wall all day, and most of a net's work goes into it. Each picture, shrunk, is held against
what was there when that place was last looked at; changed places are cut out with what is around them and looked at,
and what was found elsewhere is found still. What comes out is the same as from looking at everything, but for changes
fainter than `LEAST_CHANGE` or lost in noise, for which everything is looked at every `WHOLE_EVERY` seconds anyway.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from unseen.core import Finding, Region, View
from unseen.core.times import Timestamp
from unseen.find.finder import Finder

SHRINK = 4
"""View pixels to a cell on each side: averages the sensor's and the codec's noise down to a quarter."""
LEAST_CHANGE = 6
"""Grey levels by which a cell has to differ at least, which the ripple of compression stays below."""
ABOVE_NOISE = 5.0
"""Standard deviations of the noise by which it has to differ, too: one cell in a million does by chance."""
MOST_NOISE = 2.5
"""Grey levels of noise in a cell that are believed: what differs more everywhere is a camera that moves."""
WHOLE_EVERY = Fraction(2)
"""Seconds after which everything is looked at again."""
SURROUNDINGS = 48
"""View pixels added around a changed place on each side: a net sees a face by what is around it, too."""
SIDES = (128, 192, 256, 384, 512, 640, 768)
"""Sides of cut-outs in pixels: nets meet few sizes, each of which they take time and memory to prepare for."""
MOST = 0.5
"""Share of the picture from which on looking at everything costs less than looking at its parts."""
SAME = 0.3
"""Overlap (IoU) from which on a new and an earlier finding are of one thing."""

Cells = NDArray[np.float32]
Box = tuple[int, int, int, int]  #: left, top, right, bottom in view pixels


class Attention:
    """Fulfils what a video needs of a finder, picture after picture, by looking as little as possible."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._seen: Cells | None = None
        self._found: list[Finding] = []
        self._whole_at: Timestamp | None = None

    def find(self, view: View) -> list[Finding]:
        """What is in the next picture of one clip, in displayed pixels."""
        cells = _cells(view)
        boxes = self._changed(view, cells)
        if boxes is None:
            (self._found,) = self._finder.find([view])
            self._seen, self._whole_at = cells, view.time
        else:
            self._found = self._look_again(view, cells, boxes)
        return self._found

    def _changed(self, view: View, cells: Cells) -> list[Box] | None:
        """Places to look at; None where everything has to be looked at."""
        if self._seen is None or self._whole_at is None or self._seen.shape != cells.shape:
            return None
        if view.time - self._whole_at >= WHOLE_EVERY:
            return None
        away = np.abs(cells - self._seen)
        noise = float(np.median(away)) / 0.6745  # a normal deviate's median distance from 0, in standard deviations
        changed = away >= max(LEAST_CHANGE, ABOVE_NOISE * min(noise, MOST_NOISE))
        if changed.mean() > MOST:
            return None
        height, width = view.rgb.shape[:2]
        earlier = [_in_view(finding.region, view.scale) for finding in self._found]
        boxes = _merged([_around(box, width, height) for box in _islands(changed)], earlier, width, height)
        area = sum((right - left) * (bottom - top) for left, top, right, bottom in boxes)
        return None if area > MOST * width * height else boxes

    def _look_again(self, view: View, cells: Cells, boxes: list[Box]) -> list[Finding]:
        assert self._seen is not None  # noqa: S101 - _changed asked for a whole look otherwise
        fresh: list[Finding] = []
        for left, top, right, bottom in boxes:
            cut = View(view.time, np.ascontiguousarray(view.rgb[top:bottom, left:right]), view.scale)
            (found,) = self._finder.find([cut])
            fresh += [_moved(finding, left / view.scale, top / view.scale) for finding in found]
            place = np.s_[top // SHRINK : -(-bottom // SHRINK), left // SHRINK : -(-right // SHRINK)]
            self._seen[place] = cells[place]
        still = [
            replace(finding, time=view.time)
            for finding in self._found
            if not any(_touches(_in_view(finding.region, view.scale), box) for box in boxes)
        ]
        alone = [f for f in still if all(f.region.iou(other.region) < SAME for other in fresh)]
        return sorted([*fresh, *alone], key=lambda finding: -finding.score)


def _cells(view: View) -> Cells:
    height, width = view.rgb.shape[:2]
    size = (-(-width // SHRINK), -(-height // SHRINK))
    green = view.rgb[:, :, 1].astype(np.float32)  # carries most of the luma, without a conversion
    return np.asarray(cv2.resize(green, size, interpolation=cv2.INTER_AREA), np.float32)


def _islands(changed: NDArray[np.bool_]) -> list[Box]:
    """Boxes around changed cells that touch each other, in view pixels."""
    near = cv2.dilate(changed.astype(np.uint8), np.ones((3, 3), np.uint8))
    _, _, facts, _ = cv2.connectedComponentsWithStats(near, connectivity=8)
    return [
        (x * SHRINK, y * SHRINK, (x + width) * SHRINK, (y + height) * SHRINK)
        for x, y, width, height, _ in facts[1:].tolist()
    ]


def _around(box: Box, width: int, height: int) -> Box:
    """The box with its surroundings, as far as the picture goes."""
    left, top, right, bottom = box
    return (
        max(0, left - SURROUNDINGS),
        max(0, top - SURROUNDINGS),
        min(width, right + SURROUNDINGS),
        min(height, bottom + SURROUNDINGS),
    )


def _sized(box: Box, width: int, height: int) -> Box:
    """The box with its sides grown to one of `SIDES` or the whole picture's."""
    low_x, high_x = _grown(box[0], box[2], width)
    low_y, high_y = _grown(box[1], box[3], height)
    return low_x, low_y, high_x, high_y


def _grown(low: int, high: int, most: int) -> tuple[int, int]:
    side = min(most, next((side for side in SIDES if side >= high - low), most))
    low = max(0, min(low - (side - (high - low)) // 2, most - side))
    return low, low + side


def _merged(boxes: list[Box], earlier: list[Box], width: int, height: int) -> list[Box]:
    """The boxes joined with each other and with whole earlier findings wherever they touch: no face is cut in two."""
    joined: list[Box] = []
    waiting = [_sized(box, width, height) for box in boxes]
    while waiting:
        box = waiting.pop()
        others = [b for b in joined if _touches(b, box)]
        found = [e for e in earlier if _touches(e, box) and not _holds(box, e)]
        if not others and not found:
            joined.append(box)
            continue
        joined = [b for b in joined if b not in others]
        earlier = [e for e in earlier if e not in found]
        hull = box
        for other in (*others, *(_around(e, width, height) for e in found)):
            hull = _hull(hull, other)
        waiting.append(_sized(hull, width, height))
    return joined


def _in_view(region: Region, scale: float) -> Box:
    return (
        int(region.x * scale),
        int(region.y * scale),
        int(np.ceil(region.right * scale)),
        int(np.ceil(region.bottom * scale)),
    )


def _hull(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _touches(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _holds(outer: Box, inner: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]


def _moved(finding: Finding, x: float, y: float) -> Finding:
    region = finding.region
    quad = finding.quad.moved(x, y) if finding.quad is not None else None
    return replace(finding, region=Region(region.x + x, region.y + y, region.width, region.height), quad=quad)
