"""How hard to look for faces: at which scales, turned or not, and which scores count.

The figures behind the numbers are in docs/adr/0002-face-model-from-a-pinned-wheel.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from unseen.find.sheets import Look

PHOTO_GROWN = 2.0
"""The most a photo is grown: faces down to 7 pixels become as large as the net can see."""
PHOTO_AREA = 5.9e6
"""Pixels a photo is looked at with at its largest scale, unless `PHOTO_LEAST` asks for more."""
PHOTO_LEAST = 0.7
"""The largest scale is at least this, however many pixels the photo has."""
PHOTO_SMALLEST = 160
"""Scales are halved until the photo's longest side would fall below this: one face can fill the picture."""
TURNED_AREA, TURNED_GROWN = 0.5e6, 1.5
"""Turned photos (people lying, cameras held askew) are looked at with so many pixels, grown at most so much."""
TURNED_HEAT, TURNED_WORTH = 0.3, 0.5
"""Heat below which a turned look says nothing, since no other confirms it, and what its heat counts as a score."""
VIDEO_SIDE, VIDEO_GROWN = 640, 2.0
"""A clip's small pictures are grown until their longest side is this, at most so much: the net sees most faces of 12
pixels as they are, and growing more costs more than it finds (docs/adr/0027)."""


def video_growth(width: int, height: int) -> float:
    """By how much a clip's pictures of this size are grown before they are looked at."""
    return min(VIDEO_GROWN, max(1.0, VIDEO_SIDE / max(width, height)))


class Effort(Protocol):
    """How hard to look.

    `low`: the least score to report; `high`: the score that stands on its own; `faintest`: heat below which a look at
    one scale says nothing.
    """

    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def faintest(self) -> float: ...

    def scales(self, width: int, height: int) -> list[float]:
        """The scales at which to look at a picture of this size, the largest first."""
        ...

    def turned(self, width: int, height: int) -> list[Look]:
        """Looks at the picture turned."""
        ...


@dataclass(frozen=True, slots=True)
class PhotoEffort:
    """Thorough: several scales that have to agree, and three turns."""

    low: float = 0.1
    high: float = 0.3
    faintest: float = 0.03

    def scales(self, width: int, height: int) -> list[float]:
        """From the largest down by halves."""
        scale = min(PHOTO_GROWN, max(PHOTO_LEAST, (PHOTO_AREA / (width * height)) ** 0.5))
        scales = [scale]
        while max(width, height) * scale / 2 >= PHOTO_SMALLEST:
            scale /= 2
            scales.append(scale)
        return scales

    def turned(self, width: int, height: int) -> list[Look]:
        """On the left side, upside down, on the right side."""
        scale = min(TURNED_GROWN, (TURNED_AREA / (width * height)) ** 0.5)
        return [Look(scale, turns) for turns in (1, 2, 3)]


@dataclass(frozen=True, slots=True)
class VideoEffort:
    """Fast: one look, and scores so low that only tracks give them a meaning.

    `grown`: by how much every picture is grown; None grows small ones to `VIDEO_SIDE`, which is for whole pictures, not
    for parts of them.
    """

    grown: float | None = None
    low: float = 0.08
    high: float = 0.4

    @property
    def faintest(self) -> float:
        return self.low

    def scales(self, width: int, height: int) -> list[float]:
        """The one scale."""
        return [video_growth(width, height) if self.grown is None else self.grown]

    def turned(self, width: int, height: int) -> list[Look]:
        """None: a clip shows its people at many moments."""
        return []
