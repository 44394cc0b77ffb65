"""The release record: what was released, from which plan, which checks it passed, and what it may be called."""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass

from unseen.errors import PlanError
from unseen.plan import Plan, StreamAction, dumps, loads, read_plan
from unseen.sample import Residual, estimate

SCHEMA = "unseen.record/1"
SUFFIX = ".record.json"


class Standing(enum.StrEnum):
    """What a release may be called; computed, never chosen."""

    ANONYMISED = "anonymised"
    DE_IDENTIFIED = "de-identified"
    COVERED = "covered"


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """One of the audit's numbered checks: `status` is passed, failed or not checked."""

    number: int
    title: str
    status: str
    detail: str

    @property
    def passed(self) -> bool:
        return self.status == "passed"


@dataclass(frozen=True, slots=True)
class Output:
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class ReleaseRecord:
    """A release. It names no file and no person, and holds no picture, sound or text of the source.

    `plan_sha256` is the digest of the plan as a document of its own; `reasons` say why `standing` is not a better one;
    `residual` how much may still have been missed, as far as a person looked.
    """

    output: Output
    plan: Plan
    plan_sha256: str
    checks: tuple[CheckOutcome, ...]
    standing: Standing
    reasons: tuple[str, ...]
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
)
"""What identifies people and no version of this tool takes out: said in every record."""


def make_record(output: Output, plan: Plan, checks: tuple[CheckOutcome, ...]) -> ReleaseRecord:
    """The record of an output that passed its audit."""
    plan = read_plan(dumps(plan))  # as whoever verifies will read it: 1 becomes 1.0, and the digest depends on that
    standing, reasons = compute_standing(plan, checks)
    digest = hashlib.sha256(dumps(plan)).hexdigest()
    return ReleaseRecord(output, plan, digest, checks, standing, reasons, NOT_COVERED, estimate(plan), plan.made_by)


def compute_standing(plan: Plan, checks: tuple[CheckOutcome, ...]) -> tuple[Standing, tuple[str, ...]]:
    """What the release may be called, and every reason why it is not called anonymised.

    `de-identified` asks for a solid style, every check passed and no sound kept; `anonymised` also for nothing kept
    visible, no blind spot, and a person who has looked at the whole length.
    """
    lower = [f"check {c.number} ({c.title}) is {c.status}" for c in checks if not c.passed]
    if not plan.cover.style.irreversible:
        lower.append(f"the style {plan.cover.style} is reduced recognisability: machines can undo it")
    if any(s.action is StreamAction.KEEP for s in plan.streams):
        lower.append("sound was kept: voices identify people")
    higher = [f"kept visible by decision: track {p.track.id}" for p in plan.tracks if p.decision.action == "keep"]
    higher += [f"not looked for: {spot.what} ({spot.why})" for spot in plan.blind_spots]
    higher.append("nobody has signed a review of the whole length")
    standing = Standing.COVERED if lower else Standing.DE_IDENTIFIED
    return standing, (*lower, *higher)


def read_record(data: bytes) -> ReleaseRecord:
    """Parse a record and hold it against its own digest of the plan. Raises PlanError."""
    record = loads(ReleaseRecord, data, SCHEMA)
    if hashlib.sha256(dumps(record.plan)).hexdigest() != record.plan_sha256:
        raise PlanError("the plan in this record is not the one that was released", next_step="Do not trust it.")
    return record
