"""Check 3: every planned region is covered as planned, in every picture and every plane."""

from __future__ import annotations

import itertools

from unseen.core import Timestamp
from unseen.plan import Plan
from unseen.verify.coarse import too_much_detail
from unseen.verify.copies import covers_in_copies
from unseen.verify.fill import unlike_fill
from unseen.verify.outcome import Outcome, failed, passed, unless
from unseen.verify.patch import Box, Patch
from unseen.verify.playback import Shot
from unseen.verify.report import Trouble

_ENOUGH = 100  # faults after which no more are collected


class CoverCheck:
    """Looks under each planned cover of each picture."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._looked = 0
        in_copies = list(itertools.islice(covers_in_copies(plan), _ENOUGH))
        self._faults: list[str] = [said for said, _ in in_copies]
        self._trouble: Trouble | None = in_copies[0][1] if in_copies else None

    def see(self, shot: Shot, time: Timestamp, patches: list[Patch]) -> None:
        """`time` is the picture's in the source, for messages; `patches` are the planned covers."""
        for number, patch in enumerate(patches):
            self._looked += 1
            reason = self._unlike_cover(shot, patch, [later.box for later in patches[number + 1 :]])
            if reason:
                self._trouble = self._trouble or Trouble(time, patch.track)
            if reason and len(self._faults) < _ENOUGH:
                self._faults.append(f"track {patch.track} at {float(time):.3f} s {reason}")

    def _unlike_cover(self, shot: Shot, patch: Patch, later: list[Box]) -> str | None:
        try:
            if not patch.style.irreversible:
                return too_much_detail(shot, patch.box, later, patch.style)
            return unlike_fill(shot, patch, self._plan.cover.rgb)
        except ValueError as error:
            return f"cannot be judged: {error}"

    def outcome(self, broken: str | None) -> Outcome:
        if broken:
            return failed(f"only looked at until decoding stopped: {broken}")
        if not self._plan.covered():
            return passed("nothing was to be covered")
        if not self._looked and not self._faults:
            return failed("tracks were to be covered, and none lies in any picture")
        return unless(self._faults, f"{self._looked} covers looked at, in every plane", self._trouble)
