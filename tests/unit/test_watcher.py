"""What watches a clip looks as often as it was told to, and says what it looks for."""

import itertools
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest

from unseen.core import Finding, Kind, Region, View
from unseen.errors import UsageError
from unseen.find import FINDABLE, Glances, observers, photo_finders, watchers
from unseen.options import FindOptions
from unseen.plan import ModelUsed

WIDTH, HEIGHT = 60, 40


class Everywhere:
    """Finds one thing in every picture, and remembers which it looked at, and how many pixels of each."""

    kinds = frozenset({Kind.TEXT})
    models: tuple[ModelUsed, ...] = ()
    low, high = 0.2, 0.6

    def __init__(self) -> None:
        self.looked: dict[Fraction, int] = {}

    def find(self, views: Sequence[View]) -> list[list[Finding]]:
        self.looked |= {view.time: view.rgb.shape[0] * view.rgb.shape[1] for view in views}
        return [[Finding(Kind.TEXT, view.time, Region(1, 1, 4, 4), 0.7)] for view in views]


def watched(
    every: Fraction, times: list[Fraction], *, keeps_up: bool = False, end: Fraction | None = None
) -> Everywhere:
    """A finder that was shown pictures that follow each other at `times`, each a little brighter all over."""
    finder = Everywhere()
    eye = Glances(finder, every, keeps_up=keeps_up)
    for n, (time, until) in enumerate(itertools.zip_longest(times, [*times[1:], end])):
        eye.find(View(time, np.full((HEIGHT, WIDTH, 3), 50 + 14 * n % 182, np.uint8), until=until))
    return finder


def at_rate(rate: int, pictures: int) -> list[Fraction]:
    return [Fraction(n, rate) for n in range(pictures)]


def test_a_finder_looks_no_more_often_than_it_has_to() -> None:
    times = at_rate(10, 10)
    assert list(watched(Fraction(0), times).looked) == times
    assert list(watched(Fraction(3, 10), times, end=Fraction(1)).looked) == times[::3]


@pytest.mark.parametrize("rate", [5, 10, 12, 24, 25, 30, 50, 60])
def test_whatever_is_shown_long_enough_is_looked_at_while_it_is(rate: int) -> None:
    """It may come with any picture and go with any later one, between which it is there for a tenth of a second."""
    times = at_rate(rate, 40)
    looked = watched(Fraction(1, 10), times, end=Fraction(40, rate)).looked
    for come, gone in itertools.combinations([*times, Fraction(40, rate)], 2):
        if gone - come >= Fraction(1, 10):
            assert any(come <= time < gone for time in looked), (come, gone)
    assert len(looked) == len(times) or len(looked) < 0.6 * len(times)


def test_a_picture_that_stays_is_looked_at_however_short_those_before_it_were() -> None:
    times = [Fraction(0), Fraction(1, 50), Fraction(2, 50), Fraction(2)]
    assert list(watched(Fraction(1, 10), times).looked) == [times[0], times[2], times[3]]


def test_a_finder_looks_again_at_once_where_time_jumps() -> None:
    times = [Fraction(0), Fraction(5), Fraction(1, 2)]
    assert list(watched(Fraction(1), times).looked) == times


def test_a_finder_that_keeps_up_looks_near_what_it_found_in_every_picture() -> None:
    times = at_rate(30, 9)
    sizes = list(watched(Fraction(1, 10), times, keeps_up=True, end=Fraction(9, 30)).looked.values())
    assert len(sizes) == len(times)


def test_everything_that_can_be_asked_for_has_a_finder_for_photos_and_clips() -> None:
    first = View(Fraction(0), np.zeros((40, 60, 3), np.uint8))
    for kind in FINDABLE:
        assert kind is Kind.BODY or any(kind in finder.kinds for finder in photo_finders({kind}))
        assert any(kind in eye.kinds for eye in (*watchers({kind}, first), *observers({kind})))


@pytest.mark.parametrize("find", ["", "faces,", "people", "faces;plates", "face"])
def test_what_nothing_looks_for_cannot_be_asked_for(find: str) -> None:
    with pytest.raises(UsageError, match="nothing looks for"):
        _ = FindOptions(find=find).kinds


def test_names_may_have_spaces_around_them() -> None:
    assert FindOptions(find=" faces , faces").kinds == {Kind.FACE}
