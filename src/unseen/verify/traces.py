"""Check 4: inside a cover, nothing of the original picture shows through."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from unseen.core import Picture
from unseen.errors import UnseenError
from unseen.media import Limits, SourceFile, open_media
from unseen.plan import Plan
from unseen.verify.copies import CopyCheck
from unseen.verify.leftover import Leftover, Part, leftovers
from unseen.verify.outcome import Outcome, not_checked, passed, unless
from unseen.verify.patch import Patch
from unseen.verify.playback import Shot
from unseen.verify.report import Trouble

_AT_ONCE, _IN_ALL = 0.15, 0.03
_ENOUGH_SAMPLES = 1000
_LEAST_SIDE = 8  # pixels; a narrower strip at the picture's edge says too little in one picture, and counts over all
"""Inside of covers. Measured for sound ones of 8 to 64 pixels a side over photos, noise and stripes, x264 to crf 28,
x265, VP9, AV1: in one picture at most 0.11 (8 pixels; 0.02 from 16 pixels on), over twelve pictures at most 0.017."""
_IN_RING = {False: (0.6, 0.4, 0.15), True: (0.6, 0.4)}
_ENOUGH_OF_HUE_OR_RING = 200
"""Rings at the rim, of luma and of chroma, from the outermost sample inwards, over all pictures. Measured likewise, and
over JPEG, WebP, AVIF and HEIF of qualities from 80 on: at most 0.23, 0.20, 0.05 and 0.32, 0.10; inside, chroma at most
0.007. Over 133 photos and 13 clips no part of 1047 tracks came nearer to its limit than six tenths. Bare, it is 1."""
_COARSE = "the style of cover keeps a coarse picture of what is under it"
_WHERE = {False: "", True: " in its colours"}


class SourceTraces:
    """Asks how much of the original is left in the output: inside covers and along their rims, in luma and chroma.

    An uncovered region has a slope of 1, a cover of nine tenths opacity 0.1. Use as a context manager: it keeps the
    source open and reads it in step with the output.
    """

    def __init__(self, plan: Plan, source: Path | SourceFile | None, limits: Limits | None = None) -> None:
        self._source, self._limits = source, limits
        styles = [cover.style for _, cover in plan.covers()]
        self._anything = bool(styles)
        self._solid = sum(style.irreversible for style in styles)
        self._coarse = len(styles) - self._solid
        self._copies = CopyCheck(plan)
        self._pictures: Iterator[Picture] | None = None
        self._stack = contextlib.ExitStack()
        self._unread: str | None = None
        self._sums: dict[tuple[str, Part], Leftover] = defaultdict(Leftover)
        self._compared = 0
        self._faults: list[str] = []
        self._trouble: Trouble | None = None

    def __enter__(self) -> Self:
        if self._source is not None and (self._solid or self._copies.any):
            try:
                reader = self._stack.enter_context(open_media(self._source, self._limits))
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
        self._copies.see(shot, original)
        for patch in patches:
            if patch.style.irreversible:
                self._compare(patch, original, shot.picture)

    def _compare(self, patch: Patch, original: Picture, shown: Picture) -> None:
        track, told = patch.track, False
        try:
            for part, found in leftovers(patch, original, shown):
                if not found.has_detail:
                    continue
                self._sums[track, part].merge(found)
                told = told or part == Part(False, None)
                enough = patch.least_side >= _LEAST_SIDE and (not part.hue or found.count >= _ENOUGH_OF_HUE_OR_RING)
                if part.ring is None and enough and found.slope > _AT_ONCE:
                    self._trouble = self._trouble or Trouble(original.time, track)
                    where = _WHERE[part.hue]
                    self._faults.append(
                        f"track {track} at {float(original.time):.3f} s shows {found.slope:.0%} of it{where}"
                    )
        except ValueError as error:
            self._unread = str(error)
        self._compared += told

    def outcome(self, broken: str | None) -> Outcome:
        if not self._anything and not self._copies.any:
            return passed("nothing was to be covered")
        if not self._solid and not self._copies.any:
            return not_checked(_COARSE)
        if self._source is None:
            return not_checked("the source was not given")
        if self._unread or broken:
            return not_checked(f"the pictures could not be compared: {self._unread or broken}")
        copies = self._copies.all_faults()
        if copies:
            return unless(copies, "")
        if not self._anything:
            return passed(f"nothing was to be covered; {self._copies.seen}")
        if not self._solid:
            return not_checked(_COARSE)
        late = list(filter(None, (_late(track, part, found) for (track, part), found in self._sums.items())))
        compared = f"{self._compared} covers compared with the source, rims and colours too"
        compared += f"; {self._copies.seen}" if self._copies.any else ""
        if self._coarse and not self._faults and not late:
            return not_checked(f"of {self._coarse} tracks: {_COARSE}; {compared}")
        return unless(self._faults + late, compared, self._trouble)


def _late(track: str, part: Part, found: Leftover) -> str:
    """What is wrong with a part of a cover over all pictures, or nothing."""
    inside = part.ring is None
    least = _IN_ALL if inside else _IN_RING[part.hue][part.ring or 0]
    enough = _ENOUGH_SAMPLES if inside and not part.hue else _ENOUGH_OF_HUE_OR_RING
    if found.count < enough or found.slope <= least:
        return ""
    rim = "" if part.ring is None else " at its rim"
    return f"track {track} shows {found.slope:.0%} of it{_WHERE[part.hue]}{rim} over all pictures"
