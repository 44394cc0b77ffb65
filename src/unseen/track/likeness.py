"""How the inside of a box looked once, and where it looks like that now.

Motion carried from picture to picture drifts, a little each time. A picture of the thing itself does not: where it can
be seen again near where it was carried to, that is where it is. It is looked for inside one scene of one file, from one
picture to the next, and nothing of it is kept: this follows a box, whatever is in it, and recognises nobody.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from unseen.track.motion import Floats

SIDE = 40
"""Pixels of the longer side of what is kept: enough to tell a pixel in a face of forty."""
_AROUND = 1.3
"""Box sizes that are kept, so that the outline against the background counts, too."""
_LEAST_AROUND = 36.0
"""Pixels of the view that are kept at least: what is small is told by what is next to it."""
_OUTSIDE = 0.15
"""What counts beside the ellipse in the box, to what counts inside it: the background may go another way."""
_ZOOMS = (0.95, 1.0, 1.05)
_LEAST_CONTRAST = 4.0
"""Grey levels by which the inside has to vary for its place to be told."""
_SURE = 0.6
"""Correlation from which on it is taken to be the same thing."""
Grey = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Match:
    """Where it was seen again: `box` as centre x, y, width, height; `score`, the correlation, up to 1."""

    box: Floats
    score: float


class Likeness:
    """The inside of `box` in the picture `grey`, which shows `scale` of its pixels for each displayed one."""

    def __init__(self, grey: Grey, box: Floats, scale: float) -> None:
        self._shape = box[2:] / box[2:].max()
        self._around = max(_AROUND, _LEAST_AROUND / (scale * float(box[2:].max())))
        self._patch = _sampled(grey, self._grown(box, 1.0) * scale, 0.0, self._size(1.0))
        self._weight = _ellipse(self._patch.shape, 1 / self._around)
        self._known = float(self._patch.std()) >= _LEAST_CONTRAST

    def _grown(self, box: Floats, wider: float) -> Floats:
        return np.array([*box[:2], *(box[2:] * (self._around * wider))])

    def _size(self, wider: float) -> tuple[int, int]:
        width, height = np.maximum(8, np.round(self._shape * SIDE * wider)).astype(int)
        return int(width), int(height)

    def find(self, grey: Grey, box: Floats, scale: float, turned: float, reach: float) -> Match | None:
        """Where it looks most like it, within `reach` pixels of the box's centre; None where nowhere is sure.

        `turned`: by how many radians the camera has turned since.
        """
        if not self._known:
            return None
        wider = 1 + 2 * reach / (self._around * float(box[2:].max()))
        found: list[tuple[float, Floats]] = []
        for zoom in _ZOOMS:
            sized = np.array([*box[:2], *(box[2:] * zoom)])
            there = _sampled(grey, self._grown(sized, wider) * scale, turned, self._size(wider))
            if min(np.subtract(there.shape, self._patch.shape)) < 0:
                continue
            likeness = cv2.matchTemplate(there, self._patch, cv2.TM_CCOEFF_NORMED, mask=self._weight)
            likeness = np.nan_to_num(likeness, nan=0.0, posinf=0.0, neginf=0.0)  # where nothing varies
            _, best, _, (x, y) = cv2.minMaxLoc(likeness)
            off = np.array([x, y]) - (np.array(likeness.shape[::-1]) - 1) / 2
            step = self._around * sized[2:] * wider / np.array(there.shape[::-1])
            moved = _turned(off * step, turned)
            found.append((best, np.array([*(sized[:2] + moved), *sized[2:]])))
        score, where = max(found, key=lambda each: each[0], default=(0.0, box))
        return Match(where, score) if score >= _SURE else None


def _ellipse(shape: tuple[int, ...], share: float) -> NDArray[np.float32]:
    """Weights of a patch of `shape` around an ellipse that takes up `share` of it each way."""
    rows, columns = (np.linspace(-1, 1, count) / share for count in shape)
    inside = rows[:, None] ** 2 + columns[None] ** 2 <= 1
    return np.where(inside, np.float32(1.0), np.float32(_OUTSIDE))


def _turned(way: Floats, angle: float) -> Floats:
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([cos * way[0] - sin * way[1], sin * way[0] + cos * way[1]])


def _sampled(grey: Grey, box: Floats, turned: float, size: tuple[int, int]) -> Grey:
    """The inside of a box as `size` (width, height) pixels, upright although the camera has turned."""
    width, height = size
    across, down = box[2] / width, box[3] / height
    cos, sin = math.cos(turned), math.sin(turned)
    matrix = np.array([[cos * across, -sin * down], [sin * across, cos * down]])
    start = box[:2] - matrix @ np.array([(width - 1) / 2, (height - 1) / 2])
    return np.asarray(
        cv2.warpAffine(
            grey,
            np.hstack([matrix, start[:, None]]),
            (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.uint8,
    )
