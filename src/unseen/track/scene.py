"""What is remembered of the pictures between two cuts: their times, what was found, and how they moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from unseen.core import Finding, Kind, Timestamp
from unseen.track.motion import Floats, Motion


@dataclass(frozen=True, slots=True)
class Found:
    """The findings of one picture: `boxes` (n, 4) as centre x, y, width, height; `scores` (n,); `kinds`."""

    boxes: Floats
    scores: Floats
    kinds: tuple[Kind, ...]

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> Found:
        regions = [f.region for f in findings]
        boxes = np.array([(*r.centre, r.width, r.height) for r in regions], np.float64).reshape(-1, 4)
        return cls(boxes, np.array([f.score for f in findings], np.float64), tuple(f.kind for f in findings))


@dataclass(slots=True)
class Scene:
    """Pictures in order; `motions[i]` leads to picture i from the one before, None where nothing is known of it."""

    width: int
    height: int
    times: list[Timestamp] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    motions: list[Motion | None] = field(default_factory=list)

    def append(self, time: Timestamp, found: Found, motion: Motion | None) -> None:
        self.times.append(time)
        self.found.append(found)
        self.motions.append(motion)

    def split(self, index: int) -> Scene:
        """Keep the pictures before `index`; those from it on are returned as a scene of their own."""
        rest = Scene(self.width, self.height, self.times[index:], self.found[index:], self.motions[index:])
        del self.times[index:], self.found[index:], self.motions[index:]
        return rest

    def tail(self, index: int) -> Scene:
        """The pictures from `index` on as a scene of their own; they stay here, too."""
        return Scene(self.width, self.height, self.times[index:], self.found[index:], self.motions[index:])

    def forget(self, start: Timestamp, end: Timestamp) -> None:
        """What was found from `start` to `end` is another scene's."""
        nothing = Found.of([])
        self.found = [nothing if start <= t <= end else f for t, f in zip(self.times, self.found, strict=True)]

    def __len__(self) -> int:
        return len(self.times)
