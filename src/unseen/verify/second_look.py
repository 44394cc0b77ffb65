"""Check 8: another detector looks at the finished pictures and finds nobody who was not deliberately kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np

from unseen.core import Finding, Kind, MediaKind, Region, Timestamp
from unseen.errors import ModelError
from unseen.models import ModelStore, built_in
from unseen.plan import Accepted, Action, Plan
from unseen.verify.glances import INTERVAL, Glances
from unseen.verify.outcome import Outcome, failed, not_checked, passed
from unseen.verify.patch import Box, Patch, patches
from unseen.verify.playback import Shot
from unseen.verify.schedule import Schedule
from unseen.verify.second_eyes import LEAST_FACE, Boxes, SecondEyes
from unseen.verify.shown import as_rgb

MOST_SIDE = {MediaKind.PHOTO: 4000}
_MOST_SIDE = 1920
"""Pixels of the longest side that are looked at; larger pictures are shrunk to it."""
_ENOUGH = 200  # findings after which it is clear that somebody has to look
_NAMED = 5
_MOSTLY = 0.5  # share of a finding under covers, or inside something kept, from which on it is that
_NEAR = INTERVAL  # seconds between an accepted finding and the same seen again


@dataclass(frozen=True, slots=True)
class _Glance:
    """One look: at `part` of a picture of `size` pixels, shrunk by `scale`; what `explained` hides is no finding."""

    time: Timestamp
    part: Box
    scale: float
    size: tuple[int, int]
    explained: tuple[Patch, ...]

    def placed(self, boxes: Boxes) -> Iterator[tuple[Region, float]]:
        """Boxes of the part as regions of the picture, with their scores."""
        for left, top, right, bottom, score in boxes.tolist():
            sides = (max(1.0, right - left) / self.scale, max(1.0, bottom - top) / self.scale)
            yield Region(self.part[0] + left / self.scale, self.part[1] + top / self.scale, *sides), score


class SecondLook:
    """Looks at each picture that is due, and gathers what nothing in the plan explains."""

    def __init__(self, plan: Plan, models: ModelStore | None) -> None:
        self._plan = plan
        self._glances = Glances()
        self._side = MOST_SIDE.get(plan.source.media.kind, _MOST_SIDE)
        kept = tuple(p.track for p in plan.tracks if p.decision.action is Action.KEEP)
        self._kept = Schedule(kept, plan.cover.padding)
        self._looks = 0
        self._found: list[Finding] = []
        self._accepted = 0
        self._aside = ThreadPoolExecutor(1, "unseen-second-look")
        self._pending: tuple[_Glance, Future[Boxes]] | None = None
        self._eyes: SecondEyes | None = None
        self._blind = ""
        try:
            self._eyes = _eyes(models or built_in())
        except ModelError as error:
            self._blind = error.what

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What looks like a face and is neither covered, kept, nor accepted."""
        self._settle()
        return tuple(self._found)

    def see(self, shot: Shot, time: Timestamp, covers: Sequence[Patch]) -> None:
        """Look at one picture, if it is due; `covers` as drawn in it, which check 3 holds against their fill.

        The look goes on beside what the caller does next.
        """
        kept = patches(self._kept.at(time), shot.picture, self._plan.cover, {})
        if self._eyes is None:
            return
        part = self._glances.part(shot.picture, time)
        if part is None:
            return
        self._settle()
        if len(self._found) >= _ENOUGH:
            return
        self._looks += 1
        size = (shot.picture.width, shot.picture.height)
        glance = _Glance(time, part, min(1.0, self._side / max(size)), size, (*covers, *kept))
        seen = self._aside.submit(self._eyes.find, as_rgb(shot.picture, part, glance.scale))
        self._pending = (glance, seen)

    def _settle(self) -> None:
        """Take in what the look that is under way finds."""
        if self._pending is None:
            return
        (glance, seen), self._pending = self._pending, None
        for region, score in glance.placed(seen.result()):
            if _share(region, glance.explained, glance.size) < _MOSTLY:
                self._judge(Finding(Kind.FACE, glance.time, region, score))

    def _judge(self, finding: Finding) -> None:
        if any(_same(finding, accepted) for accepted in self._plan.accepted):
            self._accepted += 1
        else:
            self._found.append(finding)

    def outcome(self, broken: str | None) -> Outcome:
        """What came of all looks; there are none after it."""
        self._settle()
        self._aside.shutdown()
        if self._plan.source.media.picture is None:
            return passed("there is no picture")
        if self._eyes is None:
            return not_checked(f"the second detector cannot be run: {self._blind}")
        if broken:
            return failed(f"only looked at until decoding stopped: {broken}")
        if not self._looks:
            return not_checked("no picture could be looked at")
        if self._found:
            named = "; ".join(_place(finding) for finding in self._found[:_NAMED])
            more = len(self._found) - _NAMED
            return failed(f"what looks like a face at {named}" + (f"; and {more} more" if more > 0 else ""))
        return passed(f"{self._bound()}{self._by_word()}")

    def _bound(self) -> str:
        picture = self._plan.source.media.picture
        longest = max(picture.width, picture.height) if picture else 0
        least = round(LEAST_FACE * max(1.0, longest / self._side))
        how = f"{self._looks} looks for faces of {least} pixels and more"
        if self._plan.source.media.kind is MediaKind.PHOTO:
            return how
        return f"{how}: every place every {float(INTERVAL):g} s, and not again while nothing in it changed"

    def _by_word(self) -> str:
        if not self._accepted:
            return ""
        who = ", ".join(dict.fromkeys(f"{a.by} ({a.why})" for a in self._plan.accepted))
        return f"; found {self._accepted} times what was accepted by {who}"


@cache
def _eyes(store: ModelStore) -> SecondEyes:
    return SecondEyes.open(store)


def _share(region: Region, others: Sequence[Patch], size: tuple[int, int]) -> float:
    """How much of a region, as far as it lies in the picture, lies in any of the others."""
    own = region.pixels(*size)
    if own is None:
        return 1.0
    inside = np.zeros((own[3] - own[1], own[2] - own[0]), bool)
    for other in others:
        left, top = max(own[0], other.box[0]), max(own[1], other.box[1])
        right, bottom = max(left, min(own[2], other.box[2])), max(top, min(own[3], other.box[3]))
        rows, columns = (
            slice(top - other.box[1], bottom - other.box[1]),
            slice(left - other.box[0], right - other.box[0]),
        )
        here = True if other.mask is None else other.mask[rows, columns]
        inside[top - own[1] : bottom - own[1], left - own[0] : right - own[0]] |= here
    return float(inside.mean())


def _same(finding: Finding, accepted: Accepted) -> bool:
    near = abs(finding.time - accepted.time) <= _NEAR
    return near and finding.region.overlap(accepted.region) >= _MOSTLY * min(finding.region.area, accepted.region.area)


def _place(finding: Finding) -> str:
    x, y = (round(value) for value in finding.region.centre)
    side = round(max(finding.region.width, finding.region.height))
    return f"{float(finding.time):.3f} s, {x},{y} ({side} pixels, score {finding.score:.2f})"
