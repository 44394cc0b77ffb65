"""Whatever a reviewer does to a plan: it stays a plan, says who and why, and undo restores what was there."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make import Clip, Sound, write_clip
from reviewing import plan_of, seen

from unseen.core import Kind, Origin, Region, Span, Track
from unseen.errors import UsageError
from unseen.plan import (
    Action,
    Decision,
    Looked,
    Plan,
    PlannedSilence,
    Review,
    RuleSetUsed,
    Settled,
    StreamAction,
    Style,
    Verdict,
    decisions_digest,
    dumps,
    read_plan,
)
from unseen.plan.document import line, parse
from unseen.review import doubts, edits, history
from unseen.review.editing import edited
from unseen.review.history import Past
from unseen.rules import Identifier, digest, load

PICTURES = 30
WHO = "R. Eviewer"
TODAY = datetime.date(2026, 11, 1)


def box(x: float, y: float = 10, side: float = 16) -> Region:
    return Region(x, y, side, side)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Thirty pictures, ten a second; two faces that meet, one more later, and speech that was found."""
    clip = Clip(ticks=range(PICTURES), sounds=(Sound(seconds=3.0),))
    path = write_clip(tmp_path_factory.mktemp("edits") / "clip.mp4", clip)
    tracks = [
        seen("face-1", (0, box(5)), (Fraction(1, 2), box(15)), (1, box(25))),
        seen("face-2", (Fraction(1, 2), box(30)), (Fraction(3, 2), box(20))),
        seen("face-3", (2, box(60)), (Fraction(29, 10), box(70))),
    ]
    found = Decision(Action.COVER, "unseen", "found")
    made = plan_of(path, tracks, StreamAction.REDACT)
    speech = PlannedSilence("voice-1", Span(Fraction(1), Fraction(2)), found, 0.9)
    return read_plan(dumps(replace(made, silences=(speech,))))


def track(plan: Plan, name: str) -> Track:
    return next(p.track for p in plan.tracks if p.track.id == name)


def regions(plan: Plan, name: str) -> dict[int, Region | None]:
    return {n: track(plan, name).region_at(Fraction(n, 10)) for n in range(PICTURES)}


def test_a_decision_says_who_and_why(plan: Plan) -> None:
    after = edited(plan, edits.Decide(("face-1", "voice-1"), Action.KEEP, "asked"), WHO)
    assert after.tracks[0].decision == after.silences[0].decision == Decision(Action.KEEP, WHO, "asked")
    assert after.tracks[1:] == plan.tracks[1:]
    with pytest.raises(UsageError, match="no track 'nobody'"):
        edited(plan, edits.Decide(("nobody",), Action.KEEP, "asked"), WHO)


def test_what_a_finder_saw_is_dropped_by_a_decision_and_what_was_drawn_goes(plan: Plan) -> None:
    drawn = edited(plan, edits.Draw(3, 5, (1, 1, 9, 9), Kind.FACE), WHO)
    assert track(drawn, "face-4").span == Span(Fraction(3, 10), Fraction(1, 2))
    after = edited(drawn, edits.Remove(("face-4", "face-3"), "a poster"), WHO)
    assert [p.track.id for p in after.tracks] == ["face-1", "face-2", "face-3"]
    assert after.tracks[2].decision == Decision(Action.KEEP, WHO, "a poster")


def test_moving_what_a_finder_saw_does_not_make_it_drawn(plan: Plan) -> None:
    """Otherwise a found face could be taken out of the plan without a trace."""
    moved = edited(plan, edits.Place("face-1", 0, (1, 1, 9, 9)), WHO)
    assert "face-1" in {p.track.id for p in edited(moved, edits.Remove(("face-1",), "x"), WHO).tracks}


def test_both_parts_of_a_split_cover_what_the_whole_did(plan: Plan) -> None:
    after = edited(plan, edits.Split("face-1", 7), WHO)
    assert [p.track.id for p in after.tracks] == ["face-1", "face-4", "face-2", "face-3"]
    whole, left, right = regions(plan, "face-1"), regions(after, "face-1"), regions(after, "face-4")
    for n in range(PICTURES):
        assert (left[n] is not None, right[n] is not None) == (n < 7, 7 <= n <= 10)
        part = left[n] or right[n]
        assert close(part, whole[n])
    for frame in (0, 11):
        with pytest.raises(UsageError, match="cannot be split"):
            edited(plan, edits.Split("face-1", frame), WHO)


