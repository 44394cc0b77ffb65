"""Where something tilted is in a picture."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unseen.core.region import Region

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]
PixelBox = tuple[int, int, int, int]

_NEAR = 0.5
"""Pixels by which a hull written beside a quad may differ from the quad's own."""


@dataclass(frozen=True, slots=True)
class Quad:
    """A convex outline of four `corners`, one after the other around it; x, y in pixels of the displayed picture."""

    corners: Corners

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, itertools.chain.from_iterable(self.corners))):
            raise ValueError("a quad needs finite numbers")
        turns = [_turn(*three) for three in zip(self.corners, self._from(1), self._from(2), strict=True)]
        if not (min(turns) > 0 or max(turns) < 0):
            raise ValueError("a quad's corners go around it and all turn the same way")

    def _from(self, first: int) -> list[Point]:
        return [*self.corners[first:], *self.corners[:first]]

    @property
    def _centre(self) -> Point:
        across, down = zip(*self.corners, strict=True)
        return sum(across) / 4, sum(down) / 4

    @property
    def hull(self) -> Region:
        """The smallest upright box around it."""
        across, down = zip(*self.corners, strict=True)
        x, y = min(across), min(down)
        return Region(x, y, max(across) - x, max(down) - y)

    def placed(self, x: float, y: float, grown: float = 1.0) -> Quad:
        """The same outline, grown about the origin and then moved so much further right and down."""
        return _quad([(px * grown + x, py * grown + y) for px, py in self.corners])

    def fits(self, region: Region) -> bool:
        """Whether `region` is its hull, within half a pixel."""
        own = self.hull
        sides = zip(
            (own.x, own.y, own.right, own.bottom), (region.x, region.y, region.right, region.bottom), strict=True
        )
        return all(abs(one - other) <= _NEAR for one, other in sides)

    def padded(self, share: float) -> Quad:
        """Grown on each of the four sides by `share` of its lesser side.

        Tilted things are mostly lines of letters, and where those end is as unsure as a letter is wide, however long
        the line.
        """
        (x, y), (long_x, long_y), (high_x, high_y) = self._centre, self._half(1, 2), self._half(2, 3)
        half_length, half_height = math.hypot(long_x, long_y), math.hypot(high_x, high_y)
        more = 2 * share * min(half_length, half_height)
        twist = long_x * high_y - long_y * high_x
        grown = []
        for px, py in ((px - x, py - y) for px, py in self.corners):
            along = (px * high_y - py * high_x) / twist * (1 + more / half_length)
            across = (py * long_x - px * long_y) / twist * (1 + more / half_height)
            grown.append((x + along * long_x + across * high_x, y + along * long_y + across * high_y))
        return _quad(grown)

    def _half(self, one: int, other: int) -> Point:
        """The way from the centre to the middle of the side between two corners."""
        (x, y), (px, py), (qx, qy) = self._centre, self.corners[one], self.corners[other]
        return (px + qx) / 2 - x, (py + qy) / 2 - y

    def between(self, other: Quad, share: float) -> Quad:
        """The quad on straight lines from this one's corners (`share` 0) to the like ones of `other` (`share` 1).

        Raises ValueError where the two are turned so far against each other that nothing convex lies between them.
        """
        orders = [around[n:] + around[:n] for around in (other.corners, other.corners[::-1]) for n in range(4)]
        (x, y), (other_x, other_y) = self._centre, other._centre
        moved = [(px + other_x - x, py + other_y - y) for px, py in self.corners]
        matching = min(orders, key=lambda order: sum(map(math.dist, moved, order)))
        pairs = zip(self.corners, matching, strict=True)
        return _quad([(a + (to_a - a) * share, b + (to_b - b) * share) for (a, b), (to_a, to_b) in pairs])

    def boxes(self, width: int, height: int, grid: tuple[int, int] = (1, 1)) -> list[PixelBox]:
        """Whole pixels that hold the quad, row by row of `grid`: left, top, right, bottom; right and bottom excluded.

        `width`, `height` is the picture's size. Edges move outwards to multiples of `grid` (columns, rows), as a
        region's do. Empty where the quad lies outside the picture.
        """
        hull = self.hull.pixels(width, height, grid)
        if hull is None:
            return []
        across, down = grid
        tops = np.arange(hull[1], hull[3], down)
        low, high = self._reach(tops, tops + down)
        left = np.maximum(0, np.floor(low / across) * across)
        right = np.minimum(width, np.ceil(high / across) * across)
        bottoms = np.minimum(tops + down, hull[3])
        rows = np.stack([left, tops, right, bottoms], axis=1)[right > left].astype(int).tolist()
        return [(row[0], row[1], row[2], row[3]) for row in rows]

    def _reach(
        self, tops: NDArray[np.int_], bottoms: NDArray[np.int_]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The least and the greatest x that the quad has between each top and bottom."""
        start = np.array(self.corners, np.float64)
        end = np.array(self._from(1), np.float64)
        first, last = (edge[:, None] for edge in (np.minimum(start, end)[:, 1], np.maximum(start, end)[:, 1]))
        rise = end[:, 1] - start[:, 1]
        slope = np.divide(end[:, 0] - start[:, 0], rise, out=np.zeros(4), where=rise != 0)[:, None]
        ways = []
        for line in (tops, bottoms):
            y = np.clip(line[None], first, last)
            ways.append(start[:, :1] + slope * (y - start[:, 1:]))
        level = rise[:, None] == 0
        ways[1] = np.where(level, end[:, :1], ways[1])
        missed = (last < tops) | (first > bottoms)
        low = np.where(missed, np.inf, np.minimum(*ways)).min(0)
        high = np.where(missed, -np.inf, np.maximum(*ways)).max(0)
        return low, high


Outline = Region | Quad
"""Where something is: an upright box, or a tilted one."""


def _quad(points: list[Point]) -> Quad:
    first, second, third, fourth = points
    return Quad((first, second, third, fourth))


def _turn(one: Point, middle: Point, other: Point) -> float:
    """Twice the area, with the sign of the direction in which the way from `one` to `other` turns."""
    return (middle[0] - one[0]) * (other[1] - middle[1]) - (middle[1] - one[1]) * (other[0] - middle[0])
