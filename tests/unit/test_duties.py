"""A plan is held to its rules: what is asked for and not there blocks, and the article is named."""

import datetime
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from test_plan import make_plan

from unseen import rules
from unseen.core import MediaKind, SoundFormat, Span
from unseen.errors import PlanError, RuleError, UsageError
from unseen.plan import (
    Action,
    BlindSpot,
    Case,
    Consent,
    Cover,
    Decision,
    Exemption,
    Minors,
    Plan,
    PlannedSilence,
    Review,
    RuleSetUsed,
    Statement,
    StreamAction,
    Style,
    Verdict,
    decisions_digest,
    dumps,
    duties,
    read_consent,
    read_papers,
    read_plan,
)
from unseen.rules import Form, Identifier, Paper, Scope, Setting

TODAY = datetime.date(2026, 11, 22)
DAY = datetime.timedelta(days=1)


def held_to(names: str, plan: Plan | None = None, **case: Any) -> Plan:
    """A plan under rules, with everything on paper and everything looked for unless said otherwise."""
    said: dict[str, Any] = {
        "place": Setting.ELSEWHERE,
        "minors": Minors.NO,
        "papers": dict.fromkeys(Paper, "ref 1"),
        "keep_days": 30,
    }
    made = replace(
        plan or make_plan(),
        rules=tuple(RuleSetUsed(each, rules.digest(each)) for each in rules.load_all(names)),
        case=Case(**(said | case)),
        looked_for=tuple(i for i in Identifier if i.direct),
    )
    return replace(made, review=Review("R. Eviewer", TODAY, decisions_digest(made)))


def consent(**more: Any) -> Consent:
    said: dict[str, Any] = {
        "reference": "form 7",
        "attested_by": "records office",
        "on": TODAY - 9 * DAY,
        "scopes": (Scope.PUBLICATION,),
        "forms": (Form.SEPARATE,),
    }
    return Consent(**(said | more))


def keep(plan: Plan, given: Consent | None) -> Plan:
    kept = plan.decide(plan.tracks[0].track.id, Decision(Action.KEEP, "ana", "agreed"), given)
    return replace(kept, review=Review("R. Eviewer", TODAY, decisions_digest(kept)))


CN = "cn-public-video-release"


@pytest.mark.parametrize("name", rules.names())
def test_a_plan_with_everything_meets_each_rule_set(name: str) -> None:
    plan = held_to(name, keep_days={"cn-frt-draft-2023": 0, "eu-cctv-keep": 3}.get(name, 30))
    asked = duties.check(plan, TODAY)
    assert asked.required_checks == rules.load(name).release.required_checks
    assert read_plan(dumps(plan)) == plan


@pytest.mark.parametrize("setting", [s for s in Setting if s not in (Setting.ELSEWHERE, Setting.SAUNA)])
def test_a_refused_place_blocks_before_anything_else(setting: Setting) -> None:
    with pytest.raises(RuleError, match=r"refused by cn-public-video-release, .*, art\. 8"):
        duties.check(held_to(CN, place=setting, minors=Minors.YES), TODAY)


@pytest.mark.parametrize(("left_out", "article"), [("place", "art. 8"), ("minors", "art. 31")])
def test_an_answer_that_is_asked_for_has_to_be_given(left_out: str, article: str) -> None:
    with pytest.raises(UsageError, match=article):
        duties.check(held_to(CN, **{left_out: None}), TODAY)


def test_where_no_rule_asks_nothing_has_to_be_said() -> None:
    duties.check(held_to("default", place=None, minors=None, papers={}, keep_days=None), TODAY)


@pytest.mark.parametrize("paper", [Paper.CALL_UP_REGISTER, Paper.IMPACT_ASSESSMENT, Paper.PROCESSING_RECORD])
def test_a_missing_paper_blocks_and_its_article_is_named(paper: Paper) -> None:
    there = {p: "ref" for p in Paper if p is not paper}
    with pytest.raises(RuleError, match=rf"art\. \d+ asks for this on paper: {paper}"):
        duties.check(held_to(CN, papers=there), TODAY)


@pytest.mark.parametrize(
    ("days", "said"), [(None, r"art\. 19 asks how long"), (29, r"art\. 17 keeps originals at least 30 days")]
)
def test_a_stated_retention_lies_between_minimum_and_maximum(days: int | None, said: str) -> None:
    with pytest.raises(RuleError, match=said):
        duties.check(held_to(CN, keep_days=days), TODAY)
    with pytest.raises(RuleError, match=r"para 121 at most|keeps originals at most 3 days"):
        duties.check(held_to("eu-cctv-keep", keep_days=4), TODAY)


@pytest.mark.parametrize("identifier", [Identifier.FACES, Identifier.PLATES, Identifier.TEXT])
def test_what_nobody_looked_for_blocks_until_a_person_answers(identifier: Identifier) -> None:
    plan = held_to(CN)
    plan = replace(plan, looked_for=tuple(i for i in plan.looked_for if i is not identifier))
    with pytest.raises(RuleError, match=rf"art\. 22 asks for {identifier} to be covered"):
        duties.check(plan, TODAY)
    with pytest.raises(RuleError, match=f"{identifier}"):
        duties.check(plan.state(Statement(identifier, Verdict.LEFT, "ana", "there are some")), TODAY)
    duties.check(plan.state(Statement(identifier, Verdict.ABSENT, "ana", "looked, none there")), TODAY)


