"""Where something is in a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """An upright box: `x`, `y` of its top left corner, `width`, `height`; pixels of the displayed picture, not rounded.

    It may reach over the picture's edge; it always has an area.
    """

    x: float
    y: float
    width: float
    height: float

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.x, self.y, self.width, self.height))):
            raise ValueError("a region needs finite numbers")
        if self.width <= 0 or self.height <= 0:
            raise ValueError("a region needs a positive width and height")

    def placed(self, x: float, y: float, grown: float = 1.0) -> Region:
        """The same region, grown about the origin and then moved so much further right and down."""
        return Region(self.x * grown + x, self.y * grown + y, self.width * grown, self.height * grown)

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def area(self) -> float:
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def overlap(self, other: Region) -> float:
        """Area of the intersection, in square pixels."""
        width = min(self.right, other.right) - max(self.x, other.x)
        height = min(self.bottom, other.bottom) - max(self.y, other.y)
        return max(0.0, width) * max(0.0, height)

    def iou(self, other: Region) -> float:
        """Intersection over union, 0 to 1."""
        shared = self.overlap(other)
        return shared / (self.area + other.area - shared)

    def hull(self, other: Region) -> Region:
        """The smallest region that holds both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Region(x, y, max(self.right, other.right) - x, max(self.bottom, other.bottom) - y)

    def padded(self, share: float) -> Region:
        """Grown on each of the four sides by `share` of its width or height."""
        dx, dy = self.width * share, self.height * share
        return Region(self.x - dx, self.y - dy, self.width + 2 * dx, self.height + 2 * dy)

    def between(self, other: Region, share: float) -> Region:
        """The region on the straight line from this one (`share` 0) to `other` (`share` 1)."""
        return Region(
            self.x + (other.x - self.x) * share,
            self.y + (other.y - self.y) * share,
            self.width + (other.width - self.width) * share,
            self.height + (other.height - self.height) * share,
        )

    def pixels(self, width: int, height: int, grid: tuple[int, int] = (1, 1)) -> tuple[int, int, int, int] | None:
        """Whole pixels that hold the region: left, top, right, bottom; right and bottom excluded.

        `width`, `height` is the picture's size. Edges move outwards to multiples of `grid` (columns, rows), so that no
        chroma sample is half covered. None where the region lies outside the picture.
        """
        across, down = grid
        left = max(0, math.floor(self.x / across) * across)
        top = max(0, math.floor(self.y / down) * down)
        right = min(width, math.ceil(self.right / across) * across)
        bottom = min(height, math.ceil(self.bottom / down) * down)
        return (left, top, right, bottom) if right > left and bottom > top else None
