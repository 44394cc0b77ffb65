"""One stretch of samples before one background, looked at as a whole, both ways in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from unseen.find.bodies.backdrop import Backdrop, alike, backdrop_of, holds, lit_as, mended
from unseen.find.bodies.sample import Mask, Sample
from unseen.find.bodies.silhouettes import Box, Silhouette, Standing, is_left_behind, standing_before
from unseen.find.bodies.stillness import FIXED
from unseen.find.bodies.tubes import Tube, linked, worth_covering

ENOUGH = 15
"""Samples that a background takes: a good second."""
_PATIENCE = 12
"""Samples for which a body that blends with what is behind it is waited for: a second."""
_RESTING = 10
"""Samples for which a thing stands in one place before it is asked whether it is a hole in the background."""
_MOST_UNSTEADY = 0.5
"""Share of samples that may disagree with the background before the camera counts as moving."""
_MOST_ASLEEP = 0.2
"""Share of a picture from which on a new background is different light, and nobody who came to rest."""
_EACH = 4
"""Every n-th sample is asked whether the camera moved."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one stretch came to.

    `tubes` in sample indices; `always`: boxes of places that may have been somebody's all along; `unsteady`: first and
    last index of runs in which the camera seems to move. `last`: the stretch's last sample, `standing` the mask of
    what stood before the background then. `fixed` says whether there is a background at all.
    """

    samples: int
    fixed: bool
    tubes: tuple[Tube, ...]
    always: tuple[Box, ...]
    unsteady: tuple[tuple[int, int], ...]
    backdrop: Backdrop
    last: Sample
    standing: Mask

    @property
    def short(self) -> bool:
        """Whether it is too short to tell what moves from what stands."""
        return self.samples < ENOUGH

    def shows(self, sample: Sample) -> bool:
        """Whether the sample shows this stretch's place."""
        return sample.luma.shape == self.backdrop.luma.shape and alike(sample.luma, self.backdrop.luma) >= FIXED


def watched(samples: Sequence[Sample], earlier: Stretch | None) -> Stretch:
    """Look at a stretch; `earlier` is the one it continues before the same scene, if any.

    Who was not there then and stands still for most of this stretch is not background.
    """
    backdrop = backdrop_of(samples)
    if earlier is not None:
        backdrop = _with_sleepers_out(backdrop, earlier)
    unsteady = _unsteady(backdrop, samples)
    fixed = len(samples) >= ENOUGH and unsteady.mean() <= _MOST_UNSTEADY
    nothing = np.zeros(samples[-1].luma.shape, np.bool_)
    if not fixed:
        return Stretch(len(samples), False, (), (), ((0, len(samples) - 1),), backdrop, samples[-1], nothing)
    last = nothing
    things: list[list[Silhouette]] = []
    for sample in samples:
        standing = standing_before(lit_as(backdrop, sample.luma), sample)
        things.append([_as_shown(thing, sample) for thing in standing.things])
        last = standing.mask
    tubes = worth_covering(linked(things, _PATIENCE), len(samples))
    holes = tuple(_holes(tubes, backdrop, samples))
    return Stretch(len(samples), True, tuple(tubes), holes, tuple(_runs(unsteady)), backdrop, samples[-1], last)


def sleepers(first: Sample, stretch: Stretch, earlier: Stretch) -> list[Box]:
    """Places of an earlier stretch whose background holds somebody who is seen to leave only in a later one.

    `first`: the first sample of the later `stretch`. Boxes in its pixels.
    """
    if not (stretch.fixed and earlier.fixed) or first.luma.shape != earlier.last.luma.shape:
        return []
    standing = standing_before(lit_as(stretch.backdrop, first.luma), first)
    behind = lit_as(earlier.backdrop, first.luma)
    return [
        _as_shown(thing, first).box
        for thing in standing.things
        if holds(behind, first.luma, _inside(standing, thing.box)) and not _empty_before(thing.box, standing, earlier)
    ]


def _empty_before(box: Box, standing: Standing, earlier: Stretch) -> bool:
    """Whether the earlier stretch saw something stand there at its end: then it is covered already."""
    return bool(earlier.standing[_inside(standing, box)].mean() > 0.5)


def _inside(standing: Standing, box: Box) -> Mask:
    left, top, right, bottom = box
    mask = np.zeros_like(standing.mask)
    mask[top:bottom, left:right] = standing.mask[top:bottom, left:right]
    return mask


def _with_sleepers_out(backdrop: Backdrop, earlier: Stretch) -> Backdrop:
    """The background with what came to rest before it since the earlier stretch taken out again."""
    if not earlier.fixed or earlier.last.luma.shape != backdrop.luma.shape:
        return backdrop
    behind = lit_as(earlier.backdrop, backdrop.luma)
    as_sample = Sample(earlier.last.time, backdrop.luma, backdrop.chroma)
    standing = standing_before(behind, as_sample)
    asleep = np.zeros_like(standing.mask)
    for thing in standing.things:
        if not is_left_behind(behind, as_sample, standing, thing.box):
            asleep |= _inside(standing, thing.box)
    if not 0 < asleep.mean() < _MOST_ASLEEP:
        return backdrop
    return mended(backdrop, behind, cv2.dilate(asleep.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0)


def _unsteady(backdrop: Backdrop, samples: Sequence[Sample]) -> Mask:
    """For every sample, whether it or the one asked before it shows another picture than the background."""
    asked = [alike(s.luma, backdrop.luma) < FIXED for s in samples[::_EACH]]
    return np.repeat(np.array(asked, np.bool_), _EACH)[: len(samples)]


def _runs(flags: Mask) -> Iterator[tuple[int, int]]:
    """First and last index of every run of at least a second."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    for first, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if end - first >= _PATIENCE:
            yield first, end - 1


def _as_shown(thing: Silhouette, sample: Sample) -> Silhouette:
    """The thing where the camera showed it, before the sample was moved."""
    x, y = (round(by) for by in sample.moved)
    left, top, right, bottom = thing.box
    return replace(thing, box=(left - x, top - y, right - x, bottom - y))


def _holes(tubes: Sequence[Tube], backdrop: Backdrop, samples: Sequence[Sample]) -> Iterator[Box]:
    """Boxes of resting tubes that may be holes left behind in the background by somebody who was there before."""
    for tube in tubes:
        for last in range(len(tube.at) - 1, _RESTING - 2, -_RESTING // 2):
            first = last - _RESTING + 1
            if tube.rests(tube.at[first], tube.at[last]) and _may_be_hole(
                tube, last - _RESTING // 2, backdrop, samples
            ):
                yield tube.boxes[last - _RESTING // 2]
                break


def _may_be_hole(tube: Tube, number: int, backdrop: Backdrop, samples: Sequence[Sample]) -> bool:
    sample = samples[tube.at[number]]
    lit = lit_as(backdrop, sample.luma)
    x, y = (round(by) for by in sample.moved)
    left, top, right, bottom = tube.boxes[number]
    return is_left_behind(lit, sample, standing_before(lit, sample), (left + x, top + y, right + x, bottom + y))
