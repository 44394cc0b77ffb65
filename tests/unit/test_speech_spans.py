"""From scores to stretches: thresholds, padding, short gaps joined, exact times."""

from __future__ import annotations

import itertools
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from unseen.find.speech import JOINED, LEAST, PADDING, spoken

STEP = Fraction(32, 1000)


def test_one_sure_window_is_a_stretch_with_padding() -> None:
    (found,) = spoken(Fraction(10), STEP, [0, 0, 0.9, 0])
    assert (found.span.start, found.span.end) == (10 + 2 * STEP - PADDING, 10 + 3 * STEP + PADDING)
    assert found.score == 0.9


def test_windows_count_from_the_least_score_on() -> None:
    assert spoken(Fraction(0), STEP, [LEAST - 0.001] * 9) == []
    (found,) = spoken(Fraction(0), STEP, [0.0] + [LEAST] * 9 + [0.0])
    assert found.span.end - found.span.start == 9 * STEP + 2 * PADDING


def test_short_gaps_are_joined_and_long_ones_are_not() -> None:
    gap = int((JOINED + 2 * PADDING) / STEP)
    assert len(spoken(Fraction(0), STEP, [1.0, *[0.0] * gap, 0.5])) == 1
    assert len(spoken(Fraction(0), STEP, [1.0, *[0.0] * (gap + 1), 0.5])) == 2


@given(st.lists(st.floats(0, 1), max_size=200))
def test_every_window_of_speech_is_inside_and_stretches_are_apart(scores: list[float]) -> None:
    found = spoken(Fraction(0), STEP, scores)
    for number, score in enumerate(scores):
        if score >= LEAST:
            assert any(f.span.start <= number * STEP and (number + 1) * STEP <= f.span.end for f in found)
    assert all(b.span.start - a.span.end > JOINED for a, b in itertools.pairwise(found))
