"""Tilted outlines: what they hold, how they move, and that nothing of them is left out in whole pixels."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unseen.core import Finding, Keyframe, Kind, Origin, Quad, Region, Track

WIDTH, HEIGHT = 96, 64


def turned(x: float, y: float, width: float, height: float, degrees: float) -> Quad:
    """A rectangle around x, y, turned."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    ways = [(-width / 2, -height / 2), (width / 2, -height / 2), (width / 2, height / 2), (-width / 2, height / 2)]
    one, two, three, four = [(x + a * cos - b * sin, y + a * sin + b * cos) for a, b in ways]
    return Quad((one, two, three, four))


places = st.floats(-20, 110)
sides = st.floats(1, 60)
quads = st.builds(turned, places, places, sides, sides, st.floats(0, 360))


def holds(quad: Quad, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Whether each point lies in the quad, by the side of each edge that it is on."""
    corners = np.array(quad.corners)
    edges = np.roll(corners, -1, 0) - corners
    side = [e[0] * (y - c[1]) - e[1] * (x - c[0]) for c, e in zip(corners, edges, strict=True)]
    return np.all(np.array(side) >= 0, 0) | np.all(np.array(side) <= 0, 0)


def painted(quad: Quad, grid: tuple[int, int]) -> np.ndarray:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    for left, top, right, bottom in quad.boxes(WIDTH, HEIGHT, grid):
        assert 0 <= left < right <= WIDTH and 0 <= top < bottom <= HEIGHT
        mask[top:bottom, left:right] = True
    return mask


@given(quads, st.sampled_from([(1, 1), (2, 2), (2, 1), (4, 2)]), st.integers(0, 99))
def test_every_point_of_a_quad_lies_in_its_pixels(quad: Quad, grid: tuple[int, int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, WIDTH, 500), rng.uniform(0, HEIGHT, 500)
    inside = holds(quad, x, y)
    mask = painted(quad, grid)
    assert mask[y.astype(int), x.astype(int)][inside].all()


@given(quads, st.sampled_from([(1, 1), (2, 2), (4, 2)]))
def test_no_pixel_far_from_a_quad_is_taken_and_cells_are_whole(quad: Quad, grid: tuple[int, int]) -> None:
    mask = painted(quad, grid)
    rows, columns = np.nonzero(mask)
    reach = 2 * math.hypot(*grid)
    grown = quad.padded(reach / 1.0)  # sides are at least 1
    assert holds(grown, columns + 0.5, rows + 0.5).all()
    cells = mask.reshape(HEIGHT // grid[1], grid[1], WIDTH // grid[0], grid[0])
    assert (cells.any((1, 3)) == cells.all((1, 3))).all()


@given(st.integers(1, 60), st.integers(1, 40), st.integers(1, 30), st.integers(1, 20))
def test_an_upright_quad_is_its_region(x: int, y: int, width: int, height: int) -> None:
    region = Region(x, y, width, height)
    quad = Quad(((x, y), (x + width, y), (x + width, y + height), (x, y + height)))
    left, top, right, bottom = region.pixels(WIDTH, HEIGHT) or (0, 0, 0, 0)
    upright = np.zeros((HEIGHT, WIDTH), bool)
    upright[top:bottom, left:right] = True
    mask = painted(quad, (1, 1))
    assert (mask >= upright).all()
    assert mask.sum() <= (right - left + 2) * (bottom - top + 2)
    assert quad.hull == region


@given(quads, st.floats(0.01, 1))
def test_padding_grows_every_side_by_a_share_of_the_lesser(quad: Quad, share: float) -> None:
    grown = quad.padded(share)
    ends = [(quad.corners[n], quad.corners[(n + 1) % 4]) for n in range(4)]
    lesser = min(math.dist(*end) for end in ends)
    for n, end in enumerate(ends):
        after = math.dist(grown.corners[n], grown.corners[(n + 1) % 4])
        assert after == pytest.approx(math.dist(*end) + 2 * share * lesser)
    assert holds(grown, *np.array(quad.corners).T).all()


@given(quads, st.integers(0, 3), st.booleans(), st.floats(0, 1))
def test_between_a_quad_and_itself_named_otherwise_is_the_quad(
    quad: Quad, first: int, backwards: bool, share: float
) -> None:
    corners = quad.corners[first:] + quad.corners[:first]
    again = Quad(corners[::-1] if backwards else corners)
    assert np.allclose(quad.between(again, share).corners, quad.corners)


@pytest.mark.parametrize(
    "corners",
    [
        ((0, 0), (10, 0), (0, 10), (10, 10)),  # crossed
        ((0, 0), (10, 0), (20, 0), (5, 5)),  # straight where it should turn
        ((0, 0), (10, 0), (2, 2), (0, 10)),  # dented
        ((0, 0), (0, 0), (0, 0), (0, 0)),
        ((0, 0), (math.nan, 0), (10, 10), (0, 10)),
    ],
)
def test_corners_that_make_no_convex_outline_are_refused(corners: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValueError, match="a quad"):
        Quad(corners)


def test_what_is_tilted_is_written_beside_its_own_hull() -> None:
    quad = turned(50, 50, 30, 10, 30)
    Finding(Kind.TEXT, Fraction(0), quad.hull, 0.5, quad)
    far = Region(0, 0, 10, 10)
    with pytest.raises(ValueError, match="hull"):
        Finding(Kind.TEXT, Fraction(0), far, 0.5, quad)
    with pytest.raises(ValueError, match="hull"):
        Keyframe(Fraction(0), far, Origin.DRAWN, quad=quad)


def at(second: int, quad: Quad | None, region: Region | None = None) -> Keyframe:
    return Keyframe(Fraction(second), region or (quad.hull if quad else Region(0, 0, 1, 1)), Origin.DRAWN, quad=quad)


def test_a_track_is_tilted_between_tilted_keyframes_and_upright_beside_upright_ones() -> None:
    first, second = turned(20, 20, 20, 8, 20), turned(40, 30, 20, 8, 40)
    track = Track("t", Kind.TEXT, (at(0, first), at(1, second), at(2, None, Region(50, 30, 20, 20))))
    assert track.outline_at(Fraction(0)) == first
    middle = track.outline_at(Fraction(1, 2))
    assert isinstance(middle, Quad)
    assert np.allclose(middle.corners, (np.array(first.corners) + second.corners) / 2)
    assert track.region_at(Fraction(1, 2)) == middle.hull
    assert track.outline_at(Fraction(3, 2)) == second.hull.between(Region(50, 30, 20, 20), 0.5)
    assert track.outline_at(Fraction(3)) is None


def test_where_nothing_convex_lies_between_two_outlines_their_hulls_say_where_it_is() -> None:
    one = Quad(((0, 0), (100, 0), (100, 1), (0, 99)))
    other = Quad(((0, 0), (1, 0), (100, 99), (0, 100)))
    for share in (0.25, 0.5, 0.75):
        outline = at(0, one).towards(at(1, other), share)
        assert outline.padded(0)  # some valid outline, never an error
