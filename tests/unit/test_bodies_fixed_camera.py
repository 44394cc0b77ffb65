"""Bodies before a fixed camera: covered from their first picture to their last, whatever the light does."""

import functools
import importlib
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

import cv2
import numpy as np
import pytest

from unseen.core import Kind, Region, View
from unseen.find import Observed
from unseen.find.bodies import FixedCameraBodies
from unseen.find.bodies.backdrop import Light
from unseen.find.bodies.fixed_camera import LONGEST

RATE = 10
SIZE = (320, 192)  # columns, rows
Rgb = np.ndarray
Box = tuple[int, int, int, int]  # left, top, right, bottom


def place(seed: int = 3, size: tuple[int, int] = SIZE) -> Rgb:
    """A wall, a floor and things on them, with texture at every scale."""
    rng = np.random.default_rng(seed)
    width, height = size
    rgb = np.full((height, width, 3), 150.0, np.float32)
    for cells in (6, 20, 60):
        patch = rng.normal(0, 14, (cells, cells, 1)).astype(np.float32)
        rgb += cv2.resize(patch, (width, height), interpolation=cv2.INTER_CUBIC)[..., None]
    for _ in range(14):
        x, y = rng.integers(0, width - 30), rng.integers(0, height - 30)
        w, h = rng.integers(8, 30, 2)
        rgb[y : y + h, x : x + w] = rng.integers(60, 220, 3)
    return rgb.clip(0, 255).astype(np.uint8)


