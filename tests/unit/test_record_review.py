"""Records belong to their plan and say no more than they may; review says where to look first."""

from datetime import date
from fractions import Fraction

import pytest
from test_plan import make_plan

from unseen.core import Keyframe, Origin, Region
from unseen.errors import TamperedError
from unseen.plan import Action, Decision, dumps
from unseen.record import CheckOutcome, Output, ReleaseRecord, make_record, read_record
from unseen.review import Reason, doubts

PASSED = tuple(CheckOutcome(n, f"check {n}", "passed", "fine") for n in range(1, 11))
DAY = date(2026, 11, 22)
OUTPUT = Output("12" * 32, 99)


def test_a_record_comes_back_exactly() -> None:
    record = make_record(OUTPUT, make_plan(), PASSED, DAY)
    assert read_record(dumps(record)) == record


def test_a_record_whose_plan_was_changed_is_refused() -> None:
    document = dumps(make_record(OUTPUT, make_plan(), PASSED, DAY)).replace(b'"#102030"', b'"#102031"')
    with pytest.raises(TamperedError, match="not the one that was released"):
        read_record(document)


def test_a_record_names_no_file_and_no_value_of_metadata() -> None:
    assert b"path" not in dumps(make_record(OUTPUT, make_plan(), PASSED, DAY))


def test_a_release_without_checks_cannot_be_recorded() -> None:
    record = make_record(OUTPUT, make_plan(), PASSED, DAY)
    with pytest.raises(ValueError, match="no release"):
        ReleaseRecord(**{name: getattr(record, name) for name in ReleaseRecord.__slots__} | {"checks": ()})


def test_doubts_put_what_stays_visible_first_and_name_bridged_gaps() -> None:
    box = Region(0, 0, 9, 9)
    gap = tuple(
        Keyframe(Fraction(n), box, Origin.BRIDGED if 2 <= n <= 3 else Origin.SEEN, None if 2 <= n <= 3 else 0.4)
        for n in range(6)
    )
    plan = make_plan(gap)
    found = doubts(plan)
    assert [d.reason for d in found] == [Reason.BRIDGED, Reason.LOW_SCORE]
    assert (found[0].span.start, found[0].span.end) == (2, 3)
    kept = doubts(plan.decide("t1", Decision(Action.KEEP, "ana", "her own data")))
    assert kept[0].reason is Reason.KEPT
