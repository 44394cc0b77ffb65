"""The bounds are the published ones, and they hold on populations whose miss rates are known."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from unseen.sample import CONFIDENCE, clopper_pearson, finite_upper

TRIALS = 2000
SLACK = 3 * math.sqrt(0.05 * 0.95 / TRIALS)  # three standard errors of a coverage of 95 % over that many trials


@pytest.mark.parametrize(
    ("missed", "looked", "confidence", "upper"),
    [
        # No misses: 1 - alpha^(1/n), in closed form.
        (0, 59, 0.95, 1 - 0.05 ** (1 / 59)),
        (0, 1, 0.95, 0.95),
        (0, 299, 0.95, 1 - 0.05 ** (1 / 299)),
        # All but one: the p with 1 - p^n = alpha.
        (9, 10, 0.95, 0.95 ** (1 / 10)),
        # Clopper and Pearson's two-sided 95 % limits, upper side (97.5 % one-sided), as tabled in statistics books.
        (0, 10, 0.975, 0.3085),
        (1, 10, 0.975, 0.4450),
        (2, 10, 0.975, 0.5561),
        (5, 10, 0.975, 0.8129),
        (10, 100, 0.975, 0.1762),
        (10, 10, 0.975, 1.0),
        (0, 0, 0.95, 1.0),
    ],
)
def test_clopper_and_pearson_as_published(missed: int, looked: int, confidence: float, upper: float) -> None:
    assert clopper_pearson(missed, looked, confidence) == pytest.approx(upper, abs=5e-5)


@given(st.integers(1, 400), st.data())
def test_the_bound_is_where_so_few_misses_become_unlikely(looked: int, data: st.DataObject) -> None:
    missed = data.draw(st.integers(0, looked - 1))
    upper = clopper_pearson(missed, looked)
    exact = math.fsum(math.comb(looked, n) * upper**n * (1 - upper) ** (looked - n) for n in range(missed + 1))
    assert exact == pytest.approx(1 - CONFIDENCE, rel=1e-6)


@given(st.integers(1, 300), st.data())
def test_a_finite_bound_counts_exactly(size: int, data: st.DataObject) -> None:
    looked = data.draw(st.integers(1, size))
    missed = data.draw(st.integers(0, looked))
    upper = finite_upper(missed, looked, size)
    marked = round(upper * size)

    def tail(marked: int) -> float:
        ways = sum(math.comb(marked, n) * math.comb(size - marked, looked - n) for n in range(missed + 1))
        return ways / math.comb(size, looked)

    assert tail(marked) > (1 - CONFIDENCE) * (1 - 1e-8) or marked == missed
    assert marked == size - looked + missed or tail(marked + 1) <= (1 - CONFIDENCE) * (1 + 1e-9)
    assert missed / size <= upper


def test_a_finite_bound_nears_the_other_as_places_become_many() -> None:
    assert finite_upper(2, 60, 600) < clopper_pearson(2, 60)
    assert finite_upper(2, 60, 60_000) == pytest.approx(clopper_pearson(2, 60), rel=2e-3)
    assert finite_upper(12, 13, 254) > clopper_pearson(12, 13)


def test_who_looked_at_everything_knows() -> None:
    assert finite_upper(0, 7, 7) == 0
    assert finite_upper(2, 8, 8) == 0.25


def test_who_looked_at_nothing_knows_nothing() -> None:
    assert finite_upper(0, 0, 9) == 1.0


def test_a_large_population_gives_clopper_and_pearsons_bound() -> None:
    assert finite_upper(1, 60, 10**7) == pytest.approx(clopper_pearson(1, 60), abs=1e-5)


@pytest.mark.parametrize(("missed", "looked", "size"), [(-1, 3, 9), (4, 3, 9), (0, 10, 9)])
def test_counts_that_cannot_be_are_refused(missed: int, looked: int, size: int) -> None:
    with pytest.raises(ValueError, match="places"):
        finite_upper(missed, looked, size)


def clustered(rng: np.random.Generator, share: float, pieces: int = 1000, length: int = 20) -> NDArray[np.bool_]:
    """Tracks of `length` moments each, missed as a whole or not at all: as much within one track as can be."""
    missed = np.zeros(pieces, bool)
    missed[rng.choice(pieces, round(share * pieces), replace=False)] = True
    return np.repeat(missed, length)


def scattered(rng: np.random.Generator, share: float, size: int = 20_000) -> NDArray[np.bool_]:
    missed = np.zeros(size, bool)
    missed[rng.choice(size, round(share * size), replace=False)] = True
    return missed


@pytest.mark.parametrize("make", [clustered, scattered])
@pytest.mark.parametrize("share", [0.002, 0.02, 0.04, 0.1, 0.3])
@pytest.mark.parametrize("looked", [30, 60])
def test_the_bound_holds_as_often_as_it_says(make: object, share: float, looked: int) -> None:
    rng = np.random.default_rng(7)
    missed = make(rng, share)  # type: ignore[operator]
    uppers = [finite_upper(n, looked, len(missed)) for n in range(looked + 1)]
    counts = [int(missed[rng.choice(len(missed), looked, replace=False)].sum()) for _ in range(TRIALS)]
    held = sum(uppers[n] >= missed.mean() for n in counts) / TRIALS
    assert held >= CONFIDENCE - SLACK


def test_looking_at_whole_tracks_as_if_their_moments_were_apart_breaks_the_bound() -> None:
    """The saboteur: what drawing single moments out of everything is there for."""
    rng = np.random.default_rng(7)
    missed = clustered(rng, 0.1).reshape(-1, 20)
    counts = [int(missed[rng.choice(len(missed), 3, replace=False)].sum()) for _ in range(TRIALS)]
    held = sum(finite_upper(n, 60, missed.size) >= missed.mean() for n in counts) / TRIALS
    assert held < 0.5
