"""Records say what a release may be called; rule sets say what it needs; review says where to look first."""

from dataclasses import replace
from fractions import Fraction

import pytest
from test_plan import make_plan

from unseen import rules
from unseen.core import Keyframe, Origin, Region
from unseen.errors import PlanError, UsageError
from unseen.plan import Action, Cover, Decision, StreamAction, Style, dumps
from unseen.record import CheckOutcome, Output, ReleaseRecord, Standing, make_record, read_record
from unseen.review import Reason, doubts
from unseen.rules.ruleset import ReleaseRules

PASSED = tuple(CheckOutcome(n, f"check {n}", "passed", "fine") for n in range(1, 11))
OUTPUT = Output("12" * 32, 99)


def test_a_record_comes_back_exactly() -> None:
    record = make_record(OUTPUT, make_plan(), PASSED)
    assert read_record(dumps(record)) == record


def test_a_record_whose_plan_was_changed_is_refused() -> None:
    document = dumps(make_record(OUTPUT, make_plan(), PASSED)).replace(b'"#102030"', b'"#102031"')
    with pytest.raises(PlanError, match="not the one that was released"):
        read_record(document)


def test_a_record_names_no_file_and_no_value_of_metadata() -> None:
    assert b"path" not in dumps(make_record(OUTPUT, make_plan(), PASSED))


def test_the_best_standing_needs_a_person() -> None:
    record = make_record(OUTPUT, make_plan(), PASSED)
    assert record.standing is Standing.DE_IDENTIFIED
    assert "nobody has signed a review of the whole length" in record.reasons


@pytest.mark.parametrize("status", ["failed", "not checked"])
def test_a_check_that_did_not_pass_lowers_the_standing(status: str) -> None:
    record = make_record(OUTPUT, make_plan(), (replace(PASSED[0], status=status), *PASSED[1:]))
    assert record.standing is Standing.COVERED
    assert any(status in reason for reason in record.reasons)


def test_a_reversible_style_is_only_covered() -> None:
    for style in (Style.MOSAIC, Style.BLUR):
        assert make_record(OUTPUT, replace(make_plan(), cover=Cover(style)), PASSED).standing is Standing.COVERED


def test_kept_sound_is_only_covered() -> None:
    plan = make_plan()
    streams = (plan.streams[0], replace(plan.streams[1], action=StreamAction.KEEP))
    assert make_record(OUTPUT, replace(plan, streams=streams), PASSED).standing is Standing.COVERED


def test_a_release_without_checks_cannot_be_recorded() -> None:
    record = make_record(OUTPUT, make_plan(), PASSED)
    with pytest.raises(ValueError, match="no release"):
        ReleaseRecord(**{name: getattr(record, name) for name in ReleaseRecord.__slots__} | {"checks": ()})


def test_every_rule_set_loads_and_requires_checks() -> None:
    for name in rules.names():
        rule_set, digest = rules.load(name)
        assert rule_set.name == name and len(digest) == 64
        assert rule_set.release.required_checks


def test_a_rule_set_that_requires_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="release anything"):
        ReleaseRules(())


def test_rules_refuse_thin_covers_and_unknown_names() -> None:
    rule_set, _ = rules.load("default")
    rule_set.check_cover("solid", 0.2)
    with pytest.raises(UsageError, match="padding"):
        rule_set.check_cover("solid", 0.05)
    with pytest.raises(UsageError, match="style"):
        rule_set.check_cover("swirl", 0.2)
    with pytest.raises(UsageError, match="no rule set"):
        rules.load("../default")


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
