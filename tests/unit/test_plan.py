"""Plans: they come back exactly, and what is damaged, newer or another's is refused."""

import json
from dataclasses import replace
from fractions import Fraction

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unseen.core import (
    DisclosureKind,
    FrameTimes,
    Keyframe,
    Kind,
    MediaInfo,
    MediaKind,
    Origin,
    PictureFormat,
    Quad,
    Region,
    StreamInfo,
    StreamKind,
    Track,
)
from unseen.errors import PlanError
from unseen.plan import (
    Action,
    BlindSpot,
    Cover,
    Decision,
    MetadataDecision,
    ModelUsed,
    Plan,
    PlannedTrack,
    RuleSetUsed,
    Source,
    StreamAction,
    StreamDecision,
    Style,
    dumps,
    json_schema,
    read_plan,
)
from unseen.rules import digest, load

numbers = st.floats(-1e4, 1e4, allow_nan=False)
times = st.fractions(min_value=0, max_value=10**5, max_denominator=90_000)
boxes = st.builds(Region, numbers, numbers, st.floats(0.01, 1e4), st.floats(0.01, 1e4))
scores = st.none() | st.floats(0, 1)
upright = st.builds(Keyframe, times, boxes, st.sampled_from(Origin), scores)
kites = st.builds(
    lambda x, y, w, h: Quad(((x, y + h), (x + w, y), (x + 3 * w, y + h), (x + w, y + 4 * h))),
    *[st.floats(-1e4, 1e4)] * 2,
    *[st.floats(0.5, 1e4)] * 2,
)
tilted = st.builds(
    lambda t, quad, o, s: Keyframe(t, quad.hull, o, s, quad), times, kites, st.sampled_from(Origin), scores
)
frames = upright | tilted
lines = st.lists(frames, min_size=1, max_size=6, unique_by=lambda k: k.time).map(
    lambda found: tuple(sorted(found, key=lambda k: k.time))
)


def make_plan(keyframes: tuple[Keyframe, ...] = ()) -> Plan:
    keyframes = keyframes or (Keyframe(Fraction(1, 3), Region(1, 2, 3, 4), Origin.SEEN, 0.5),)
    media = MediaInfo(
        MediaKind.VIDEO,
        "mp4",
        (StreamInfo(0, StreamKind.VIDEO, "h264"), StreamInfo(1, StreamKind.AUDIO, "aac")),
        PictureFormat(640, 360, "yuv420p", sample_aspect=Fraction(4, 3)),
        FrameTimes(Fraction(1, 90_000), 0, ((3003, 29),)),
        Fraction(1001, 1000),
    )
    return Plan(
        Source("ab" * 32, 1234, media),
        (PlannedTrack(Track("t1", Kind.FACE, keyframes), Decision(Action.COVER, "unseen", "found")),),
        (
            StreamDecision(0, StreamKind.VIDEO, StreamAction.REDACT, "unseen", "the picture"),
            StreamDecision(1, StreamKind.AUDIO, StreamAction.SILENCE, "unseen", "voices"),
        ),
        (MetadataDecision(DisclosureKind.PLACE, "container location"),),
        Cover(Style.SOLID, "#102030", 0.25),
        (RuleSetUsed(load("default"), digest(load("default"))),),
        (ModelUsed("net", "1", "MIT", "ef" * 32),),
        (BlindSpot("plates", "no finder"),),
        "unseen 0",
    )


@given(lines)
def test_a_plan_comes_back_exactly(keyframes: tuple[Keyframe, ...]) -> None:
    plan = make_plan(keyframes)
    assert read_plan(dumps(plan)) == plan
    assert dumps(read_plan(dumps(plan))) == dumps(plan)


def test_the_published_schema_takes_a_plan_and_refuses_a_broken_one() -> None:
    schema = json_schema(Plan, "unseen.plan/1")
    document = json.loads(dumps(make_plan()))
    jsonschema.validate(document, schema)
    document["tracks"][0]["decision"]["action"] = "reveal"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": "unseen.plan/2"}, "Update Unseen"),
        ({"schema": "unseen.record/1"}, "not a document of the kind"),
        ({"tracks": [{}]}, "damaged"),
        ({"streams": []}, "damaged"),
        ({"cover": {"style": "none"}}, "damaged"),
        ({"cover": {"padding": -1}}, "damaged"),
    ],
)
def test_a_document_that_is_not_this_is_refused(change: dict[str, object], said: str) -> None:
    document = json.loads(dumps(make_plan())) | change
    with pytest.raises(PlanError) as caught:
        read_plan(json.dumps(document).encode())
    assert said in f"{caught.value} {caught.value.next_step}"


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff\xfe", b"null"])
def test_what_is_no_document_is_refused(data: bytes) -> None:
    with pytest.raises(PlanError):
        read_plan(data)


def test_a_time_that_is_no_fraction_is_refused() -> None:
    document = dumps(make_plan()).replace(b'"1/3"', b'"1/0"')
    with pytest.raises(PlanError, match="damaged"):
        read_plan(document)


def test_deciding_changes_one_track_and_nothing_else() -> None:
    plan = make_plan()
    kept = plan.decide("t1", Decision(Action.KEEP, "ana", "asked for her own data"))
    assert kept.covered() == () and plan.covered() != ()
    assert replace(kept, tracks=plan.tracks) == plan
    with pytest.raises(KeyError):
        plan.decide("t2", Decision(Action.KEEP, "ana", "no such track"))


def test_a_decision_names_who_and_why() -> None:
    with pytest.raises(ValueError, match="who made it and why"):
        Decision(Action.KEEP, "", "because")


def test_every_stream_needs_a_decision() -> None:
    with pytest.raises(ValueError, match="exactly one decision"):
        replace(make_plan(), streams=())


def test_track_ids_are_unique() -> None:
    plan = make_plan()
    with pytest.raises(ValueError, match="same id"):
        replace(plan, tracks=plan.tracks * 2)
