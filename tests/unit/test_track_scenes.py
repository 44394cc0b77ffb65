"""Tracks through pictures whose motion is known, because the test makes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial

import cv2
import numpy as np
import pytest

from unseen.core import Finding, Kind, Origin, Region, Track, View
from unseen.track import Settings, Tracker, cuts, join, tracker
from unseen.track.chain import Head
from unseen.track.motion import Motion, MotionMeter, Plane, unknown

WIDTH, HEIGHT = 320, 180
STEP = Fraction(1, 25)
Box = tuple[float, float, float, float]


def scenery(seed: int, width: int = 1200, height: int = 300) -> np.ndarray:
    """Something with texture at several sizes, as streets and rooms have."""
    random = np.random.default_rng(seed)
    sizes = [(width // n, height // n) for n in (4, 12, 40)]
    layers = [
        cv2.resize(random.uniform(0, 85, (h, w, 3)), (width, height), interpolation=cv2.INTER_CUBIC) for w, h in sizes
    ]
    return np.clip(sum(layers), 0, 255).astype(np.uint8)


def crop(canvas: np.ndarray, x: float, zoom: float = 1.0) -> np.ndarray:
    """The view from a camera whose left edge is at `x` of the canvas, at the vertical middle."""
    camera = np.array([[zoom, 0, -zoom * x], [0, zoom, HEIGHT / 2 - zoom * 150]])
    return cv2.warpAffine(canvas, camera, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)


def finding(n: int, box: Box, score: float = 0.9) -> Finding:
    return Finding(Kind.FACE, n * STEP, Region(*box), score)


def track(pictures: Sequence[np.ndarray], found: Callable[[int], list[Finding]]) -> list[Track]:
    made = Tracker(WIDTH, HEIGHT)
    for n, rgb in enumerate(pictures):
        made.add(View(n * STEP, rgb), found(n))
    return made.finish()


def covered(tracks: Sequence[Track], n: int, box: Box) -> float:
    """The largest share of `box` that one track covers in picture `n`."""
    wanted = Region(*box)
    regions = [r for t in tracks if (r := t.region_at(n * STEP))]
    return max((r.overlap(wanted) / wanted.area for r in regions), default=0.0)


def origins(one: Track) -> set[Origin]:
    return {k.origin for k in one.keyframes}


def motionless(self: MotionMeter, earlier: Plane, later: Plane) -> Motion:
    """The saboteur of everything that follows the picture."""
    return Motion(unknown().camera, unknown().cells, unknown().trust, 1.0)


CANVAS = scenery(1)


def panned(n: int) -> Box:
    """Where a face of the canvas is in a pan of 5 pixels a picture."""
    return (240 - 5 * n, 70, 30, 40)


PAN = [crop(CANVAS, 5 * n) for n in range(40)]


def test_a_gap_of_one_picture_is_bridged_and_marked() -> None:
    (one,) = track(PAN[:20], lambda n: [] if n == 9 else [finding(n, panned(n))])
    assert covered([one], 9, panned(9)) > 0.95
    assert [k.origin for k in one.keyframes if k.time == 9 * STEP] == [Origin.BRIDGED]


def test_both_ends_are_followed_until_the_thing_has_left_the_picture() -> None:
    tracks = track(PAN, lambda n: [finding(n, panned(n))] if 18 <= n <= 21 else [])
    assert all(covered(tracks, n, panned(n)) > 0.9 for n in range(40))
    assert origins(tracks[0]) == {Origin.SEEN, Origin.EXTENDED}


def test_nothing_is_covered_after_it_has_left() -> None:
    pictures = [crop(CANVAS, 9 * n) for n in range(40)]
    (one,) = track(pictures, lambda n: [finding(n, (100 - 9 * n, 70, 30, 40))] if n < 4 else [])
    assert 12 * STEP <= one.span.end <= 17 * STEP  # its right edge passes the left of the picture at 14.4


def test_without_motion_the_pan_leaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MotionMeter, "between", motionless)
    tracks = track(PAN, lambda n: [finding(n, panned(n))] if 18 <= n <= 21 else [])
    assert min(covered(tracks, n, panned(n)) for n in range(40)) < 0.3


def return_clip() -> list[float]:
    """How far a face is covered that leaves the picture and comes back, seen only at the very start."""
    places = [*range(0, 320, 10), *range(320, 0, -10)]
    tracks = track(
        [crop(CANVAS, x) for x in places], lambda n: [finding(n, (200 - places[n], 70, 30, 40))] if n < 4 else []
    )
    return [covered(tracks, n, (200 - places[n], 70, 30, 40)) for n in range(48, 64)]


def test_what_leaves_the_picture_is_known_when_it_comes_back_unseen() -> None:
    assert min(return_clip()) > 0.5


def test_zoom_is_followed() -> None:
    zooms = [1.03**n for n in range(24)]
    pictures = [crop(CANVAS, 400 - 160 / z, z) for z in zooms]
    boxes = [(160 - 20 * z, 90 - 25 * z, 40 * z, 50 * z) for z in zooms]
    (one,) = track(pictures, lambda n: [finding(n, boxes[n])] if n < 3 else [])
    last = one.region_at(23 * STEP)
    assert last is not None
    assert last.width == pytest.approx(boxes[23][2], rel=0.25)
    assert covered([one], 23, boxes[23]) > 0.9


def test_without_motion_the_zoom_leaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MotionMeter, "between", motionless)
    zooms = [1.03**n for n in range(24)]
    boxes = [(160 - 20 * z, 90 - 25 * z, 40 * z, 50 * z) for z in zooms]
    pictures = [crop(CANVAS, 400 - 160 / z, z) for z in zooms]
    assert covered(track(pictures, lambda n: [finding(n, boxes[n])] if n < 3 else []), 23, boxes[23]) < 0.7


def cut_clip() -> list[Track]:
    other = scenery(2)
    pictures = PAN[:15] + [crop(other, 5 * n) for n in range(15)]
    return track(pictures, lambda n: [finding(n, panned(n))] if n < 14 else [])


def test_a_cut_ends_a_track() -> None:
    (one,) = cut_clip()
    assert one.span.end == 14 * STEP


def test_a_tracker_blind_to_cuts_covers_the_next_scene(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuts, "BROKEN", -1.0)
    assert cut_clip()[0].span.end > 14 * STEP


def flash_clip(pictures: int = 2) -> list[Track]:
    clip = [p.copy() for p in PAN[:30]]
    for n in range(12, 12 + pictures):
        clip[n][:] = 250
    return track(clip, lambda n: [finding(n, panned(n))] if n < 12 else [])


def test_a_flash_does_not_end_a_track() -> None:
    tracks = flash_clip()
    assert len(tracks) == 1
    assert all(covered(tracks, n, panned(n)) > 0.8 for n in range(30))


def test_without_patience_for_flashes_the_face_after_one_is_bare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuts, "FLASH", 0.0)
    assert min(covered(flash_clip(), n, panned(n)) for n in range(30)) == 0


def test_a_clip_may_end_in_a_flash_and_a_long_one_ends_the_scene() -> None:
    assert flash_clip(18)[0].span.end == 11 * STEP


def test_a_dissolve_ends_a_track_within_the_patience() -> None:
    old, new = crop(CANVAS, 0).astype(float), crop(scenery(2), 0).astype(float)
    shares = np.clip((np.arange(70) - 10) / 15, 0, 1)
    pictures = [(old * (1 - s) + new * s).astype(np.uint8) for s in shares]
    tracks = track(pictures, lambda n: [finding(n, (100, 70, 30, 40))] if n < 12 else [])
    assert all(one.span.end <= 40 * STEP for one in tracks)


def occluded(n: int) -> Box:
    """A person who walks behind a pole."""
    return (60 + 4 * n, 60, 30, 40)


def walked(picture: np.ndarray, face: Box, seed: int) -> np.ndarray:
    """The picture with a body under and around a face."""
    x, y = round(face[0]), round(face[1])
    body = scenery(seed, 120, 160)[: HEIGHT - y + 5, : min(60, WIDTH - x + 15)]
    picture = picture.copy()
    left = max(0, x - 15)
    picture[y - 5 : y - 5 + len(body), left : x - 15 + body.shape[1]] = body[:, left - x + 15 :]
    return picture


def pole_clip() -> list[Track]:
    pictures = [walked(crop(CANVAS, 0), occluded(n), 3) for n in range(40)]
    for picture in pictures:
        picture[:, 130:170] = 60
    return track(pictures, lambda n: [] if 12 <= n <= 26 else [finding(n, occluded(n))])


def test_a_face_that_a_pole_hid_is_the_same_track() -> None:
    (one,) = pole_clip()
    assert Origin.BRIDGED in origins(one)
    assert all(covered([one], n, occluded(n)) > 0.3 for n in range(40))


def test_without_its_drift_a_face_that_a_pole_hid_becomes_two_tracks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Head, "drifting", lambda self, seconds: np.zeros(2))
    monkeypatch.setattr(join, "_SAME", 1.0)
    assert len(pole_clip()) == 2


def test_before_a_camera_at_rest_a_track_ends_within_the_patience() -> None:
    still = [crop(CANVAS, 0)] * 90
    (one,) = track(still, lambda n: [finding(n, (100, 70, 30, 40))] if 35 <= n <= 55 else [])
    assert one.span.start > 0
    assert one.span.end <= 55 * STEP + 1
    assert one.span.end >= 55 * STEP + Fraction(1, 2)


def test_scattered_low_scores_start_nothing() -> None:
    random = np.random.default_rng(5)

    def noise(n: int) -> list[Finding]:
        return [finding(n, (random.uniform(0, 290), random.uniform(0, 140), 25, 30), 0.12) for _ in range(2)]

    assert track(PAN, noise) == []


def test_low_scores_that_go_with_the_picture_earn_a_track_together() -> None:
    tracks = track(PAN[:30], lambda n: [finding(n, panned(n), 0.15)] if n % 3 else [])
    assert len(tracks) == 1
    assert Origin.SEEN not in origins(tracks[0])
    assert all(covered(tracks, n, panned(n)) > 0.9 for n in range(30))


def test_the_same_look_repeated_proves_nothing() -> None:
    still = [crop(CANVAS, 0)] * 30
    assert track(still, lambda n: [finding(n, (100, 70, 30, 40), 0.15)]) == []


def test_a_tracker_that_counts_every_look_believes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unseen.track.chain._NEW_LOOK_AFTER", 1e-3)
    still = [crop(CANVAS, 0)] * 30
    assert len(track(still, lambda n: [finding(n, (100, 70, 30, 40), 0.15)])) == 1


def test_two_people_who_pass_each_other_stay_two_and_covered() -> None:
    def one(n: int) -> Box:
        return (40 + 5 * n, 60, 30, 40)

    def other(n: int) -> Box:
        return (250 - 5 * n, 75, 30, 40)

    pictures = [walked(walked(crop(CANVAS, 0), one(n), 3), other(n), 4) for n in range(40)]
    tracks = track(pictures, lambda n: [finding(n, one(n)), finding(n, other(n))])
    assert all(covered(tracks, n, box(n)) > 0.75 for n in range(40) for box in (one, other))


def test_where_nothing_is_found_for_long_nothing_is_kept() -> None:
    made, most = Tracker(WIDTH, HEIGHT), 0
    for second in range(60):  # one picture a second
        here = [finding(second * 25, (100, 70, 30, 40))] if second in (2, 50) else []
        made.add(View(Fraction(second), PAN[0]), here)
        most = max(most, len(made._scene))
    assert most <= 25
    spans = [one.span for one in made.finish()]
    assert [(span.start, span.end) for span in spans] == [(2, 2), (50, 50)]


def hidden_while_handed_over(n: int) -> list[Finding]:
    """A face that is not seen from picture 16 to 24, around the twentieth."""
    return [] if 16 <= n <= 24 else [finding(n, panned(n))]


def test_a_long_scene_is_linked_in_parts_that_leave_no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracker, "MOST_PICTURES", 20)
    made, most = Tracker(WIDTH, HEIGHT), 0
    for n in range(40):
        made.add(View(n * STEP, PAN[n]), hidden_while_handed_over(n))
        most = max(most, len(made._scene))
    tracks = made.finish()
    assert most <= 20
    assert 2 <= len(tracks) <= 4
    assert all(covered(tracks, n, panned(n)) > 0.8 for n in range(40))


def test_parts_that_share_no_pictures_leave_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracker, "MOST_PICTURES", 20)
    monkeypatch.setattr(tracker.Scene, "tail", lambda scene, index: scene.split(len(scene) - 1))
    monkeypatch.setattr(tracker, "Settings", partial(Settings, tentative=0.05, patience=0.05, patience_moving=0.05))
    tracks = track(PAN, hidden_while_handed_over)
    assert min(covered(tracks, n, panned(n)) for n in range(40)) == 0


def test_a_clip_without_pictures_or_findings_has_no_tracks() -> None:
    assert Tracker(WIDTH, HEIGHT).finish() == []
    assert track(PAN[:5], lambda n: []) == []


def test_a_tracker_that_forgets_what_left_the_picture_leaks_when_it_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracker, "Settings", partial(Settings, away=0.1))
    assert min(return_clip()) == 0


def test_findings_below_the_low_score_do_not_count() -> None:
    made = Tracker(WIDTH, HEIGHT, low=0.3, high=0.5)
    for n in range(10):
        made.add(View(n * STEP, PAN[n]), [finding(n, panned(n), 0.29)])
    assert made.finish() == []
