"""What the audit says: numbered results, and when they add up to a pass."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass, replace

from unseen.core import Finding, Timestamp

SECOND_LOOK = 8
"""The check whose findings are for a person to judge."""


class Status(enum.StrEnum):
    """How a check ended; *not checked* is never as good as *passed*."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Trouble:
    """The first place at which a check found something wrong: the source's time, and the track whose cover it is."""

    time: Timestamp
    track: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One line of the audit: its number and title in the list, how it ended, what was seen, and where first."""

    number: int
    title: str
    status: Status
    detail: str
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class AuditReport:
    """Every check of the list, in order, and what check 8 found that nothing in the plan explains."""

    checks: tuple[CheckResult, ...]
    findings: tuple[Finding, ...] = ()

    def accepting(self, by: str, why: str) -> AuditReport:
        """The same report once somebody has looked at what check 8 found and lets it pass."""
        if not self.findings:
            return self
        said = f"accepted by {by} ({why}): "
        checks = tuple(
            replace(c, status=Status.PASSED, detail=said + c.detail) if c.number == SECOND_LOOK else c
            for c in self.checks
        )
        return AuditReport(checks)

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        """The checks that found something wrong."""
        return tuple(c for c in self.checks if c.status is Status.FAILED)

    def passed(self, required: Collection[int]) -> bool:
        """Whether nothing failed and each of the `required` numbers is there and passed.

        An empty requirement is never met: an audit that asks for nothing proves nothing.
        """
        good = {c.number for c in self.checks if c.status is Status.PASSED}
        return bool(required) and not self.failed and set(required) <= good
