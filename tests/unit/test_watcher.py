"""What watches a clip looks as often as it was told to, and says what it looks for."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest

from unseen.core import Finding, Kind, Region, View
from unseen.errors import UsageError
from unseen.find import FINDABLE, Glances, observers, photo_finders, watchers
from unseen.options import FindOptions
from unseen.plan import ModelUsed


class Everywhere:
    """Finds one thing in every picture."""

    kinds = frozenset({Kind.TEXT})
    models: tuple[ModelUsed, ...] = ()
    low, high = 0.2, 0.6

    def find(self, views: Sequence[View]) -> list[list[Finding]]:
        return [[Finding(Kind.TEXT, view.time, Region(1, 1, 4, 4), 0.7)] for view in views]


def glanced(every: Fraction, times: list[Fraction]) -> list[int]:
    eye = Glances(Everywhere(), every)
    rgb = np.zeros((40, 60, 3), np.uint8)
    return [len(eye.find(View(time, rgb))) for time in times]


def test_a_finder_glances_no_more_often_than_it_has_to() -> None:
    times = [Fraction(n, 10) for n in range(10)]
    assert glanced(Fraction(0), times) == [1] * 10
    assert glanced(Fraction(3, 10), times) == [1, 0, 0, 1, 0, 0, 1, 0, 0, 1]


def test_a_finder_glances_again_at_once_where_time_jumps() -> None:
    assert glanced(Fraction(1), [Fraction(0), Fraction(5), Fraction(1, 2)]) == [1, 1, 1]


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
