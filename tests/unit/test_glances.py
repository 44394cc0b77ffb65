"""Which pictures, and which part of them, the second look looks at."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unseen.core import ColourModel, Picture, Plane
from unseen.verify.glances import INTERVAL, Glances
from unseen.verify.shown import as_rgb, small

SIDE = 256


def grey(samples: np.ndarray, time: Fraction = Fraction(0)) -> Picture:
    return Picture(time, samples.shape[1], samples.shape[0], (Plane(samples),), ColourModel.GREY)


def flat(value: int = 100) -> np.ndarray:
    return np.full((SIDE, SIDE), value, np.uint8)


def test_the_first_picture_is_looked_at_whole() -> None:
    assert Glances().part(grey(flat()), Fraction(3)) == (0, 0, SIDE, SIDE)


def test_nothing_is_looked_at_twice_while_it_stays_the_same() -> None:
    glances = Glances()
    glances.part(grey(flat()), Fraction(0))
    assert glances.part(grey(flat(102)), Fraction(10)) is None


def test_what_changed_is_looked_at_with_what_is_around_it() -> None:
    glances = Glances()
    glances.part(grey(flat()), Fraction(0))
    changed = flat()
    changed[130:140, 130:140] = 255
    assert glances.part(grey(changed), INTERVAL / 2) is None  # not due yet
    assert glances.part(grey(changed), INTERVAL) == (64, 64, 256, 256)
    assert glances.part(grey(changed), 2 * INTERVAL) is None


def test_a_slow_change_adds_up() -> None:
    glances = Glances()
    looks = [glances.part(grey(flat(100 + n)), n * INTERVAL) for n in range(12)]
    assert [n for n, look in enumerate(looks) if look] == [0, 6]


def test_a_cut_is_looked_at_at_once() -> None:
    glances = Glances()
    glances.part(grey(flat()), Fraction(0))
    assert glances.part(grey(flat(200)), Fraction(1, 25)) == (0, 0, SIDE, SIDE)


@given(st.lists(st.integers(0, 255), min_size=50, max_size=50))
@settings(max_examples=25, deadline=None)
def test_whatever_the_film_does_there_are_at_most_two_looks_an_interval(values: list[int]) -> None:
    glances = Glances()
    times = [Fraction(n, 25) for n, v in enumerate(values) if glances.part(grey(flat(v)), Fraction(n, 25))]
    assert all(len([t for t in times if start <= t < start + INTERVAL]) <= 3 for start in times)
    assert len(times) <= 2 * (2 / INTERVAL) + 1


@pytest.mark.parametrize(
    ("planes", "model", "depth", "full", "wanted"),
    [
        ((235, 128, 128), ColourModel.YUV, 8, False, (255, 255, 255)),
        ((81, 90, 240), ColourModel.YUV, 8, False, (255, 0, 0)),
        ((41 << 2, 240 << 2, 110 << 2), ColourModel.YUV, 10, False, (0, 0, 255)),
        ((200,), ColourModel.GREY, 8, True, (200, 200, 200)),
        ((10, 20, 30), ColourModel.RGB, 8, True, (10, 20, 30)),
    ],
)
def test_colours_are_those_a_person_sees(
    planes: tuple[int, ...], model: ColourModel, depth: int, full: bool, wanted: tuple[int, ...]
) -> None:
    kind = np.uint8 if depth == 8 else np.uint16
    share = 2 if model is ColourModel.YUV else 1
    made = tuple(
        Plane(np.full((8 // (share if n else 1),) * 2, v, kind), *((share, share) if n else (1, 1)))
        for n, v in enumerate(planes)
    )
    rgb = as_rgb(Picture(Fraction(0), 8, 8, made, model, depth, full, 6), (2, 2, 6, 8), 1.0)
    assert rgb.shape == (6, 4, 3)
    assert np.abs(rgb[3, 2].astype(int) - wanted).max() <= 3


def test_a_part_is_shrunk_as_asked() -> None:
    assert as_rgb(grey(flat()), (0, 0, 100, 50), 0.5).shape == (25, 50, 3)
    assert small(grey(flat()), 8).shape == (32, 32)
