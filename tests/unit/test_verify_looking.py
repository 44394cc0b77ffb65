"""How the audit looks under covers: colours, rings, turns, schedules, times."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unseen.core import (
    ColourModel,
    FrameTimes,
    Keyframe,
    Kind,
    MediaInfo,
    MediaKind,
    Origin,
    Picture,
    PictureFormat,
    Plane,
    Region,
    StreamInfo,
    StreamKind,
    Track,
)
from unseen.plan import Style
from unseen.verify.coarse import too_much_detail
from unseen.verify.colours import fills
from unseen.verify.fill import EXACT, MOVING, STILL, _rings, tolerance_of, unlike_fill
from unseen.verify.outcome import Outcome
from unseen.verify.patch import Patch
from unseen.verify.playback import Shot
from unseen.verify.report import Status
from unseen.verify.schedule import Schedule
from unseen.verify.timing import TimingCheck
from unseen.verify.upright import Turn, turn_of

SIDE = 48
BOX = (8, 8, 40, 40)


def grey_shot(samples: np.ndarray, codec: str = "h264", *, full: bool = False, time: Fraction = Fraction(0)) -> Shot:
    depth = 8 if samples.dtype == np.uint8 else 10
    height, width = samples.shape
    picture = Picture(time, width, height, (Plane(samples),), ColourModel.GREY, depth, full)
    return Shot(picture, Fraction(1, 25), codec)


def yuv(depth: int, matrix: int, *, full: bool) -> Picture:
    kind = np.uint8 if depth == 8 else np.uint16
    planes = tuple(Plane(np.zeros((2, 2), kind), n, n) for n in (1, 2, 2))
    return Picture(Fraction(0), 2, 2, planes, ColourModel.YUV, depth, full, matrix)


@pytest.mark.parametrize(
    ("rgb", "depth", "matrix", "full", "wanted"),
    [
        ((0, 0, 0), 8, 1, False, (16, 128, 128)),
        ((255, 255, 255), 8, 1, False, (235, 128, 128)),
        ((255, 255, 255), 10, 9, False, (940, 512, 512)),
        ((0, 0, 0), 10, 9, True, (0, 512, 512)),
        # SMPTE colour bars at 100 %: BT.601 and BT.709 as tabled in ITU-R BT.801 and BT.1729
        ((255, 0, 0), 8, 6, False, (81, 90, 240)),
        ((0, 0, 255), 8, 6, False, (41, 240, 110)),
        ((255, 0, 0), 8, 1, False, (63, 102, 240)),
        ((0, 255, 0), 8, 1, False, (173, 42, 26)),
    ],
)
def test_fills_are_the_textbooks(
    rgb: tuple[int, int, int], depth: int, matrix: int, full: bool, wanted: tuple[int, ...]
) -> None:
    (found,) = fills(rgb, yuv(depth, matrix, full=full))
    assert found == pytest.approx(wanted, abs=0.6)


def test_an_unsaid_matrix_allows_both_that_players_assume() -> None:
    assert len(fills((255, 0, 0), yuv(8, 2, full=False))) == 2


def test_a_matrix_outside_the_list_is_refused() -> None:
    with pytest.raises(ValueError, match="matrix 8"):
        fills((0, 0, 0), yuv(8, 8, full=False))


@given(st.integers(0, 255), st.integers(0, 255))
def test_a_constant_passes_for_its_own_colour_and_no_far_one(value: int, other: int) -> None:
    shot = grey_shot(np.full((SIDE, SIDE), value, np.uint8), full=True)
    reason = unlike_fill(shot, Patch("t", BOX), (other,) * 3)
    if abs(value - other) <= 5:
        assert reason is None
    elif abs(value - other) > 7:
        assert reason is not None


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_depth_does_not_change_what_is_tolerated(depth: type) -> None:
    unit = 1 if depth is np.uint8 else 4
    samples = np.full((SIDE, SIDE), 16 * unit, depth)
    assert unlike_fill(grey_shot(samples), Patch("t", BOX), (0, 0, 0)) is None
    samples[20:28, 20:28] += 40 * unit
    assert unlike_fill(grey_shot(samples), Patch("t", BOX), (0, 0, 0)) is not None


def test_a_single_uncovered_row_at_the_rim_is_seen() -> None:
    samples = np.full((SIDE, SIDE), 16, np.uint8)
    samples[8, 8:40] = 120
    assert "plane 0" in str(unlike_fill(grey_shot(samples), Patch("t", BOX), (0, 0, 0)))


def test_a_photo_is_judged_more_strictly_than_a_film_and_a_lossless_one_exactly() -> None:
    samples = np.full((SIDE, SIDE), 0, np.uint8)
    assert tolerance_of(grey_shot(samples, "h264")) is MOVING
    assert tolerance_of(grey_shot(samples, "JPEG")) is STILL
    assert tolerance_of(grey_shot(samples, "PNG")) is EXACT


def test_one_wrong_sample_among_a_thousand_is_seen_where_nothing_is_lost() -> None:
    samples = np.zeros((SIDE, SIDE), np.uint8)
    samples[20, 20] = 60
    assert unlike_fill(grey_shot(samples, "PNG", full=True), Patch("t", BOX), (0, 0, 0)) is not None


@given(st.integers(4, 60), st.integers(4, 60), st.integers(0, 2**32 - 1))
def test_every_mosaic_of_four_cells_passes_and_noise_does_not(width: int, height: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    share = 4 / max(width, height)
    across, down = (max(1, int(np.ceil(n * share))) for n in (width, height))
    cells = rng.integers(0, 256, (down, across), dtype=np.uint8)
    rows, columns = np.arange(height) * down // height, np.arange(width) * across // width
    box = (0, 0, width, height)
    assert too_much_detail(grey_shot(cells[rows][:, columns]), box, [], Style.MOSAIC) is None
    if min(width, height) > 16:
        noise = rng.integers(0, 256, (height, width), dtype=np.uint8)
        assert too_much_detail(grey_shot(noise), box, [], Style.MOSAIC) is not None


def test_what_a_later_cover_draws_over_an_earlier_one_is_not_held_against_it() -> None:
    samples = np.full((SIDE, SIDE), 90, np.uint8)
    samples[24:40, 24:40] = np.indices((16, 16)).sum(0) % 2 * 255
    assert too_much_detail(grey_shot(samples), BOX, [], Style.BLUR) is not None
    assert too_much_detail(grey_shot(samples), BOX, [(24, 24, 40, 40)], Style.BLUR) is None


def matrix(a: int, b: int, c: int, d: int) -> bytes:
    return np.array([a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30], np.int32).tobytes()


@pytest.mark.parametrize(
    ("shown", "wanted"),
    [
        (matrix(1, 0, 0, 1), [[1, 2, 3], [4, 5, 6]]),
        (matrix(0, 1, -1, 0), [[4, 1], [5, 2], [6, 3]]),
        (matrix(-1, 0, 0, -1), [[6, 5, 4], [3, 2, 1]]),
        (matrix(0, -1, 1, 0), [[3, 6], [2, 5], [1, 4]]),
        (matrix(-1, 0, 0, 1), [[3, 2, 1], [6, 5, 4]]),
        (matrix(1, 0, 0, -1), [[4, 5, 6], [1, 2, 3]]),
    ],
)
def test_a_display_matrix_turns_the_picture(shown: bytes, wanted: list[list[int]]) -> None:
    stored = np.array([[1, 2, 3], [4, 5, 6]])
    assert turn_of(shown).apply(stored).tolist() == wanted


def test_no_matrix_is_no_turn_and_a_slanted_one_is_refused() -> None:
    assert turn_of(None) == Turn()
    with pytest.raises(ValueError, match="angle"):
        turn_of(matrix(1, 1, -1, 1))


def test_a_schedule_gives_what_tracks_say_themselves() -> None:
    rng = np.random.default_rng(3)
    tracks = []
    for number in range(40):
        times = sorted({Fraction(int(t), 10) for t in rng.integers(0, 100, 3)})
        keys = tuple(Keyframe(t, Region(float(t) * 3, number, 5, 6), Origin.SEEN, 0.5) for t in times)
        tracks.append(Track(f"t{number}", Kind.FACE, keys))
    schedule = Schedule(tracks, 0.25)
    for tick in range(0, 110, 3):
        time = Fraction(tick, 10)
        wanted = [(t.id, r.padded(0.25)) for t in tracks if (r := t.region_at(time))]
        assert schedule.at(time) == wanted


def timed(times: list[Fraction], tick: Fraction, media: FrameTimes) -> Outcome:
    form = PictureFormat(SIDE, SIDE, "gray")
    check = TimingCheck(MediaInfo(MediaKind.VIDEO, "mp4", (StreamInfo(0, StreamKind.VIDEO, "h264"),), form, media))
    for time in times:
        shot = grey_shot(np.zeros((SIDE, SIDE), np.uint8), time=time)
        check.see(Shot(shot.picture, tick, "h264"))
    return check.outcome(None)


@given(st.lists(st.integers(1, 900), min_size=1, max_size=20), st.integers(0, 5000))
def test_times_rounded_to_a_coarser_clock_pass(gaps: list[int], first: int) -> None:
    ticks = [first + sum(gaps[:n]) for n in range(len(gaps) + 1)]
    media = FrameTimes.from_ticks(Fraction(1, 90000), ticks)
    millisecond = Fraction(1, 1000)
    rounded = [round(t / millisecond) * millisecond for t in media]
    assert timed(rounded, millisecond, media).status is Status.PASSED


@given(st.integers(-(10**6), 10**6))
def test_all_times_moved_alike_pass(moved: int) -> None:
    media = FrameTimes.from_ticks(Fraction(1, 25), range(5))
    shift = Fraction(moved, 90000)
    assert timed([t + shift for t in media], Fraction(1, 90000), media).status is Status.PASSED


def test_no_picture_is_a_failure() -> None:
    assert timed([], Fraction(1, 25), FrameTimes.from_ticks(Fraction(1, 25), [0])).status is Status.FAILED


def test_a_clock_so_coarse_that_it_excuses_anything_excuses_nothing() -> None:
    media = FrameTimes.from_ticks(Fraction(1, 1000), [0, 100, 250])
    assert timed([Fraction(0), Fraction(0), Fraction(1)], Fraction(1), media).status is Status.FAILED


@given(st.integers(1, 40), st.integers(1, 40))
def test_rings_hold_every_sample_once(rows: int, columns: int) -> None:
    samples = np.arange(1, rows * columns + 1, dtype=np.float32).reshape(rows, columns)
    found = np.concatenate([part.ravel() for ring in _rings(samples) for part in ring])
    assert sorted(found) == sorted(samples.ravel())
