"""Samples: drawn from everything and from risks, answered by a person, and what the answers allow to say."""

import json
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from test_plan import make_plan

from unseen.core import (
    FrameTimes,
    Keyframe,
    Kind,
    MediaInfo,
    MediaKind,
    Origin,
    Region,
    SoundFormat,
    Span,
    StreamInfo,
    StreamKind,
    Track,
)
from unseen.errors import PlanError, UsageError
from unseen.plan import (
    Action,
    Answer,
    Decision,
    Place,
    Plan,
    PlannedSilence,
    PlannedTrack,
    Risk,
    Sample,
    StreamAction,
    StreamDecision,
    Subject,
    dumps,
    read_plan,
)
from unseen.sample import (
    Answers,
    Looks,
    current_sample,
    draw,
    estimate,
    question,
    read_answers,
    record_answers,
    whereabouts,
)
from unseen.sample.estimate import CHANGED, NOBODY

LOOKS = Looks(30, 20, 0, 4)
COVER = Decision(Action.COVER, "unseen", "found")


def track(name: str, *frames: tuple[int, float, Origin, float | None, float]) -> Track:
    """Keyframes as (picture number, x, origin, score, width)."""
    return Track(
        name,
        Kind.FACE,
        tuple(Keyframe(Fraction(n, 10), Region(x, 50, w, w), origin, score) for n, x, origin, score, w in frames),
    )


def clip_plan(*tracks: Track, pictures: int = 300) -> Plan:
    """A plan of a clip of ten pictures a second."""
    plan = make_plan()
    media = replace(plan.source.media, frame_times=FrameTimes.from_ticks(Fraction(1, 10), range(pictures)))
    planned = tuple(PlannedTrack(t, COVER) for t in tracks)
    return replace(plan, source=replace(plan.source, media=media), tracks=planned)


STEADY = track("steady", (0, 100, Origin.SEEN, 0.9, 80), (200, 100, Origin.SEEN, 0.9, 80))
SMALL = track("small", (10, 300, Origin.SEEN, 0.9, 12), (30, 300, Origin.SEEN, 0.9, 12))
DOUBTED = track("doubted", (40, 300, Origin.SEEN, 0.3, 60), (45, 300, Origin.LINKED, 0.2, 60))
GUESSED = track("guessed", (50, 300, Origin.SEEN, 0.9, 60), (60, 320, Origin.BRIDGED, None, 60))
FAST = track("fast", (70, 0, Origin.SEEN, 0.9, 60), (75, 300, Origin.SEEN, 0.9, 60))


@pytest.fixture
def plan() -> Plan:
    return clip_plan(STEADY, SMALL, DOUBTED, GUESSED, FAST)


def sample_of(plan: Plan) -> Sample:
    sample = current_sample(plan)
    assert sample is not None
    return sample


def answer_all(plan: Plan, *, missed: tuple[int, ...] = ()) -> Plan:
    sample = sample_of(plan)
    answers = tuple(Answer(p.number, (Kind.FACE,) if p.number in missed else ()) for p in sample.places)
    return record_answers(plan, Answers(sample.seed, "ana", answers))


def test_a_sample_is_drawn_from_everything_and_from_each_risk(plan: Plan) -> None:
    sample = sample_of(draw(plan, 1, LOOKS))
    pictures = [p for p in sample.places if p.subject is Subject.PICTURE]
    covers = [p for p in sample.places if p.subject is Subject.COVER]
    assert (sum(p.base for p in pictures), sum(p.base for p in covers)) == (30, 20)
    assert {p.risk for p in pictures if not p.base} == {Risk.EMPTY}
    assert {p.risk for p in covers if not p.base} == {Risk.NOT_SEEN, Risk.LOW_SCORE, Risk.SMALL, Risk.FAST}
    assert {p.track for p in covers if p.risk is Risk.SMALL} == {"small"}
    assert len({(p.time, p.track) for p in sample.places}) == len(sample.places)
    sizes = {(s.subject, s.risk): s.size for s in sample.strata}
    assert sizes[Subject.PICTURE, Risk.ORDINARY] == 201
    assert sizes[Subject.PICTURE, Risk.EMPTY] == 99
    assert sizes[Subject.COVER, Risk.SMALL] == 21
    assert sum(n for (subject, _), n in sizes.items() if subject is Subject.COVER) == 201 + 21 + 6 + 11 + 6


