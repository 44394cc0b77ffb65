"""Pictures of any size for nets of one size: seen whole, then in parts, up to full detail."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from unseen.models import Batch

OVERLAP = 0.25
"""Share of a net's side by which neighbouring parts overlap: what is smaller is whole in one of them."""
GROWN = 2.0
"""How far small pictures are grown."""

Rgb = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of a picture in its pixels, right and bottom excluded; `scale`: how far it is shrunk or grown."""

    left: int
    top: int
    right: int
    bottom: int
    scale: float

    def drawn(self, rgb: Rgb, size: tuple[int, int], around: float) -> Batch:
        """(1, 3, rows, columns) of a net of `size` (columns, rows), 0 to 255: the part at the top left, grey around."""
        width = max(1, min(size[0], round((self.right - self.left) * self.scale)))
        height = max(1, min(size[1], round((self.bottom - self.top) * self.scale)))
        part = np.ascontiguousarray(rgb[self.top : self.bottom, self.left : self.right])
        how = cv2.INTER_AREA if self.scale < 1 else cv2.INTER_LINEAR
        batch: Batch = np.full((1, 3, size[1], size[0]), around, np.float32)
        batch[0, :, :height, :width] = cv2.resize(part, (width, height), interpolation=how).transpose(2, 0, 1)
        return batch


def tiles(width: int, height: int, size: tuple[int, int], most: int) -> list[Tile]:
    """The whole picture first, then twice as near each time until full detail or `most` parts are reached."""
    scale = min(size[0] / width, size[1] / height, GROWN)
    found = [Tile(0, 0, width, height, scale)]
    while scale < 1:
        scale = min(1.0, scale * 2)
        columns, rows = _cuts(width, scale, size[0]), _cuts(height, scale, size[1])
        if len(found) + len(columns) * len(rows) > most:
            break
        found += [Tile(left, top, right, bottom, scale) for top, bottom in rows for left, right in columns]
    return found


def _cuts(length: int, scale: float, side: int) -> list[tuple[int, int]]:
    """Where parts start and end along one side; all are as long as the net sees."""
    part = min(length, side / scale)
    count = math.ceil((length - OVERLAP * part) / ((1 - OVERLAP) * part))
    step = (length - part) / (count - 1) if count > 1 else 0.0
    return [(math.floor(n * step), min(length, math.ceil(n * step + part))) for n in range(count)]
