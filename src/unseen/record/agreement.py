"""Whether a record says of itself what follows from its plan and its checks."""

from __future__ import annotations

from unseen.errors import PlanError
from unseen.record.record import ReleaseRecord, make_record

_FOLLOWS = ("standing", "reasons", "not_covered_by_this_tool", "residual")


def require_agreement(record: ReleaseRecord, made_by: str) -> None:
    """Raise PlanError where a record says something else than follows from its plan and checks: somebody changed it.

    `made_by` is the version that asks. It knows how it computes them itself; of another's record nothing is compared.
    """
    if record.made_by != made_by:
        return
    follows = make_record(record.output, record.plan, record.checks, record.released)
    for name in _FOLLOWS:
        if getattr(record, name) != getattr(follows, name):
            what = f"does not agree with itself: its {name} is not what follows from its plan and checks"
            raise PlanError(what, next_step="Do not trust it; get the file and its record anew.")
