"""Faces as MTCNN sees them: a second detector that shares neither weights nor code path with the one that found.

Three nets in a row (Zhang et al. 2016, arXiv:1604.02878): P-Net proposes in a pyramid of small pictures, R-Net refines
what it proposed, O-Net decides.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from unseen.models import ModelStore, Net, built_in, open_net

Rgb = NDArray[np.uint8]
Boxes = NDArray[np.float32]
"""A row each of left, top, right, bottom in pixels and score, 0 to 1."""

LEAST_FACE = 20
"""Pixels of the smallest square that is proposed."""
SURE = 0.7
"""What O-Net's mean over several views has to reach. Measured on the covered outputs of 133 photos of people and
cars (benchmarks/second_look.py): at 0.6 it raises a false alarm in 3 of them, at 0.65 in 1, at 0.8 in none."""
_CELL, _STRIDE, _STEP = 12, 2, 0.709  # of P-Net, and from one picture of the pyramid to the next (section 2.1)
_PROPOSED, _REFINED, _DECIDED = 0.6, 0.6, 0.5  # what each net has to say for a box to go on; the paper's are higher
_MOST_PROPOSED, _MOST_REFINED = 2000, 250
_STRIP = 128
"""Rows of a picture that P-Net looks at together: what it holds in between takes 115 MB for 1080p as a whole, 40 so.
Strips overlap by what a cell sees beyond its first step, so that together they say what the whole says."""
_BATCHES = {24: 64, 48: 16}  # pictures a net looks at together; always as many, so that it is prepared once
_VIEWS = tuple(itertools.product((-0.1, 0.0, 0.1), (-0.1, 0.0, 0.1), (0.9, 1.0, 1.2)))
"""How a box is moved to the right and down, in shares of its side, and grown, to be looked at again."""
_FINE = 0.5  # a picture shrunk more than this is averaged, not sampled


class SecondEyes:
    """The three nets, ready to look at pictures."""

    def __init__(self, proposer: Net, refiner: Net, decider: Net) -> None:
        self._proposer, self._refiner, self._decider = proposer, refiner, decider

    @classmethod
    def open(cls, store: ModelStore | None = None) -> Self:
        """The nets that come with Unseen, held against their digests; ModelError where they cannot be run."""
        store = store or built_in()
        cards = [store.card(f"mtcnn-{name}") for name in "pro"]
        return cls(*(open_net(card, store.load(card)) for card in cards))

    def find(self, rgb: Rgb) -> Boxes:
        """What looks like a face in a picture of rows by columns by red, green, blue; best first."""
        proposed = self._proposals(rgb)
        refined = self._refine(rgb, _squares(proposed), 24, self._refiner, _REFINED)
        squares = _squares(_thinned(refined, 0.7)[:_MOST_REFINED])
        decided = self._refine(rgb, squares, 48, self._decider, _DECIDED)
        return self._looked_at_again(rgb, _thinned(decided, 0.4))

    def _proposals(self, rgb: Rgb) -> Boxes:
        found = [_thinned(self._propose(level, scale), 0.5) for scale, level in _pyramid(rgb)]
        return _thinned(np.concatenate(found) if found else _none(), 0.7)[:_MOST_PROPOSED]

    def _propose(self, level: Rgb, scale: float) -> Boxes:
        strips = [
            self._proposer.run(_batch([level[top : top + _STRIP + _CELL - _STRIDE]]))
            for top in range(0, len(level) - _CELL + 1, _STRIP)
        ]
        face, box = (np.concatenate(parts, axis=2) for parts in zip(*strips, strict=True))
        rows, columns = np.nonzero(face[0, 0] > _PROPOSED)
        corner = np.stack([columns, rows, columns, rows], 1) * _STRIDE + np.array([0, 0, _CELL, _CELL])
        moved = corner + box[0][:, rows, columns].T * _CELL
        return np.concatenate([moved / scale, face[0, 0][rows, columns][:, None]], 1).astype(np.float32)

    def _refine(self, rgb: Rgb, boxes: Boxes, side: int, net: Net, least: float) -> Boxes:
        """What a net makes of each box: moved, and without those that score less than `least`."""
        scores, moves = self._ask(rgb, boxes, side, net)
        sizes = (boxes[:, 2:4] - boxes[:, :2])[:, [0, 1, 0, 1]]
        moved = np.concatenate([boxes[:, :4] + moves * sizes, scores[:, None]], 1)
        return np.asarray(moved[scores >= least], np.float32)

    def _ask(self, rgb: Rgb, boxes: Boxes, side: int, net: Net) -> tuple[Boxes, Boxes]:
        scores, moves = [np.empty(0, np.float32)], [np.empty((0, 4), np.float32)]
        size = _BATCHES[side]
        for start in range(0, len(boxes), size):
            crops = [_crop(rgb, box, side) for box in boxes[start : start + size]]
            face, box = net.run(_batch([*crops, *[crops[0]] * (size - len(crops))]))
            scores.append(face[: len(crops), 0, 0, 0])
            moves.append(box[: len(crops), :, 0, 0])
        return np.concatenate(scores), np.concatenate(moves)

    def _looked_at_again(self, rgb: Rgb, boxes: Boxes) -> Boxes:
        """Those that O-Net is sure of in the mean over several views: a face stays one, most textures do not."""
        squares = _squares(boxes)
        sides = squares[:, 2:3] - squares[:, :1]
        views = []
        for right, down, grown in _VIEWS:
            more = (grown - 1) / 2
            view = squares.copy()
            view[:, :4] += sides * np.array([right - more, down - more, right + more, down + more], np.float32)
            views.append(view)
        scores, _ = self._ask(rgb, np.concatenate(views), 48, self._decider)
        means = scores.reshape(len(_VIEWS), len(boxes)).mean(0)
        found = np.concatenate([boxes[:, :4], means[:, None]], 1)[means >= SURE]
        return np.asarray(found[np.argsort(-found[:, 4], kind="stable")], np.float32)


def _pyramid(rgb: Rgb) -> Iterator[tuple[float, Rgb]]:
    height, width = rgb.shape[:2]
    scale = _CELL / LEAST_FACE
    while min(height, width) * scale >= _CELL:
        size = (max(_CELL, round(width * scale)), max(_CELL, round(height * scale)))
        yield scale, np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
        scale *= _STEP


def _batch(pictures: list[Rgb]) -> NDArray[np.float32]:
    stacked = np.stack(pictures).astype(np.float32).transpose(0, 3, 1, 2)
    return np.ascontiguousarray((stacked - np.float32(127.5)) / np.float32(128))


def _crop(rgb: Rgb, box: Boxes, side: int) -> Rgb:
    """The square at `box`, in `side` pixels; what lies outside the picture is its rim, continued."""
    scale = side / max(1.0, float(box[2] - box[0]))
    if scale >= _FINE:
        onto = np.array([[scale, 0, -box[0] * scale], [0, scale, -box[1] * scale]])
        fine = cv2.warpAffine(rgb, onto, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(fine, np.uint8)
    height, width = rgb.shape[:2]
    left, top, right, bottom = (round(float(v)) for v in box[:4])
    inside = rgb[max(0, top) : max(1, min(height, bottom)), max(0, left) : max(1, min(width, right))]
    edges = (max(0, -top), max(0, bottom - height), max(0, -left), max(0, right - width))
    whole = cv2.copyMakeBorder(inside, *edges, cv2.BORDER_REPLICATE) if any(edges) else inside
    return np.asarray(cv2.resize(whole, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def _squares(boxes: Boxes) -> Boxes:
    """Grown to squares of the longer side about the same centre."""
    centre = (boxes[:, :2] + boxes[:, 2:4]) / 2
    half = (boxes[:, 2:4] - boxes[:, :2]).max(1, keepdims=True, initial=1) / 2
    return np.asarray(np.concatenate([centre - half, centre + half, boxes[:, 4:]], 1), np.float32)


def _thinned(boxes: Boxes, most_overlap: float) -> Boxes:
    """Best first, without any that overlaps a better one by more than this share of both."""
    if not len(boxes):
        return boxes
    sized = np.concatenate([boxes[:, :2], boxes[:, 2:4] - boxes[:, :2]], 1)
    kept = cv2.dnn.NMSBoxes(sized.tolist(), boxes[:, 4].tolist(), 0.0, most_overlap)
    return np.asarray(boxes[np.asarray(kept, int).reshape(-1)], np.float32)


def _none() -> Boxes:
    return np.empty((0, 5), np.float32)
