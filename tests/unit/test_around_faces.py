"""Heads and bodies reckoned from faces hold the person whose face it is, and say that nobody saw them."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import unseen
from unseen.core import Keyframe, Kind, Origin, Region, Track
from unseen.find import FacesAs, around_faces


def face(*boxes: tuple[float, float, float, float], kind: Kind = Kind.FACE) -> Track:
    keys = (Keyframe(Fraction(n), Region(*box), Origin.SEEN, 0.9) for n, box in enumerate(boxes))
    return Track(f"{kind}-1", kind, tuple(keys))


def derived(track: Track, reach: FacesAs) -> Track:
    ((of, around),) = around_faces([track], reach)
    assert of is track
    return around


def holds(outer: Region, inner: Region) -> bool:
    return outer.overlap(inner) >= 0.999 * inner.area


@pytest.mark.parametrize("height", [120.0, 900.0])
def test_a_standing_person_of_usual_proportions_is_inside(height: float) -> None:
    """Shares of stature by Drillis and Contini (1966); elbows and a stride are as wide as a third of it."""
    chin, width = 0.130 * height, 0.08 * height
    around = derived(face((500 - width / 2, 0.25 * chin, width, 0.75 * chin)), FacesAs.BODY)
    person = Region(500 - height / 6, 0, height / 3, 0.999 * height)
    region = around.keyframes[0].region
    assert holds(region, person)
    assert region.area < 2 * person.area


def test_a_head_holds_hair_ears_and_neck_and_little_more() -> None:
    around = derived(face((100, 100, 80, 100)), FacesAs.HEAD).keyframes[0].region
    assert holds(around, Region(75, 60, 130, 175))
    assert around.area < 5 * 80 * 100


def test_a_face_seen_from_above_is_no_smaller_a_person() -> None:
    upright = derived(face((100, 100, 80, 100)), FacesAs.BODY).keyframes[0].region
    from_above = derived(face((100, 100, 80, 60)), FacesAs.BODY).keyframes[0].region
    assert from_above.width == pytest.approx(upright.width)


def test_it_moves_with_the_face_from_its_first_to_its_last_moment() -> None:
    track = face((10, 10, 20, 24), (60, 12, 22, 26), (700, 15, 20, 24))
    around = derived(track, FacesAs.BODY)
    assert around.span == track.span
    for time in (Fraction(0), Fraction(1, 3), Fraction(3, 2), Fraction(2)):
        outer, inner = around.region_at(time), track.region_at(time)
        assert outer is not None
        assert inner is not None
        assert holds(outer, inner)


def test_it_is_marked_as_seen_by_nobody() -> None:
    around = derived(face((10, 10, 20, 24)), FacesAs.HEAD)
    assert (around.id, around.kind, around.best_score) == ("head-of-face-1", Kind.BODY, None)
    assert {k.origin for k in around.keyframes} == {Origin.DERIVED}


def test_only_faces_have_bodies_and_only_when_asked_for() -> None:
    assert list(around_faces([face((1, 1, 9, 9))], FacesAs.FACE)) == []
    assert list(around_faces([face((1, 1, 9, 9), kind=Kind.PLATE)], FacesAs.BODY)) == []


def test_a_plan_says_what_was_reckoned_from_which_face(tmp_path: Path) -> None:
    from skimage import data

    Image.fromarray(np.asarray(data.astronaut())).save(tmp_path / "a.png")
    plan = unseen.find(tmp_path / "a.png", unseen.FindOptions(faces_as=unseen.FacesAs.BODY))
    reckoned = [p for p in plan.tracks if p.track.kind is Kind.BODY]
    assert [p.track.id for p in reckoned] == ["body-of-face-1"]
    assert reckoned[0].decision.why == "body reckoned from face-1, not seen"
    assert plan.covered()[-1].id == "body-of-face-1"
