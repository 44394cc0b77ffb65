"""Core types: exact times, regions, tracks; each refuses what cannot be."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unseen.core import (
    Finding,
    FrameTimes,
    Keyframe,
    Kind,
    MediaInfo,
    MediaKind,
    Origin,
    PictureFormat,
    Plane,
    Region,
    Span,
    Track,
)

pixels = st.floats(-500, 500, allow_nan=False).map(lambda v: round(v, 2))
sizes = st.floats(0.1, 500, allow_nan=False).map(lambda v: round(v, 2) + 0.01)
regions = st.builds(Region, pixels, pixels, sizes, sizes)


def keyframes(*pairs: tuple[int, Region]) -> tuple[Keyframe, ...]:
    return tuple(Keyframe(Fraction(time), region, Origin.SEEN, 0.9) for time, region in pairs)


@given(st.fractions(min_value="1/100000", max_value=1), st.lists(st.integers(-1000, 10**9), min_size=1, unique=True))
def test_frame_times_come_back_exactly(time_base: Fraction, ticks: list[int]) -> None:
    times = FrameTimes.from_ticks(time_base, sorted(ticks))
    assert list(times.ticks()) == sorted(ticks)
    assert list(times) == [tick * time_base for tick in sorted(ticks)]
    assert len(times) == len(ticks)


def test_constant_rate_of_any_length_is_one_pair() -> None:
    assert len(FrameTimes.from_ticks(Fraction(1, 90_000), range(0, 10**6, 3003)).steps) == 1


@pytest.mark.parametrize("ticks", [[], [1, 1], [2, 1]])
def test_times_that_do_not_increase_are_refused(ticks: list[int]) -> None:
    with pytest.raises(ValueError, match=r"no frame|increase"):
        FrameTimes.from_ticks(Fraction(1, 25), ticks)


def test_a_span_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        Span(Fraction(2), Fraction(1))
    assert Fraction(3, 2) in Span(Fraction(1), Fraction(2))


@pytest.mark.parametrize("numbers", [(0, 0, 0, 1), (0, 0, 1, -1), (math.nan, 0, 1, 1), (0, math.inf, 1, 1)])
def test_a_region_without_an_area_is_refused(numbers: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="region needs"):
        Region(*numbers)


@given(regions, st.integers(1, 4), st.integers(1, 4), st.integers(20, 400), st.integers(20, 400))
def test_whole_pixels_hold_the_region_and_lie_on_the_grid(
    region: Region, across: int, down: int, width: int, height: int
) -> None:
    box = region.pixels(width, height, (across, down))
    if box is None:
        assert region.right <= 0 or region.bottom <= 0 or region.x >= width or region.y >= height
        return
    left, top, right, bottom = box
    assert left <= max(0, region.x) and top <= max(0, region.y)
    assert right >= min(width, region.right) and bottom >= min(height, region.bottom)
    assert left % across == 0 and top % down == 0
    assert right == width or right % across == 0
    assert bottom == height or bottom % down == 0


@given(regions, regions)
def test_overlap_is_symmetric_and_inside_both(one: Region, other: Region) -> None:
    assert one.overlap(other) == pytest.approx(other.overlap(one))
    assert 0 <= one.iou(other) <= 1 + 1e-9
    assert one.overlap(one.hull(other)) == pytest.approx(one.area)


@given(regions, st.floats(0, 2))
def test_padding_grows_every_side(region: Region, share: float) -> None:
    grown = region.padded(share)
    assert grown.x <= region.x and grown.right >= region.right - 1e-9
    assert grown.width == pytest.approx(region.width * (1 + 2 * share))


def test_a_track_moves_in_a_straight_line_between_keyframes() -> None:
    track = Track("t1", Kind.FACE, keyframes((0, Region(0, 0, 10, 10)), (2, Region(20, 0, 20, 10))))
    assert track.region_at(Fraction(1)) == Region(10, 0, 15, 10)
    assert track.region_at(Fraction(2)) == Region(20, 0, 20, 10)
    assert track.region_at(Fraction(-1, 1000)) is None
    assert track.region_at(Fraction(2001, 1000)) is None


def test_keyframes_out_of_order_are_refused() -> None:
    box = Region(0, 0, 1, 1)
    with pytest.raises(ValueError, match="increase in time"):
        Track("t1", Kind.FACE, keyframes((1, box), (1, box)))
    with pytest.raises(ValueError, match="needs a keyframe"):
        Track("t1", Kind.FACE, ())


def test_scores_lie_between_0_and_1() -> None:
    with pytest.raises(ValueError, match="score"):
        Finding(Kind.FACE, Fraction(0), Region(0, 0, 1, 1), 1.5)
    with pytest.raises(ValueError, match="score"):
        Keyframe(Fraction(0), Region(0, 0, 1, 1), Origin.SEEN, -0.1)


def test_planes_and_formats_refuse_what_is_no_picture() -> None:
    with pytest.raises(ValueError, match="plane"):
        Plane(np.zeros((2, 2), np.float32))
    with pytest.raises(ValueError, match="positive width"):
        PictureFormat(0, 1, "RGB")
    with pytest.raises(ValueError, match="audio has no picture"):
        MediaInfo(MediaKind.VIDEO, "mp4", ())
