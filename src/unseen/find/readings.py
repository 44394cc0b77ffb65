"""What the outputs of the optional nets mean: YOLOX, YuNet and LPD-YuNet."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from unseen.core import Kind
from unseen.find.fixed_net import Detections, Floats, Reading
from unseen.models import Batch

_STRIDES = (8, 16, 32)
_LARGEST = np.float32(10)  # e^10 cells: larger than any picture, small enough not to overflow


@dataclass(frozen=True, slots=True)
class Yolox:
    """YOLOX (Ge et al., 2021, arXiv:2107.08430) as COCO taught it, of which only people and vehicles are read.

    For every cell of each stride: the middle's offset and the size's logarithm in cells, how surely something is there,
    and how surely it is of each class.
    """

    size: tuple[int, int] = (640, 640)
    kind: Kind = Kind.BODY
    blue_first: bool = False
    around: float = 114.0
    low: float = 0.1
    high: float = 0.35

    def detections(self, outputs: Sequence[Batch]) -> Detections:
        grid, strides = cells(self.size)
        (rows,) = outputs
        seen = _shaped(rows, (len(grid), 5 + _COCO))
        scores = seen[:, 4] * seen[:, 5 : 5 + _PEOPLE_AND_VEHICLES].max(1)
        return _around(seen[:, :4], scores, grid, strides, self.low)


_COCO = 80
_PEOPLE_AND_VEHICLES = 9
"""COCO's first classes: person, bicycle, car, motorcycle, airplane, bus, train, truck, boat."""


@dataclass(frozen=True, slots=True)
class YuNet:
    """YuNet of March 2023 (Wu et al., Machine Intelligence Research, 2023), without the points it sees in faces.

    Outputs: for each stride how surely it is a face, then how surely something is there, then boxes as YOLOX has them.
    """

    size: tuple[int, int] = (640, 640)
    kind: Kind = Kind.FACE
    blue_first: bool = True
    around: float = 0.0
    low: float = 0.3
    high: float = 0.6

    def detections(self, outputs: Sequence[Batch]) -> Detections:
        grid, strides = cells(self.size)
        levels = len(_STRIDES)
        parts = [
            np.concatenate([_columns(level) for level in outputs[n : n + levels]]) for n in (0, levels, 2 * levels)
        ]
        face, thing, boxes = (_shaped(part, (len(grid), wide)) for part, wide in zip(parts, (1, 1, 4), strict=True))
        scores = np.sqrt(np.clip(face[:, 0], 0, 1) * np.clip(thing[:, 0], 0, 1))
        return _around(boxes, scores, grid, strides, self.low)


@dataclass(frozen=True, slots=True)
class LpdYuNet:
    """LPD-YuNet: plates by their four corners, each told from boxes laid out beforehand (SSD's priors).

    Outputs: 14 places a prior, of which eight are the corners; how surely it is no plate and a plate; how well it fits.
    """

    size: tuple[int, int] = (320, 240)
    kind: Kind = Kind.PLATE
    blue_first: bool = True
    around: float = 0.0
    low: float = 0.5
    high: float = 0.8

    def detections(self, outputs: Sequence[Batch]) -> Detections:
        middles, sides = priors(self.size)
        wanted = ((len(middles), 14), (len(middles), 2), (len(middles), 1))
        places, sure, fits = (_shaped(output, shape) for output, shape in zip(outputs, wanted, strict=True))
        scores = np.sqrt(np.clip(sure[:, 1], 0, 1) * np.clip(fits[:, 0], 0, 1))
        good = scores >= self.low
        offsets = places[good][:, _CORNERS].reshape(-1, 4, 2)
        corners = middles[good, None] + offsets * _VARIANCE * sides[good, None, None]
        boxes = np.concatenate([corners.min(1), corners.max(1), scores[good, None]], axis=1)
        return Detections(boxes.astype(np.float32), corners.astype(np.float32))


_CORNERS = [4, 5, 6, 7, 10, 11, 12, 13]
"""Columns of the corners' x and y, in order around the plate; the rest is an upright box and the plate's middle."""
_VARIANCE = np.float32(0.1)
_PRIORS = ((8, (10, 16, 24)), (16, (32, 48)), (32, (64, 96)), (64, (128, 192, 256)))
"""Stride of each level in pixels, and the sides of its priors."""


def cells(size: tuple[int, int]) -> tuple[Floats, Floats]:
    """Column and row (n, 2), and stride (n,), of every cell of a net of `size`, level by level, row by row."""
    grids, strides = [], []
    for stride in _STRIDES:
        columns, rows = size[0] // stride, size[1] // stride
        grids.append(np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), -1).reshape(-1, 2))
        strides.append(np.full(columns * rows, stride))
    return np.concatenate(grids).astype(np.float32), np.concatenate(strides).astype(np.float32)


def priors(size: tuple[int, int]) -> tuple[Floats, Floats]:
    """Middle (n, 2) and side (n,) of every prior of LPD-YuNet, in pixels."""
    middles, sides = [], []
    columns, rows = size[0] // 4, size[1] // 4
    for stride, wide in _PRIORS:
        columns, rows = columns // 2, rows // 2
        for row, column, side in itertools.product(range(rows), range(columns), wide):
            middles.append(((column + 0.5) * stride, (row + 0.5) * stride))
            sides.append(side)
    return np.array(middles, np.float32), np.array(sides, np.float32)


def _around(boxes: Floats, scores: Floats, grid: Floats, strides: Floats, low: float) -> Detections:
    good = scores >= low
    middles = (boxes[good, :2] + grid[good]) * strides[good, None]
    halves = np.exp(np.minimum(boxes[good, 2:4], _LARGEST)) * strides[good, None] / 2
    return Detections(
        np.concatenate([middles - halves, middles + halves, scores[good, None]], axis=1).astype(np.float32)
    )


def _columns(output: Batch) -> Floats:
    return np.asarray(output, np.float32).reshape(-1, output.shape[-1])


def _shaped(output: Batch, shape: tuple[int, int]) -> Floats:
    """The output as rows and columns; ValueError where it is of another shape or holds what is no number."""
    rows = _columns(output)
    if rows.shape != shape:
        raise ValueError(f"a net gave {rows.shape[0]} x {rows.shape[1]} numbers where {shape[0]} x {shape[1]} belong")
    return np.nan_to_num(rows, nan=0.0, posinf=1e6, neginf=-1e6)


READINGS: Mapping[str, Reading] = {"yolox-s": Yolox(), "yunet": YuNet(), "lpd-yunet": LpdYuNet()}
"""By the name of their card."""
