"""Boxes moved along with the picture, to the next frame or to the one before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unseen.track.motion import Floats, Motion, cell_centres

_OWN_REACH = 0.45
"""Standard deviation, in box sizes, of the weight with which cells speak for a box."""
_NEAR_REACH = 1.5
"""The same for the surroundings, which stand in where the box itself has no texture to follow."""
_LEAST_REACH = 0.6
"""Standard deviation in cells that no weight goes below: a small box still hears the cells it touches."""
_LEAST_NEAR = 2.0
_DOUBT = 0.4
"""Trust, in cells, at which a measured motion and the coarser one behind it count the same."""
_OUTLIER = 0.004
"""Share of the longest side by which a cell may differ from the mean before it counts half."""
_FLOOR = 0.0006
"""Share of the longest side by which a box is off after one step at best (measured on pans: 0.4 px of 640)."""
_UNTRUSTED = 8
"""Floors by which a box is off after a step of which nothing is known."""
_AGAINST = 0.15
"""Share by which movement against the camera is misjudged: flow is smooth, and small things pull their surroundings."""
_LEAST_TRUST = 0.02

Reals = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Carried:
    """n boxes after a step: `boxes` (n, 4), the part `own` (n, 2) that is their movement against their surroundings.

    `errors`: standard errors of the step in pixels; `heard`: 0 to 1, how far the boxes' own cells decided it.
    """

    boxes: Floats
    own: Floats
    errors: Floats
    heard: Floats


@dataclass(frozen=True, slots=True)
class Carrier:
    """Carries boxes through pictures of `width` x `height` displayed pixels.

    A box is a row of its centre's x and y, its width and its height.
    """

    width: int
    height: int

    def step(self, motion: Motion, boxes: Floats, drifts: Floats, backwards: bool) -> Carried:
        """Move `boxes` (n, 4), which lately moved by `drifts` (n, 2) against their surroundings, over `motion`.

        A box goes with the camera, corrected by what its surroundings do against the camera, and by what its own cells
        do against those; where these say little, or what fits ill with its drift, it goes on drifting. Its size
        follows the camera's zoom.
        """
        camera = inverse(motion.camera) if backwards else motion.camera
        zoom = float(np.hypot(camera[0, 0], camera[1, 0]))
        led = boxes[:, :2] @ camera[:, :2].T + camera[:, 2]
        anchors, strays, trust = self._field(motion, camera, backwards)
        if len(trust):
            near, own, error, heard = self._own(boxes, drifts, (anchors, strays, trust))
        else:
            near, own, heard = np.zeros_like(drifts), drifts, np.zeros(len(boxes))
            error = np.full(len(boxes), self._floor * _UNTRUSTED)
        return Carried(np.hstack([led + near + own, boxes[:, 2:] * zoom]), own, error, heard)

    @property
    def _floor(self) -> float:
        return max(self.width, self.height) * _FLOOR

    def _field(self, motion: Motion, camera: Floats, backwards: bool) -> tuple[Reals, Reals, Reals]:
        """Where each trusted cell is, how its movement differs from the camera's, and its trust (0 to 1)."""
        rows, columns = motion.trust.shape
        flow = motion.cells.reshape(-1, 2).astype(np.float64)
        anchors = cell_centres(rows, columns, self.width, self.height)
        if backwards:
            anchors, flow = anchors + flow, -flow
        trust = motion.trust.ravel() / 255.0
        heard = trust > _LEAST_TRUST
        anchors, flow, trust = anchors[heard], flow[heard], trust[heard]
        strays = anchors + flow - (anchors @ camera[:, :2].T + camera[:, 2])
        return anchors.astype(np.float32), strays.astype(np.float32), trust.astype(np.float32)

    def _own(
        self, boxes: Floats, drifts: Floats, cells: tuple[Reals, Reals, Reals]
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """The surroundings' movement against the camera's, each box's against those, its error and how sure it is."""
        anchors, strays, trust = cells
        cell = max(self.width, self.height) / 32
        away = boxes[:, None, :2].astype(np.float32) - anchors
        size = boxes[:, None, 2:].astype(np.float32)
        surroundings = trust * _bell(away, np.maximum(size * _NEAR_REACH, _LEAST_NEAR * cell))
        inside = trust * _bell(away, np.maximum(size * _OWN_REACH, _LEAST_REACH * cell))
        near, near_mass, near_spread = self._average(surroundings, strays, np.zeros((len(boxes), 2), np.float32))
        own, mass, spread = self._average(inside, strays, near + drifts.astype(np.float32))
        own = own - near
        doubt = 1 / (1 + mass / _DOUBT)
        variance = (
            self._floor**2 * (1 + (4 * doubt) ** 2)
            + spread**2 / (1 + mass)
            + (doubt * near_spread) ** 2 / (1 + near_mass)
            + (_AGAINST**2) * (own**2).sum(1)
        )
        return near.astype(np.float64), own.astype(np.float64), np.sqrt(variance).astype(np.float64), 1.0 - doubt

    def _average(self, weight: Reals, strays: Reals, prior: Reals) -> tuple[Reals, Reals, Reals]:
        """Robust weighted mean of the cells' movement, drawn to `prior` where weight is short; its mass and spread."""
        outlier = np.float32(max(self.width, self.height) * _OUTLIER)
        mean = prior
        for _ in range(2):
            off = ((strays[:, 0] - mean[:, :1]) ** 2 + (strays[:, 1] - mean[:, 1:]) ** 2) / outlier**2
            kept = weight / (1 + off)
            mass = kept.sum(1)
            pulled = np.stack([(kept * strays[:, 0]).sum(1), (kept * strays[:, 1]).sum(1)], 1)
            mean = (pulled + _DOUBT * prior) / (mass + _DOUBT)[:, None]
        spread = outlier * np.sqrt((kept * np.minimum(off, 16)).sum(1) / np.maximum(mass, 1e-9))
        return mean, mass, spread


def _bell(away: Reals, reach: Reals) -> Reals:
    across, down = away[..., 0] / reach[..., 0], away[..., 1] / reach[..., 1]
    return np.asarray(np.exp(-0.5 * (across**2 + down**2)))


def inverse(camera: Floats) -> Floats:
    """The (2, 3) map that undoes `camera`."""
    back = np.linalg.inv(camera[:, :2])
    return np.hstack([back, -(back @ camera[:, 2:])])
