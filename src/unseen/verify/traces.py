"""Check 4: inside a cover, nothing of the original picture shows through."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from unseen.core import ColourModel, Picture
from unseen.errors import UnseenError
from unseen.media import SourceFile, open_media
from unseen.plan import Plan
from unseen.verify.fill import under
from unseen.verify.outcome import Outcome, not_checked, passed, unless
from unseen.verify.patch import Box, Patch, depths
from unseen.verify.playback import Shot

RIM = 8
"""Pixels at a cover's rim that are not compared: codecs smear what lies outside into them, and that looks like the
original's own rim. Check 3 judges the rim against the fill."""
_LEAST_DETAIL = 4.0  # standard deviation, in 8-bit steps, below which the original has nothing to recognise
_SHARE_AT_ONCE = 0.15
_SHARE_IN_ALL = 0.03
_ENOUGH_SAMPLES = 1000
_LEAST_SIDE = 8  # pixels; a narrower strip at the picture's edge says too little in one picture, and counts over all
"""Measured for sound covers of 8 to 64 pixels a side over photos, noise and stripes, x264 to crf 28, x265, VP9 and AV1:
in one picture at most 0.11 (8 pixels; 0.02 from 16 pixels on), over twelve pictures at most 0.017."""
_WEIGHTS = np.array([0.299, 0.587, 0.114], np.float32)


class SourceTraces:
    """Asks how much of the original's luma is left in the output's: the slope of the one over the other.

    An uncovered region has a slope of 1, a cover of nine tenths opacity 0.1. Use as a context manager: it keeps the
    source open and reads it in step with the output.
    """

    def __init__(self, plan: Plan, source: Path | SourceFile | None) -> None:
        self._source = source
        self._irreversible = plan.cover.style.irreversible
        self._anything = bool(plan.covered())
        self._pictures: Iterator[Picture] | None = None
        self._stack = contextlib.ExitStack()
        self._unread: str | None = None
        self._sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        self._compared = 0
        self._faults: list[str] = []

    def __enter__(self) -> Self:
        if self._source is not None and self._irreversible and self._anything:
            try:
                reader = self._stack.enter_context(open_media(self._source))
            except UnseenError as error:
                self._unread = error.what
            else:
                self._pictures = iter(reader.pictures())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def see(self, shot: Shot, patches: list[Patch]) -> None:
        """Compare one picture with the source's next one."""
        if self._pictures is None:
            return
        try:
            original = next(self._pictures, None)
        except UnseenError as error:
            self._unread, self._pictures = error.what, None
            return
        if original is None:
            return
        for patch in patches:
            self._compare(patch, original, shot.picture)

    def _compare(self, patch: Patch, original: Picture, shown: Picture) -> None:
        track = patch.track
        before, after = _luma(original, patch.box), _luma(shown, patch.box)
        if before.shape != after.shape:
            return
        before, after = _inner(before, patch), _inner(after, patch)
        if before.size == 0:
            return
        before = before - before.mean()
        spread = float((before * before).sum())
        if spread < before.size * _LEAST_DETAIL**2:
            return
        shared = float((before * after).sum())
        self._compared += 1
        sums = self._sums[track]
        sums[0] += shared
        sums[1] += spread
        sums[2] += before.size
        narrow = patch.least_side < _LEAST_SIDE
        if not narrow and shared / spread > _SHARE_AT_ONCE:
            self._faults.append(f"track {track} at {float(original.time):.3f} s shows {shared / spread:.0%} of it")

    def outcome(self, broken: str | None) -> Outcome:
        if not self._irreversible:
            return not_checked("the style of cover keeps a coarse picture of what is under it")
        if not self._anything:
            return passed("nothing was to be covered")
        if self._source is None:
            return not_checked("the source was not given")
        if self._unread or broken:
            return not_checked(f"the pictures could not be compared: {self._unread or broken}")
        late = [
            f"track {track} shows {shared / spread:.0%} of it over all pictures"
            for track, (shared, spread, samples) in self._sums.items()
            if samples >= _ENOUGH_SAMPLES and shared / spread > _SHARE_IN_ALL
        ]
        return unless(self._faults + late, f"{self._compared} covers compared with the source")


def _inner(luma: NDArray[np.float32], patch: Patch) -> NDArray[np.float32]:
    """What lies under the cover and not at its rim."""
    left, top, right, bottom = patch.box
    margin = min(RIM, patch.least_side // 4)
    if patch.mask is None:
        return luma[margin : bottom - top - margin, margin : right - left - margin]
    return luma[depths(patch.mask) > margin]


def _luma(picture: Picture, box: Box) -> NDArray[np.float32]:
    """Luma under the box in 8-bit steps."""
    samples = under(picture.planes[0], box).astype(np.float32) / np.float32(1 << (picture.depth - 8))
    if picture.model is not ColourModel.RGB:
        return samples
    if samples.ndim == 3:
        return np.asarray(samples[..., :3] @ _WEIGHTS, np.float32)
    planes = (under(plane, box).astype(np.float32) for plane in picture.planes)
    mixed = sum(weight * plane for weight, plane in zip(_WEIGHTS, planes, strict=False))
    return np.asarray(mixed, np.float32) / np.float32(1 << (picture.depth - 8))