def body(rgb: Rgb, x: int, y: int, colour: tuple[int, int, int] = (40, 30, 90), high: int = 60) -> tuple[Rgb, Box]:
    """The picture with somebody standing at `x`, `y` (top left), head, trunk and legs, seen from behind."""
    wide = high // 3
    out = rgb.copy()
    cv2.circle(out, (x + wide // 2, y + high // 8), high // 8, (60, 40, 30), -1)
    cv2.rectangle(out, (x, y + high // 4), (x + wide, y + high * 6 // 10), colour, -1)
    cv2.rectangle(out, (x + 2, y + high * 6 // 10), (x + wide - 2, y + high), (30, 30, 40), -1)
    return out, (x, y, x + wide, y + high)


@functools.cache
def _noise(number: int, shape: tuple[int, ...]) -> Rgb:
    return np.random.default_rng(number).normal(0, 2, shape).round().astype(np.int16)


def noisy(rgb: Rgb, number: int) -> Rgb:
    return (rgb + _noise(number % 7, rgb.shape)).clip(0, 255).astype(np.uint8)


def watched(pictures: Sequence[Rgb], rate: int = RATE, scale: float = 1.0, longest: int = LONGEST) -> Observed:
    eye = FixedCameraBodies(longest)
    for number, rgb in enumerate(pictures):
        eye.add(View(Fraction(number, rate), noisy(rgb, number), scale))
    return eye.finish()


def uncovered(found: Observed, boxes: Sequence[Box | None], rate: int = RATE, least: float = 0.97) -> list[int]:
    """Numbers of pictures in which less than `least` of a box is covered by regions as they are, without padding."""
    return [n for n, box in enumerate(boxes) if box and _covered(found, Fraction(n, rate), box) < least]


def _covered(found: Observed, time: Fraction, box: Box) -> float:
    left, top, right, bottom = box
    mask = np.zeros((bottom - top, right - left), np.bool_)
    for region in regions(found, time):
        x, y = round(region.x) - left, round(region.y) - top
        mask[max(0, y) : max(0, y + round(region.height)), max(0, x) : max(0, x + round(region.width))] = True
    return float(mask.mean())


def regions(found: Observed, time: Fraction) -> Iterator[Region]:
    for track in found.tracks:
        region = track.region_at(time)
        if region is not None:
            yield region


def share(found: Observed, count: int, size: tuple[int, int] = SIZE) -> float:
    """Share of all pixels that is covered."""
    whole = (0, 0, *size)
    return float(np.mean([_covered(found, Fraction(n, RATE), whole) for n in range(count)]))


def walk(backdrop: Rgb, count: int = 80, start: int = 5, step: float = 3.5) -> tuple[list[Rgb], list[Box | None]]:
    shown = [body(backdrop, round(start + step * n), 90) for n in range(count)]
    return [rgb for rgb, _ in shown], [box for _, box in shown]


def moves(found: Observed) -> list[str]:
    return [spot.what for spot in found.blind_spots if spot.what != "bodies that never move"]


def test_somebody_walking_by_is_covered_in_every_picture_and_little_else() -> None:
    pictures, boxes = walk(place())
    found = watched(pictures)
    assert uncovered(found, boxes) == []
    assert {track.kind for track in found.tracks} == {Kind.BODY}
    assert share(found, 80) < 0.12  # the body is 2.4 % of the picture, its box over half a second's walk 6 %
    assert moves(found) == []


def test_an_empty_place_has_nobody_in_it() -> None:
    found = watched([place()] * 60)
    assert found.tracks == ()
    assert moves(found) == []


def test_who_never_moves_is_a_blind_spot_that_is_said() -> None:
    found = watched([body(place(), 100, 90)[0]] * 60)
    assert found.tracks == ()
    assert "bodies that never move" in [spot.what for spot in found.blind_spots]


def test_who_stands_still_is_covered_until_he_leaves() -> None:
    empty = place()
    steps = [40 + 4 * min(n, 20) for n in range(70)] + [120 + 5 * n for n in range(30)]
    shown = [body(empty, x, 90) for x in steps]
    found = watched([*([empty] * 60), *(rgb for rgb, _ in shown)])
    assert uncovered(found, [*([None] * 60), *(box for _, box in shown)]) == []


def test_who_is_there_from_the_first_picture_and_leaves_late_is_covered_from_the_first() -> None:
    """He stands for most of the clip, so that he, and not the wall, is what most samples agree on."""
    empty = place()
    shown = [body(empty, 100 + max(0, n - 70) * 6, 90) for n in range(105)]
    found = watched([*(rgb for rgb, _ in shown), *([empty] * 5)])
    assert uncovered(found, [box for _, box in shown]) == []


def test_two_who_meet_and_part_are_never_uncovered() -> None:
    empty = place()
    pictures, first, second = [], [], []
    for n in range(80):
        one, box = body(empty, 10 + 3 * n, 90)
        both, other = body(one, 260 - 3 * n, 95, (120, 40, 40), 56)
        pictures.append(both)
        first.append(box)
        second.append(other)
    found = watched(pictures)
    assert uncovered(found, first) == []
    assert uncovered(found, second) == []


def test_a_car_that_crosses_faster_than_its_length_is_covered() -> None:
    empty = place()
    shown = [body(empty, 5 + 40 * n, 100, (200, 20, 20), 45) for n in range(7)]
    found = watched([*([empty] * 30), *(rgb for rgb, _ in shown), *([empty] * 30)])
    assert uncovered(found, [*([None] * 30), *(box for _, box in shown)]) == []


def test_clothes_as_bright_as_the_wall_are_seen_by_their_colour() -> None:
    grey = np.full((SIZE[1], SIZE[0], 3), 128, np.uint8)
    shown = []
    for n in range(60):
        rgb = grey.copy()
        rgb[80:150, 20 + 4 * n : 44 + 4 * n] = (170, 106, 140)  # the wall's luma by BT.601
        shown.append((rgb, (20 + 4 * n, 80, 44 + 4 * n, 150)))
    found = watched([rgb for rgb, _ in shown])
    assert uncovered(found, [box for _, box in shown]) == []


def test_a_shadow_on_a_textured_floor_is_not_a_body() -> None:
    rough = np.random.default_rng(1).normal(140, 25, (SIZE[1] // 2, SIZE[0] // 2)).clip(60, 220).astype(np.uint8)
    empty = np.repeat(cv2.resize(rough, SIZE, interpolation=cv2.INTER_CUBIC)[..., None], 3, axis=2)
    pictures = []
    for n in range(60):
        rgb = empty.astype(np.float32)
        rgb[120:170, 10 + 4 * n : 60 + 4 * n] *= 0.65
        pictures.append(rgb.astype(np.uint8))
    found = watched(pictures)
    assert share(found, 60) < 0.02


def lit(rgb: Rgb, gain: float, offset: float = 0.0) -> Rgb:
    return (rgb.astype(np.float32) * gain + offset).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("gain", [0.5, 0.75, 1.4])
def test_a_light_switch_covers_no_more_than_a_moment_and_uncovers_nobody(gain: float) -> None:
    """One walks, one stands still through it: seen only because the wall was seen behind him before."""
    empty = place()
    pictures, walker, sleeper = [], [], []
    for n in range(120):
        both, box = body(empty, 5 + 2 * n, 30, high=50)
        still = None
        if n >= 25:
            both, still = body(both, 200, 110, (20, 60, 60))
        pictures.append(lit(both, gain) if n >= 60 else both)
        walker.append(box)
        sleeper.append(still)
    found = watched(pictures)
    assert uncovered(found, walker) == []
    assert uncovered(found, sleeper, least=0.9) == []
    assert share(found, 120) < 0.3


def test_light_that_changes_slowly_is_not_a_body() -> None:
    found = watched([lit(place(), 1 - n / 200, n / 10) for n in range(80)])
    assert share(found, 80) < 0.01


def moved(rgb: Rgb, x: float, y: float) -> Rgb:
    size = (rgb.shape[1], rgb.shape[0])
    return cv2.warpAffine(rgb, np.array([[1, 0, x], [0, 1, y]], np.float32), size, borderMode=cv2.BORDER_REFLECT)


def test_a_camera_that_shakes_on_its_pole_is_fixed() -> None:
    pictures, boxes = walk(place())
    rng = np.random.default_rng(5)
    by = [(round(x), round(y)) for x, y in rng.normal(0, 1.5, (len(pictures), 2))]
    shaken = [moved(rgb, x, y) for rgb, (x, y) in zip(pictures, by, strict=True)]
    there = [(b[0] + x, b[1] + y, b[2] + x, b[3] + y) for b, (x, y) in zip(boxes, by, strict=True) if b]
    found = watched(shaken)
    assert uncovered(found, there) == []
    assert moves(found) == []
    assert share(found, len(shaken)) < 0.3


def test_a_camera_that_pans_is_a_blind_spot_for_as_long_as_it_does() -> None:
    wide = place(size=(900, SIZE[1]))
    found = watched([np.ascontiguousarray(wide[:, 6 * n : 6 * n + SIZE[0]]) for n in range(90)])
    assert moves(found) == ["bodies from 0.0 s to 8.9 s"]


def test_a_cut_starts_anew_with_what_is_there_from_its_first_picture_on() -> None:
    one, boxes = walk(place(3), 60)
    two, more = walk(place(8), 60, start=280, step=-4)
    found = watched([*one, *two])
    assert uncovered(found, [*boxes, *more]) == []
    assert moves(found) == []


def test_a_clip_too_short_to_say_is_a_blind_spot() -> None:
    pictures, _ = walk(place(), 8)
    found = watched(pictures)
    assert found.tracks == ()
    assert moves(found) == ["bodies from 0.0 s to 0.7 s"]


def test_long_clips_are_watched_in_stretches_without_seams() -> None:
    """He stands from the first picture on for two whole stretches, and walks off in the third."""
    empty = place()
    shown = [body(empty, 100 + max(0, n - 85) * 6, 90) for n in range(118)]
    found = watched([*(rgb for rgb, _ in shown), *([empty] * 20)], longest=40)
    assert uncovered(found, [box for _, box in shown]) == []


def test_who_comes_to_rest_in_one_stretch_is_no_background_in_the_next() -> None:
    empty = place()
    shown = [body(empty, min(160, 10 + 6 * n), 90) for n in range(120)]
    found = watched([*([empty] * 20), *(rgb for rgb, _ in shown)], longest=40)
    assert uncovered(found, [*([None] * 20), *(box for _, box in shown)]) == []


def test_pictures_between_samples_are_covered_too() -> None:
    pictures, boxes = walk(place(), 180, step=1.5)
    assert uncovered(watched(pictures, rate=30), boxes, rate=30) == []


def test_regions_are_in_displayed_pixels() -> None:
    pictures, boxes = walk(place())
    small = [cv2.resize(rgb, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for rgb in pictures]
    assert uncovered(watched(small, scale=0.5), boxes, least=0.95) == []


def test_the_same_clip_gives_the_same_tracks() -> None:
    pictures, _ = walk(place(), 40)
    assert watched(pictures) == watched(pictures)


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (700, 2), (31, 33)])
def test_clips_of_any_size_are_watched(size: tuple[int, int]) -> None:
    found = watched([np.full((size[1], size[0], 3), 90, np.uint8)] * 20)
    assert found.tracks == ()


def test_a_clip_without_pictures_has_nothing_in_it() -> None:
    assert FixedCameraBodies().finish().tracks == ()


def early_leaver() -> tuple[list[Rgb], list[Box | None]]:
    empty = place()
    shown = [body(empty, 100 + max(0, n - 50) * 6, 90) for n in range(75)]
    return [*(rgb for rgb, _ in shown), *([empty] * 5)], [box for _, box in shown]


def late_sleeper() -> tuple[list[Rgb], list[Box | None]]:
    empty = place()
    shown = [body(empty, min(160, 10 + 6 * n), 90) for n in range(80)]
    return [*([empty] * 20), *(rgb for rgb, _ in shown)], [*([None] * 20), *(box for _, box in shown)]


def flash() -> tuple[list[Rgb], list[Box | None]]:
    empty = place()
    shown, box = body(empty, 120, 90)
    return [*([empty] * 30), shown, shown, *([empty] * 30)], [*([None] * 30), box, box]


@pytest.mark.parametrize(
    ("scene", "part", "how"),
    [
        (early_leaver, "stretch.is_left_behind", lambda *_: False),
        (late_sleeper, "stretch.mended", lambda backdrop, *_: backdrop),
        (flash, "tubes._lasts", lambda tube, _: len(tube.at) > 2),
    ],
)
def test_these_scenes_can_fail(
    monkeypatch: pytest.MonkeyPatch, scene: Callable[[], tuple[list[Rgb], list[Box | None]]], part: str, how: object
) -> None:
    """Saboteurs: with one part taken out, somebody is uncovered in the scene that is there to show it."""
    pictures, boxes = scene()
    assert uncovered(watched(pictures, longest=40), boxes) == []
    sabotage(monkeypatch, part, how)
    assert uncovered(watched(pictures, longest=40), boxes) != []


def sabotage(monkeypatch: pytest.MonkeyPatch, part: str, how: object) -> None:
    module, _, name = part.rpartition(".")
    monkeypatch.setattr(importlib.import_module(f"unseen.find.bodies.{module}"), name, how)


def test_a_switch_covers_everything_where_light_is_not_taken_into_account(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = [lit(place(), 0.75) if n >= 30 else place() for n in range(60)]
    assert share(watched(pictures), 60) < 0.02
    sabotage(monkeypatch, "backdrop.light_between", lambda *_: Light(1, 0))
    assert share(watched(pictures), 60) > 0.2