def test_every_drawn_cover_is_where_the_track_is_at_a_time_that_is_shown(plan: Plan) -> None:
    shown = set(plan.source.media.frame_times or ())
    tracks = {t.id: t for t in plan.covered()}
    for place in sample_of(draw(plan, 5, LOOKS)).places:
        assert place.time in shown
        if place.track is not None:
            assert tracks[place.track].region_at(place.time) == place.region is not None


def test_every_place_has_the_same_chance(plan: Plan) -> None:
    """Chi-square over pictures and over covers, of the base drawn with 600 seeds."""
    drawn = [sample_of(draw(plan, seed, Looks(10, 10, 0, 0))).places for seed in range(600)]
    for subject, size in ((Subject.PICTURE, 300), (Subject.COVER, 245)):
        counts: dict[object, int] = {}
        for place in (p for places in drawn for p in places if p.subject is subject):
            counts[place.time, place.track] = counts.get((place.time, place.track), 0) + 1
        expected = 6000 / size
        chi = sum((n - expected) ** 2 for n in counts.values()) / expected + expected * (size - len(counts))
        assert chi < size + 4 * (2 * size) ** 0.5


def test_the_same_seed_draws_the_same_and_another_seed_does_not(plan: Plan) -> None:
    assert draw(plan, 3, LOOKS) == draw(plan, 3, LOOKS) != draw(plan, 4, LOOKS)


def test_dark_and_crowded_pictures_are_risks() -> None:
    crowd = [track(f"t{n}", (0, 60.0 * n, Origin.SEEN, 0.9, 50), (9, 60.0 * n, Origin.SEEN, 0.9, 50)) for n in range(5)]
    dark = np.zeros(300, bool)
    dark[5:20] = True
    sample = sample_of(draw(clip_plan(*crowd), 1, LOOKS, dark))
    sizes = {s.risk: s.size for s in sample.strata if s.subject is Subject.PICTURE}
    assert sizes == {Risk.DARK: 15, Risk.CROWDED: 5, Risk.EMPTY: 280}
    assert sample.dark_known and not sample_of(draw(clip_plan(*crowd), 1, LOOKS)).dark_known


def test_of_a_photo_everything_is_looked_at() -> None:
    plan = clip_plan(track("t1", (0, 10, Origin.SEEN, 0.9, 50)), pictures=1)
    answered = answer_all(draw(plan, 1, Looks()))
    assert [(b.subject, b.looked, b.upper) for b in estimate(answered).bounds if b.kind is Kind.FACE] == [
        (Subject.PICTURE, 1, 0.0),
        (Subject.COVER, 1, 0.0),
    ]


def test_what_is_kept_visible_is_no_miss_to_look_for(plan: Plan) -> None:
    kept = plan.decide("steady", Decision(Action.KEEP, "ana", "consented"))
    assert all(p.track != "steady" for p in sample_of(draw(kept, 1, LOOKS)).places)


def test_nobody_looking_is_said(plan: Plan) -> None:
    assert estimate(plan).said == NOBODY
    drawn = estimate(draw(plan, 1, LOOKS))
    assert (drawn.said, drawn.bounds) == (NOBODY, ())


def test_answers_bound_what_is_missed(plan: Plan) -> None:
    answered = answer_all(draw(plan, 1, Looks(59, 20, 0, 4)))
    residual = estimate(answered)
    overall = next(b for b in residual.bounds if b.risk is None and b.subject is Subject.PICTURE)
    assert (overall.looked, overall.missed, overall.size) == (59, 0, 300)
    assert 0.03 < overall.upper < 1 - 0.05 ** (1 / 59)
    places = len(sample_of(answered).places)
    assert (residual.by, residual.drawn, residual.answered) == ("ana", places, places)


