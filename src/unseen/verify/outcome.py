"""What a single check hands back to the list: a status and what was seen, before it has a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unseen.verify.report import Status, Trouble

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    status: Status
    detail: str
    trouble: Trouble | None = None


def passed(detail: str) -> Outcome:
    return Outcome(Status.PASSED, detail)


def failed(detail: str) -> Outcome:
    return Outcome(Status.FAILED, detail)


def not_checked(detail: str) -> Outcome:
    return Outcome(Status.NOT_CHECKED, detail)


def unless(faults: Sequence[str], good: str, trouble: Trouble | None = None) -> Outcome:
    """Passed with `good` where there is no fault; failed with the first few faults, and where, otherwise."""
    if not faults:
        return passed(good)
    more = len(faults) - _SHOWN
    said = "; ".join(faults[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")
    return Outcome(Status.FAILED, said, trouble)
