"""Whether what was copied is the source's own, picture by picture, and holds nothing that was to be covered."""

from __future__ import annotations

import bisect
from collections.abc import Iterator

import numpy as np

from unseen.core import Picture, Timestamp
from unseen.plan import Plan
from unseen.verify.playback import Shot
from unseen.verify.report import Trouble

_ENOUGH = 100  # faults after which no more are collected


class CopyCheck:
    """Holds every picture of the copied stretches against the source's, sample by sample.

    A picture that decodes otherwise than in the source, at a joint above all, is not the source's any more.
    """

    def __init__(self, plan: Plan) -> None:
        self._stretches = plan.copied()
        self._counts = [0] * len(self._stretches)
        self._place = 0
        self.faults: list[str] = []

    @property
    def any(self) -> bool:
        """Whether anything was copied."""
        return bool(self._stretches)

    def see(self, shot: Shot, original: Picture) -> None:
        """Compare one picture with the source's, in order of time."""
        time = original.time
        while self._place < len(self._stretches) and self._stretches[self._place].span.end < time:
            self._place += 1
        if self._place == len(self._stretches) or time not in self._stretches[self._place].span:
            return
        self._counts[self._place] += 1
        if not _is_same(shot.picture, original) and len(self.faults) < _ENOUGH:
            self.faults.append(f"the copied picture at {float(time):.3f} s is not the source's")

    def all_faults(self) -> list[str]:
        """What is wrong, after the last picture."""
        counted = [
            f"the stretch copied from {float(stretch.span.start):.3f} s on has {count} pictures, not {stretch.pictures}"
            for stretch, count in zip(self._stretches, self._counts, strict=True)
            if count != stretch.pictures
        ]
        return self.faults + counted

    @property
    def seen(self) -> str:
        """What was compared, in words."""
        return f"{sum(self._counts)} copied pictures are the source's, sample by sample"


def _is_same(shown: Picture, original: Picture) -> bool:
    if (shown.width, shown.height, shown.depth, shown.model) != (
        original.width,
        original.height,
        original.depth,
        original.model,
    ):
        return False
    if (shown.full_range, shown.matrix, len(shown.planes)) != (
        original.full_range,
        original.matrix,
        len(original.planes),
    ):
        return False
    planes = zip(shown.planes, original.planes, strict=True)
    return all(np.array_equal(one.samples, other.samples) for one, other in planes)


def covers_in_copies(plan: Plan) -> Iterator[tuple[str, Trouble]]:
    """Every track to be covered while something is copied, and where: what is copied has no cover."""
    stretches = plan.copied()
    ends = [stretch.span.end for stretch in stretches]
    for track, _ in plan.covers():
        place = bisect.bisect_left(ends, track.span.start)
        if place < len(stretches) and stretches[place].span.start <= track.span.end:
            time: Timestamp = max(stretches[place].span.start, track.span.start)
            yield f"track {track.id} is to be covered at {float(time):.3f} s, which is copied", Trouble(time, track.id)
