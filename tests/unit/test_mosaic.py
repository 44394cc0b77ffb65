"""Parts laid side by side are looked at as they are, and what is found on them is found where they were cut out."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unseen.core import Finding, Kind, Quad, Region
from unseen.find.mosaic import GAP, SIZES, Box, Cut, Part, mosaic_of
from unseen.find.zones import GREY

EVERYTHING = 1e9
RGB = np.random.default_rng(1).integers(0, 100, (600, 900, 3)).astype(np.uint8)


def around(part: Part) -> Box:
    """The part's place on its mosaic."""
    width, height = part.cut.size
    return part.x, part.y, part.x + width, part.y + height


@st.composite
def cuts(draw: st.DrawFn) -> list[Cut]:
    found = []
    for _ in range(draw(st.integers(1, 6))):
        left, top = draw(st.integers(0, 700)), draw(st.integers(0, 500))
        right, bottom = left + draw(st.integers(1, 200)), top + draw(st.integers(1, 100))
        found.append(Cut((left, top, right, bottom), draw(st.sampled_from([1.0, 0.5, 0.31]))))
    return found


@given(cuts())
def test_every_part_has_a_place_of_its_own_with_flat_grey_around(wanted: list[Cut]) -> None:
    mosaic = mosaic_of(wanted, EVERYTHING)
    assert mosaic is not None
    assert (mosaic.width, mosaic.height) in SIZES
    assert sorted((p.cut.box, p.cut.scale) for p in mosaic.parts) == sorted((c.box, c.scale) for c in wanted)
    for part in mosaic.parts:
        left, top, right, bottom = around(part)
        assert left >= 0 and top >= 0 and right <= mosaic.width and bottom <= mosaic.height
    for one, other in itertools.combinations(map(around, mosaic.parts), 2):
        beside = one[2] + GAP <= other[0] or other[2] + GAP <= one[0]
        assert beside or one[3] + GAP <= other[1] or other[3] + GAP <= one[1]
    drawn = mosaic.drawn(RGB)
    for part in mosaic.parts:
        left, top, right, bottom = around(part)
        assert (drawn[top:bottom, left:right] == part.cut.drawn(RGB)).all()
        drawn[top:bottom, left:right] = GREY
    assert (drawn == GREY).all()


@given(cuts(), st.sampled_from([1.0, 0.5]))
def test_what_is_found_on_a_part_is_found_where_it_was_cut_out(wanted: list[Cut], scale: float) -> None:
    mosaic = mosaic_of(wanted, EVERYTHING)
    assert mosaic is not None
    for part in mosaic.parts:
        left, top, right, bottom = (side / scale for side in around(part))
        quad = Quad(((left, top), (right, top), (right, bottom), (left, bottom)))
        seen = Finding(Kind.FACE, Fraction(1), Region(left, top, right - left, bottom - top), 0.5, quad)
        (found,) = mosaic.placed([seen], scale)
        rounding = 1 / part.cut.scale / scale  # a shrunk part is whole pixels wide
        assert (found.region.x, found.region.y) == pytest.approx([v / scale for v in part.cut.box[:2]])
        assert (found.region.right, found.region.bottom) == pytest.approx(
            [v / scale for v in part.cut.box[2:]], abs=rounding
        )
        assert found.quad is not None
        assert found.quad.fits(found.region)


def test_what_is_found_between_parts_is_of_no_part() -> None:
    mosaic = mosaic_of([Cut((0, 0, 40, 40))], EVERYTHING)
    assert mosaic is not None
    assert not list(mosaic.placed([Finding(Kind.FACE, Fraction(0), Region(90, 90, 10, 10), 0.5)], 1.0))


def test_the_smallest_mosaic_that_does_is_taken_and_none_that_costs_too_much() -> None:
    small, large, wide = Cut((0, 0, 100, 100)), Cut((0, 0, 380, 380)), Cut((0, 0, 800, 20))
    assert [(m.width, m.height) for m in (mosaic_of([small], EVERYTHING), mosaic_of([large], EVERYTHING)) if m] == [
        (128, 128),
        (384, 448),
    ]
    assert mosaic_of([large], 384 * 448 - 1) is None
    assert mosaic_of([wide], EVERYTHING) is None
    nothing = mosaic_of([], 0)
    assert nothing is not None
    assert not nothing.parts
