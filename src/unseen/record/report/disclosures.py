"""To whom a release was given, when and why: a log beside the record."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from unseen.plan import loads

SCHEMA = "unseen.disclosures/1"
SUFFIX = ".disclosures.json"


@dataclass(frozen=True, slots=True)
class Disclosed:
    """One disclosure of the output with this digest."""

    on: datetime.date
    to: str
    reason: str
    output_sha256: str

    def __post_init__(self) -> None:
        if not self.to.strip() or not self.reason.strip():
            raise ValueError("a disclosure says to whom and why")


@dataclass(frozen=True, slots=True)
class DisclosureLog:
    """Every disclosure, in the order they were logged."""

    entries: tuple[Disclosed, ...] = ()
    schema: str = SCHEMA


def read_log(data: bytes) -> DisclosureLog:
    """Parse a log; raises PlanError."""
    return loads(DisclosureLog, data, SCHEMA)
