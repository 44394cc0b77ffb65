"""One scene that melts into another, and flashes, which end nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pytest
from test_track_scenes import HEIGHT, STEP, WIDTH, Box, covered, crop, finding

from unseen.core import Finding, Track, View
from unseen.track import Tracker, dissolve
from unseen.track.cuts import Step
from unseen.track.motion import Plane, unknown
from unseen.track.scene import Found, Scene


def place(seed: int) -> np.ndarray:
    """Scenery without the smallest things, whose flow agrees by chance."""
    random = np.random.default_rng(seed)
    layers = [
        cv2.resize(random.uniform(0, 127, (300 // n, 1200 // n, 3)), (1200, 300), interpolation=cv2.INTER_CUBIC)
        for n in (30, 90)
    ]
    return np.clip(sum(layers), 0, 255).astype(np.uint8)


CANVAS, OTHER = place(1), place(7)
BEFORE = 30
RECOGNISED = 0.15
"""Share of a scene in a mixture from which on somebody in it may be recognised."""


def there(n: int, pan: int) -> Box:
    """A face of the earlier scene, which is `pan` pixels a picture further left."""
    return (220 - pan * n, 70, 30, 40)


def then(n: int, pan: int) -> Box:
    """One of the later, whose camera goes the other way."""
    return (40 + pan * n, 60, 36, 48)


def melted(length: int, pan: int) -> tuple[list[np.ndarray], list[float]]:
    """The pictures, and the share of the later scene in each."""
    count = 2 * BEFORE + length
    shares = np.clip((np.arange(count) - BEFORE + 1) / (length + 1), 0, 1)
    random = np.random.default_rng(4)
    pictures = []
    for n, share in enumerate(shares):
        mixed = crop(CANVAS, pan * n) * (1 - share) + crop(OTHER, 300 - pan * n) * share
        pictures.append(np.clip(mixed + random.normal(0, 2, mixed.shape), 0, 255).astype(np.uint8))
    return pictures, shares.tolist()


def tracked(pictures: Sequence[np.ndarray], found: Callable[[int], list[Finding]]) -> tuple[list[Track], list[int]]:
    """The tracks, and the pictures at which a scene began."""
    made = Tracker(WIDTH, HEIGHT)
    for n, rgb in enumerate(pictures):
        made.add(View(n * STEP, rgb), found(n))
    tracks = made.finish()
    return tracks, [round(time / STEP) for time in made.cuts]


def seen_half(shares: list[float], pan: int, later: Callable[[int, int], Box] = then) -> Callable[[int], list[Finding]]:
    """Each face is found as long as its scene is at least half of the picture."""

    def found(n: int) -> list[Finding]:
        return [finding(n, there(n, pan) if shares[n] < 0.5 else later(n, pan))]

    return found


def least(tracks: list[Track], shares: list[float], pan: int) -> float:
    """The least share that is covered of either face in any picture in which it can be recognised."""
    earlier = [covered(tracks, n, there(n, pan)) for n, share in enumerate(shares) if 1 - share >= RECOGNISED]
    later = [covered(tracks, n, then(n, pan)) for n, share in enumerate(shares) if share >= RECOGNISED]
    return min(earlier + later)


@pytest.mark.parametrize(("length", "pan"), [(6, 0), (12, 0), (25, 0), (50, 0), (6, 2), (12, 2)])
def test_both_faces_are_covered_as_long_as_they_can_be_recognised(length: int, pan: int) -> None:
    pictures, shares = melted(length, pan)
    tracks, cuts = tracked(pictures, seen_half(shares, pan))
    assert least(tracks, shares, pan) > (0.4 if pan else 0.9)
    assert len(cuts) == 1
    assert BEFORE - 2 <= cuts[0] <= BEFORE + length + 2


def early(n: int) -> float:
    """How far the later face is covered where it is found only once the dissolve is nearly over."""
    pictures, shares = melted(25, 0)
    tracks, cuts = tracked(pictures, lambda n: [finding(n, then(n, 0))] if shares[n] > 0.8 else [])
    assert cuts
    return covered(tracks, n, then(n, 0))


def test_a_face_is_followed_back_to_where_the_later_scene_first_showed() -> None:
    assert early(BEFORE + 4) > 0.9


def test_scenes_that_share_no_pictures_leave_faces_bare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scene, "tail", lambda scene, index: scene.split(len(scene) - 1))
    assert early(BEFORE + 4) == 0


def in_place(n: int, pan: int) -> Box:
    """A face of the later scene where one of the earlier was."""
    return there(n, pan)


def longest(length: int) -> int:
    """Pictures of the longest track where one face melts into another at the same place."""
    pictures, shares = melted(length, 0)
    tracks, _ = tracked(pictures, seen_half(shares, 0, in_place))
    assert all(covered(tracks, n, there(n, 0)) > 0.9 for n in range(len(pictures)))
    return max(round((one.span.end - one.span.start) / STEP) + 1 for one in tracks)


@pytest.mark.parametrize("length", [12, 25])
def test_no_track_goes_from_one_scenes_face_to_the_others(length: int) -> None:
    assert longest(length) < 2 * BEFORE + length


def test_one_that_notices_no_dissolve_takes_two_people_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dissolve, "_MIXED", 2.0)
    assert longest(25) == 2 * BEFORE + 25


def last_seen() -> int:
    """The picture in which the earlier of two people at one place was last seen, as its track has it."""
    pictures, shares = melted(12, 0)
    tracks, _ = tracked(pictures, seen_half(shares, 0, in_place))
    return max(round(key.time / STEP) for key in tracks[0].keyframes if key.score is not None)


def test_what_is_seen_when_a_dissolve_is_nearly_over_is_nothing_of_the_earlier_scene() -> None:
    assert last_seen() <= BEFORE + 14


def test_one_that_forgets_nothing_goes_on_seeing_the_earlier_in_the_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scene, "forget", lambda scene, start, end: None)
    assert last_seen() > BEFORE + 14


def test_nothing_of_the_earlier_scene_is_covered_long_after_it() -> None:
    pictures, shares = melted(12, 2)
    tracks, _ = tracked(pictures, lambda n: [finding(n, there(n, 2))] if shares[n] < 0.5 else [])
    assert max(one.span.end for one in tracks) <= (BEFORE + 12 + 12) * STEP


def lit(white: Sequence[int], pan: int, bright: float = 1.0) -> list[np.ndarray]:
    """Sixty pictures, these lit up to white, or only a part of the way."""
    random = np.random.default_rng(5)
    pictures = []
    for n in range(60):
        rgb = crop(CANVAS, pan * n).astype(float)
        if n in white:
            blocks = cv2.resize(
                random.normal(0, 0.4, (9, 16, 1)).repeat(3, 2), (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST
            )
            rgb = rgb * (1 - bright) + 245 * bright + blocks  # codecs leave some
        pictures.append(np.clip(rgb + random.normal(0, 1, rgb.shape), 0, 255).astype(np.uint8))
    return pictures


FLASHES = {
    "one": [15, 30, 40],
    "two": [15, 16, 40, 41],
    "three": [15, 16, 17, 40, 41, 42],
    "strobe": [n for n in range(12, 48) if n % 4 < 2],
}


@pytest.mark.parametrize(("bright", "pan"), [(0.8, 4), (1.0, 0), (1.0, 4)])
@pytest.mark.parametrize("white", FLASHES.values(), ids=FLASHES)
def test_a_flash_is_no_cut_and_no_dissolve_and_loses_no_link(white: list[int], bright: float, pan: int) -> None:
    pictures = lit(white, pan, bright)
    tracks, cuts = tracked(pictures, lambda n: [] if n in white else [finding(n, there(n, pan))])
    assert cuts == []
    assert len(tracks) == 1
    assert all(covered(tracks, n, there(n, pan)) > 0.8 for n in range(55))


def afterglow() -> int:
    """How many dissolves are noticed from an all but white picture, by way of its traces, to a scene."""
    shares = np.clip((np.arange(40) - 12) / 10, 0, 1).tolist()
    noticed = dissolve.Dissolves()
    found = 0
    for n, share in enumerate(shares):
        white = 240 + (crop(OTHER, 0) - 128.0) * (0.03 if not share else 1)
        rgb = np.clip(white * (1 - share) + crop(CANVAS, 0) * share, 0, 255).astype(np.uint8)
        step = Step(n * STEP, Plane.of(rgb, WIDTH), Found.of([]), unknown())
        found += noticed.add(step) is not None
    return found


def test_a_picture_that_shows_nothing_is_no_scene() -> None:
    assert afterglow() == 0


def test_one_that_believes_white_pictures_takes_traces_in_them_for_a_scene(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dissolve, "_LEAST_CONTRAST", 0.0)
    assert afterglow() == 1


def test_a_pan_and_a_slow_change_of_light_are_no_dissolve() -> None:
    light = 1 - 0.7 * np.exp(-(((np.arange(90) - 45) / 12) ** 2))
    pictures = [(crop(CANVAS, 6 * n) * light[n]).astype(np.uint8) for n in range(90)]
    assert tracked(pictures, lambda n: [])[1] == []


def test_a_fade_through_black_ends_the_tracks_of_the_earlier_scene() -> None:
    shares = np.clip(1 - (np.arange(70) - 20) / 12, 0, 1) + np.clip((np.arange(70) - 38) / 12, 0, 1)
    pictures = [
        (crop(CANVAS if n < 35 else OTHER, 0) * share).astype(np.uint8) for n, share in enumerate(shares.tolist())
    ]
    tracks, cuts = tracked(pictures, lambda n: [finding(n, there(n, 0))] if shares[n] > 0.3 else [])
    assert any(20 < cut <= 42 for cut in cuts)
    assert all(one.span.end < 38 * STEP or one.span.start >= 30 * STEP for one in tracks)
    assert all(covered(tracks, n, there(n, 0)) > 0.9 for n in range(70) if shares[n] >= RECOGNISED)
