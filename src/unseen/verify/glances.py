"""Where the second look looks: every place twice a second, unless it has not changed since it was looked at."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from unseen.core import Picture, Timestamp
from unseen.verify.patch import Box
from unseen.verify.shown import small

INTERVAL = Fraction(1, 2)
"""Seconds: whatever is on screen as long as this is looked at while it is."""
_CELL = 8  # pixels a side that are compared as one
_SAME = 5  # steps of 255 that a cell's mean may differ by: codecs' noise is below, a face's edge moving a pixel above
_CUT = 24  # mean difference in steps of 255 at which a picture shows something else altogether
_AROUND = 64  # pixels about what changed, so that a face of which only a part moved is seen whole


class Glances:
    """Says for each picture, in order of time, which part of it to look at."""

    def __init__(self) -> None:
        self._known: NDArray[np.int16] | None = None
        self._last: Timestamp | None = None
        self._cut_at: Timestamp | None = None

    def part(self, picture: Picture, time: Timestamp) -> Box | None:
        """Left, top, right, bottom in pixels of what is to be looked at; None where nothing is.

        A cut is looked at on top, once in each interval, so that the cost is bounded whatever the film does.
        """
        whole = (0, 0, picture.width, picture.height)
        due = self._last is None or time - self._last >= INTERVAL
        rested = self._cut_at is None or time - self._cut_at >= INTERVAL
        if not due and not rested:
            return None
        now = small(picture, _CELL)
        if self._known is None or self._known.shape != now.shape:
            self._known, self._last = now, time
            return whole
        off = np.abs(now - self._known)
        off = off.max(2) if off.ndim == 3 else off
        cut = bool(off.mean() >= _CUT)
        if not due and not cut:
            return None
        if cut:
            self._cut_at = time
        self._last = time
        return self._changed(off > _SAME, now, whole)

    def _changed(self, cells: NDArray[np.bool_], now: NDArray[np.int16], whole: Box) -> Box | None:
        """The box about the cells that changed; what lies in it is known from now on."""
        rows, columns = np.flatnonzero(cells.any(1)), np.flatnonzero(cells.any(0))
        if not len(rows) or self._known is None:
            return None
        _, _, width, height = whole
        across, down = width / cells.shape[1], height / cells.shape[0]
        left, right = _stretch(columns[0] * across, (columns[-1] + 1) * across, width)
        top, bottom = _stretch(rows[0] * down, (rows[-1] + 1) * down, height)
        seen = (slice(int(top / down), -int(-bottom // down)), slice(int(left / across), -int(-right // across)))
        self._known[seen] = now[seen]
        return left, top, right, bottom


def _stretch(start: float, end: float, length: int) -> tuple[int, int]:
    """Widened, and on multiples of what is added, so that few sizes of picture come up."""
    low = (int(start) - _AROUND) // _AROUND * _AROUND
    high = -((-int(end) - _AROUND) // _AROUND) * _AROUND
    return max(0, low), min(length, high)
