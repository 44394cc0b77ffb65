"""The picture a viewer sees: stored samples turned by the container's display matrix."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from unseen.core.picture import Samples


@dataclass(frozen=True, slots=True)
class Turn:
    """Swap rows and columns first (`transposed`), then mirror columns (`flipped_x`) and rows (`flipped_y`)."""

    transposed: bool = False
    flipped_x: bool = False
    flipped_y: bool = False

    def apply(self, samples: Samples) -> Samples:
        """A view of the samples as shown, rows by columns (by channels)."""
        shown = np.swapaxes(samples, 0, 1) if self.transposed else samples
        return shown[:: -1 if self.flipped_y else 1, :: -1 if self.flipped_x else 1]

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Width and height as shown."""
        return (height, width) if self.transposed else (width, height)


def turn_of(matrix: bytes | None) -> Turn:
    """The turn of a display matrix: nine native 32-bit integers, ISO/IEC 14496-12 6.2.2.

    A stored point (p, q) is shown at (a p + c q, b p + d q). Raises ValueError where that is no upright picture.
    """
    if matrix is None:
        return Turn()
    a, b, _, c, d, *_ = struct.unpack("=9i", matrix[:36])
    if a and d and not b and not c:
        return Turn(False, a < 0, d < 0)
    if b and c and not a and not d:
        return Turn(True, c < 0, b < 0)
    raise ValueError("the display matrix shows the picture at an angle")
