"""The release record: what was released, from which plan, which checks it passed, and what it may be called."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from unseen.errors import TamperedError
from unseen.plan import Plan, dumps, loads, read_plan
from unseen.record.canonical import DO_NOT_TRUST, as_written, digest, plain
from unseen.record.signature import Signature
from unseen.record.standing import CheckOutcome, Reason, Standing, compute_standing
from unseen.sample import Residual, estimate

SCHEMA = "unseen.record/1"
SUFFIX = ".record.json"


@dataclass(frozen=True, slots=True)
class Output:
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Replaced:
    """A record that is gone by decision: its place in the folder's history, and the SHA-256 of its bytes."""

    number: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Link:
    """A record's place in its folder's history, from 1; `previous` is the SHA-256 of the bytes of the one before.

    `replaces`: the records that had the same name before.
    """

    number: int
    previous: str | None
    replaces: tuple[Replaced, ...] = ()


@dataclass(frozen=True, slots=True)
class ReleaseRecord:
    """A release. It names no file and no person, and holds no picture, sound or text of the source.

    `plan_sha256` is the digest of the plan's canonical form (RFC 8785); `reasons` say why `standing` is no better;
    `released` the day, in UTC; `residual` how much may still have been missed, as far as a person looked; `link` its
    place in the folder's history; `c2pa_sha256` the digest of the C2PA manifest beside the file, where there is one.
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
    link: Link | None = None
    c2pa_sha256: str | None = None
    signature: Signature | None = None
    schema: str = SCHEMA

    def __post_init__(self) -> None:
        if not self.checks:
            raise ValueError("a release without a check is no release")


NOT_COVERED = (
    "reflections, and pictures inside pictures",
    "places that can be recognised",
    "clothes, gait, build and tattoos",
    "the sensor's noise pattern",
    "mains hum, marks that nobody hears, and the wording of kept sound",
    "whether the law allows the release: nothing here is legal advice",
)
"""What no version of this tool takes out or answers for: said in every record."""


def make_record(output: Output, plan: Plan, checks: tuple[CheckOutcome, ...], released: datetime.date) -> ReleaseRecord:
    """The record of an output that passed its audit on the day it was released (UTC)."""
    plan = read_plan(dumps(plan))  # as whoever verifies will read it: 1 becomes 1.0, and the digest depends on that
    standing, reasons = compute_standing(plan, checks)
    found = digest(plain(plan))
    return ReleaseRecord(
        output, released, plan, found, checks, standing, reasons, NOT_COVERED, estimate(plan), plan.made_by
    )


def read_record(data: bytes) -> ReleaseRecord:
    """Parse a record and hold it against its own digest of the plan. Raises PlanError, TamperedError.

    Who signed it, and whether what was signed is what it says, is for `signer` to tell.
    """
    record = loads(ReleaseRecord, data, SCHEMA)
    if digest(as_written(data)["plan"]) != record.plan_sha256:
        raise TamperedError("the plan in this record is not the one that was released", next_step=DO_NOT_TRUST)
    return record
