"""PP-OCR's text detector, and what its output means: where lines of writing are, never what they say.

The net (Liao et al., 2020, "Real-time Scene Text Detection with Differentiable Binarization", arXiv:1911.08947) takes
pictures with blue first, samples from -1 to 1, sides in multiples of `STEP`. It gives for every pixel the heat of a
line's shrunken middle being there; the line itself is the middle grown back.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from unseen.find.tilted import Rows, around
from unseen.models import Batch, Net

STEP = 32
TILE_STEP = 64
"""Tiles are filled up to multiples of this, so that the net meets few sizes."""
MARGIN = 128
"""Pixels by which tiles overlap: a word or plate at a tile's edge is seen whole in one of both."""
UNCLIP = 1.6
"""Area of the shrunken middle over its perimeter, times this, is how far it is grown back (PP-OCR's own setting)."""
LEAST_SIDE = 3
"""Pixels of heat below which a middle is a speck."""

Rgb = NDArray[np.uint8]
Heat = NDArray[np.uint8]


def heat_of(net: Net, rgb: Rgb, scale: float, most: int) -> Heat:
    """The heat, 0 to 255, of a picture shrunk or grown by `scale`: (rows, columns) of that size.

    `most`: pixels of a tile's width and height, which bound the memory that the net works in.
    """
    size = tuple(max(1, round(side * scale)) for side in rgb.shape[1::-1])
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    drawn = np.asarray(rgb if scale == 1 else cv2.resize(rgb, size, interpolation=kind), np.uint8)
    heat = np.zeros(drawn.shape[:2], np.uint8)
    for rows, columns in itertools.product(*(list(_tiles(length, most)) for length in drawn.shape[:2])):
        tile = drawn[rows, columns]
        (found,) = net.run(_batch(tile))
        warm = (found[0, 0, : tile.shape[0], : tile.shape[1]] * 255).astype(np.uint8)
        np.maximum(heat[rows, columns], warm, out=heat[rows, columns])
    return heat


def _tiles(length: int, most: int) -> Iterator[slice]:
    count = 1 if length <= most else math.ceil((length - MARGIN) / (most - MARGIN))
    side = math.ceil((length + (count - 1) * MARGIN) / count)
    for start in (round(n * (length - side) / max(1, count - 1)) for n in range(count)):
        yield slice(start, start + side)


def _batch(tile: Rgb) -> Batch:
    height, width = tile.shape[:2]
    below, beside = (-side % TILE_STEP for side in (height, width))
    whole = cv2.copyMakeBorder(tile, 0, below, 0, beside, cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(whole[None, :, :, ::-1].transpose(0, 3, 1, 2), np.float32) / np.float32(127.5) - 1


def lines_of(heat: Heat, scale: float, faintest: float) -> Rows:
    """Lines of writing in the picture's own pixels, of all whose middle is at least as hot as `faintest` (0 to 1)."""
    contours, _ = cv2.findContours(
        (heat >= faintest * 255).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    found = []
    for contour in contours:
        x, y, length, height, angle = around(contour)
        if height < LEAST_SIDE:
            continue
        grown = UNCLIP * length * height / (length + height)
        row = [(x + 0.5) / scale, (y + 0.5) / scale, (length + grown) / scale, (height + grown) / scale, angle]
        found.append([*row, _warmth(heat, contour)])
    return np.array(found, np.float32).reshape(-1, 6)


def _warmth(heat: Heat, contour: MatLike) -> float:
    """Mean heat inside a contour, 0 to 1."""
    left, top, width, height = cv2.boundingRect(contour)
    inside = np.zeros((height, width), np.uint8)
    cv2.drawContours(inside, [contour], 0, 1, cv2.FILLED, offset=(-left, -top))
    return float(cv2.mean(heat[top : top + height, left : left + width], inside)[0]) / 255
