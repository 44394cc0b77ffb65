"""One opinion out of several looks at the same picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from unseen.find.boxes import Boxes, best_first, iou, no_boxes, sides, suppressed

SAME = 0.3
"""Overlap (IoU) above which two boxes are of one face."""
LEAST_SIDE, MOST_SIDE = 10, 400
"""Sides in the net's pixels between which it can be expected to see a face; of smaller ones it misses most."""


def agreed(seen: Sequence[Boxes], scales: Sequence[float]) -> Boxes:
    """The boxes of several looks, each at its of `scales`, joined to one a face, best first.

    A face's score is the mean over the looks that saw it or should have: one look's whim loses, what several half see
    gains. Its box holds those of all of them: each look draws its box a little differently, and an ear outside is worse
    than a bit of wall inside.
    """
    tidy = [suppressed(boxes, SAME) for boxes in seen]
    looks = np.repeat(np.arange(len(tidy)), [len(boxes) for boxes in tidy])
    rest = np.concatenate([no_boxes(), *tidy])
    order = np.argsort(-rest[:, 4], kind="stable")
    rest, looks = rest[order], looks[order]
    joined = []
    while len(rest):
        same = iou(rest[0], rest) > SAME
        same[0] = True
        side = float(sides(rest[:1])[0])
        heats = np.zeros(len(scales), np.float32)
        np.maximum.at(heats, looks[same], rest[same, 4])
        counted = (heats > 0) | np.array([LEAST_SIDE <= side * scale <= MOST_SIDE for scale in scales])
        joined.append([*_hull(rest[same]), heats[counted].mean()])
        rest, looks = rest[~same], looks[~same]
    return best_first(np.array(joined, np.float32).reshape(-1, 5))


def confirmed(boxes: Boxes, others: Boxes) -> Boxes:
    """`boxes` and those of another kind of look, best first.

    Where the other saw the same face more clearly, its score counts and the box holds both: a face upside down is seen
    upright too, but faintly and in the wrong place.
    """
    known = boxes.copy()
    fresh = []
    for other in suppressed(others, SAME):
        same = np.flatnonzero(iou(other, known) > SAME)
        if not len(same):
            fresh.append(other)
            continue
        best = same[known[same, 4].argmax()]
        if other[4] > known[best, 4]:
            known[best] = [*_hull(np.stack([known[best], other])), other[4]]
    return best_first(np.concatenate([known, np.array(fresh, np.float32).reshape(-1, 5)]))


def _hull(boxes: Boxes) -> list[float]:
    """Left, top, right, bottom of the smallest box that holds all."""
    return [*boxes[:, :2].min(0), *boxes[:, 2:4].max(0)]
