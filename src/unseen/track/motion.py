"""How the picture moves from one frame to the next: a camera model and a coarse field of flow.

Dense inverse search flow (Kroeger et al., "Fast Optical Flow using Dense Inverse Search", ECCV 2016) is computed on
small grey planes in both directions. Where going there and back ends elsewhere, or where there is no texture, the flow
is not trusted. What is kept of a frame is a few kilobytes: one displacement and one trust a cell, and the similarity
that most trusted cells agree on, which is the camera.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LONGEST_SIDE = 320
"""Pixels of the grey plane: faces of 12 px in a 640 px picture still span 6, and flow takes about 1 ms a direction."""
CELL = 10
"""Pixels of the plane to a cell of the field, each way."""
_FORTH_AND_BACK = 0.6
"""Plane pixels by which going there and back may miss before trust falls to 1/e."""
_TEXTURE = 5.0
"""Mean absolute detail (grey levels of the evened plane) of a cell that is trusted fully."""
_CONTRAST = 50.0
_LEAST_CONTRAST = 4.0
_HYPOTHESES = 96
_INLIER = 0.7
"""Plane pixels within which a cell agrees with a camera hypothesis."""
_ENOUGH_TRUST = 1e-3
_FEATURELESS = 2.0
"""Textured cells below which two pictures cannot be told to differ."""
_IDENTITY = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


@dataclass(frozen=True, slots=True)
class Motion:
    """From one picture to the next, in displayed pixels.

    `camera`: (2, 3) similarity that takes points of the earlier picture to the later. `cells`: (rows, columns, 2)
    displacement at the centre of each cell of the earlier picture, float16. `trust`: (rows, columns), 0 to 255.
    `agreement`: share of the texture whose flow holds there and back, 0 to 1.
    """

    camera: Floats
    cells: NDArray[np.float16]
    trust: NDArray[np.uint8]
    agreement: float


def unknown() -> Motion:
    """No motion known, none trusted."""
    return Motion(_IDENTITY.copy(), np.zeros((2, 2, 2), np.float16), np.zeros((2, 2), np.uint8), 0.0)


def part_of(motion: Motion, share: float) -> Motion:
    """A `share` of the motion, for steps of which only the sum could be measured."""
    camera = _IDENTITY + share * (motion.camera - _IDENTITY)
    return Motion(camera, motion.cells * np.float16(share), motion.trust, motion.agreement)


class Plane:
    """A picture made small, grey and even in brightness and contrast, so that exposure changes are not motion."""

    __slots__ = ("detail", "grey", "scale")

    def __init__(self, grey: NDArray[np.uint8], scale: float = 1.0) -> None:
        """`grey`: evened; `scale`: displayed pixels per pixel of this plane."""
        self.grey, self.scale = grey, scale
        columns, rows = grid_of(grey.shape[1], grey.shape[0])
        detail = cv2.absdiff(cv2.blur(grey, (3, 3)), cv2.blur(grey, (11, 11)))
        self.detail = cv2.resize(detail.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)

    @classmethod
    def of(cls, rgb: NDArray[np.uint8], width: int) -> Plane:
        """The plane of a view; `width`: of the displayed picture."""
        shrink = min(1.0, LONGEST_SIDE / max(rgb.shape[:2]))
        size = (max(16, round(rgb.shape[1] * shrink)), max(16, round(rgb.shape[0] * shrink)))
        small = cv2.resize(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
        mean, deviation = cv2.meanStdDev(small)
        gain = _CONTRAST / max(_LEAST_CONTRAST, float(deviation[0, 0]))
        even = cv2.convertScaleAbs(small, alpha=gain, beta=128 - gain * float(mean[0, 0]))
        return cls(np.asarray(even, np.uint8), width / size[0])


def grid_of(width: int, height: int) -> tuple[int, int]:
    """Columns and rows of cells on a plane of that size."""
    return max(2, round(width / CELL)), max(2, round(height / CELL))


class MotionMeter:
    """Measures the motion between two planes; holds the flow engine and its scratch memory."""

    def __init__(self) -> None:
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._random = np.random.default_rng(0)

    def between(self, earlier: Plane, later: Plane) -> Motion:
        """The motion from `earlier` to `later`."""
        if not _changed(earlier, later):
            return _standstill(earlier, later)
        blank = np.zeros((*earlier.grey.shape, 2), np.float32)
        forth = np.asarray(self._flow.calc(earlier.grey, later.grey, blank.copy()), np.float32)
        back = np.asarray(self._flow.calc(later.grey, earlier.grey, blank), np.float32)
        rows, columns = earlier.detail.shape
        cells = cv2.resize(forth, (columns, rows), interpolation=cv2.INTER_AREA)
        centres = cell_centres(rows, columns, earlier.grey.shape[1], earlier.grey.shape[0])
        flow = cells.reshape(-1, 2).astype(np.float64)
        held = np.exp(-((_missed(centres, forth, back) / _FORTH_AND_BACK) ** 2))
        before, after = _texture(earlier), _texture(later)
        texture = np.minimum(before, after[_landed(centres + flow, earlier)])
        trust = held * texture**2
        camera = fit_camera(centres, centres + flow, trust, self._random)
        camera[:, 2] *= earlier.scale
        most = max(before.sum(), after.sum())
        agreement = float((held * texture).sum() / most) if most >= _FEATURELESS else 1.0
        return Motion(
            camera,
            (cells * earlier.scale).astype(np.float16),
            np.rint(trust * 255).astype(np.uint8).reshape(rows, columns),
            agreement,
        )


def _changed(earlier: Plane, later: Plane) -> bool:
    """Whether any cell differs by half a grey level or more on average; codecs repeat what stands still exactly."""
    if earlier.grey.shape != later.grey.shape:
        return True
    rows, columns = earlier.detail.shape
    apart = cv2.absdiff(earlier.grey, later.grey)
    return bool(cv2.resize(apart, (columns, rows), interpolation=cv2.INTER_AREA).any())


def _standstill(earlier: Plane, later: Plane) -> Motion:
    """No motion, trusted wherever there is texture."""
    rows, columns = earlier.detail.shape
    trust = np.minimum(_texture(earlier), _texture(later)).reshape(rows, columns) ** 2
    still = np.zeros((rows, columns, 2), np.float16)
    return Motion(_IDENTITY.copy(), still, np.rint(trust * 255).astype(np.uint8), 1.0)


def _texture(plane: Plane) -> Floats:
    """How far each cell can be trusted to show where it moves, 0 to 1."""
    return np.asarray(np.minimum(1.0, plane.detail.ravel() / _TEXTURE), np.float64)


def _missed(centres: Floats, forth: NDArray[np.float32], back: NDArray[np.float32]) -> Floats:
    """How far from its start each cell centre ends after going there and back, in plane pixels."""
    height, width = forth.shape[:2]
    start = centres.astype(np.intp)
    there = forth[start[:, 1], start[:, 0]].astype(np.float64)
    landed = np.rint(start + there).astype(np.intp)
    outside = (landed < 0).any(1) | (landed[:, 0] >= width) | (landed[:, 1] >= height)
    landed = np.clip(landed, 0, (width - 1, height - 1))
    missed = np.hypot(*(there + back[landed[:, 1], landed[:, 0]]).T)
    return np.where(outside, 10.0, missed)


def _landed(points: Floats, plane: Plane) -> NDArray[np.intp]:
    """The number of the cell each point of the plane lies in, or is nearest to."""
    rows, columns = plane.detail.shape
    cells = (points / plane.grey.shape[::-1] * (columns, rows)).astype(np.intp)
    column, row = np.clip(cells, 0, (columns - 1, rows - 1)).T
    return np.asarray(row * columns + column)


def cell_centres(rows: int, columns: int, width: float, height: float) -> Floats:
    """(rows * columns, 2) x, y of cell centres of a picture of that size."""
    x = (np.arange(columns) + 0.5) * (width / columns)
    y = (np.arange(rows) + 0.5) * (height / rows)
    return np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)


def fit_camera(start: Floats, end: Floats, trust: Floats, random: np.random.Generator) -> Floats:
    """The (2, 3) similarity that the most trust agrees on: hypotheses from pairs, then least squares on its inliers.

    RANSAC (Fischler and Bolles, 1981) with cells drawn by trust; identity where there is not enough trust to fit.
    Points are handled as complex numbers: a similarity is z -> a z + b.
    """
    total = trust.sum()
    if np.count_nonzero(trust > _ENOUGH_TRUST) < 6 or total < 1.0:
        return _IDENTITY.copy()
    before, after = start @ (1, 1j), end @ (1, 1j)
    pairs = random.choice(len(trust), (_HYPOTHESES, 2), p=trust / total)
    apart = before[pairs[:, 1]] - before[pairs[:, 0]]
    far = np.abs(apart) > 2 * CELL
    pairs, apart = pairs[far], apart[far]
    if not len(pairs):
        return _IDENTITY.copy()
    turn = (after[pairs[:, 1]] - after[pairs[:, 0]]) / apart
    shift = after[pairs[:, 0]] - turn * before[pairs[:, 0]]
    misses = np.abs(turn[:, None] * before + shift[:, None] - after)
    best = int(np.argmax((trust / (1 + (misses / _INLIER) ** 2)).sum(1)))
    a, b = turn[best], shift[best]
    for _ in range(4):
        weight = trust / (1 + (np.abs(a * before + b - after) / _INLIER) ** 2) ** 2
        mass = weight.sum()
        from_mean, to_mean = (weight @ before) / mass, (weight @ after) / mass
        away = before - from_mean
        a = (weight * np.conj(away)) @ (after - to_mean) / max(1e-9, float(weight @ np.abs(away) ** 2))
        b = to_mean - a * from_mean
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])