def close(one: Region | None, other: Region | None) -> bool:
    if one is None or other is None:
        return one is other
    return all(abs(getattr(one, n) - getattr(other, n)) < 1e-6 for n in ("x", "y", "width", "height"))


def test_a_join_bridges_the_gap_and_says_so(plan: Plan) -> None:
    after = edited(plan, edits.Join(("face-3", "face-1")), WHO)
    assert [p.track.id for p in after.tracks] == ["face-1", "face-2"]
    path = regions(after, "face-1")
    assert all(path[n] is not None for n in range(PICTURES))
    bridged = [k.time for k in track(after, "face-1").keyframes if k.origin is Origin.BRIDGED]
    assert bridged == [Fraction(11, 10), Fraction(19, 10)]
    assert any(d.reason.name == "BRIDGED" for d in doubts(after))


def test_a_join_with_what_is_kept_is_covered(plan: Plan) -> None:
    kept = edited(plan, edits.Decide(("face-3",), Action.KEEP, "asked"), WHO)
    assert edited(kept, edits.Join(("face-1", "face-3")), WHO).tracks[0].decision.action is Action.COVER


def test_what_is_there_at_once_or_of_another_kind_is_not_joined(plan: Plan) -> None:
    with pytest.raises(UsageError, match="at the same time"):
        edited(plan, edits.Join(("face-1", "face-2")), WHO)
    plates = edited(plan, edits.Retype("face-3", Kind.PLATE), WHO)
    with pytest.raises(UsageError, match="the other a plate"):
        edited(plates, edits.Join(("face-1", "face-3")), WHO)


def test_a_trim_leaves_the_rest_where_it_was(plan: Plan) -> None:
    after = edited(plan, edits.Trim("face-1", 3, 8), WHO)
    before, path = regions(plan, "face-1"), regions(after, "face-1")
    for n in range(PICTURES):
        assert close(path[n], before[n] if 3 <= n <= 8 else None)
    with pytest.raises(UsageError, match="nothing of the track"):
        edited(plan, edits.Trim("face-1", 20, 25), WHO)


def test_a_keyframe_moves_its_neighbours_along_and_nothing_far_away(plan: Plan) -> None:
    long = edited(plan, edits.Draw(0, 29, (10, 10, 10, 10), Kind.FACE), WHO)
    after = edited(long, edits.Place("face-4", 15, (20, 10, 10, 10)), WHO)
    path = regions(after, "face-4")
    assert path[15] == Region(20, 10, 10, 10)
    assert path[14] is not None and 10 < path[14].x < 20
    assert path[4] == path[26] == Region(10, 10, 10, 10)
    again = edited(after, edits.Place("face-4", 18, (20, 10, 10, 10)), WHO)
    between = [regions(again, "face-4")[n] for n in (15, 16, 17, 18)]
    assert all(region is not None and close(region, Region(20, 10, 10, 10)) for region in between)
    back = edited(after, edits.Unplace("face-4", 15), WHO)
    assert close(regions(back, "face-4")[15], Region(10, 10, 10, 10))


def test_a_keyframe_beyond_the_end_makes_the_track_longer(plan: Plan) -> None:
    after = edited(plan, edits.Place("face-1", 20, (45, 10, 16, 16)), WHO)
    assert track(after, "face-1").span.end == 2
    assert regions(after, "face-1")[10] == regions(plan, "face-1")[10]


def test_the_last_keyframe_stays(plan: Plan) -> None:
    one = edited(plan, edits.Draw(3, 3, (1, 1, 9, 9), Kind.FACE), WHO)
    with pytest.raises(UsageError, match="only keyframe"):
        edited(one, edits.Unplace("face-4", 3), WHO)
    with pytest.raises(UsageError, match="no keyframe in this picture"):
        edited(one, edits.Unplace("face-1", 3), WHO)


def test_covers_of_a_style_that_the_rules_refuse_are_refused(plan: Plan) -> None:
    after = edited(plan, edits.Restyle(Style.MOSAIC, "#ff0000", 0.3), WHO)
    assert (after.cover.style, after.cover.rgb, after.cover.padding) == (Style.MOSAIC, (255, 0, 0), 0.3)
    with pytest.raises(UsageError, match="padding"):
        edited(plan, edits.Restyle(Style.SOLID, "#ff0000", 3.0), WHO)
    with pytest.raises(UsageError, match="colour"):
        edited(plan, edits.Restyle(Style.SOLID, "red", 0.2), WHO)


