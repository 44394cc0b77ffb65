"""What looks like a code though nothing can decode it: a dense patch of two shades with calm around it.

Codes change between dark and light all over, more densely than what is photographed does, and standards ask for a quiet
zone around them. The bounds were set on 200 codes made by script (benchmarks/codes.py) against 133 photos, in which
they leave 34 false patches, nearly all of them plates or time stamps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from unseen.find.tilted import Rows, around

Grey = NDArray[np.uint8]

SCALES = (1.0, 0.5, 0.25)
"""Modules of up to 5, 10 and 20 pixels are dense at these."""
CELL = 9
"""Pixels around one in which edges are counted."""
EDGE = 22
"""Grey levels a pixel by which brightness changes at an edge."""
DENSE, INSIDE = 0.42, 0.5
"""Share of edge pixels in a cell that makes it part of a patch, and in the patch as a whole."""
LEAST, MOST = 18, 150
"""Pixels of a patch's lesser side at the scale it is seen at: larger ones are seen at the next."""
LONGEST = 6.0
FULL = 0.62
"""Share of its rectangle that a patch fills: a code seen askew fills two thirds."""
CHANGES = 7
"""Changes between dark and light along the middle row or column of a patch."""
CONTRAST = 43
"""Grey levels between the means of dark and light."""
SPREAD = 0.6
"""Variance between dark and light over all variance, 0.64 for a bell curve, 1 for two clean shades."""
INK = (0.22, 0.8)
INK_OF_NINTHS = (0.02, 0.95)
"""Share of dark or light in the patch, and in each ninth of it."""
CALM, CALM_BUT_ONE = 0.3, 0.1
"""Share of edge pixels along each side of a patch, and along all but the worst: something may touch it."""
LARGEST = 0.45
"""Share of the picture beyond which a patch is the picture's own texture."""

_AROUND, _RIM = 10, 8  # pixels around a patch that are looked at, and of those the outer ones that have to be calm
_AT_EDGE = 6  # pixels from the picture's edge within which a patch touches it


def code_like(grey: Grey, score: float) -> Rows:
    """Patches of a picture that look like codes, all with the same score."""
    found = [[*at, score] for scale in SCALES for at in _patches(grey, scale)]
    return np.array(found, np.float32).reshape(-1, 6)


def _patches(grey: Grey, scale: float) -> Iterator[tuple[float, ...]]:
    height, width = (round(side * scale) for side in grey.shape)
    if min(height, width) < LEAST:
        return
    small = cv2.GaussianBlur(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), (3, 3), 0)
    edges = _edges(small)
    for contour in _dense(edges):
        x, y, length, height, angle = at = around(contour)
        small_enough = LEAST <= height <= MOST and length <= LONGEST * height
        if not small_enough or cv2.contourArea(contour) < FULL * length * height or _is_the_picture(at, small.shape):
            continue
        if _looks_like_a_code(small, edges, at):
            yield (x + 0.5) / scale - 0.5, (y + 0.5) / scale - 0.5, length / scale, height / scale, angle


def _edges(small: MatLike) -> MatLike:
    """1 where brightness changes by at least `EDGE`, else 0; float32."""
    across, down = (cv2.Scharr(small, cv2.CV_32F, *way, scale=1 / 16) for way in ((1, 0), (0, 1)))
    return (cv2.magnitude(across, down) > EDGE).astype(np.float32)


def _dense(edges: MatLike) -> Sequence[MatLike]:
    """Contours of patches full of edges."""
    share = cv2.boxFilter(edges, -1, (CELL, CELL), borderType=cv2.BORDER_CONSTANT)
    square = np.ones((CELL, CELL), np.uint8)
    closed = cv2.morphologyEx((share > DENSE).astype(np.uint8), cv2.MORPH_CLOSE, square)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (CELL, CELL))
    patches = cv2.morphologyEx(closed, cv2.MORPH_OPEN, disc)
    return cv2.findContours(patches, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]


def _is_the_picture(at: tuple[float, ...], shape: tuple[int, ...]) -> bool:
    """Whether a patch reaches two of the picture's edges, or fills most of it: then it is what is photographed."""
    x, y, length, height, angle = at
    corners = cv2.boxPoints(((x, y), (length, height), angle))
    low, high = corners.min(0), corners.max(0)
    touched = [*(low < _AT_EDGE), high[0] > shape[1] - _AT_EDGE, high[1] > shape[0] - _AT_EDGE]
    return sum(touched) >= 2 or length * height > LARGEST * shape[0] * shape[1]


def _looks_like_a_code(small: MatLike, edges: MatLike, at: tuple[float, ...]) -> bool:
    sides, inner_edges = _calm(_upright(edges, at))
    if sides[-1] > CALM or sides[-2] > CALM_BUT_ONE or inner_edges < INSIDE:
        return False
    shades = _upright(small, at)[_AROUND:-_AROUND, _AROUND:-_AROUND]
    _, light = cv2.threshold(shades, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    ink = float(light.mean())
    if not INK[0] <= ink <= INK[1]:
        return False
    contrast = float(shades[light == 1].mean() - shades[light == 0].mean())
    spread = ink * (1 - ink) * contrast**2 / (float(shades.var()) + 1e-6)
    ninths = [part.mean() for band in np.array_split(light, 3) for part in np.array_split(band, 3, axis=1)]
    steps = (np.abs(np.diff(light.astype(np.int8), axis=axis)).sum(axis) for axis in (0, 1))
    return (
        contrast >= CONTRAST
        and spread >= SPREAD
        and min(ninths) >= INK_OF_NINTHS[0]
        and max(ninths) <= INK_OF_NINTHS[1]
        and max(float(np.median(each)) for each in steps) >= CHANGES
    )


def _upright(picture: MatLike, at: tuple[float, ...]) -> MatLike:
    """The patch with what is around it, turned upright."""
    x, y, length, height, angle = at
    columns, rows = (round(side) + 2 * _AROUND for side in (length, height))
    turn = cv2.getRotationMatrix2D((x, y), angle, 1) + np.array([[0, 0, columns / 2 - x], [0, 0, rows / 2 - y]])
    return cv2.warpAffine(picture, turn, (columns, rows), borderMode=cv2.BORDER_REPLICATE)


def _calm(edges: MatLike) -> tuple[list[float], float]:
    """The share of edges along the four sides, calmest first, and inside."""
    middle = slice(_AROUND, -_AROUND)
    sides = (edges[:_RIM, middle], edges[-_RIM:, middle], edges[middle, :_RIM], edges[middle, -_RIM:])
    return sorted(float(side.mean()) for side in sides), float(edges[middle, middle].mean())
