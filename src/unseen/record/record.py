"""The release record: what was released, from which plan, which checks it passed, and what it may be called."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass

from unseen.errors import PlanError
from unseen.plan import Plan, dumps, loads, read_plan
from unseen.record.standing import CheckOutcome, Reason, Standing, compute_standing
from unseen.sample import Residual, estimate

SCHEMA = "unseen.record/1"
SUFFIX = ".record.json"


@dataclass(frozen=True, slots=True)
class Output:
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class ReleaseRecord:
    """A release. It names no file and no person, and holds no picture, sound or text of the source.

    `plan_sha256` is the digest of the plan as a document of its own; `reasons` say why `standing` is not a better one;
    `released` the day, in UTC; `residual` how much may still have been missed, as far as a person looked.
    """

    output: Output
    released: datetime.date
    plan: Plan
    plan_sha256: str
    checks: tuple[CheckOutcome, ...]
    standing: Standing
    reasons: tuple[Reason, ...]
    not_covered_by_this_tool: tuple[str, ...]
    residual: Residual
    made_by: str
    schema: str = SCHEMA

    def __post_init__(self) -> None:
        if not self.checks:
            raise ValueError("a release without a check is no release")


NOT_COVERED = (
    "reflections, and pictures inside pictures",
    "places that can be recognised",
    "clothes, gait, build and tattoos",
    "the sensor's noise pattern",
    "mains hum and the wording of kept sound",
    "whether the law allows the release: nothing here is legal advice",
)
"""What no version of this tool takes out or answers for: said in every record."""


def make_record(output: Output, plan: Plan, checks: tuple[CheckOutcome, ...], released: datetime.date) -> ReleaseRecord:
    """The record of an output that passed its audit on the day it was released (UTC)."""
    plan = read_plan(dumps(plan))  # as whoever verifies will read it: 1 becomes 1.0, and the digest depends on that
    standing, reasons = compute_standing(plan, checks)
    digest = hashlib.sha256(dumps(plan)).hexdigest()
    return ReleaseRecord(
        output, released, plan, digest, checks, standing, reasons, NOT_COVERED, estimate(plan), plan.made_by
    )


def read_record(data: bytes) -> ReleaseRecord:
    """Parse a record and hold it against its own digest of the plan. Raises PlanError."""
    record = loads(ReleaseRecord, data, SCHEMA)
    if hashlib.sha256(dumps(record.plan)).hexdigest() != record.plan_sha256:
        raise PlanError("the plan in this record is not the one that was released", next_step="Do not trust it.")
    return record
