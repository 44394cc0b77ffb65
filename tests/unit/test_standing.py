"""What a release may be called is computed: the whole truth table, and each reason by itself."""

import datetime
import itertools
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from test_plan import make_plan

from unseen.core import MediaKind, Region, SoundFormat, Span
from unseen.plan import (
    Accepted,
    Action,
    BlindSpot,
    Cover,
    Decision,
    Plan,
    PlannedSilence,
    Review,
    Statement,
    StreamAction,
    Style,
    Verdict,
    decisions_digest,
)
from unseen.record import CheckOutcome, Standing, Why, compute_standing
from unseen.rules import Identifier

TODAY = datetime.date(2026, 11, 22)
PASSED = tuple(CheckOutcome(n, f"check {n}", "passed", "fine") for n in range(1, 11))


def signed(plan: Plan) -> Plan:
    return replace(plan, review=Review("R. Eviewer", TODAY, decisions_digest(plan)))


def best_plan() -> Plan:
    """A plan with which everything is done that can be."""
    answered = (i for i in Identifier if i not in (Identifier.FACES, Identifier.BODIES, Identifier.VOICES))
    plan = replace(
        make_plan(),
        cover=Cover(grid=16),
        blind_spots=(),
        looked_for=tuple(i for i in Identifier if i.direct),
        statements=tuple(Statement(i, Verdict.COVERED, "R. Eviewer", "looked") for i in answered),
    )
    return signed(plan)


Change = Callable[[Plan], Plan]


def _left(identifier: Identifier) -> Change:
    return lambda plan: plan.state(Statement(identifier, Verdict.LEFT, "R. Eviewer", "seen"))


def _resigned(before: Plan, after: Plan) -> Plan:
    """The change, with the signature as good or as bad as it was."""
    if before.review is None or before.review.decisions_sha256 != decisions_digest(before):
        return after
    return replace(after, review=replace(before.review, decisions_sha256=decisions_digest(after)))


def _with_sound(plan: Plan) -> Plan:
    streams = (plan.streams[0], replace(plan.streams[1], action=StreamAction.KEEP))
    return _resigned(plan, replace(plan, streams=streams))


def _cover(**change: Any) -> Change:
    return lambda plan: _resigned(plan, replace(plan, cover=replace(plan.cover, **change)))


def _kept(plan: Plan) -> Plan:
    return _resigned(plan, plan.decide(plan.tracks[0].track.id, Decision(Action.KEEP, "ana", "her own data")))


LOWER: dict[Why, Change] = {
    Why.STYLE: _cover(style=Style.MOSAIC),
    Why.SOUND: _with_sound,
    Why.KEPT: _kept,
    Why.NOT_LOOKED_FOR: lambda plan: replace(plan, looked_for=plan.looked_for[1:]),
    Why.LEFT: _left(Identifier.PLATES),
}
HIGHER: dict[Why, Change] = {
    Why.ACCEPTED: lambda plan: replace(plan, accepted=(Accepted(Fraction(1), Region(0, 0, 9, 9), "ana", "a poster"),)),
    Why.INDIRECT: _left(Identifier.CLOTHING),
    Why.TIGHT: _cover(padding=0.1),
    Why.EDGES: _cover(grid=8),
    Why.BLIND_SPOT: lambda plan: replace(plan, blind_spots=(BlindSpot("seconds 3 to 4", "not decoded"),)),
    Why.UNANSWERED: lambda plan: replace(
        plan, statements=tuple(s for s in plan.statements if s.identifier is not Identifier.GAIT)
    ),
    Why.OLD_REVIEW: lambda plan: replace(plan, review=Review("R. Eviewer", TODAY, "00" * 32)),
}


def expected(codes: set[Why]) -> Standing:
    """The rule in one place, written apart from the program's."""
    if codes & {Why.CHECK, *LOWER}:
        return Standing.COVERED
    return Standing.DE_IDENTIFIED if codes else Standing.ANONYMISED


def test_everything_done_is_anonymised_and_has_no_reason() -> None:
    assert compute_standing(best_plan(), PASSED, TODAY) == (Standing.ANONYMISED, ())


def test_the_whole_truth_table() -> None:
    """Every combination of every condition: 2 to the 14 of them."""
    changes = LOWER | HIGHER
    seen = set()
    for switched in itertools.product((False, True), repeat=len(changes)):
        plan, wanted = best_plan(), set()
        for (code, change), on in zip(changes.items(), switched, strict=True):
            if on:
                plan, wanted = change(plan), wanted | {code}
        for failing, removed in itertools.product((False, True), repeat=2):
            checks = (replace(PASSED[0], status="not checked"), *PASSED[1:]) if failing else PASSED
            codes = wanted | ({Why.CHECK} if failing else set()) | (set() if removed else {Why.ORIGINAL})
            standing, reasons = compute_standing(plan, checks, TODAY if removed else None)
            assert {r.code for r in reasons} == codes
            assert standing is expected(codes)
            seen.add(standing)
    assert seen == set(Standing)