def test_what_a_person_says_is_left_blocks_although_a_finder_looked() -> None:
    plan = held_to(CN).state(Statement(Identifier.PLATES, Verdict.LEFT, "ana", "one at the end"))
    with pytest.raises(RuleError, match=r"art\. 22 asks for plates to be covered, and ana says that some are left"):
        duties.check(plan, TODAY)


def test_sound_that_is_kept_is_a_voice_that_is_not_covered() -> None:
    plan = held_to("eu-cctv-keep", keep_days=3)
    plan = replace(plan, streams=(plan.streams[0], replace(plan.streams[1], action=StreamAction.KEEP)))
    with pytest.raises(RuleError, match="para 129 asks for voices"):
        duties.check(plan, TODAY)


def test_silenced_speech_covers_voices_where_they_were_looked_for_and_none_is_kept() -> None:
    plan = held_to("eu-cctv-keep", keep_days=3)
    plan = replace(plan, streams=(plan.streams[0], replace(plan.streams[1], action=StreamAction.REDACT)))
    duties.check(plan, TODAY)
    deaf = replace(plan, looked_for=tuple(i for i in plan.looked_for if i is not Identifier.VOICES))
    kept = PlannedSilence("voice-1", Span(Fraction(0), Fraction(1)), Decision(Action.KEEP, "ana", "her own"))
    for worse in (deaf, replace(plan, silences=(kept,))):
        with pytest.raises(RuleError, match="para 129 asks for voices"):
            duties.check(worse, TODAY)


def test_a_voice_stays_audible_under_no_rule_that_asks_for_consent() -> None:
    kept = PlannedSilence("voice-1", Span(Fraction(0), Fraction(1)), Decision(Action.KEEP, "ana", "her own"))
    plan = replace(held_to(CN), silences=(kept,))
    with pytest.raises(RuleError, match=r"voice-1 stays audible, and .* art\. 25"):
        duties.check(plan, TODAY)


def test_what_a_finder_saw_only_in_part_needs_a_persons_word() -> None:
    blind = BlindSpot("bodies from 3 to 4 s", "the camera moves", Identifier.BODIES)
    plan = replace(held_to("kr-mobile"), blind_spots=(blind,))
    with pytest.raises(RuleError, match="bodies to be covered, and nobody looked for them everywhere"):
        duties.check(plan, TODAY)
    duties.check(plan.state(Statement(Identifier.BODIES, Verdict.COVERED, "ana", "looked")), TODAY)


def test_a_recording_has_no_faces_to_look_for() -> None:
    plan = held_to("kr-mobile")
    media = replace(
        plan.source.media,
        kind=MediaKind.AUDIO,
        picture=None,
        frame_times=None,
        sound=SoundFormat(48_000, "mono", 1, 16, 9, Fraction(0)),
    )
    duties.check(replace(plan, looked_for=(), source=replace(plan.source, media=media)), TODAY)


def test_a_review_that_is_asked_for_has_to_be_of_these_decisions() -> None:
    plan = held_to(CN)
    with pytest.raises(RuleError, match="signs for these decisions"):
        duties.check(replace(plan, review=None), TODAY)
    changed = plan.decide(plan.tracks[0].track.id, Decision(Action.COVER, "bo", "after the signature"))
    with pytest.raises(RuleError, match="signs for these decisions"):
        duties.check(changed, TODAY)


def test_covers_are_held_to_the_rules_also_in_a_plan_that_was_edited() -> None:
    with pytest.raises(UsageError, match="padding"):
        duties.check(replace(held_to(CN), cover=Cover(padding=0.1)), TODAY)
    with pytest.raises(UsageError, match="mosaic"):
        duties.check(replace(held_to(CN), cover=Cover(Style.MOSAIC)), TODAY)


def test_who_stays_visible_needs_a_consent_where_the_rules_ask_for_one() -> None:
    with pytest.raises(RuleError, match=r"track t1 stays visible, and .* art\. 25 asks for a consent"):
        duties.check(keep(held_to(CN), None), TODAY)
    duties.check(keep(held_to(CN), consent()), TODAY)
    duties.check(keep(held_to("eu-access-request"), None), TODAY)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"withdrawn": TODAY}, "form 7 was withdrawn on 2026-11-22"),
        ({"withdrawn": TODAY - DAY}, "was withdrawn"),
        ({"until": TODAY - DAY}, "form 7 ended on 2026-11-21"),
        ({"on": TODAY + DAY}, "is only of"),
        ({"scopes": (Scope.DISCLOSURE,)}, "is not for publication"),
        ({"forms": (Form.WRITTEN,)}, "is not separate"),
    ],
)
def test_a_consent_that_does_not_hold_blocks(change: dict[str, Any], said: str) -> None:
    with pytest.raises(RuleError, match=said):
        duties.check(keep(held_to(CN), consent(**change)), TODAY)


