"""Parts of a picture laid side by side, so that a finder looks at all of them in one go, at one of few sizes.

A net prepares itself for every size of picture it meets, which takes longer than looking at a small one does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from unseen.core import Finding
from unseen.find.zones import GREY

SIZES = ((128, 128), (256, 256), (448, 256), (256, 448), (384, 448), (512, 512), (768, 384))
"""Width and height of mosaics in pixels, the smallest first."""
GAP = 32
"""Flat pixels between parts."""

Rgb = NDArray[np.uint8]
Box = tuple[int, int, int, int]  #: left, top, right, bottom in view pixels


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of the picture, `box`, to be looked at shrunk by `scale`."""

    box: Box
    scale: float = 1.0

    @property
    def size(self) -> tuple[int, int]:
        """Width and height as it is looked at."""
        left, top, right, bottom = self.box
        return max(1, round((right - left) * self.scale)), max(1, round((bottom - top) * self.scale))

    def drawn(self, rgb: Rgb) -> Rgb:
        """Its pixels, as it is looked at."""
        left, top, right, bottom = self.box
        part = rgb[top:bottom, left:right]
        return part if self.scale == 1 else np.asarray(cv2.resize(part, self.size, interpolation=cv2.INTER_AREA))


@dataclass(frozen=True, slots=True)
class Part:
    """A cut with its top left corner at `x`, `y` of the mosaic."""

    cut: Cut
    x: int
    y: int

    def holds(self, x: float, y: float) -> bool:
        """Whether a point of the mosaic is this part's, or nearer to it than to any other."""
        (width, height), around = self.cut.size, GAP / 2
        across = self.x - around <= x < self.x + width + around
        return across and self.y - around <= y < self.y + height + around

    def placed(self, finding: Finding, scale: float) -> Finding:
        """What was found on the mosaic, as if on the picture; `scale`: of the view."""
        grown, (left, top, _, _) = 1 / self.cut.scale, self.cut.box
        where = (left - self.x * grown) / scale, (top - self.y * grown) / scale, grown
        quad = finding.quad and finding.quad.placed(*where)
        return replace(finding, region=finding.region.placed(*where), quad=quad)


@dataclass(frozen=True, slots=True)
class Mosaic:
    """Where each part lies, in pixels."""

    width: int
    height: int
    parts: tuple[Part, ...]

    def drawn(self, rgb: Rgb) -> Rgb:
        """What the finder looks at, (height, width, 3)."""
        drawn = np.full((self.height, self.width, 3), GREY, np.uint8)
        for part in self.parts:
            width, height = part.cut.size
            drawn[part.y : part.y + height, part.x : part.x + width] = part.cut.drawn(rgb)
        return drawn

    def placed(self, findings: Iterable[Finding], scale: float) -> Iterator[Finding]:
        """What was found on the mosaic, where it is in the picture; `scale`: of the view the parts were cut from."""
        for finding in findings:
            x, y = (middle * scale for middle in finding.region.centre)
            part = next((part for part in self.parts if part.holds(x, y)), None)
            if part is not None:
                yield part.placed(finding, scale)


def mosaic_of(cuts: Sequence[Cut], most: float) -> Mosaic | None:
    """The smallest mosaic that takes all cuts, of at most `most` pixels; None where there is none."""
    if not cuts:
        return Mosaic(0, 0, ())
    for width, height in SIZES:
        if width * height <= most and (parts := _laid_out(cuts, width, height)) is not None:
            return Mosaic(width, height, parts)
    return None


def _laid_out(cuts: Sequence[Cut], width: int, height: int) -> tuple[Part, ...] | None:
    """The cuts in rows, the highest first, each in the first row that has room; None where they do not fit."""
    rows: list[tuple[int, int]] = []  # where the next part of each comes
    below = 0
    parts: list[Part] = []
    for cut in sorted(cuts, key=lambda cut: cut.size[::-1], reverse=True):
        wide, high = cut.size
        number = next((n for n, (x, _) in enumerate(rows) if x + wide <= width), None)
        if number is None:
            if wide > width or below + high > height:
                return None
            number = len(rows)
            rows.append((0, below))
            below += high + GAP
        x, y = rows[number]
        parts.append(Part(cut, x, y))
        rows[number] = (x + wide + GAP, y)
    return tuple(parts)
