"""From a chain to the boxes that cover it: both directions joined, sizes never too small, doubt added."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unseen.core import Origin
from unseen.track.chain import Chain
from unseen.track.motion import Floats

_REACH = 2
"""Pictures on each side whose sizes count, too: a box that is too small in one picture is a leak."""
_DOUBT_SHOWN = 1.5
"""Standard errors by which a box that nobody saw is grown on each side."""
_MOST_DOUBT = 0.5
"""Share of its size by which it is grown at most: from 0.8 on it would have been given up."""


@dataclass(frozen=True, slots=True)
class Path:
    """One thing in every picture from index `first` on: `boxes` (n, 4), `origins`, `scores` (None where unseen)."""

    first: int
    boxes: Floats
    origins: tuple[Origin, ...]
    scores: tuple[float | None, ...]


def path_of(chain: Chain, high: float, size: tuple[int, int]) -> Path | None:
    """Where to cover a chain from when it is first inside a picture of `size` until it is last; None if it never is."""
    first_seen, last_seen = min(chain.seen), max(chain.seen)
    indices = range(min(chain.behind), max(chain.ahead) + 1)
    at = [_at(chain, index) for index in indices]
    boxes, errors = np.array([box for box, _ in at]), np.array([error for _, error in at])
    scores = [chain.seen[index][1] if index in chain.seen else None for index in indices]
    boxes[:, 2:] = _upper(boxes[:, 2:])
    unseen = np.array([score is None for score in scores])
    boxes[:, 2:] += unseen[:, None] * 2 * np.minimum(_DOUBT_SHOWN * errors[:, None], _MOST_DOUBT * boxes[:, 2:])
    origins = [_origin(score, high, first_seen < n < last_seen) for n, score in zip(indices, scores, strict=True)]
    inside = np.flatnonzero((np.abs(2 * boxes[:, :2] - size) < boxes[:, 2:] + size).all(1))
    if not len(inside):
        return None
    kept = slice(int(inside[0]), int(inside[-1]) + 1)
    return Path(indices[0] + kept.start, boxes[kept], tuple(origins[kept]), tuple(scores[kept]))


def _origin(score: float | None, high: float, between: bool) -> Origin:
    if score is not None:
        return Origin.SEEN if score >= high else Origin.LINKED
    return Origin.BRIDGED if between else Origin.EXTENDED


def _at(chain: Chain, index: int) -> tuple[Floats, float]:
    """Where the thing is by both directions, weighed by their errors; as large as the larger of both."""
    ahead, behind = chain.ahead.get(index), chain.behind.get(index)
    if ahead is None:
        return chain.behind[index]
    if behind is None:
        return ahead
    share = ahead[1] ** 2 / (ahead[1] ** 2 + behind[1] ** 2)
    box = ahead[0] * (1 - share) + behind[0] * share
    box[2:] = np.maximum(ahead[0][2:], behind[0][2:])
    return box, float(np.hypot(ahead[1] * (1 - share), behind[1] * share))


def _upper(sizes: Floats) -> Floats:
    """The largest of each size and its neighbours' within reach, in both axes."""
    padded = np.pad(sizes, ((_REACH, _REACH), (0, 0)), mode="edge")
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, 2 * _REACH + 1, axis=0).max(-1))
