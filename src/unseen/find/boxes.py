"""Boxes as arrays: a row each of left, top, right, bottom in pixels and score; float32."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float32]


def no_boxes() -> Boxes:
    return np.empty((0, 5), np.float32)


def sides(boxes: Boxes) -> NDArray[np.float32]:
    """The side of a square as large as each box."""
    return np.sqrt(_areas(boxes))


def iou(box: Boxes, others: Boxes) -> NDArray[np.float32]:
    """Intersection over union of one box with each of `others`, 0 to 1."""
    left, top = np.maximum(box[0], others[:, 0]), np.maximum(box[1], others[:, 1])
    right, bottom = np.minimum(box[2], others[:, 2]), np.minimum(box[3], others[:, 3])
    shared = np.maximum(right - left, 0) * np.maximum(bottom - top, 0)
    union = _areas(box[None])[0] + _areas(others) - shared
    return np.asarray(shared / np.maximum(union, np.float32(1e-9)), np.float32)


def best_first(boxes: Boxes) -> Boxes:
    """By falling score; equal ones stay in order, so that the same picture always gives the same list."""
    return boxes[np.argsort(-boxes[:, 4], kind="stable")]


def suppressed(boxes: Boxes, most_overlap: float) -> Boxes:
    """Best first, without any that overlaps a better one by more than `most_overlap` (non-maximum suppression)."""
    rest = best_first(boxes)
    kept = []
    while len(rest):
        kept.append(rest[0])
        rest = rest[1:][iou(rest[0], rest[1:]) <= most_overlap]
    return np.array(kept, np.float32).reshape(-1, 5)


def _areas(boxes: Boxes) -> NDArray[np.float32]:
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), np.float32)