def test_a_miss_drawn_for_its_risk_counts_there_and_not_over_everything(plan: Plan) -> None:
    drawn = draw(plan, 1, LOOKS)
    extra = next(p for p in sample_of(drawn).places if p.risk is Risk.SMALL and not p.base)
    found = estimate(answer_all(drawn, missed=(extra.number,))).bounds
    bounds = {(b.subject, b.risk): b for b in found if b.kind is Kind.FACE}
    assert bounds[Subject.COVER, Risk.SMALL].missed == 1
    assert bounds[Subject.COVER, None].missed == 0


def test_places_without_an_answer_and_unsure_ones_count_as_missed(plan: Plan) -> None:
    drawn = draw(plan, 1, LOOKS)
    sample = sample_of(drawn)
    partly = record_answers(drawn, Answers(1, "ana", (Answer(1, unsure=True), Answer(2))))
    missed = sum(b.missed for b in estimate(partly).bounds if b.risk is None and b.kind is Kind.FACE)
    base = [p for p in sample.places if p.base]
    assert missed == len(base) - sum(p.number == 2 for p in base)


def test_answers_of_other_covers_say_nothing_about_these(plan: Plan) -> None:
    answered = answer_all(draw(plan, 1, LOOKS))
    more = replace(answered, tracks=answered.tracks[1:])
    assert estimate(more).said == CHANGED
    wider = replace(answered, cover=replace(answered.cover, padding=0.5))
    assert estimate(wider).bounds == ()


def test_drawing_until_the_answer_pleases_gains_nothing(plan: Plan) -> None:
    once = answer_all(draw(plan, 1, LOOKS))
    twice = answer_all(draw(once, 2, LOOKS))
    first, second = (estimate(p).bounds[0].upper for p in (once, twice))
    assert second > first
    assert estimate(twice).draws == 2


