"""Boxes of consecutive samples linked into tubes that hold every one of them.

Bodies merge and part all the time, and who is who does not matter: what matters is that every box lies inside a tube
at its time. So each box goes into exactly one tube, and a tube is never taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from unseen.find.bodies.silhouettes import Box, Silhouette

Edges = NDArray[np.float64]  #: (n, 4): left, top, right, bottom in sample pixels

_TOUCH = 0.3
"""Share of the smaller box that has to lie in the other for both to be of one tube, and"""
_GROWTH = 2.2
"""how many times as large the other may be: where bodies merge or part, other tubes begin, lest all grow as wide."""
KNOT = 5
"""Samples from knot to knot: half a second, a step of a walk, so that a tube's edges do not swing with the gait."""
_SHORT = 3
"""Samples below which a tube is noise, unless it is seen clearly, or reaches the end of what was watched."""
_CLEAR = 0.5
_NEAR = 12
"""Samples from a stretch's end within which a thing counts as still there."""


@dataclass(slots=True)
class Tube:
    """One thing's boxes by sample index, in order; `scores` beside them."""

    at: list[int] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)

    def add(self, index: int, thing: Silhouette) -> None:
        self.at.append(index)
        self.boxes.append(thing.box)
        self.scores.append(thing.score)

    def near(self, index: int) -> bool:
        """Whether a box of it lies within a second of a stretch's end at `index`."""
        return min(abs(self.at[0] - index), abs(self.at[-1] - index)) <= _NEAR

    def rests(self, first: int, last: int) -> bool:
        """Whether it stays within a sixth of its size from sample `first` to `last`."""
        edges = np.array([b for i, b in zip(self.at, self.boxes, strict=True) if first <= i <= last], np.float64)
        if len(edges) < 2:
            return False
        centres = (edges[:, :2] + edges[:, 2:]) / 2
        sizes = (edges[:, 2:] - edges[:, :2]).max(0)
        return bool((np.ptp(centres, axis=0) < np.maximum(2, sizes / 6)).all())


@dataclass(frozen=True, slots=True)
class Knots:
    """A tube as straight pieces: sample indices and `edges` there (n, 4); `bridged` where no sample had a box."""

    at: tuple[int, ...]
    edges: Edges
    bridged: tuple[bool, ...]


def linked(things: Sequence[Sequence[Silhouette]], patience: int) -> list[Tube]:
    """Every box of every sample in exactly one tube; a tube waits `patience` samples for its thing to be seen again."""
    open_tubes: list[Tube] = []
    ended: list[Tube] = []
    for index, seen in enumerate(things):
        ended += [t for t in open_tubes if index - t.at[-1] > patience]
        open_tubes = [t for t in open_tubes if index - t.at[-1] <= patience]
        given: set[int] = set()
        taken: set[int] = set()
        for tube, thing in _pairs(open_tubes, seen):
            if tube not in taken and thing not in given:
                taken.add(tube)
                given.add(thing)
                open_tubes[tube].add(index, seen[thing])
        for number, thing_seen in enumerate(seen):
            if number not in given:
                fresh = Tube()
                fresh.add(index, thing_seen)
                open_tubes.append(fresh)
    return [*ended, *open_tubes]


def _pairs(tubes: Sequence[Tube], seen: Sequence[Silhouette]) -> Iterable[tuple[int, int]]:
    """Tubes and things that touch, best first: those seen last before those waited for, then by how alike they are."""
    if not tubes or not seen:
        return []
    one = np.array([t.boxes[-1] for t in tubes], np.float64)[:, None]
    two = np.array([s.box for s in seen], np.float64)[None]
    low, high = np.maximum(one[..., :2], two[..., :2]), np.minimum(one[..., 2:], two[..., 2:])
    shared = np.maximum(high - low, 0).prod(-1)
    area_one, area_two = (b[..., 2:] - b[..., :2] for b in (one, two))
    area_one, area_two = area_one.prod(-1), area_two.prod(-1)
    least, most = np.minimum(area_one, area_two), np.maximum(area_one, area_two)
    touching = (shared > _TOUCH * least) & (most < _GROWTH * least)
    alike = shared / (area_one + area_two - shared)
    latest = np.array([t.at[-1] for t in tubes], np.float64)[:, None]
    rows, columns = np.nonzero(touching)
    order = np.argsort(-(latest + alike)[rows, columns], kind="stable")
    return zip(rows[order].tolist(), columns[order].tolist(), strict=True)


def worth_covering(tubes: Sequence[Tube], samples: int) -> list[Tube]:
    """Those that are more than a flicker: lasting, clear, cut off by the end of the watch, or beside another tube.

    What touches another tube at its own time or a sample before or after is a part of what merges and parts there.
    """
    boxes: dict[int, list[tuple[int, Box]]] = {}
    for number, tube in enumerate(tubes):
        for index, box in zip(tube.at, tube.boxes, strict=True):
            boxes.setdefault(index, []).append((number, box))
    return [t for n, t in enumerate(tubes) if _lasts(t, samples) or _beside_another(n, t, boxes)]


def _lasts(tube: Tube, samples: int) -> bool:
    cut_off = tube.at[0] == 0 or tube.at[-1] == samples - 1
    return len(tube.at) >= _SHORT or cut_off or max(tube.scores) >= _CLEAR


def _beside_another(number: int, tube: Tube, boxes: dict[int, list[tuple[int, Box]]]) -> bool:
    near = ((at, box, n) for at, box in zip(tube.at, tube.boxes, strict=True) for n in (at - 1, at, at + 1))
    return any(_touch(box, other) for _, box, n in near for who, other in boxes.get(n, ()) if who != number)


def _touch(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def knots_of(tube: Tube, samples: int) -> Knots:
    """The tube in straight pieces that hold every box of it, one sample longer at both ends.

    Between knots the middle moves straight. Around it the tube is as wide at a knot as any box of the pieces on its
    two sides needs: between two knots it is at least as wide as the narrower of them, which holds all boxes there.
    """
    first, last = max(0, tube.at[0] - 1), min(samples - 1, tube.at[-1] + 1)
    index = np.arange(first, last + 1)
    boxes = np.array(tube.boxes, np.float64)
    edges = np.stack([np.interp(index, tube.at, boxes[:, n]) for n in range(4)], axis=1)
    seen = np.isin(index, tube.at)
    at = np.unique([*range(0, len(index), KNOT), len(index) - 1])
    middles = (edges[:, :2] + edges[:, 2:]) / 2
    path = np.stack([np.interp(np.arange(len(index)), at, middles[at, n]) for n in range(2)], axis=1)
    before, after = path - edges[:, :2], edges[:, 2:] - path
    held = []
    for n, knot in enumerate(at):
        around = slice(at[max(0, n - 1)], at[min(len(at) - 1, n + 1)] + 1)
        held.append((*(path[knot] - before[around].max(0)), *(path[knot] + after[around].max(0))))
    return Knots(
        tuple(int(index[k]) for k in at), np.array(held), tuple(not seen[max(0, k - 1) : k + 2].any() for k in at)
    )
