"""The eight ways to show a picture upright, against the standard's own formula."""

from __future__ import annotations

import itertools
import struct

import numpy as np
import pytest

from unseen.media.turns import from_display_matrix, upright

LINEAR = [m for m in itertools.product((-1, 0, 1), repeat=4) if m[0] * m[3] - m[1] * m[2] and 0 in (m[0], m[1])]


def packed(a: int, b: int, c: int, d: int, one: int = 1 << 16) -> bytes:
    return struct.pack("=9i", a * one, b * one, 0, c * one, d * one, 0, 0, 0, 1 << 30)


def by_formula(stored: np.ndarray, a: int, b: int, c: int, d: int) -> np.ndarray:
    """ISO/IEC 14496-12 6.2.2: a stored point (p, q) is shown at (a p + c q, b p + d q)."""
    rows, columns = stored.shape
    points = {(a * p + c * q, b * p + d * q): stored[q, p] for q in range(rows) for p in range(columns)}
    across, down = sorted({x for x, _ in points}), sorted({y for _, y in points})
    return np.array([[points[x, y] for x in across] for y in down])


ALL = [m for m in LINEAR if (m[0] == m[3] == 0) or (m[1] == m[2] == 0)]


def test_there_are_eight_of_them() -> None:
    assert len(ALL) == 8


@pytest.mark.parametrize("linear", ALL)
def test_every_upright_matrix_is_shown_as_the_formula_says(linear: tuple[int, int, int, int]) -> None:
    stored = np.arange(12, dtype=np.uint8).reshape(3, 4)
    turn = from_display_matrix(packed(*linear))
    assert turn is not None
    assert np.array_equal(upright(stored, *turn), by_formula(stored, *linear))
    wrong = ((turn[0] + 1) % 4, turn[1])  # the saboteur: any other turn shows something else
    assert not np.array_equal(upright(stored, *wrong), by_formula(stored, *linear))


def test_the_eight_turns_differ() -> None:
    assert len({from_display_matrix(packed(*linear)) for linear in ALL}) == 8


def test_channels_turn_with_their_pixels() -> None:
    stored = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    for turns, mirrored in itertools.product(range(4), (False, True)):
        shown = upright(stored, turns, mirrored)
        for channel in range(3):
            assert np.array_equal(shown[..., channel], upright(stored[..., channel], turns, mirrored))


@pytest.mark.parametrize("linear", [(1, 1, -1, 1), (0, 0, 0, 0), (1, 0, 0, 0), (1, 1, 0, 1)])
def test_other_matrices_are_none_of_them(linear: tuple[int, int, int, int]) -> None:
    assert from_display_matrix(packed(*linear)) is None
