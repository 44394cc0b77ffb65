"""A decoded picture in its file's own planes."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unseen.core.times import Timestamp

Samples = NDArray[Any]
Empty = Callable[[tuple[int, ...], Any], Samples]
"""Makes an array of this shape and kind of sample to write into, as `numpy.empty` does."""


class ColourModel(enum.StrEnum):
    GREY = "grey"
    RGB = "rgb"
    YUV = "yuv"


@dataclass(frozen=True, slots=True)
class Plane:
    """Samples of one plane, writable in place.

    `samples`: (rows, columns) or, where channels are interleaved, (rows, columns, channels); uint8 or uint16.
    `across`, `down`: pixels of the picture to one sample, in each direction.
    """

    samples: Samples
    across: int = 1
    down: int = 1

    def __post_init__(self) -> None:
        if self.samples.ndim not in (2, 3) or self.samples.dtype not in (np.uint8, np.uint16):
            raise ValueError("a plane is rows x columns (x channels) of 8 or 16 bit samples")


@dataclass(frozen=True, slots=True)
class Picture:
    """One displayed picture: its time, its planes in order (Y, U, V; or R, G, B; or one plane with three channels).

    `depth` counts the significant bits of a sample; `full_range` says whether they use all of them;
    `matrix` is the H.273 matrix code point of YUV planes.
    """

    time: Timestamp
    width: int
    height: int
    planes: tuple[Plane, ...]
    model: ColourModel
    depth: int = 8
    full_range: bool = True
    matrix: int = 2

    @property
    def grid(self) -> tuple[int, int]:
        """Columns and rows of pixels that share a sample in the coarsest plane."""
        return max(p.across for p in self.planes), max(p.down for p in self.planes)


@dataclass(frozen=True, slots=True)
class View:
    """A picture as finders look at it: `rgb` is (rows, columns, 3) uint8; `scale` is its pixels per displayed pixel.

    `until`: when the next picture takes its place; None where that is not known, or no other follows.
    """

    time: Timestamp
    rgb: NDArray[np.uint8]
    scale: float = 1.0
    until: Timestamp | None = None
