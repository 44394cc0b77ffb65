"""Which picture is shown when: numbers of pictures for people and draws, exact times for the plan."""

from __future__ import annotations

import functools
import math

import numpy as np

from unseen.core.times import FrameTimes, Timestamp
from unseen.errors import UsageError


class Clock:
    """Numbers pictures from 0 in the order in which they are shown."""

    def __init__(self, times: FrameTimes) -> None:
        self._base = times.time_base
        self._ticks = np.fromiter(times.ticks(), np.int64, len(times))

    def __len__(self) -> int:
        return len(self._ticks)

    def time(self, number: int) -> Timestamp:
        """When a picture is shown. Raises UsageError where there is none of that number."""
        if not 0 <= number < len(self._ticks):
            what = f"there is no picture {number}: they go from 0 to {len(self._ticks) - 1}"
            raise UsageError(what, next_step="Choose another picture.")
        return int(self._ticks[number]) * self._base

    def at_or_after(self, time: Timestamp) -> int:
        """The first picture shown at `time` or later; one more than the last where there is none."""
        return int(np.searchsorted(self._ticks, math.ceil(time / self._base), "left"))

    def at_or_before(self, time: Timestamp) -> int:
        """The last picture shown at `time` or earlier; -1 where there is none."""
        return int(np.searchsorted(self._ticks, math.floor(time / self._base), "right")) - 1

    def seconds(self) -> list[float]:
        """The time of every picture, to draw with."""
        found: list[float] = (self._ticks * float(self._base)).tolist()
        return found


@functools.lru_cache(maxsize=8)
def clock_of(times: FrameTimes) -> Clock:
    """The clock of these times; making one goes through every picture."""
    return Clock(times)
