"""When an audit is a pass."""

from __future__ import annotations

import pytest

from unseen.verify import TITLES, AuditReport, CheckResult, Status
from unseen.verify.outcome import failed, not_checked, passed, unless


def report(**statuses: Status) -> AuditReport:
    return AuditReport(tuple(CheckResult(int(n[1:]), TITLES[int(n[1:])], s, "") for n, s in statuses.items()))


GOOD = report(c1=Status.PASSED, c2=Status.PASSED, c8=Status.NOT_CHECKED)


def test_what_is_required_and_passed_is_a_pass() -> None:
    assert GOOD.passed({1, 2})
    assert GOOD.failed == ()


def test_not_checked_never_counts_as_passed() -> None:
    assert not GOOD.passed({1, 8})


def test_a_check_that_is_not_there_never_counts_as_passed() -> None:
    assert not GOOD.passed({1, 3})


def test_no_requirement_is_no_pass() -> None:
    assert not GOOD.passed(())


def test_no_check_is_no_pass() -> None:
    assert not AuditReport(()).passed({1})
    assert not AuditReport(()).passed(())


def test_a_failure_beside_the_required_checks_is_no_pass() -> None:
    bad = report(c1=Status.PASSED, c2=Status.FAILED)
    assert not bad.passed({1})
    assert [c.number for c in bad.failed] == [2]


def test_the_list_has_ten_numbers() -> None:
    assert list(TITLES) == list(range(1, 11))


@pytest.mark.parametrize(("faults", "status"), [([], Status.PASSED), (["a"], Status.FAILED)])
def test_faults_decide(faults: list[str], status: Status) -> None:
    assert unless(faults, "fine").status is status


def test_many_faults_are_cut_short_and_counted() -> None:
    assert unless([str(n) for n in range(8)], "").detail == "0; 1; 2; 3; 4; and 3 more"


def test_outcomes_say_what_they_are() -> None:
    assert [o("x").status for o in (passed, failed, not_checked)] == list(Status)
