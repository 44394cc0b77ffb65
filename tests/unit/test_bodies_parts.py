"""The parts that bodies before a fixed camera are found with, each for itself."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unseen.find.bodies.backdrop import Light, alike, backdrop_of, light_between
from unseen.find.bodies.sample import Sample
from unseen.find.bodies.silhouettes import Silhouette
from unseen.find.bodies.sorting import sort_first_axis
from unseen.find.bodies.tubes import knots_of, linked, worth_covering


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 31, 51, 64])
def test_columns_are_sorted(count: int) -> None:
    stack = np.random.default_rng(count).integers(0, 256, (count, 7, 9)).astype(np.uint8)
    wanted = np.sort(stack, axis=0)
    sort_first_axis(stack)
    assert (stack == wanted).all()


def sample(luma: np.ndarray, number: int = 0) -> Sample:
    chroma = np.full((luma.shape[0] // 2, luma.shape[1] // 2, 2), 128, np.uint8)
    return Sample(Fraction(number), luma.astype(np.uint8), chroma)


def test_a_place_that_people_hide_most_of_the_time_is_seen_empty() -> None:
    """Hidden in 55 % of the samples, by people who do not look alike: a median would show one of them."""
    rng = np.random.default_rng(4)
    values = np.array([100] * 45 + [int(v) for v in rng.choice([*range(10, 90, 3), *range(120, 250, 3)], 55)])
    rng.shuffle(values)
    textured = np.random.default_rng(1).integers(0, 40, (20, 20))
    seen = backdrop_of([sample(np.where(np.arange(400).reshape(20, 20) == 210, v, textured)) for v in values])
    assert abs(int(seen.luma[10, 10]) - 100) <= 2


@pytest.mark.parametrize(("gain", "offset"), [(1.0, 0.0), (0.5, 0.0), (0.6, 30.0), (1.0, -25.0), (1.4, 0.0)])
def test_light_is_told_from_what_stands_in_it(gain: float, offset: float) -> None:
    """A third of the picture is hidden by something else."""
    one = np.random.default_rng(3).integers(60, 160, (60, 90)).astype(np.uint8)
    other = (one * gain + offset).astype(np.uint8)
    other[:, :30] = 15
    light = light_between(one, other)
    assert light.gain == pytest.approx(gain, abs=0.06)
    assert np.abs(light.on_luma(one)[:, 30:].astype(int) - other[:, 30:]).mean() < 4


def test_edges_are_alike_in_any_light_and_in_no_other_place() -> None:
    rng = np.random.default_rng(8)
    one, other = (np.kron(rng.integers(40, 200, (12, 18)), np.ones((8, 8))).astype(np.uint8) for _ in range(2))
    assert alike(one, Light(0.7, 10).on_luma(one)) > 0.9
    assert alike(one, np.roll(other, (4, 4), (0, 1))) < 0.3
    assert alike(np.full_like(one, 80), np.full_like(one, 90)) == 1.0


boxes = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(2, 40), st.integers(2, 40)).map(
    lambda b: Silhouette((b[0], b[1], b[0] + b[2], b[1] + b[3]), 0.3)
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(boxes, max_size=3), min_size=1, max_size=30), st.integers(0, 6))
def test_every_box_lies_inside_the_tube_it_went_into(things: list[list[Silhouette]], patience: int) -> None:
    tubes = linked(things, patience)
    assert sorted(b for t in tubes for b in t.boxes) == sorted(s.box for seen in things for s in seen)
    for tube in tubes:
        knots = knots_of(tube, len(things))
        for index, box in zip(tube.at, tube.boxes, strict=True):
            left, top, right, bottom = (np.interp(index, knots.at, knots.edges[:, n]) for n in range(4))
            assert left <= box[0] + 1e-6
            assert top <= box[1] + 1e-6
            assert right >= box[2] - 1e-6
            assert bottom >= box[3] - 1e-6


def test_what_flickers_alone_is_no_body_and_beside_another_is() -> None:
    body = [[Silhouette((10, 10, 20, 40), 0.4)] for _ in range(12)]
    flicker = Silhouette((60, 60, 66, 66), 0.2)
    beside = Silhouette((18, 10, 80, 44), 0.2)  # too large to be linked to the body: two that have just merged
    alone = [[*seen, flicker] if n == 5 else seen for n, seen in enumerate(body)]
    merged = [[*seen, beside] if n == 5 else seen for n, seen in enumerate(body)]
    assert flicker.box not in [b for t in worth_covering(linked(alone, 3), 12) for b in t.boxes]
    assert beside.box in [b for t in worth_covering(linked(merged, 3), 12) for b in t.boxes]


def test_a_tube_does_not_swing_with_the_gait() -> None:
    """Legs open and close twice a second; the tube's width hardly moves."""
    things = [
        [Silhouette((50 - swing, 10, 60 + swing, 50), 0.4)] for swing in [round(4 * abs(n % 5 - 2)) for n in range(40)]
    ]
    (tube,) = linked(things, 3)
    knots = knots_of(tube, len(things))
    widths = knots.edges[1:-1, 2] - knots.edges[1:-1, 0]
    assert np.ptp(widths) <= 1
    assert np.ptp([box[2] - box[0] for box in tube.boxes]) == 16
