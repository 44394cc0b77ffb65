"""Chains of one thing that was out of sight for longer than the forward pass waits, made one."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from unseen.track.boxes import fit
from unseen.track.chain import Chain
from unseen.track.motion import Floats

_SAME = 0.1
"""Fit, where the earlier was last seen or the later first, from which on two chains are of one thing."""


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
    """How well two chains fit where the gap between them begins or ends; 0 where there is no such gap."""
    last, first = max(earlier.seen), min(later.seen)
    if earlier.kind != later.kind or last >= first:
        return 0.0
    there = _fits(earlier.ahead, first, later) if first in earlier.ahead else 0.0
    back = _fits(later.behind, last, earlier) if last in later.behind else 0.0
    return max(there, back)


def _fits(led: dict[int, tuple[Floats, float]], index: int, other: Chain) -> float:
    box, error = led[index]
    return float(fit(box[None], np.array([error]), other.seen[index][0][None])[0, 0])


def _take_in(earlier: Chain, later: Chain) -> None:
    last, first = max(earlier.seen), min(later.seen)
    earlier.ahead = {n: at for n, at in earlier.ahead.items() if n < first} | later.ahead
    earlier.behind |= {n: at for n, at in later.behind.items() if n > last}
    earlier.seen |= later.seen
    earlier.best = max(earlier.best, later.best)
    earlier.evidence += later.evidence
