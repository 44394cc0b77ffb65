"""Where the plan wants covers, picture by picture."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from unseen.core import Outline, Timestamp, Track

Spot = tuple[str, Outline]


class Schedule:
    """Gives the planned outlines at times that only increase, without asking tracks that are over or yet to come."""

    def __init__(self, tracks: Sequence[Track], padding: float) -> None:
        numbered = enumerate(tracks)
        self._coming = sorted(numbered, key=lambda pair: pair[1].span.start, reverse=True)
        self._present: list[tuple[int, Track]] = []
        self._padding = padding

    def at(self, time: Timestamp) -> list[Spot]:
        """Track names and padded outlines at `time`, in the plan's order."""
        while self._coming and self._coming[-1][1].span.start <= time:
            self._present.append(self._coming.pop())
        self._present = sorted((p for p in self._present if time <= p[1].span.end), key=itemgetter(0))
        found = ((track.id, track.outline_at(time)) for _, track in self._present)
        return [(name, outline.padded(self._padding)) for name, outline in found if outline is not None]
