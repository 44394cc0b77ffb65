"""A picture made small, as background models see it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from unseen.core import View
from unseen.core.times import Timestamp

PIXELS = 72_000
"""Pixels of a sample, whatever the picture's shape: 358 x 201 of 16:9. A body 40 px high in 1080 lines keeps 7."""

Plane = NDArray[np.uint8]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sample:
    """A small picture: `luma` (rows, columns), `chroma` (rows / 2, columns / 2, 2), as full-range Y, Cr, Cb.

    `moved`: x, y in its pixels by which it was shifted to lie over the others.
    """

    time: Timestamp
    luma: Plane
    chroma: Plane
    moved: tuple[float, float] = (0.0, 0.0)


def sample_of(view: View) -> Sample:
    """The view shrunk to at most about `PIXELS`, sides even."""
    rows, columns = view.rgb.shape[:2]
    share = min(1.0, (PIXELS / (rows * columns)) ** 0.5)
    width, height = (max(2, round(side * share / 2) * 2) for side in (columns, rows))
    small = view.rgb
    while small.shape[1] >= 2 * width and small.shape[0] >= 2 * height:  # halving is five times as fast as any share
        small = halved(small)
    small = np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    luma, red, blue = cv2.split(cv2.cvtColor(small, cv2.COLOR_RGB2YCrCb))
    chroma = np.dstack([halved(np.asarray(part, np.uint8)) for part in (red, blue)])
    return Sample(view.time, np.asarray(luma, np.uint8), chroma)


def halved(plane: Plane) -> Plane:
    """A plane of half as many rows and columns, each pixel the mean of four."""
    rows, columns = plane.shape[:2]
    size = (max(1, columns // 2), max(1, rows // 2))
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.uint8)


def shifted(sample: Sample, x: float, y: float) -> Sample:
    """The sample moved by `x`, `y` of its pixels; its edges are drawn out where nothing is known."""
    planes = []
    for plane, share in ((sample.luma, 1.0), (sample.chroma, 0.5)):
        by = np.array([[1, 0, x * share], [0, 1, y * share]], np.float32)
        size = (plane.shape[1], plane.shape[0])
        planes.append(np.asarray(cv2.warpAffine(plane, by, size, borderMode=cv2.BORDER_REPLICATE), np.uint8))
    return Sample(sample.time, planes[0], planes[1], (x, y))


def slope(luma: Plane) -> Plane:
    """How steeply brightness changes at each pixel, in the steeper direction: grey levels over two pixels (Sobel)."""
    across = cv2.convertScaleAbs(cv2.Sobel(luma, cv2.CV_16S, 1, 0), alpha=0.25)
    down = cv2.convertScaleAbs(cv2.Sobel(luma, cv2.CV_16S, 0, 1), alpha=0.25)
    return np.asarray(cv2.max(across, down), np.uint8)
