"""Zones that a person chose: read strictly, covered for their time, and unseen by any finder where ignored."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from unseen.core import FrameTimes, Kind, Region, Span, View, Zone
from unseen.errors import UsageError
from unseen.find import FacesAs, without
from unseen.find.zones import GREY
from unseen.options import FindOptions, Purpose
from unseen.plan import Action, covered_zones, ignored_zones

TIMES = FrameTimes(Fraction(1, 10), 0, ((1, 99),))


@pytest.mark.parametrize(
    ("text", "region", "span"),
    [
        ("1,2,30,40", Region(1, 2, 30, 40), None),
        (" 0,0,10.5,4@12-15 ", Region(0, 0, 10.5, 4), (12, 15)),
        ("0,0,9,9@00:12-01:15.5", Region(0, 0, 9, 9), (12, Fraction(151, 2))),
        ("0,0,9,9@1:00:00-1:00:01", Region(0, 0, 9, 9), (3600, 3601)),
    ],
)
def test_a_zone_is_read(text: str, region: Region, span: tuple[int, int] | None) -> None:
    wanted = Span(Fraction(span[0]), Fraction(span[1])) if span else None
    assert Zone.parse(text) == Zone(region, wanted)
    assert Zone.parse(str(Zone.parse(text))) == Zone.parse(text)


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "0,0,0,5", "-1,0,5,5", "0,0,5,5@", "0,0,5,5@5-2", "0,0,5,5@1:99-2:00"]
)
def test_what_is_no_zone_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"zone|region|span"):
        Zone.parse(text)
    with pytest.raises(UsageError):
        _ = FindOptions(cover_zone=(text,)).covered_zones
    with pytest.raises(UsageError):
        _ = FindOptions(ignore_zone=(text,)).ignored_zones


def test_a_zone_is_covered_in_every_picture_of_its_time_and_in_no_other() -> None:
    (planned,) = covered_zones([Zone.parse("10,10,20,20@2-3.55")], TIMES, "R. Eviewer")
    assert (planned.decision.action, planned.decision.by) == (Action.COVER, "R. Eviewer")
    there = [time for time in TIMES if planned.track.region_at(time)]
    assert there == [Fraction(n, 10) for n in range(20, 36)]
    assert {planned.track.region_at(time) for time in there} == {Region(10, 10, 20, 20)}


def test_a_zone_without_a_time_is_covered_throughout_and_one_after_the_end_nowhere() -> None:
    zones = [Zone.parse("0,0,5,5"), Zone.parse("0,0,5,5@100-200")]
    (planned,) = covered_zones(zones, TIMES, "somebody")
    assert all(planned.track.region_at(time) for time in TIMES)
    (photo,) = covered_zones(zones[:1], None, "somebody")
    assert photo.track.region_at(Fraction(0)) == Region(0, 0, 5, 5)


def test_what_is_ignored_is_a_blind_spot_for_each_kind_that_was_looked_for() -> None:
    spots = list(ignored_zones([Zone.parse("0,0,5,5")], {Kind.FACE, Kind.PLATE}, "R. Eviewer"))
    assert {spot.identifier for spot in spots} == {"faces", "plates"}
    assert all("R. Eviewer" in spot.why and "0,0,5,5" in spot.what for spot in spots)


class Closing:
    """Views that say whether they were closed."""

    def __init__(self) -> None:
        self.closed = False

    def views(self) -> Iterator[View]:
        try:
            for n in range(10):
                yield View(Fraction(n), np.full((50, 80, 3), 200, np.uint8), 0.5)
        finally:
            self.closed = True


def test_finders_see_nothing_of_an_ignored_zone_and_all_of_the_rest() -> None:
    first, *_, last = without(Closing().views(), [Zone.parse("20,40,60,20@0-5")])
    assert (first.rgb[20:30, 10:40] == GREY).all()
    outside = np.ones((50, 80), bool)
    outside[20:30, 10:40] = False
    assert (first.rgb[outside] == 200).all()
    assert (last.rgb == 200).all()


@pytest.mark.parametrize("zones", [[], [Zone.parse("0,0,10,10")]])
def test_leaving_early_closes_the_source(zones: list[Zone]) -> None:
    source = Closing()
    views = without(source.views(), zones)
    next(views)
    views.close()
    assert source.closed


def test_the_decoders_own_picture_is_left_as_it_is() -> None:
    rgb = np.full((50, 80, 3), 200, np.uint8)
    next(iter(without(iter([View(Fraction(0), rgb)]), [Zone.parse("0,0,10,10")])))
    assert (rgb == 200).all()


def test_what_the_result_is_for_says_what_to_look_for_unless_that_is_said() -> None:
    public, access = (FindOptions(for_=purpose) for purpose in Purpose)
    assert public.kinds == {Kind.FACE, Kind.PLATE, Kind.CODE, Kind.TEXT}
    assert public.face_stands_for is FacesAs.HEAD
    assert access.kinds == public.kinds | {Kind.BODY}
    assert FindOptions().kinds == {Kind.FACE, Kind.PLATE, Kind.CODE}
    said = FindOptions(for_=Purpose.PUBLIC_RELEASE, find="faces", faces_as=FacesAs.BODY)
    assert (said.kinds, said.face_stands_for) == ({Kind.FACE}, FacesAs.BODY)
