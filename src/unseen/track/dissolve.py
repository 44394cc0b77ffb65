"""Where one scene melts into another: pictures that are a mixture of one before and one after, which are not alike.

No picture of a dissolve breaks with the one before it. What gives it away is that, moved along with the camera, an
earlier and a later picture add up to what is between them, although neither shows anything of the other.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from unseen.core import Timestamp
from unseen.track.cuts import Step
from unseen.track.motion import Floats, MotionMeter, Plane

REACHES = (0.3, 0.6, 1.1)
"""Seconds on both sides of a picture within which it is held against others, the shortest first: a mixture shows from
two thirds of a dissolve on, so these are for dissolves of up to three seconds."""
_WHOLE = 2.0
"""Reaches to each side of the best mixture that a dissolve takes at most: one and a half, and it may be off by half."""
_MIXED = 0.26
"""Lesser share of both in the mixture, less the more alike they are, from which on it is one."""
_EXPLAINED = 0.7
"""Share of the picture's variance that the mixture explains at least."""
_UNLIKE = 0.012
"""Agreement of the flow below which two pictures are of different scenes, the camera's movement taken out. With
`_MIXED`, eleven of twelve dissolves between labelled photographs are noticed, and nothing in 13 real clips, ten with
flashes and 72 of a camera that is shaken hard."""
_OVERLAP = 0.3
"""Share of the picture that has to be in view in all three."""
_WIDTH = 64
"""Pixels of the pictures that are added up: so few that the camera's movement is known well enough."""
_OUTSIDE = -1e4
_LEAST_CONTRAST = 20.0
"""Standard deviation of an evened picture, 50 if it shows anything: nothing is said across a flash or a black one."""

Small = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Dissolve:
    """Both scenes may be seen from `start` to `end`; `middle` is the time of the picture that shows both best."""

    start: Timestamp
    middle: Timestamp
    end: Timestamp


@dataclass(frozen=True, slots=True)
class _Seen:
    """A picture of the last seconds; `camera` (3, 3) takes the plane of the first of them to this one's."""

    time: Timestamp
    plane: Plane
    small: Small
    camera: Floats


class Dissolves:
    """Give it every step in order; it remembers small grey planes of the last two seconds."""

    def __init__(self) -> None:
        self._meter = MotionMeter()
        self._seen: deque[_Seen] = deque()
        self._best = 0.0
        self._reach = 0.0
        self.pending: Dissolve | None = None
        """One that was noticed and may not be over."""

    def add(self, step: Step) -> Dissolve | None:
        """The dissolve that is over with this picture, if one is."""
        self._remember(step)
        for reach in REACHES if self.pending is None else (self._reach,):
            if self._seen and self._notice(reach):
                break
        if self.pending is None or step.time < self.pending.end:
            return None
        over, self.pending, self._best = self.pending, None, 0.0
        while self._seen and self._seen[0].time < over.end:
            self._seen.popleft()
        return over

    def _remember(self, step: Step) -> None:
        grey = step.plane.grey
        size = (_WIDTH, max(8, round(_WIDTH * grey.shape[0] / grey.shape[1])))
        small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        if step.cut:
            self.pending, self._best = None, 0.0
        flat = float(small.std()) < _LEAST_CONTRAST
        if step.motion is None or flat:
            self._seen.clear()
        if flat:
            return
        camera = np.eye(3)
        if step.motion is not None and self._seen:
            moved = np.vstack([step.motion.camera, [0, 0, 1]])
            moved[:2, 2] /= step.plane.scale
            camera = moved @ self._seen[-1].camera
        self._seen.append(_Seen(step.time, step.plane, small, camera))
        while step.time - self._seen[0].time > 2 * REACHES[-1] + 0.1:
            self._seen.popleft()

    def _notice(self, reach: float) -> bool:
        """Whether a picture that far back is a mixture, and more of one than the best so far."""
        later = self._seen[-1]
        middle = self._before(later.time, reach)
        earlier = middle and self._before(middle.time, reach)
        if middle is None or earlier is None:
            return False
        mixed = _mixture(earlier, middle, later)
        if mixed <= max(_MIXED, self._best) or self._agreement(earlier, later) >= _UNLIKE:
            return False
        around = Timestamp(round(_WHOLE * reach * 1000), 1000)
        self.pending = Dissolve(middle.time - around, middle.time, middle.time + around)
        self._best, self._reach = mixed, reach
        return True

    def _before(self, time: Timestamp, seconds: float) -> _Seen | None:
        """The latest picture so long before a time."""
        return next((seen for seen in reversed(self._seen) if time - seen.time >= seconds), None)

    def _agreement(self, earlier: _Seen, later: _Seen) -> float:
        """Share of the texture that is the same in both, as far as both show the same place."""
        moved = (later.camera @ np.linalg.inv(earlier.camera))[:2]
        grey = earlier.plane.grey
        size = (grey.shape[1], grey.shape[0])
        there = cv2.warpAffine(np.full_like(grey, 255), moved, size) == 255
        before = np.where(there, cv2.warpAffine(grey, moved, size), np.uint8(128))
        after = np.where(there, later.plane.grey, np.uint8(128))
        return self._meter.between(Plane(before), Plane(after)).agreement


def _mixture(earlier: _Seen, middle: _Seen, later: _Seen) -> float:
    """How surely the middle picture is a mixture of the others: the lesser share, less the more alike both are.

    0 where they do not explain it. Shares by least squares, of pictures without their means.
    """
    before, after = _moved(earlier, middle), _moved(later, middle)
    there = (before >= 0) & (after >= 0)  # what lies outside, or partly, is far below
    if there.mean() < _OVERLAP:
        return 0.0
    p, q, m = (part[there] - part[there].mean() for part in (before, after, middle.small))
    pp, qq, pq = float(p @ p), float(q @ q), float(p @ q)
    mm, pm, qm = float(m @ m), float(p @ m), float(q @ m)
    apart = pp * qq - pq**2
    if min(mm, apart) <= 0:
        return 0.0
    of_p, of_q = (qq * pm - pq * qm) / apart, (pp * qm - pq * pm) / apart
    if of_p * pm + of_q * qm < _EXPLAINED * mm:
        return 0.0
    return min(of_p, of_q) * (1 - max(0.0, pq / math.sqrt(pp * qq)))


def _moved(seen: _Seen, to: _Seen) -> Small:
    """A small picture moved to where the camera is in another."""
    matrix = (to.camera @ np.linalg.inv(seen.camera))[:2]
    matrix[:, 2] *= _WIDTH / seen.plane.grey.shape[1]
    size = (seen.small.shape[1], seen.small.shape[0])
    return np.asarray(cv2.warpAffine(seen.small, matrix, size, borderValue=_OUTSIDE), np.float32)
