"""Boxes against boxes: how much they overlap, and how well one fits where another is expected.

A box is a row of its centre's x and y, its width and its height.
"""

from __future__ import annotations

import numpy as np

from unseen.track.motion import Floats

_SIZE_RATIO = float(np.log(2.2))
"""Logarithm of how much wider or higher than expected a finding may be."""
_REACH = 0.5
_ERRORS = 1.5
"""Share of the mean of both sizes, and standard errors more, by which centres may be apart."""


def fit(boxes: Floats, errors: Floats, found: Floats) -> Floats:
    """(n, m) how well `found` (m, 4) fit where `boxes` (n, 4) are expected within `errors`: 1 exactly, 0 not at all."""
    reach = _REACH / 2 * (boxes[:, None, 2:] + found[:, 2:]) + _ERRORS * errors[:, None, None]
    away = np.sqrt((((boxes[:, None, :2] - found[:, :2]) / reach) ** 2).sum(-1))
    ratio = np.abs(np.log(found[:, 2:] / boxes[:, None, 2:])).max(-1)
    return np.asarray(np.maximum(0.0, 1 - np.maximum(away, ratio / _SIZE_RATIO)))


def iou(one: Floats, other: Floats) -> Floats:
    """(n, m) intersection over union."""
    low = np.maximum((one[:, :2] - one[:, 2:] / 2)[:, None], other[:, :2] - other[:, 2:] / 2)
    high = np.minimum((one[:, :2] + one[:, 2:] / 2)[:, None], other[:, :2] + other[:, 2:] / 2)
    shared = np.prod(np.maximum(0, high - low), -1)
    return np.asarray(shared / (np.prod(one[:, 2:], -1)[:, None] + np.prod(other[:, 2:], -1) - shared))
