"""A picture as a person sees it, in red, green and blue, worked out here for the second look."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from unseen.core import ColourModel, Picture
from unseen.core.picture import Samples
from unseen.verify.fill import under
from unseen.verify.patch import Box

_RED_BLUE = {1: (1.5748, 1.8556), 9: (1.4746, 1.8814), 10: (1.4746, 1.8814)}
_OLD = (1.402, 1.772)
"""Shares of Cr in red and of Cb in blue by matrix code point: ITU-R BT.709, BT.2020, and BT.601 for all others."""
_GREEN = {1: (0.4681, 0.1873), 9: (0.5714, 0.1646), 10: (0.5714, 0.1646)}
_OLD_GREEN = (0.7141, 0.3441)


def as_rgb(picture: Picture, box: Box, scale: float) -> NDArray[np.uint8]:
    """Rows by columns by red, green, blue of what lies under `box`, `scale` pixels to a pixel of the picture."""
    left, top, right, bottom = box
    size = (max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale)))
    planes = [_sized(_shallow(under(plane, box), picture.depth), size) for plane in picture.planes]
    if picture.model is ColourModel.YUV:
        return _from_yuv(np.dstack(planes), picture)
    whole = np.dstack(planes) if len(planes) > 1 else planes[0]
    return np.ascontiguousarray(whole[..., :3] if whole.ndim == 3 else np.dstack([whole] * 3))


def small(picture: Picture, step: int) -> NDArray[np.int16]:
    """The picture's first plane, each value the mean of `step` by `step` samples, to see where something changed."""
    samples = picture.planes[0].samples
    rows, columns = samples.shape[:2]
    size = (max(1, columns // step), max(1, rows // step))
    return np.asarray(_sized(_shallow(samples, picture.depth), size), np.int16)


def _shallow(samples: Samples, depth: int) -> NDArray[np.uint8]:
    return np.ascontiguousarray(samples >> (depth - 8) if depth > 8 else samples, np.uint8)


def _sized(samples: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    rows, columns = samples.shape[:2]
    if (columns, rows) == size:
        return samples
    way = cv2.INTER_AREA if columns > size[0] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(samples, size, interpolation=way), np.uint8)


def _from_yuv(samples: NDArray[np.uint8], picture: Picture) -> NDArray[np.uint8]:
    """ITU-T H.273 equations 41 to 43, turned round."""
    red, blue = _RED_BLUE.get(picture.matrix, _OLD)
    green_red, green_blue = _GREEN.get(picture.matrix, _OLD_GREEN)
    luma, chroma = (1.0, 1.0) if picture.full_range else (255 / 219, 255 / 224)
    lowest = 0.0 if picture.full_range else 16.0
    onto = np.array(
        [[luma, 0, red * chroma], [luma, -green_blue * chroma, -green_red * chroma], [luma, blue * chroma, 0]]
    )
    moved = onto @ np.array([-lowest, -128.0, -128.0])
    return np.asarray(cv2.transform(samples, np.column_stack([onto, moved])), np.uint8)