def test_one_track_is_covered_in_a_style_of_its_own(plan: Plan) -> None:
    after = edited(plan, edits.Dress(("face-1", "face-3"), Style.BLUR), WHO)
    assert [c.style for _, c in after.covers()] == [Style.BLUR, Style.BLUR, Style.SOLID]
    assert [t.id for t, _ in after.covers()] == ["face-1", "face-3", "face-2"]  # nothing coarse over what is solid
    assert {c.rgb for _, c in after.covers()} == {plan.cover.rgb}
    assert {(p.decision.by, p.decision.why) for p in after.tracks} == {
        (WHO, "found; covered as blur"),
        ("unseen", "found"),
    }
    mosaic = edited(after, edits.Dress(("face-1",), Style.MOSAIC), WHO).tracks[0].decision
    assert (mosaic.why, mosaic.style) == ("found; covered as mosaic", Style.MOSAIC)
    assert decisions_digest(after) != decisions_digest(plan)
    assert [c for _, c in edited(after, edits.Dress(("face-1", "face-3"), None), WHO).covers()] == [plan.cover] * 3
    one = edited(plan, edits.Dress(("face-1",), Style.BLUR), WHO)
    assert edited(one, edits.Join(("face-1", "face-3")), WHO).tracks[0].decision.style is None
    strict = replace(plan, rules=(RuleSetUsed(load("hr-witness"), digest(load("hr-witness"))),))
    with pytest.raises(UsageError, match="mosaic"):
        edited(strict, edits.Dress(("face-1",), Style.MOSAIC), WHO)


def test_a_stretch_of_sound_is_muted_and_let_be(plan: Plan) -> None:
    after = edited(plan, edits.Mute(0.25, 0.5), WHO)
    assert after.silences[1].span == Span(Fraction(1, 4), Fraction(1, 2))
    assert edited(after, edits.Unmute("mute-1"), WHO) == plan
    with pytest.raises(UsageError, match="speech was found"):
        edited(plan, edits.Unmute("voice-1"), WHO)
    silent = replace(plan, streams=tuple(replace(s, action=StreamAction.REMOVE) for s in plan.streams))
    with pytest.raises(UsageError, match="no sound is left"):
        edited(silent, edits.Mute(0.25, 0.5), WHO)


def test_keeping_one_person_covers_everybody_else_and_lists_where_they_meet(plan: Plan) -> None:
    kept = edited(plan, edits.Decide(("face-3",), Action.KEEP, "first"), WHO)
    after = edited(kept, edits.Only(("face-1",), "her request"), WHO)
    assert [p.decision.action for p in after.tracks] == [Action.KEEP, Action.COVER, Action.COVER]
    assert after.tracks[1] is kept.tracks[1]  # nobody decided anything new about it
    (met,) = (d for d in doubts(after) if d.reason.name == "CROSSING")
    assert (met.track_id, met.other) == ("face-1", "face-2")
    assert met.span.start >= Fraction(1, 2)


def test_a_doubtful_place_that_is_right_is_settled_once(plan: Plan) -> None:
    kept = edited(plan, edits.Decide(("face-3",), Action.KEEP, "asked"), WHO)
    place = doubts(kept)[0].id
    after = edited(kept, edits.Accept(place, "a poster"), WHO)
    assert after.settled == (Settled(place, WHO, "a poster"),)
    assert edited(after, edits.Accept(place, "yes"), WHO).settled == (Settled(place, WHO, "yes"),)
    with pytest.raises(UsageError, match="no such doubtful place"):
        edited(plan, edits.Accept(place, "a poster"), WHO)


def signature(plan: Plan, by: str) -> edits.Sign:
    return edits.Sign(Review(by, TODAY, decisions_digest(plan), Looked(30, 15, 2, 1)))


