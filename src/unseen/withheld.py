"""What becomes of a finished file that did not pass: why, and what is kept for whoever has to look."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from unseen.core import Span
from unseen.errors import AuditFailedError, ReviewNeededError, RuleError, UnseenError, UsageError, printable
from unseen.media.publish import draft, publish_alone
from unseen.options import ApplyOptions
from unseen.plan import Accepted, Action, Decision, Plan, PlannedTrack, dumps
from unseen.track import from_moments
from unseen.verify import INTERVAL, SECOND_LOOK, AuditReport, Trouble

PLAN_SUFFIX = ".plan.json"


class SecondLookError(ReviewNeededError):
    """Nothing is wrong but what the second look saw: `plan` has those places as tracks, and is in the file `kept`."""

    def __init__(self, what: str, plan: Plan, kept: Path, *, path: Path, next_step: str) -> None:
        super().__init__(what, path=path, next_step=next_step)
        self.plan, self.kept = plan, kept


class NotPassedError(AuditFailedError):
    """A check of the finished file failed; `trouble` is where it did first, where that is a place in the pictures."""

    def __init__(self, what: str, trouble: Trouble | None, *, path: Path, next_step: str) -> None:
        super().__init__(what, path=path, next_step=next_step)
        self.trouble = trouble


def settled(
    report: AuditReport, plan: Plan, required: Collection[int], out: Path, options: ApplyOptions
) -> tuple[AuditReport, Plan]:
    """The report and plan to release with.

    Raises ReviewNeededError where nothing is wrong but what the second look saw, with the plan kept beside `out`;
    AuditFailedError where anything else did not pass.
    """
    found = report.findings
    looked_at = report.accepting(options.by, options.accept or "nobody said why")
    if not looked_at.passed(required):
        raise _audit_failed(report, required, out)
    if found and options.accept is None:
        raise _review_needed(report, plan, out)
    if not found:
        return report, plan
    accepted = tuple(Accepted(f.time, f.region, options.by, str(options.accept)) for f in found)
    return looked_at, replace(plan, accepted=plan.accepted + accepted)


def refuse_empty_reason(options: ApplyOptions) -> None:
    """Raise UsageError where findings are to be accepted without a word why."""
    if options.accept is not None and not options.accept.strip():
        raise UsageError("accepting what the audit found needs a reason", next_step='Say it: --accept "a painted face"')


def _audit_failed(report: AuditReport, required: Collection[int], out: Path) -> UnseenError:
    wrong = [c for c in report.checks if c in report.failed or (c.number in required and c.status != "passed")]
    said = "; ".join(f"check {c.number} ({c.title}) {c.status}: {c.detail}" for c in wrong) or "no check was made"
    return NotPassedError(
        f"the finished file did not pass its audit, and was not released: {said}",
        next((c.trouble for c in wrong if c.trouble is not None), None),
        path=out,
        next_step="Nothing was written. Try another output format; if it stays, please report it with this text.",
    )


def _review_needed(report: AuditReport, plan: Plan, out: Path) -> UnseenError:
    detail = next(c.detail for c in report.checks if c.number == SECOND_LOOK)
    with_places = with_findings(plan, report)
    kept = _keep(with_places, out)
    step = (
        f"Look there. The plan, with these places as tracks to cover, is in {printable(kept)}: unseen review shows and "
        'changes it, unseen apply covers them. If none of them is a person: the same command with --accept "why".'
    )
    return SecondLookError(f"a second detector saw {detail}", with_places, kept, path=out, next_step=step)


def with_findings(plan: Plan, report: AuditReport) -> Plan:
    """The plan with what the second look saw as further tracks, to be covered unless somebody decides otherwise."""
    times = plan.source.media.frame_times
    whole = Span(times.first * times.time_base, max(times)) if times is not None else Span(Fraction(0), Fraction(0))
    before = sum(p.track.id.startswith(_NAME) for p in plan.tracks)
    names = (f"{_NAME}{number}" for number in itertools.count(before + 1))
    tracks = from_moments(names, report.findings, INTERVAL, whole)
    decision = Decision(Action.COVER, "unseen", "seen by the second detector in the finished file")
    return replace(plan, tracks=plan.tracks + tuple(PlannedTrack(track, decision) for track in tracks))


def rules_not_met(error: RuleError, plan: Plan, out: Path) -> UnseenError:
    """The same error, with the plan that was made kept beside `out` for whoever brings what is missing."""
    kept = printable(_keep(plan, out))
    step = f"The plan is in {kept}: unseen review lists and takes what is missing, unseen apply releases it."
    return RuleError(error.what, path=out, next_step=step)


_NAME = "second-look-"


def _keep(plan: Plan, out: Path) -> Path:
    """Write the plan beside the output, under the first name that is free or holds the same already."""
    data = dumps(plan)
    for number in itertools.count(1):
        path = out.with_name(out.name + (PLAN_SUFFIX if number == 1 else f".plan-{number}.json"))
        if path.is_file() and path.read_bytes() == data:
            return path
        if not path.exists() and not path.is_symlink():
            with draft(path) as ready:
                ready.file.write(data)
                publish_alone(ready, replace=False)
            return path
    raise AssertionError  # pragma: no cover - the numbers do not end
