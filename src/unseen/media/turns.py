"""Upright pictures: the display matrix of a video as quarter turns, and planes turned accordingly."""

from __future__ import annotations

import struct

import numpy as np

from unseen.core.picture import Empty, Samples


def from_display_matrix(matrix: bytes) -> tuple[int, bool] | None:
    """Clockwise quarter turns and whether the stored picture is mirrored left-right before them.

    `matrix`: nine native 32-bit integers, as FFmpeg's AV_PKT_DATA_DISPLAYMATRIX (ISO 14496-12, 6.2.2): a stored point
    (p, q) is shown at (a p + c q, b p + d q). None where that is not one of the eight upright ways to show a picture.
    """
    a, b, _, c, d, *_ = struct.unpack("=9i", matrix[:36])
    linear = np.sign(np.array([[a, c], [b, d]]))
    mirrored = bool(round(np.linalg.det(linear)) < 0)
    if mirrored:
        linear = linear @ np.array([[-1, 0], [0, 1]])
    quarter = np.array([[0, -1], [1, 0]])  # rows grow downwards: right becomes down, a clockwise turn
    turned = np.eye(2)
    for turns in range(4):
        if np.array_equal(turned, linear):
            return turns, mirrored
        turned = quarter @ turned
    return None


def placed(samples: Samples, empty: Empty) -> Samples:
    """A copy of its own, row by row, in an array that `empty` makes."""
    copy = empty(samples.shape, samples.dtype)
    copy[...] = samples
    return copy


def upright(samples: Samples, quarter_turns: int, mirrored: bool) -> Samples:
    """A view of rows x columns (x channels) as displayed."""
    if mirrored:
        samples = samples[:, ::-1]
    return np.rot90(samples, -quarter_turns)
