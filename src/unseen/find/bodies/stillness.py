"""Whether the camera stands still, how far it shook, and where what it shows breaks off."""

from __future__ import annotations

import cv2
import numpy as np

from unseen.find.bodies.backdrop import alike
from unseen.find.bodies.sample import Floats, Plane, Sample, halved, shifted

BROKEN = 0.25
"""Likeness of neighbouring samples below which one scene ends."""
FIXED = 0.5
"""Likeness to the background from which on a sample was taken by a camera at rest. Of five clips of fixed cameras the
median lay between 0.82 and 0.95, whoever walked before them; of one held in walking hands at 0.44."""
_FARTHEST = 0.05
"""Share of the picture's width by which a camera may shake."""
_LEAST = 0.4
"""Pixels of a sample below which moving it back would blur more than it mends."""
_BETTER = 0.02
"""Gain in likeness that a shift has to bring to be believed."""


class Steady:
    """Lays samples over the first one of their scene."""

    def __init__(self) -> None:
        self._latest: Plane | None = None
        self._first: Plane | None = None
        self._window: Floats | None = None

    def follows(self, sample: Sample) -> bool:
        """Whether the sample goes on with the scene; the first one always does. Compared as the camera saw them."""
        latest, self._latest = self._latest, halved(sample.luma)
        if latest is None:
            return True
        return latest.shape == self._latest.shape and alike(self._latest, latest) >= BROKEN

    def restart(self) -> None:
        """Forget the scene; the next sample laid down starts another."""
        self._first = None

    def laid(self, sample: Sample) -> Sample:
        """The sample moved to where the scene's first one lies, if the camera shook; as it is otherwise."""
        half = halved(sample.luma)
        if self._first is None or self._window is None:
            self._first = half
            self._window = np.asarray(cv2.createHanningWindow(half.shape[::-1], cv2.CV_32F), np.float32)
            return sample
        (x, y), _ = cv2.phaseCorrelate(self._first.astype(np.float32), half.astype(np.float32), self._window)
        x, y = -2 * x, -2 * y
        if not _LEAST <= max(abs(x), abs(y)) <= _FARTHEST * sample.luma.shape[1]:
            return sample
        moved = shifted(sample, x, y)
        better = alike(halved(moved.luma), self._first) > alike(half, self._first) + _BETTER
        return moved if better else sample
