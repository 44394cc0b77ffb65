"""What looks at a clip: it meets every picture, in order, and may remember what it saw."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol

from unseen.core import Finding, Kind, View
from unseen.core.times import Timestamp
from unseen.find.attention import Attention
from unseen.find.finder import Finder
from unseen.plan import BlindSpot, ModelUsed


class Watcher(Protocol):
    """Looks for things of `kinds` in one clip; `models` are the nets it looks with.

    `low` is the least score it reports, `high` the score from which one finding earns a track.
    """

    @property
    def kinds(self) -> frozenset[Kind]: ...
    @property
    def models(self) -> tuple[ModelUsed, ...]: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...

    def find(self, view: View) -> Sequence[Finding]:
        """What is in the next picture, in displayed pixels."""
        ...

    def blind_spots(self) -> tuple[BlindSpot, ...]:
        """What could not be looked for in the pictures so far, and why."""
        ...

    def afresh(self) -> Watcher:
        """The same, as before the first picture."""
        ...


class Glances:
    """A finder before a clip: it looks where something changed, and no more often than it has to.

    Whatever is on screen for `every` seconds is looked at while it is. In between, what was found is followed by the
    tracker, which needs no finding in every picture but is surer with it: so a finder can keep up with what it found.
    """

    def __init__(self, finder: Finder, every: Fraction = Fraction(0), *, keeps_up: bool = False) -> None:
        """`every`: 0 to look at each picture. `keeps_up`: to look near what was found in those that are passed over."""
        self._finder = finder
        self._attention = Attention(finder)
        self._every = every
        self._keeps_up = keeps_up
        self._first = True
        self._passed: Timestamp | None = None  # when the first picture was shown of those not looked at since

    @property
    def kinds(self) -> frozenset[Kind]:
        return self._finder.kinds

    @property
    def models(self) -> tuple[ModelUsed, ...]:
        return self._finder.models

    @property
    def low(self) -> float:
        return self._finder.low

    @property
    def high(self) -> float:
        return self._finder.high

    def find(self, view: View) -> Sequence[Finding]:
        """What is in the next picture, as far as it was looked at."""
        if self._can_wait(view):
            near = self._attention.near_found(view) if self._keeps_up else []
            if near is not None:
                return near
        self._passed = None
        self._first = False
        return self._attention.find(view)

    def _can_wait(self, view: View) -> bool:
        """Whether all that is in this picture and was not in one looked at is there too shortly."""
        if self._first or view.until is None:
            return False
        self._passed = view.time if self._passed is None else self._passed
        return 0 <= view.until - self._passed < self._every

    def blind_spots(self) -> tuple[BlindSpot, ...]:
        """None: every place that changes is looked at."""
        return ()

    def afresh(self) -> Glances:
        """The same finder before its first picture."""
        return Glances(self._finder, self._every, keeps_up=self._keeps_up)
