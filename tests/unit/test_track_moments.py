"""Tracks made of what was seen at moments far apart."""

from fractions import Fraction

import pytest

from unseen.core import Finding, Kind, Origin, Region, Span
from unseen.track import from_moments

HALF = Fraction(1, 2)
WHOLE = Span(Fraction(0), Fraction(10))
PLACE = Region(10, 10, 20, 20)


def seen(time: Fraction | int, region: Region = PLACE) -> Finding:
    return Finding(Kind.FACE, Fraction(time), region, 0.9)


def names() -> list[str]:
    return [f"n{n}" for n in range(9)]


def test_one_thing_seen_again_and_again_is_one_track_that_reaches_to_both_sides() -> None:
    (track,) = from_moments(names(), [seen(2), seen(1), seen(3)], HALF, WHOLE)
    assert track.id == "n0"
    assert track.span == Span(HALF, 3 + HALF)
    assert [k.origin for k in track.keyframes] == [Origin.EXTENDED, *[Origin.SEEN] * 3, Origin.EXTENDED]


@pytest.mark.parametrize("other", [seen(1, Region(200, 10, 20, 20)), seen(3)])
def test_what_lies_apart_in_place_or_time_is_another(other: Finding) -> None:
    assert len(from_moments(names(), [seen(1), other], HALF, WHOLE)) == 2


def test_two_at_once_are_two() -> None:
    assert len(from_moments(names(), [seen(1), seen(1, Region(12, 10, 20, 20))], HALF, WHOLE)) == 2


def test_a_photo_has_one_moment() -> None:
    (track,) = from_moments(names(), [seen(0)], HALF, Span(Fraction(0), Fraction(0)))
    assert [k.origin for k in track.keyframes] == [Origin.SEEN]
