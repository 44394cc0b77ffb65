"""Where the plan wants covers, picture by picture."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from unseen.core import Region, Timestamp, Track

Spot = tuple[str, Region]


class Schedule:
    """Gives the planned regions at times that only increase, without asking tracks that are over or yet to come."""

    def __init__(self, tracks: Sequence[Track], padding: float) -> None:
        numbered = enumerate(tracks)
        self._coming = sorted(numbered, key=lambda pair: pair[1].span.start, reverse=True)
        self._present: list[tuple[int, Track]] = []
        self._padding = padding

    def at(self, time: Timestamp) -> list[Spot]:
        """Track names and padded regions at `time`, in the plan's order."""
        while self._coming and self._coming[-1][1].span.start <= time:
            self._present.append(self._coming.pop())
        self._present = sorted((p for p in self._present if time <= p[1].span.end), key=itemgetter(0))
        found = ((track.id, track.region_at(time)) for _, track in self._present)
        return [(name, region.padded(self._padding)) for name, region in found if region is not None]
