"""Looking only where something changed finds the same, for less."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from unseen.core import Finding, Kind, Quad, Region, View
from unseen.find import attention
from unseen.find.attention import WHOLE_EVERY, Attention
from unseen.plan import ModelUsed

RATE = 25
WIDTH, HEIGHT = 640, 360


class SquareFinder:
    """Finds red squares, and remembers how many pixels it had to look at."""

    kinds = frozenset({Kind.FACE})
    models: tuple[ModelUsed, ...] = ()
    low, high = 0.1, 0.5

    def __init__(self) -> None:
        self.pixels = 0

    def find(self, views: Sequence[View]) -> list[list[Finding]]:
        return [self._find(view) for view in views]

    def _find(self, view: View) -> list[Finding]:
        self.pixels += view.rgb.shape[0] * view.rgb.shape[1]
        red = (view.rgb[:, :, 0] > 200) & (view.rgb[:, :, 1] < 60)
        _, _, facts, _ = cv2.connectedComponentsWithStats(red.astype(np.uint8))
        boxes = [[v / view.scale for v in fact[:4]] for fact in facts[1:].tolist() if fact[4] >= 50]
        return [Finding(Kind.FACE, view.time, Region(*box), 0.9) for box in boxes]


def picture(*squares: tuple[int, int], side: int = 12, shift: int = 0, seed: int = 0) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    base = np.random.default_rng(99).integers(60, 160, (HEIGHT // 8, (WIDTH + 400) // 8, 3), np.uint8)
    scene = cv2.resize(base, (WIDTH + 400, HEIGHT), interpolation=cv2.INTER_CUBIC)[:, shift : shift + WIDTH]
    scene = np.clip(scene + rng.normal(0, 6, scene.shape), 0, 255).astype(np.uint8)  # the noise of a cheap sensor
    for x, y in squares:
        scene[y : y + side, x : x + side] = (255, 0, 0)
    return np.ascontiguousarray(scene)


def watch(pictures: list[NDArray[np.uint8]]) -> tuple[list[list[Finding]], float]:
    """What is found in each, and the share of all pixels that was looked at."""
    finder = SquareFinder()
    eye = Attention(finder)
    found = [eye.find(View(Fraction(n, RATE), rgb)) for n, rgb in enumerate(pictures)]
    return found, finder.pixels / (len(pictures) * WIDTH * HEIGHT)


def places(findings: list[Finding]) -> set[tuple[int, int]]:
    return {(round(f.region.x), round(f.region.y)) for f in findings}


def test_a_still_picture_is_hardly_looked_at_and_its_findings_last() -> None:
    found, share = watch([picture((100, 100), seed=n) for n in range(40)])
    assert all(places(f) == {(100, 100)} for f in found)
    assert [f[0].time for f in found] == [Fraction(n, RATE) for n in range(40)]
    assert share < 0.1


def test_what_appears_is_seen_in_the_very_picture_it_appears_in() -> None:
    pictures = [picture((100, 100), *([(500, 250)] if 7 <= n < 10 else []), seed=n) for n in range(20)]
    found, share = watch(pictures)
    assert [len(f) for f in found] == [1] * 7 + [2] * 3 + [1] * 10
    assert share < 0.3


def test_a_speck_is_not_looked_at_until_it_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    still = [picture(seed=n) for n in range(5)]
    speck = [picture((500, 248), side=4, seed=n) for n in range(5, 20)]
    grown = [picture((500, 248), side=12, seed=n) for n in range(20, 25)]
    found, share = watch([*still, *speck, *grown])
    assert [len(f) for f in found] == [0] * 20 + [1] * 5
    assert share < 0.1
    monkeypatch.setattr(attention, "_SPECK", 0)
    assert watch([*still, *speck])[1] > watch(still)[1] * len(still) / 20  # where specks count, this one is looked at


def test_a_change_that_is_not_noticed_would_be_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attention, "LEAST_CHANGE", 1000)
    found, _ = watch([picture(*([(500, 250)] if 7 <= n < 10 else []), seed=n) for n in range(20)])
    assert not any(found)


def test_what_moves_is_followed_and_what_stands_beside_it_stays() -> None:
    found, share = watch([picture((100, 100), (200 + 6 * n, 200), seed=n) for n in range(30)])
    assert [places(f) for f in found] == [{(100, 100), (200 + 6 * n, 200)} for n in range(30)]
    assert share < 0.5


def test_a_part_of_a_large_thing_that_moves_does_not_cut_it_in_two() -> None:
    def large(n: int) -> NDArray[np.uint8]:
        rgb = picture((200, 80), side=200, seed=n)
        rgb[150:170, 290:310] = (255, 0 if n % 2 else 50, 0)  # the mouth speaks, the face stays
        return rgb

    found, _ = watch([large(n) for n in range(10)])
    assert all(places(f) == {(200, 80)} and f[0].region.width == 200 for f in found)


def test_a_moving_camera_is_looked_at_whole() -> None:
    found, share = watch([picture((300 - 5 * n, 100), shift=5 * n, seed=n) for n in range(20)])
    assert [places(f) for f in found] == [{(300 - 5 * n, 100)} for n in range(20)]
    assert share > 0.9


def near(pictures: list[NDArray[np.uint8]]) -> tuple[list[set[tuple[int, int]] | None], float]:
    """What is found in each after the first, looking only near what was found; and the share that was looked at."""
    finder = SquareFinder()
    eye = Attention(finder)
    first, *others = [View(Fraction(n, RATE), rgb) for n, rgb in enumerate(pictures)]
    eye.find(first)
    finder.pixels = 0
    found = [eye.near_found(view) for view in others]
    return [None if f is None else places(f) for f in found], finder.pixels / (len(others) * WIDTH * HEIGHT)


def test_what_was_found_is_kept_up_with_before_a_moving_camera_for_little() -> None:
    found, share = near([picture((300 - 5 * n, 100), shift=5 * n, seed=n) for n in range(20)])
    assert found == [{(300 - 5 * n, 100)} for n in range(1, 20)]
    assert share < 0.15


def test_what_is_new_is_not_looked_for_near_what_was_found() -> None:
    found, _ = near([picture((100, 100), *([(500, 250)] if n else []), seed=n) for n in range(3)])
    assert found == [{(100, 100)}] * 2


def test_nothing_is_kept_up_with_beyond_a_cut() -> None:
    cut = [picture((100, 100)), picture((100, 100), seed=1), 255 - picture((100, 100), seed=2)]
    assert near(cut)[0] == [{(100, 100)}, None]


def test_where_much_was_found_everything_is_looked_at() -> None:
    crowd = [(x, y) for x in range(20, WIDTH - 40, 60) for y in range(20, HEIGHT - 40, 60)]
    pictures = [picture(*((x + 4 * n, y) for x, y in crowd), seed=n) for n in range(3)]
    assert near(pictures) == ([None, None], 0)


def test_everything_is_looked_at_again_after_a_while() -> None:
    pictures = int(WHOLE_EVERY * RATE) + 2
    _, once = watch([picture(seed=0)] * (pictures - 2))
    _, twice = watch([picture(seed=0)] * pictures)
    assert once * (pictures - 2) == pytest.approx(1)
    assert twice * pictures == pytest.approx(2)


class TiltedFinder(SquareFinder):
    """The same, with tilted outlines."""

    def find(self, views: Sequence[View]) -> list[list[Finding]]:
        return [[self._tilted(finding) for finding in found] for found in super().find(views)]

    def _tilted(self, finding: Finding) -> Finding:
        r = finding.region
        (x, y), right, bottom = r.centre, r.right, r.bottom
        return replace(finding, quad=Quad(((x, r.y), (right, y), (x, bottom), (r.x, y))))


def test_what_is_tilted_is_found_where_it_is_in_a_part_of_the_picture_too() -> None:
    eye = Attention(TiltedFinder())
    for n in range(6):
        rgb = picture((200 + 20 * n, 200), side=24, seed=n)
        (found,) = eye.find(View(Fraction(n, RATE), rgb))
        assert found.quad is not None
        assert found.quad.fits(found.region)
        assert (round(found.region.x), round(found.region.y)) == (200 + 20 * n, 200)