def test_a_sample_comes_back_exactly(plan: Plan) -> None:
    answered = answer_all(draw(plan, 1, LOOKS), missed=(3,))
    assert read_plan(dumps(answered)) == answered
    assert estimate(read_plan(dumps(answered))) == estimate(answered)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (Answers(2, "ana", (Answer(1),)), "no sample"),
        (Answers(1, " ", (Answer(1),)), "who looked"),
        (Answers(1, "ana", (Answer(999),)), "no place 999"),
        (Answers(1, "ana", (Answer(0),)), "no place 0"),
    ],
)
def test_answers_that_fit_nothing_are_refused(plan: Plan, given: Answers, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        record_answers(draw(plan, 1, LOOKS), given)


def test_an_answer_that_is_none_is_refused() -> None:
    form = {"schema": "unseen.answers/1", "seed": 1, "by": "ana", "answers": [{"place": 1, "missed": ["ghost"]}]}
    with pytest.raises(PlanError, match="damaged"):
        read_answers(json.dumps(form).encode())


def test_an_answer_can_be_changed(plan: Plan) -> None:
    drawn = record_answers(draw(plan, 1, LOOKS), Answers(1, "ana", (Answer(1, (Kind.FACE,)),)))
    again = record_answers(drawn, Answers(1, "ana", (Answer(1),)))
    assert sample_of(again).answers == (Answer(1),)


def heard_plan(*silences: tuple[int, int], action: StreamAction = StreamAction.REDACT) -> Plan:
    """A plan of a recording of 200 seconds, silent from and to these seconds."""
    plan = make_plan()
    sound = SoundFormat(8000, "mono", 1, 16, 200 * 8000, Fraction(0))
    stream = StreamInfo(0, StreamKind.AUDIO, "flac")
    media = MediaInfo(MediaKind.AUDIO, "flac", (stream,), duration=Fraction(200), sound=sound)
    planned = tuple(PlannedSilence(f"voice-{a}", Span(Fraction(a), Fraction(b)), COVER) for a, b in silences)
    streams = (StreamDecision(0, StreamKind.AUDIO, action, "ana", "ambience"),)
    return replace(plan, source=replace(plan.source, media=media), tracks=(), streams=streams, silences=planned)


def test_sound_that_is_left_is_listened_to_in_pieces() -> None:
    drawn = draw(heard_plan((40, 60)), 1, Looks(sounds=20, risky=3))
    sample = sample_of(drawn)
    assert {(s.risk, s.size) for s in sample.strata} == {(Risk.BESIDE, 4), (Risk.ORDINARY, 32)}  # 40 less 4 silent ones
    assert all(p.subject is Subject.SOUND and not 40 <= p.time < 60 for p in sample.places)
    assert "0:10.000, the sound: can anybody be heard" in " ".join(question(drawn, sample, p) for p in sample.places)
    answers = tuple(Answer(p.number, (Kind.VOICE,) if p.time == sample.places[0].time else ()) for p in sample.places)
    bounds = estimate(record_answers(drawn, Answers(1, "ana", answers))).bounds
    assert {b.kind for b in bounds} == {Kind.VOICE}
    assert (bounds[0].looked, bounds[0].size) == (20, 36)
    with pytest.raises(UsageError, match="does not ask for face"):
        record_answers(drawn, Answers(1, "ana", (Answer(1, (Kind.FACE,)),)))


def test_another_silence_asks_for_another_sample() -> None:
    drawn = draw(heard_plan((40, 60)), 1, Looks())
    assert current_sample(replace(drawn, silences=heard_plan((40, 70)).silences)) is None


@pytest.mark.parametrize("action", [StreamAction.KEEP, StreamAction.SILENCE, StreamAction.REMOVE])
def test_sound_that_nobody_searched_has_no_sample(action: StreamAction) -> None:
    with pytest.raises(UsageError, match="nothing in this file"):
        draw(heard_plan(action=action), 1, LOOKS)


def test_voices_left_by_decision_are_not_listened_for() -> None:
    plan = heard_plan((41, 59)).decide("voice-41", Decision(Action.KEEP, "ana", "the speaker consented"))
    sample = sample_of(draw(plan, 1, Looks(sounds=100)))
    assert len(sample.places) == 36
    assert all(not 40 <= p.time < 60 for p in sample.places)


def test_a_silent_recording_has_no_sample() -> None:
    with pytest.raises(UsageError, match="nothing in this file"):
        draw(heard_plan((0, 200)), 1, LOOKS)


def test_questions_say_where_and_when(plan: Plan) -> None:
    sample = sample_of(draw(plan, 1, LOOKS))
    place = next(p for p in sample.places if p.track == "steady")
    picture = next(p for p in sample.places if p.subject is Subject.PICTURE)
    assert "the whole picture" in question(plan, sample, picture)
    assert "face steady" in question(plan, sample, place)
    assert (
        whereabouts(Region(0, 0, 20, 20), plan.source.media.picture) == "at the top left (20x20 pixels around 10, 10)"
    )
    assert whereabouts(Region(300, 170, 20, 20), plan.source.media.picture).startswith("in the middle (")


def test_a_place_is_a_picture_or_a_cover() -> None:
    with pytest.raises(ValueError, match="a cover belongs to a track"):
        Place(1, Subject.COVER, Risk.SMALL, True, Fraction(0))


def test_the_bound_holds_over_draws_of_a_plan_whose_misses_are_known() -> None:
    """The whole way, 400 times: drawn, answered from the truth, estimated. Misses fill whole seconds."""
    share = 0.08
    plan = clip_plan(STEADY, SMALL, pictures=1000)
    rng = np.random.default_rng(11)
    missed_seconds = set(rng.choice(100, round(100 * share), replace=False).tolist())
    held, trials = 0, 400
    for seed in range(trials):
        drawn = draw(plan, seed, Looks(30, 0, 0, 0))
        places = sample_of(drawn).places
        answers = tuple(Answer(p.number, (Kind.FACE,) if int(p.time) in missed_seconds else ()) for p in places)
        bound = estimate(record_answers(drawn, Answers(seed, "ana", answers))).bounds[0]
        held += bound.upper >= share
    assert held / trials >= 0.95 - 3 * (0.95 * 0.05 / trials) ** 0.5