@pytest.mark.parametrize("change", [{"until": TODAY}, {"withdrawn": TODAY + DAY}, {"on": TODAY}])
def test_a_consent_holds_on_its_last_day(change: dict[str, Any]) -> None:
    duties.check(keep(held_to(CN), consent(**change)), TODAY)


def test_a_withdrawn_consent_blocks_under_rules_that_ask_for_none() -> None:
    with pytest.raises(RuleError, match="withdrawn"):
        duties.check(keep(held_to("default"), consent(withdrawn=TODAY)), TODAY)


@pytest.mark.parametrize("minors", [Minors.YES, Minors.UNKNOWN])
def test_a_minor_stays_visible_only_by_a_guardians_word(minors: Minors) -> None:
    minor = consent(minor=True)
    with pytest.raises(RuleError, match=r"is not guardian, which .* art\. 31 asks for"):
        duties.check(keep(held_to(CN, minors=minors), minor), TODAY)
    duties.check(keep(held_to(CN, minors=minors), consent(minor=True, forms=(Form.SEPARATE, Form.GUARDIAN))), TODAY)
    duties.check(keep(held_to(CN, minors=minors), consent()), TODAY)


@pytest.mark.parametrize(("minors", "allowed"), [(Minors.YES, False), (Minors.UNKNOWN, False), (Minors.NO, True)])
def test_where_minors_may_be_no_cover_can_be_undone(minors: Minors, allowed: bool) -> None:
    asked = duties.asked_of([rules.load("default")], Case())
    asked = replace(asked, minors=rules.combine([rules.load("hr-witness")]).minors)
    if allowed:
        duties.check_cover(asked, Case(minors=minors), "blur", 0.2)
    else:
        with pytest.raises(UsageError, match="younger than 18"):
            duties.check_cover(asked, Case(minors=minors), "blur", 0.2)


def test_an_exception_names_its_authority_lifts_its_article_and_ends() -> None:
    lifted = Exemption(rules="eu-cctv-keep", article="para 121", authority="court 3", reason="evidence", until=TODAY)
    plan = held_to("cn-public-video-release,eu-cctv-keep", exceptions=(lifted,))
    duties.check(plan, TODAY)
    with pytest.raises(RuleError, match="the exception to para 121 of eu-cctv-keep ended"):
        duties.check(plan, TODAY + DAY)
    with pytest.raises(UsageError, match="contradict"):
        duties.check(held_to("cn-public-video-release,eu-cctv-keep"), TODAY)


def test_a_rule_set_that_was_changed_inside_a_plan_is_refused() -> None:
    document = dumps(held_to(CN))
    changed = document.replace(b'"least_padding": 0.15', b'"least_padding": 0.01')
    assert changed != document
    with pytest.raises(PlanError, match="not the one whose digest"):
        read_plan(changed)


def test_unconfirmed_rules_warn_and_name_the_article() -> None:
    said = duties.warnings(rules.combine(rules.load_all("cn-frt-draft-2023")))
    assert any("art. 17" in text and "not confirmed" in text for text in said)
    assert duties.warnings(rules.combine(rules.load_all(CN))) == ()


PAPERS = """
keep_days = 45
[papers]
purpose = "case 12"
[[exceptions]]
rules = "eu-cctv-keep"
article = "para 121"
authority = "court 3"
reason = "evidence"
"""
CONSENT = """
reference = "form 7"
attested_by = "records office"
on = 2026-11-01
scopes = ["publication"]
"""


def test_papers_are_read_and_anything_unknown_in_them_refused(tmp_path: Path) -> None:
    path = tmp_path / "papers.toml"
    path.write_text(PAPERS)
    case = read_papers(path).case(Setting.ELSEWHERE, None)
    assert (case.keep_days, case.papers, case.exceptions[0].authority) == (45, {Paper.PURPOSE: "case 12"}, "court 3")
    for broken in (
        PAPERS.replace("purpose", "porpoise"),
        PAPERS.replace('authority = "court 3"\n', ""),
        PAPERS.replace('"evidence"', '""'),
        "keep_days = -1",
        "days = 3",
        "[",
    ):
        path.write_text(broken)
        with pytest.raises(UsageError, match="is not as it has to be"):
            read_papers(path)
    with pytest.raises(UsageError, match="cannot be read"):
        read_papers(tmp_path / "gone.toml")


def test_a_consent_has_no_place_for_a_name(tmp_path: Path) -> None:
    path = tmp_path / "consent.toml"
    path.write_text(CONSENT)
    assert read_consent(path).on == datetime.date(2026, 11, 1)
    path.write_text(CONSENT + 'name = "Ana"\n')
    with pytest.raises(UsageError, match="name"):
        read_consent(path)
    json = tmp_path / "consent.json"
    json.write_text(
        '{"reference": "7", "attested_by": "me", "on": "2026-11-01", "scopes": ["disclosure"], "until": "2027-01-01"}'
    )
    assert read_consent(json).until == datetime.date(2027, 1, 1)
