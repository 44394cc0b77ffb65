"""What every finder is: it looks at pictures and says where something that identifies people is, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from unseen.core import Finding, Kind, View
from unseen.plan import ModelUsed


class Finder(Protocol):
    """Looks for things of `kinds`; `models` are the nets it looks with, for the plan and the record.

    `low` is the least score it reports, `high` the score from which a finding stands on its own.
    """

    @property
    def kinds(self) -> frozenset[Kind]: ...
    @property
    def models(self) -> tuple[ModelUsed, ...]: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...

    def find(self, views: Sequence[View]) -> list[list[Finding]]:
        """One list of findings a view, in displayed pixels (a view's pixels over its scale), best score first.

        Every score is at least `low`.
        """
        ...
