"""Whether a mosaic or blur leaves no more detail than its style promises."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from unseen.core import Plane
from unseen.plan import Style
from unseen.verify.fill import under
from unseen.verify.patch import Box
from unseen.verify.playback import Shot

CELLS = 4
"""Most values along a cover's longer side. Machines still recognise people in mosaics of 6 by 7 cells (McPherson et
al., 2016), so the style promises fewer, and no anonymity."""
MOST_DETAIL = 12.0
"""Root mean square, in 8-bit steps, of what no such pattern explains. Measured for sound covers of 16 to 100 pixels a
side: photos at most 5.5 (x264 crf 28), noise 8.3, JPEG at quality 95 and WebP at 94 9.4; bare photos of some detail 15
to 42."""
_ROUNDS = 12  # of filling what later covers hide; each halves the error at least where they hide less than half


def too_much_detail(shot: Shot, box: Box, later: Sequence[Box], style: Style) -> str | None:
    """What is wrong with the mosaic or blur at `box`, or None. `later`: boxes drawn over it, which are not its own."""
    step = float(1 << (shot.picture.depth - 8))
    for number, plane in enumerate(shot.picture.planes):
        samples = under(plane, box).astype(np.float64) / step
        own = _own(plane, box, later)
        for channel in np.moveaxis(np.atleast_3d(samples), 2, 0)[:3]:
            detail = _unexplained(channel, own, style)
            if detail > MOST_DETAIL:
                return f"plane {number} keeps detail of {detail:.1f} of 255, more than a {style} of {CELLS} cells has"
    return None


def _own(plane: Plane, box: Box, later: Sequence[Box]) -> NDArray[np.bool_]:
    """Which samples under `box` no later box covers."""
    shape = under(plane, box).shape[:2]
    own = np.ones(shape, bool)
    left, top = box[0] // plane.across, box[1] // plane.down
    for x0, y0, x1, y1 in later:
        rows = slice(max(0, y0 // plane.down - top), max(0, -(-y1 // plane.down) - top))
        own[rows, max(0, x0 // plane.across - left) : max(0, -(-x1 // plane.across) - left)] = False
    return own


def _unexplained(samples: NDArray[np.float64], own: NDArray[np.bool_], style: Style) -> float:
    """Root mean square distance from the nearest pattern of cells, over the box's own samples."""
    if not own.any():
        return 0.0
    rows, columns = samples.shape
    share = CELLS / max(rows, columns)
    down = _basis(rows, max(1, math.ceil(rows * share)), style)
    across = _basis(columns, max(1, math.ceil(columns * share)), style)
    guess = np.where(own, samples, samples[own].mean())
    for _ in range(1 if own.all() else _ROUNDS):
        pattern = down @ (down.T @ guess @ across) @ across.T
        guess = np.where(own, samples, pattern)
    return float(np.sqrt(np.mean((samples - pattern)[own] ** 2)))


def _basis(length: int, cells: int, style: Style) -> NDArray[np.float64]:
    """Orthonormal columns that span what `cells` values make of `length` samples, repeated or blended linearly."""
    cells = min(cells, length)
    if style is Style.MOSAIC:
        place = np.arange(length) * cells // length
        weights = (place[:, None] == np.arange(cells)).astype(float)
    else:
        centre = np.clip((np.arange(length) + 0.5) * cells / length - 0.5, 0, cells - 1)
        weights = np.clip(1 - np.abs(centre[:, None] - np.arange(cells)), 0, 1)
    return np.linalg.qr(weights)[0]
