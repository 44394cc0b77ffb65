"""From scores to stretches: thresholds, padding, short gaps joined, exact times."""

from __future__ import annotations

import itertools
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from unseen.find.speech import AROUND, CLEAR, IN_NOISE, JOINED, LEAST, PADDING, Spoken
from unseen.find.speech import spoken as spoken_at

STEP = Fraction(32, 1000)


def spoken(start: Fraction, step: Fraction, scores: list[float]) -> list[Spoken]:
    """Where speech, and nothing else, is loud."""
    return spoken_at(start, step, scores, [0.1 if score >= LEAST else 0.001 for score in scores])


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


def in_noise(score: float, voice: float, noise: float) -> Spoken:
    """A second of speech amid ten seconds of noise before and after."""
    quiet = int(AROUND / STEP)
    scores = [0.0] * quiet + [score] * 31 + [0.0] * quiet
    (found,) = spoken_at(Fraction(0), STEP, scores, [voice if score else noise for score in scores])
    return found


def test_what_noise_hides_around_speech_is_part_of_it() -> None:
    quiet = int(AROUND / STEP) * STEP
    assert in_noise(0.9, 0.1, 0.01).span.start == quiet - PADDING
    assert in_noise(0.9, 0.1, 0.05).span.start == quiet - IN_NOISE
    assert in_noise(0.9, 0.1, 0.05).span.end == quiet + 31 * STEP + IN_NOISE
    assert in_noise(CLEAR / 2 + LEAST / 2, 0.1, 0.05).span.start == quiet - PADDING


def test_the_noise_is_that_around_the_speech() -> None:
    """An hour of silence elsewhere does not make a loud place a quiet one."""
    near, far = int(AROUND / STEP), 10 * int(AROUND / STEP)
    scores = [0.0] * far + [0.9] * 31 + [0.0] * far
    levels = [0.0] * (far - near) + [0.05] * near + [0.1] * 31 + [0.05] * near + [0.0] * (far - near)
    (found,) = spoken_at(Fraction(0), STEP, scores, levels)
    assert found.span.start == far * STEP - IN_NOISE


def test_silence_hides_nothing() -> None:
    (found,) = spoken_at(Fraction(0), STEP, [0.0] * 9 + [0.9] * 2, [0.0] * 9 + [1e-4] * 2)
    assert found.span.end - found.span.start == 2 * STEP + 2 * PADDING
