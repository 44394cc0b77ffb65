"""What holds for every motion, box and track, whatever is found."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from unseen.core import Finding, Keyframe, Kind, Origin, Region, Track, View
from unseen.track import Tracker, thin
from unseen.track.boxes import fit, iou
from unseen.track.carry import Carrier, inverse
from unseen.track.chain import uncut
from unseen.track.motion import Motion, MotionMeter, Plane, cell_centres, fit_camera, unknown

RANDOM = np.random.default_rng(11)


def moved(camera: np.ndarray, width: int = 320, height: int = 180) -> Motion:
    """A motion in which every cell goes with the camera and is trusted."""
    centres = cell_centres(18, 32, width, height)
    flow = centres @ camera[:, :2].T + camera[:, 2] - centres
    cells = flow.reshape(18, 32, 2).astype(np.float16)
    return Motion(camera, cells, np.full((18, 32), 255, np.uint8), 1.0)


def similarity(scale: float, turn: float, x: float, y: float) -> np.ndarray:
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    return np.array([[cos, -sin, x], [sin, cos, y]])


cameras = some.builds(
    similarity, some.floats(0.9, 1.1), some.floats(-0.1, 0.1), some.floats(-30, 30), some.floats(-30, 30)
)


@given(cameras)
@settings(deadline=None, max_examples=30)
def test_a_camera_is_found_among_a_third_of_other_movements(camera: np.ndarray) -> None:
    random = np.random.default_rng(3)
    start = cell_centres(18, 32, 320, 180)
    end = start @ camera[:, :2].T + camera[:, 2] + random.normal(0, 0.1, start.shape)
    others = random.choice(len(start), len(start) // 3, replace=False)
    end[others] = start[others] + random.uniform(-20, 20, (len(others), 2))
    fitted = fit_camera(start, end, np.ones(len(start)), random)
    corners = np.array([[0, 0, 1], [320, 0, 1], [0, 180, 1], [320, 180, 1]])
    assert np.abs(corners @ (fitted - camera).T).max() < 1


def test_a_camera_that_nothing_speaks_for_stands_still() -> None:
    start = cell_centres(18, 32, 320, 180)
    assert fit_camera(start, start + 5, np.zeros(len(start)), RANDOM)[0, 2] == 0


@given(cameras, some.floats(20, 300), some.floats(20, 160))
@settings(deadline=None, max_examples=50)
def test_a_box_carried_there_and_back_is_where_it_was(camera: np.ndarray, x: float, y: float) -> None:
    carrier, motion = Carrier(320, 180), moved(camera)
    box = np.array([[x, y, 24.0, 30.0]])
    there = carrier.step(motion, box, np.zeros((1, 2)), backwards=False)
    back = carrier.step(motion, there.boxes, np.zeros((1, 2)), backwards=True)
    assert np.allclose(back.boxes, box, atol=0.5)
    assert (there.errors > 0).all()


def test_where_nothing_is_known_a_box_goes_on_drifting_and_is_doubted_more() -> None:
    carrier = Carrier(320, 180)
    box, drift = np.array([[100.0, 90.0, 24.0, 30.0]]), np.array([[3.0, 0.0]])
    blind = carrier.step(unknown(), box, drift, backwards=False)
    sure = carrier.step(moved(similarity(1, 0, 3, 0)), box, np.zeros((1, 2)), backwards=False)
    assert blind.boxes[0, 0] == pytest.approx(103)
    assert blind.errors[0] > 2 * sure.errors[0]


@given(cameras)
def test_a_camera_undone_is_no_camera(camera: np.ndarray) -> None:
    point = np.array([12.0, 34.0])
    there = camera[:, :2] @ point + camera[:, 2]
    back = inverse(camera)
    assert np.allclose(back[:, :2] @ there + back[:, 2], point)


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (400, 16), (20, 40), (2000, 30)])
def test_pictures_of_any_shape_have_a_motion(shape: tuple[int, int]) -> None:
    rgb = RANDOM.integers(0, 255, (*shape, 3), np.uint8)
    motion = MotionMeter().between(Plane.of(rgb, shape[1]), Plane.of(rgb, shape[1]))
    assert np.isfinite(motion.camera).all()
    assert np.isfinite(motion.cells).all()


def test_a_motion_takes_a_few_kilobytes() -> None:
    """Ten minutes at 30 pictures a second stay below 100 MB with it."""
    rgb = RANDOM.integers(0, 255, (2160, 3840, 3), np.uint8)
    plane = Plane.of(rgb, 3840)
    motion = MotionMeter().between(plane, plane)
    assert motion.cells.nbytes + motion.trust.nbytes + motion.camera.nbytes < 4000


def test_an_exposure_dip_is_not_motion() -> None:
    rgb = np.clip(np.kron(RANDOM.integers(0, 255, (30, 40, 3)), np.ones((8, 8, 1))), 0, 255).astype(np.uint8)
    motion = MotionMeter().between(Plane.of(rgb, 320), Plane.of((rgb * 0.4).astype(np.uint8), 320))
    assert np.abs(motion.camera - unknown().camera).max() < 0.1
    assert motion.agreement > 0.5


def test_boxes_fit_and_overlap_themselves() -> None:
    boxes = np.array([[10.0, 10, 4, 6], [100, 50, 20, 20]])
    assert np.allclose(np.diag(iou(boxes, boxes)), 1)
    assert np.allclose(np.diag(fit(boxes, np.ones(2), boxes)), 1)
    assert fit(boxes, np.ones(2), boxes)[0, 1] == 0
    assert iou(boxes, np.empty((0, 4))).shape == (2, 0)


def test_what_the_edge_cuts_off_is_continued_beyond_it() -> None:
    expected = np.array([10.0, 50, 40, 40])
    seen = np.array([10.0, 50, 20, 40])  # its left half is outside
    assert uncut(seen, expected, (320, 180)).tolist() == [0, 50, 40, 40]
    inside = np.array([100.0, 50, 20, 40])
    assert uncut(inside, expected, (320, 180)).tolist() == inside.tolist()


edges = some.lists(some.tuples(*[some.floats(-50, 50)] * 2), min_size=1, max_size=40)


@given(edges, some.data())
def test_lines_stay_within_half_a_pixel_of_what_they_replace(
    corners: list[tuple[float, float]], data: some.DataObject
) -> None:
    boxes = np.array([(x, y, x + 20, y + 20) for x, y in corners])
    origins = tuple(data.draw(some.sampled_from([Origin.SEEN, Origin.BRIDGED])) for _ in corners)
    times = [Fraction(n, 7) for n in range(len(corners))]
    kept = thin.kept(times, boxes, origins)
    assert kept[0] == 0
    assert kept[-1] == len(corners) - 1
    assert all(a < b for a, b in itertools.pairwise(kept))
    assert all(n in kept and n - 1 in kept for n in range(1, len(origins)) if origins[n] != origins[n - 1])
    lines = np.stack([np.interp(range(len(corners)), kept, boxes[kept, side]) for side in range(4)], 1)
    assert np.abs(lines - boxes).max() <= 0.5 + 1e-9


def test_a_straight_movement_needs_two_keyframes() -> None:
    boxes = np.array([(n, 2 * n, n + 20, 2 * n + 30) for n in range(100)], float)
    times = [Fraction(n, 25) for n in range(100)]
    assert thin.kept(times, boxes, (Origin.SEEN,) * 100) == [0, 99]


def test_thinning_that_keeps_only_the_ends_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thin, "_straight", lambda *_: True)
    boxes = np.array([(0, 0, 20, 20), (30, 0, 50, 20), (0, 0, 20, 20)], float)
    kept = thin.kept([Fraction(n) for n in range(3)], boxes, (Origin.SEEN,) * 3)
    assert kept == [0, 2]  # what the property above would refuse


findings = some.tuples(
    some.floats(-5, 60), some.floats(-5, 44), some.floats(3, 40), some.floats(3, 40), some.floats(0, 1)
)
clips = some.lists(
    some.tuples(some.integers(1, 900), some.integers(0, 3), some.lists(findings, max_size=3)), min_size=1, max_size=12
)
SCENES = [RANDOM.integers(0, 255, (48, 64, 3), np.uint8) for _ in range(3)] + [np.full((48, 64, 3), 255, np.uint8)]


def linked(clip: list[tuple[int, int, list[tuple[float, ...]]]]) -> tuple[list[Finding], list[Fraction], list[Track]]:
    tracker, time, times, found = Tracker(64, 48), Fraction(0), [], []
    for ticks, scene, raw in clip:
        time += Fraction(ticks, 9000)
        times.append(time)
        here = [Finding(Kind.FACE, time, Region(x, y, w, h), score) for x, y, w, h, score in raw]
        found += here
        tracker.add(View(time, SCENES[scene]), here)
    return found, times, tracker.finish()


@given(clips)
@example([(1, 0, [(0, 0, 3, 5, 0.25)]), (1, 0, [(0, 0, 3, 3, 1.0), (0, 0, 3, 5, 0.25)])])
@settings(deadline=None, max_examples=120)
def test_whatever_is_found_every_sure_finding_is_covered_at_exact_times(
    clip: list[tuple[int, int, list[tuple[float, ...]]]],
) -> None:
    found, times, tracks = linked(clip)
    assert {k.time for t in tracks for k in t.keyframes} <= set(times)
    assert len({t.id for t in tracks}) == len(tracks)
    assert all(
        (k.score is None) == (k.origin in (Origin.BRIDGED, Origin.EXTENDED)) for t in tracks for k in t.keyframes
    )
    for finding in found:
        visible = finding.region.overlap(Region(0, 0, 64, 48))
        if finding.score < 0.4 or visible < 0.5 * finding.region.area:
            continue
        regions = [region for t in tracks if (region := t.region_at(finding.time))]
        assert any(region.overlap(finding.region) > 0 for region in regions)


def test_keyframes_between_frames_would_be_refused() -> None:
    with pytest.raises(ValueError, match="increase"):
        Track("t", Kind.FACE, (Keyframe(Fraction(0), Region(0, 0, 1, 1), Origin.SEEN, 0.5),) * 2)


def test_a_picture_that_does_not_change_stands_still_and_is_trusted() -> None:
    wall = RANDOM.integers(0, 256, (180, 320, 3), dtype=np.uint8)
    wall = np.repeat(np.repeat(wall[::6, ::6], 6, 0), 6, 1)
    first, second = Plane.of(wall, 320), Plane.of(wall.copy(), 320)
    motion = MotionMeter().between(first, second)
    assert not motion.cells.any() and (motion.camera == np.eye(2, 3)).all()
    assert motion.trust.mean() > 200 and motion.agreement == 1


def test_one_small_thing_that_moves_is_not_taken_for_standstill() -> None:
    wall = np.repeat(np.repeat(RANDOM.integers(90, 130, (30, 54, 3), dtype=np.uint8), 6, 0), 6, 1)
    earlier, later = wall.copy(), wall.copy()
    ball = RANDOM.integers(0, 256, (12, 12, 3), dtype=np.uint8)
    earlier[80:92, 100:112], later[80:92, 104:116] = ball, ball
    motion = MotionMeter().between(Plane.of(earlier, 324), Plane.of(later, 324))
    assert motion.cells.any()
