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

    Between two glances what was found is followed by the tracker, which needs no finding in every picture.
    """

    def __init__(self, finder: Finder, every: Fraction = Fraction(0)) -> None:
        """`every`: seconds from one glance to the next; 0 for one at each picture."""
        self._finder = finder
        self._attention = Attention(finder)
        self._every = every
        self._glanced_at: Timestamp | None = None

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
        """What is in the next picture; nothing where it is too soon to look again."""
        if self._glanced_at is not None and 0 <= view.time - self._glanced_at < self._every:
            return []
        self._glanced_at = view.time
        return self._attention.find(view)

    def blind_spots(self) -> tuple[BlindSpot, ...]:
        """None: every place that changes is looked at."""
        return ()

    def afresh(self) -> Glances:
        """The same finder before its first picture."""
        return Glances(self._finder, self._every)
