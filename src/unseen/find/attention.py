"""Looking only where the picture changed: what has not changed was looked at already.

A fixed camera shows the same wall all day, and most of a net's work goes into it. Each picture, shrunk, is held against
what was there when that place was last looked at; changed places are cut out with what is around them and looked at,
and what was found elsewhere is found still. What comes out is the same as from looking at everything, but for changes
fainter than `LEAST_CHANGE` or lost in noise, for which everything is looked at every `WHOLE_EVERY` seconds anyway.

Where it is too soon for that, one can look near what was found alone: things known are not lost, and new ones wait.
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
from unseen.find.mosaic import Box, Cut, Mosaic, mosaic_of

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
MOST = 0.55
"""Share of the picture, in what is looked at instead, from which on everything is looked at."""
MOST_NEAR = 0.75
"""The same for looking near what was found, which takes the place of a whole look less often than it seems to pay."""
PLAIN = 48
"""View pixels of a thing's lesser side that are enough to find it again where it was: larger ones are shrunk."""
_SPECK = 1  # changed cell on its own
CUT = 24
"""Grey levels by which cells differ on average where the next picture shows something else altogether."""
SAME = 0.3
"""Overlap (IoU) from which on a new and an earlier finding are of one thing."""

Cells = NDArray[np.float32]


class Attention:
    """Fulfils what a video needs of a finder, picture after picture, by looking as little as possible."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._before: Cells | None = None
        self._seen: Cells | None = None
        self._found: list[Finding] = []
        self._whole_at: Timestamp | None = None

    def find(self, view: View) -> list[Finding]:
        """What is in the next picture of one clip, in displayed pixels."""
        self._before = cells = _cells(view)
        mosaic = self._changed(view, cells)
        if mosaic is None:
            (self._found,) = self._finder.find([view])
            self._seen, self._whole_at = cells, view.time
        else:
            self._found = self._look_again(view, cells, mosaic)
        return self._found

    def near_found(self, view: View) -> list[Finding] | None:
        """The same, near what was found in the picture before and nowhere else.

        None where that will not do: after a cut, and where it would cost about as much as looking at everything.
        """
        before, self._before = self._before, _cells(view)
        if self._seen is None or before is None or before.shape != self._before.shape:
            return None
        if float(np.abs(self._before - before).mean()) >= CUT:
            return None
        changed = _differing(self._before, self._seen)
        height, width = view.rgb.shape[:2]
        known = [_in_view(finding.region, view.scale) for finding in self._found]
        near = [_around(box, width, height, _least_side(box) // 2) for box in known]
        boxes = _merged([box for box in near if changed[_cells_of(box)].any()], [], width, height)
        cuts = [Cut(box, _enough([each for each in known if _touches(each, box)])) for box in boxes]
        mosaic = mosaic_of(cuts, MOST_NEAR * width * height)
        if mosaic is None:
            return None
        self._found = self._look_again(view, self._before, mosaic)
        return self._found

    def _changed(self, view: View, cells: Cells) -> Mosaic | None:
        """What to look at; None where everything has to be looked at."""
        if self._seen is None or self._whole_at is None or self._seen.shape != cells.shape:
            return None
        if view.time - self._whole_at >= WHOLE_EVERY:
            return None
        changed = _differing(cells, self._seen)
        if changed.mean() > MOST:
            return None
        height, width = view.rgb.shape[:2]
        earlier = [_in_view(finding.region, view.scale) for finding in self._found]
        boxes = _merged([_around(box, width, height) for box in _islands(changed)], earlier, width, height)
        return mosaic_of([Cut(box) for box in boxes], MOST * width * height)

    def _look_again(self, view: View, cells: Cells, mosaic: Mosaic) -> list[Finding]:
        assert self._seen is not None  # noqa: S101 - a whole look is asked for otherwise
        fresh: list[Finding] = []
        if mosaic.parts:
            (found,) = self._finder.find([replace(view, rgb=mosaic.drawn(view.rgb))])
            fresh += mosaic.placed(found, view.scale)
        boxes = [part.cut.box for part in mosaic.parts]
        for box in boxes:
            self._seen[_cells_of(box)] = cells[_cells_of(box)]
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


def _differing(cells: Cells, seen: Cells) -> NDArray[np.bool_]:
    """Which cells changed by more than noise explains."""
    away = np.abs(cells - seen)
    noise = float(np.median(away)) / 0.6745  # a normal deviate's median distance from 0, in standard deviations
    return np.asarray(away >= max(LEAST_CHANGE, ABOVE_NOISE * min(noise, MOST_NOISE)))


def _cells_of(box: Box) -> tuple[slice, slice]:
    left, top, right, bottom = box
    return slice(top // SHRINK, -(-bottom // SHRINK)), slice(left // SHRINK, -(-right // SHRINK))


def _islands(changed: NDArray[np.bool_]) -> list[Box]:
    """Boxes around changed cells that touch each other, in view pixels.

    One cell on its own is a speck, smaller than any face that a net sees. It counts as unseen still: should it grow,
    it is looked at.
    """
    near = cv2.dilate(changed.astype(np.uint8), np.ones((3, 3), np.uint8))
    _, islands, facts, _ = cv2.connectedComponentsWithStats(near, connectivity=8)
    cells = np.bincount(islands[changed], minlength=len(facts))
    return [
        (x * SHRINK, y * SHRINK, (x + width) * SHRINK, (y + height) * SHRINK)
        for x, y, width, height, _ in facts[1:][cells[1:] > _SPECK].tolist()
    ]


def _around(box: Box, width: int, height: int, least: int = 0) -> Box:
    """The box with its surroundings, as far as the picture goes."""
    left, top, right, bottom = box
    more = max(SURROUNDINGS, least)
    return max(0, left - more), max(0, top - more), min(width, right + more), min(height, bottom + more)


def _least_side(box: Box) -> int:
    left, top, right, bottom = box
    return min(right - left, bottom - top)


def _enough(known: list[Box]) -> float:
    """By how much a part can be shrunk in which these are."""
    return min(1.0, PLAIN / max(1, min(map(_least_side, known))))


def _merged(boxes: list[Box], earlier: list[Box], width: int, height: int) -> list[Box]:
    """The boxes joined with each other and with whole earlier findings wherever they touch: no face is cut in two."""
    joined: list[Box] = []
    waiting = list(boxes)
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
        waiting.append(hull)
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
