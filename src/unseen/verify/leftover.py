"""How much of the original is left in the output, part by part of a cover: the slope of the one over the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from unseen.core import ColourModel, Picture
from unseen.verify.fill import under
from unseen.verify.patch import Box, Patch, depths

Channel = NDArray[np.integer] | NDArray[np.floating]
"""Samples in 8-bit steps; whole where they were stored so, which is summed up fastest."""
_TO_YCC = np.array([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]], np.float32)
_LEAST_DETAIL = 4.0  # standard deviation, in 8-bit steps, below which the original has nothing to recognise
_MARGIN = {False: 8, True: 4}
"""Samples at a cover's rim, of luma and of chroma, that are no part of its inside: codecs smear what lies outside into
them, and that looks like the original's own rim."""
_RINGS = {False: ((0, 1), (1, 4), (4, 8)), True: ((0, 1), (1, 4))}


@dataclass(slots=True)
class Leftover:
    """Sums over pairs of samples, one of the original and one of the output at the same place."""

    count: int = 0
    before: float = 0.0
    after: float = 0.0
    squares: float = 0.0
    products: float = 0.0

    def add(self, before: Channel, after: Channel) -> None:
        """Take in samples of equal shape and type."""
        if not before.size:
            return
        one, other = cv2.norm(before, cv2.NORM_L2SQR), cv2.norm(after, cv2.NORM_L2SQR)
        self.count += before.size
        self.before += cv2.sumElems(before)[0]
        self.after += cv2.sumElems(after)[0]
        self.squares += one
        # From |a - b|^2 = |a|^2 + |b|^2 - 2ab, which needs no copy of the samples as reals.
        self.products += (one + other - cv2.norm(before, after, cv2.NORM_L2SQR)) / 2

    def merge(self, other: Leftover) -> None:
        """Take in pairs of another picture, each picture about its own mean."""
        self.count += other.count
        self.squares += other.squares - other.before**2 / other.count
        self.products += other.products - other.before * other.after / other.count

    @property
    def has_detail(self) -> bool:
        """Whether there is anything in the original that could be left."""
        return self.count > 0 and self._spread >= self.count * _LEAST_DETAIL**2

    @property
    def slope(self) -> float:
        """1 where the original is there as it was, 0 where nothing is left; only where there is detail."""
        return (self.products - self.before * self.after / self.count) / self._spread

    @property
    def _spread(self) -> float:
        return self.squares - self.before**2 / self.count


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a cover in one channel: `ring` from the rim inwards, None for the inside; `hue` for chroma."""

    hue: bool
    ring: int | None


def leftovers(patch: Patch, original: Picture, shown: Picture) -> Iterator[tuple[Part, Leftover]]:
    """Every part of a cover that has samples. Raises ValueError where the two pictures do not fit each other."""
    if (original.width, original.height) != (shown.width, shown.height):
        raise ValueError("the pictures are of different sizes")
    for number, (before, after) in enumerate(
        zip(_channels(original, patch.box), _channels(shown, patch.box), strict=False)
    ):
        hue = number > 0
        if before.shape != after.shape or before.dtype != after.dtype:  # stored more coarsely, or in more bits
            rows, columns = after.shape
            whole = cv2.resize(before.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
            before, after = np.asarray(whole, np.float32), after.astype(np.float32)
        margin = _MARGIN[hue] if hue else min(_MARGIN[hue], patch.least_side // 4)
        edges = [*((n, *ring) for n, ring in enumerate(_RINGS[hue])), (None, margin, None)]
        deep = _depths(patch, after.shape)
        for ring, outer, inner in edges:
            found = Leftover()
            for place in _places(deep, after.shape, outer, inner):
                found.add(before[place], after[place])
            if found.count:
                yield Part(hue, ring), found


def _depths(patch: Patch, shape: tuple[int, ...]) -> NDArray[np.float32] | None:
    """How deep each sample of a tilted cover lies; None for upright ones."""
    if patch.mask is None:
        return None
    down, across = (-(-whole // part) for whole, part in zip(patch.mask.shape, shape, strict=True))
    return depths(patch.mask[::down, ::across])


def _places(
    deep: NDArray[np.float32] | None, shape: tuple[int, ...], outer: int, inner: int | None
) -> Iterator[tuple[slice, slice] | NDArray[np.bool_]]:
    """Where samples lie deeper than `outer` and not deeper than `inner`, each once."""
    if deep is not None:
        yield (deep > outer) & (deep <= (np.inf if inner is None else inner))
        return
    rows, columns = shape
    top, bottom, left, right = outer, max(outer, rows - outer), outer, max(outer, columns - outer)
    if inner is None or 2 * inner >= min(rows, columns):
        yield np.s_[top:bottom, left:right]
        return
    yield np.s_[top:inner, left:right]
    yield np.s_[rows - inner : bottom, left:right]
    yield np.s_[inner : rows - inner, left:inner]
    yield np.s_[inner : rows - inner, columns - inner : right]


def _channels(picture: Picture, box: Box) -> list[Channel]:
    """Luma and chroma under the box in 8-bit steps, each in its own samples."""
    planes: list[Channel] = [_stepped(under(plane, box), picture.depth) for plane in picture.planes]
    if picture.model is not ColourModel.RGB:
        return planes
    whole = np.dstack(planes) if len(planes) > 1 else planes[0]
    if whole.ndim == 2:
        return planes
    mixed = np.asarray(whole[..., :3], np.float32) @ _TO_YCC.T
    return [np.ascontiguousarray(mixed[..., n]) for n in range(3)]


def _stepped(samples: NDArray[np.number], depth: int) -> Channel:
    if depth == 8 and samples.dtype == np.uint8:
        return np.asarray(samples, np.uint8)
    return samples.astype(np.float32) / np.float32(1 << (depth - 8))