def test_a_second_reviewer_is_somebody_else_and_signs_for_the_same(plan: Plan) -> None:
    first = edited(plan, signature(plan, "A"), "A")
    assert (first.review and first.review.by, first.second_review) == ("A", None)
    both = edited(first, signature(plan, "B"), "B")
    assert (both.review and both.review.by, both.second_review and both.second_review.by) == ("A", "B")
    assert edited(first, signature(plan, "A"), "A").second_review is None
    changed = edited(both, edits.Trim("face-1", 0, 5), WHO)
    with pytest.raises(UsageError, match="has changed since"):
        edited(changed, signature(plan, "B"), "B")
    anew = edited(changed, signature(changed, "B"), "B")
    assert (anew.review and anew.review.by, anew.second_review) == ("B", None)
    with pytest.raises(ValueError, match="somebody else"):
        replace(first, second_review=first.review)


def test_nobody_looks_at_more_than_there_is() -> None:
    with pytest.raises(ValueError, match="more than there is"):
        Looked(10, 11, 0, 0)


CHANGES: list[Callable[[int, int], edits.Asked]] = [
    lambda a, b: edits.Decide((f"face-{1 + a % 5}",), Action.KEEP if b % 2 else Action.COVER, "why"),
    lambda a, b: edits.Remove((f"face-{1 + a % 5}",), "why"),
    lambda a, b: edits.Split(f"face-{1 + a % 5}", b),
    lambda a, b: edits.Join((f"face-{1 + a % 5}", f"face-{1 + b % 5}")),
    lambda a, b: edits.Trim(f"face-{1 + a % 5}", min(a, b), max(a, b)),
    lambda a, b: edits.Retype(f"face-{1 + a % 5}", list(Kind)[b % 5]),
    lambda a, b: edits.Restyle(list(Style)[a % 3], "#102030", b / 40),
    lambda a, b: edits.Dress((f"face-{1 + a % 5}",), [None, *Style][b % 4]),
    lambda a, b: edits.Place(f"face-{1 + a % 5}", b, (a - 3.0, b, 1.0 + a, 5.0)),
    lambda a, b: edits.Unplace(f"face-{1 + a % 5}", b),
    lambda a, b: edits.Draw(a, b, (a, b, 1.0 + b, 2.0), Kind.FACE),
    lambda a, b: edits.Mute(a / 10, b / 10),
    lambda a, b: edits.Unmute(f"mute-{a % 3}"),
    lambda a, b: edits.State(list(Identifier)[a % len(Identifier)], list(Verdict)[b % 3], "why"),
    lambda a, b: edits.Only((f"face-{1 + a % 5}",), "why"),
]
numbers = st.integers(0, PICTURES)
steps = st.lists(st.builds(lambda change, a, b: change(a, b), st.sampled_from(CHANGES), numbers, numbers), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_any_edits_give_a_plan_and_undo_restores_each_one_before(plan: Plan, asked: list[edits.Asked]) -> None:
    past = Past(plan)
    stations = [plan]
    for edit in asked:
        assert parse(edits.Kept, line(edit)) == edit
        try:
            after = edited(past.plan, edit, WHO)
        except UsageError:
            continue
        assert read_plan(dumps(after)) == after
        past.step(after)
        stations.append(after)
    for before in reversed(stations[:-1]):
        past.back()
        assert past.plan is before
    for after in stations[1:]:
        past.again()
        assert past.plan is after


def test_the_saboteur_that_forgets_a_step_is_seen(plan: Plan) -> None:
    past = Past(plan)
    past.step(edited(plan, edits.Trim("face-1", 0, 5), WHO))
    past.before.pop()
    with pytest.raises(UsageError, match="nothing to undo"):
        past.back()


def test_a_history_leads_to_the_plan_or_is_not_believed(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "plan.history"
    history.begin(path, plan)
    after = edited(plan, edits.Trim("face-1", 0, 5), WHO)
    history.note(path, history.Step(edits.Trim("face-1", 0, 5), WHO, history.digest(after)))
    assert (found := history.recalled(path, after)) is not None and found.before == [plan]
    assert (late := history.recalled(path, plan)) is not None and late.plan == after  # killed between the two writes
    other = edited(plan, edits.Trim("face-2", 6, 9), WHO)
    assert history.recalled(path, other) is None  # changed behind our back
    with path.open("ab") as file:
        file.write(b'{"type":"Step","edit":{"do":"tr')  # power lost in the middle of a line
    assert history.recalled(path, after) is not None
    path.write_bytes(path.read_bytes().replace(b'"last":5', b'"last":6'))
    assert history.recalled(path, after) is None  # the saboteur: another edit than the one that was made
