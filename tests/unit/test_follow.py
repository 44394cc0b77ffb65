"""One drawn box, followed both ways by what the pictures show: where it goes, and where that ends."""

from __future__ import annotations

import contextlib
from fractions import Fraction

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from unseen.core import Kind, Origin, Region, Track, View
from unseen.track import Follower
from unseen.track import follow as following

SIZE = (320, 240)
COUNT = 40
MIDDLE = 20
Pixels = NDArray[np.uint8]


def texture(seed: int, width: int, height: int) -> Pixels:
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 255, (height // 6, width // 6, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


BACKDROP = texture(1, 900, 400)
THING = texture(2, 36, 36)


def place(number: int, own: float) -> tuple[int, int]:
    """Where the thing is: it moves by `own` pixels a picture against a camera that pans by three."""
    return round(140 + own * (number - MIDDLE)), round(90 + own / 2 * (number - MIDDLE))


def picture(number: int, own: float = 0.0, hidden: range = range(0)) -> View:
    frame = BACKDROP[60 : 60 + SIZE[1], 300 + 3 * number : 300 + 3 * number + SIZE[0]].copy()
    x, y = place(number, own)
    with contextlib.suppress(ValueError):
        if number in hidden:
            frame[:, x - 20 : x + 50] = 90
        else:
            frame[y : y + 36, x : x + 36] = THING
    return View(Fraction(number, 25), frame)


def followed(views: list[View], middle: int = MIDDLE, own: float = 0.0, stretch: int = 7) -> Track:
    x, y = place(middle, own)
    follower = Follower(Region(x, y, 36, 36), views[middle].time, SIZE)
    follower.ahead(iter(views[middle:]))
    end = middle
    while end > 0:
        start = max(0, end - stretch)
        if not follower.behind(iter(views[start : end + 1])):
            break
        end = start
    track = follower.track("face-1", Kind.FACE)
    assert track is not None
    return track


def covered(track: Track, own: float) -> list[bool]:
    found = []
    for number in range(COUNT):
        region, (x, y) = track.region_at(Fraction(number, 25)), place(number, own)
        thing = Region(x, y, 36, 36)
        found.append(region is not None and region.padded(0.2).overlap(thing) >= 0.95 * thing.area)
    return found


@pytest.mark.parametrize("own", [0.0, 2.0, -2.5])
def test_a_box_goes_with_its_thing_both_ways(own: float) -> None:
    track = followed([picture(n, own) for n in range(COUNT)], own=own)
    assert all(covered(track, own))
    drawn = [k for k in track.keyframes if k.origin is Origin.DRAWN]
    assert [k.time for k in drawn] == [Fraction(MIDDLE, 25)]
    assert all(k.score is None for k in track.keyframes)
    assert max(k.region.area for k in track.keyframes) < 4 * 36 * 36


def test_what_passes_before_it_does_not_take_it_along() -> None:
    track = followed([picture(n, 1.0, hidden=range(26, 31)) for n in range(COUNT)], own=1.0)
    assert all(covered(track, 1.0)[31:])


def test_it_ends_where_another_scene_begins() -> None:
    other = np.asarray(cv2.flip(texture(9, *SIZE), 1), np.uint8)
    views = [picture(n) for n in range(COUNT)]
    views = [View(v.time, other) if n < 8 or n >= 32 else v for n, v in enumerate(views)]
    track = followed(views)
    assert (track.span.start, track.span.end) == (Fraction(8, 25), Fraction(31, 25))


def test_it_ends_when_it_has_left_the_picture() -> None:
    """The camera pans away from it: the backdrop goes three pixels to the left with every picture."""
    views = [picture(n) for n in range(COUNT)]
    follower = Follower(Region(8, 180, 30, 30), views[0].time, SIZE)
    follower.ahead(iter(views))
    track = follower.track("face-1", Kind.FACE)
    assert track is not None
    assert Fraction(8, 25) <= track.span.end <= Fraction(25, 25)


def test_a_box_outside_the_picture_is_no_track() -> None:
    follower = Follower(Region(-500, -500, 20, 20), Fraction(0), SIZE)
    follower.ahead(iter([picture(0), picture(1)]))
    assert follower.track("face-1", Kind.FACE) is None


def test_what_moves_faster_is_covered_along_its_way() -> None:
    """A shutter that is open from one picture to the next smears it over the way between."""
    slow, fast = (followed([picture(n, own) for n in range(COUNT)], own=own) for own in (1.0, 5.0))
    middle = Fraction(17, 25)
    before, after = slow.region_at(middle), fast.region_at(middle)
    assert before is not None and after is not None
    assert after.width - before.width >= 3
    assert after.width - before.width > after.height - before.height


def test_a_single_picture_is_a_single_keyframe() -> None:
    track = followed([picture(MIDDLE)], middle=0, own=0.0)
    assert [k.origin for k in track.keyframes] == [Origin.DRAWN]


def test_the_saboteur_that_carries_nothing_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def stay(*_: object, **__: object) -> bool:
        return True

    monkeypatch.setattr(following.Follower, "_carry", stay)
    monkeypatch.setattr(following.Likeness, "find", lambda *_: None)
    track = followed([picture(n, 2.0) for n in range(COUNT)], own=2.0)
    assert not all(covered(track, 2.0))
