"""Chains of one thing that was out of sight for longer than the forward pass waits, made one."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from unseen.track.chain import Chain
from unseen.track.motion import Floats

_SAME = 0.3
"""Overlap (IoU), where the earlier was last seen or the later first, from which on two chains are of one thing."""


def joined(chains: list[Chain]) -> list[Chain]:
    """The chains by first sighting, those made one whose paths meet across a gap; each takes in the best that follows.

    Chains are looked up by the picture that they meet in, so that the work grows with the gaps and not with the pairs.
    """
    kept: list[Chain] = []
    ended: dict[int, list[Chain]] = defaultdict(list)
    reaching: dict[int, list[Chain]] = defaultdict(list)
    for chain in sorted(chains, key=lambda c: min(c.seen)):
        first = min(chain.seen)
        near = reaching[first] + [c for n in range(min(chain.behind), first) for c in ended.get(n, ())]
        fitting = max(near, key=lambda earlier: _meeting(earlier, chain), default=None)
        if fitting is not None and _meeting(fitting, chain) > _SAME:
            _take_in(fitting, chain)
            chain = fitting
        else:
            kept.append(chain)
        last = max(chain.seen)
        ended[last].append(chain)
        for index in range(last + 1, max(chain.ahead) + 1):
            reaching[index].append(chain)
    return kept


def _meeting(earlier: Chain, later: Chain) -> float:
    """How well two chains overlap where the gap between them begins or ends; 0 where there is no such gap."""
    last, first = max(earlier.seen), min(later.seen)
    if earlier.kind != later.kind or last >= first:
        return 0.0
    there = _iou(earlier.ahead[first][0], later.seen[first][0]) if first in earlier.ahead else 0.0
    back = _iou(earlier.seen[last][0], later.behind[last][0]) if last in later.behind else 0.0
    return max(there, back)


def _take_in(earlier: Chain, later: Chain) -> None:
    last, first = max(earlier.seen), min(later.seen)
    earlier.ahead = {n: at for n, at in earlier.ahead.items() if n < first} | later.ahead
    earlier.behind |= {n: at for n, at in later.behind.items() if n > last}
    earlier.seen |= later.seen
    earlier.best = max(earlier.best, later.best)
    earlier.evidence += later.evidence


def _iou(one: Floats, other: Floats) -> float:
    low = np.maximum(one[:2] - one[2:] / 2, other[:2] - other[2:] / 2)
    high = np.minimum(one[:2] + one[2:] / 2, other[:2] + other[2:] / 2)
    shared = float(np.prod(np.maximum(0.0, high - low)))
    return shared / (float(np.prod(one[2:])) + float(np.prod(other[2:])) - shared)