@pytest.mark.parametrize("status", ["failed", "not checked"])
@pytest.mark.parametrize("number", range(1, 11))
def test_each_check_that_did_not_pass_lowers_it(number: int, status: str) -> None:
    checks = tuple(replace(c, status=status) if c.number == number else c for c in PASSED)
    standing, (reason,) = compute_standing(best_plan(), checks, TODAY)
    assert (standing, reason.code) == (Standing.COVERED, Why.CHECK)
    assert f"check {number} " in reason.says and status in reason.says


@pytest.mark.parametrize("style", [style for style in Style if style is not Style.SOLID])
def test_what_can_be_undone_is_only_covered(style: Style) -> None:
    standing, _ = compute_standing(replace(best_plan(), cover=Cover(style, grid=16)), PASSED, TODAY)
    assert standing is Standing.COVERED


_PROTECTIVE = (StreamAction.SILENCE, StreamAction.REMOVE, StreamAction.REDACT)


def _with_sound_as(action: StreamAction) -> Plan:
    plan = best_plan()
    return signed(replace(plan, streams=(plan.streams[0], replace(plan.streams[1], action=action))))


def test_silenced_speech_is_only_covered() -> None:
    plan = _with_sound_as(StreamAction.REDACT)
    standing, (reason,) = compute_standing(plan, PASSED, TODAY)
    assert (standing, reason.code) == (Standing.COVERED, Why.AMBIENT)
    deaf = replace(plan, looked_for=tuple(i for i in plan.looked_for if i is not Identifier.VOICES))
    assert compute_standing(deaf, PASSED, TODAY)[0] is Standing.COVERED


def test_a_voice_kept_by_decision_is_only_covered() -> None:
    kept = PlannedSilence("voice-1", Span(Fraction(0), Fraction(1)), Decision(Action.KEEP, "ana", "her own"))
    plan = signed(replace(_with_sound_as(StreamAction.REDACT), silences=(kept,)))
    standing, reasons = compute_standing(plan, PASSED, TODAY)
    assert standing is Standing.COVERED and Why.KEPT in {r.code for r in reasons}


@pytest.mark.parametrize("action", [a for a in StreamAction if a not in _PROTECTIVE])
def test_any_sound_that_is_left_is_only_covered(action: StreamAction) -> None:
    assert compute_standing(_with_sound_as(action), PASSED, TODAY)[0] is Standing.COVERED


@pytest.mark.parametrize("identifier", [i for i in Identifier if i.direct and i is not Identifier.VOICES])
def test_a_person_can_answer_for_what_no_finder_looked_for(identifier: Identifier) -> None:
    plan = best_plan()
    plan = replace(
        plan,
        looked_for=tuple(i for i in plan.looked_for if i is not identifier),
        statements=tuple(s for s in plan.statements if s.identifier is not identifier),
    )
    _, reasons = compute_standing(plan, PASSED, TODAY)
    assert Why.NOT_LOOKED_FOR in {r.code for r in reasons}
    plan = plan.state(Statement(identifier, Verdict.ABSENT, "R. Eviewer", "none there"))
    assert compute_standing(plan, PASSED, TODAY) == (Standing.ANONYMISED, ())


def test_without_a_review_it_is_not_anonymised() -> None:
    standing, (reason,) = compute_standing(replace(best_plan(), review=None), PASSED, TODAY)
    assert (standing, reason.code) == (Standing.DE_IDENTIFIED, Why.NO_REVIEW)


def test_a_review_is_of_the_decisions_it_was_signed_for() -> None:
    plan = best_plan()
    changed = plan.decide(plan.tracks[0].track.id, Decision(Action.COVER, "ana", "changed after the signature"))
    _, (reason,) = compute_standing(changed, PASSED, TODAY)
    assert reason.code is Why.OLD_REVIEW


@pytest.mark.parametrize("change", [_cover(colour="#ffffff"), _cover(padding=0.3), _with_sound])
def test_a_review_is_of_covers_and_sound_as_well(change: Change) -> None:
    plan = best_plan()
    changed = replace(change(plan), review=plan.review)
    assert Why.OLD_REVIEW in {r.code for r in compute_standing(changed, PASSED, TODAY)[1]}


def test_a_recording_has_nothing_but_its_sound_to_answer_for() -> None:
    bare = replace(best_plan(), looked_for=(), statements=())
    media = replace(
        bare.source.media,
        kind=MediaKind.AUDIO,
        picture=None,
        frame_times=None,
        sound=SoundFormat(48_000, "mono", 1, 16, 9, Fraction(0)),
    )
    plan = signed(replace(bare, source=replace(bare.source, media=media)))
    assert compute_standing(plan, PASSED, TODAY) == (Standing.ANONYMISED, ())


def test_a_photo_has_no_gait_to_answer_for() -> None:
    plan = HIGHER[Why.UNANSWERED](best_plan())
    still = replace(plan, source=replace(plan.source, media=replace(plan.source.media, kind=MediaKind.PHOTO)))
    assert compute_standing(still, PASSED, TODAY)[0] is Standing.ANONYMISED


def test_a_person_answers_for_a_blind_spot_of_one_sort_only() -> None:
    plan = best_plan()
    spots = (BlindSpot("plates", "not asked for", Identifier.PLATES), BlindSpot("seconds 3 to 4", "not decoded"))
    _, (reason,) = compute_standing(replace(plan, blind_spots=spots), PASSED, TODAY)
    assert reason.code is Why.BLIND_SPOT and "seconds" in reason.says
