"""Finding a real face: large and small, anywhere, turned, and the same on every runtime."""

import functools
import shutil
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from unseen.core import Finding, Region, View
from unseen.errors import ModelError
from unseen.find import FaceFinder, faces
from unseen.models import ModelStore, Runtime, built_in

for_photos = functools.cache(FaceFinder.for_photos)
for_video = functools.cache(FaceFinder.for_video)
FACE = Region(178, 64, 92, 112)
"""Where the face is in the portrait, forehead to chin."""


@functools.cache
def portrait() -> np.ndarray:
    from skimage import data

    return data.astronaut()


def find(finder: FaceFinder, rgb: np.ndarray) -> list[Finding]:
    (found,) = finder.find([View(Fraction(0), rgb)])
    return found


def covers(findings: list[Finding], face: Region) -> bool:
    return any(f.region.padded(0.2).overlap(face) >= 0.85 * face.area for f in findings)


def scaled(region: Region, share: float, x: float = 0, y: float = 0) -> Region:
    return Region(region.x * share + x, region.y * share + y, region.width * share, region.height * share)


def scene(width: int, height: int, faces_at: list[tuple[int, int]], share: float) -> tuple[np.ndarray, list[Region]]:
    """The head of the portrait, pasted with its top left corner at each of `faces_at` into a dim, blurred room."""
    rng = np.random.default_rng(3)
    room = cv2.resize(rng.integers(60, 140, (6, 8, 3)).astype(np.uint8), (width, height))
    head = cv2.resize(portrait()[30:210, 130:310], None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    for x, y in faces_at:
        room[y : y + head.shape[0], x : x + head.shape[1]] = head
    at = Region(FACE.x - 130, FACE.y - 30, FACE.width, FACE.height)
    return room, [scaled(at, share, x, y) for x, y in faces_at]


@pytest.mark.parametrize("pixels", [12, 16, 40, 150])
def test_small_and_middling_faces_are_found_in_photos(pixels: int) -> None:
    room, (face,) = scene(640, 480, [(300, 90)], pixels / FACE.width)
    assert covers(find(for_photos(), room), face)


@pytest.mark.parametrize("pixels", [16, 40, 150])
def test_small_and_middling_faces_are_found_in_video(pixels: int) -> None:
    room, (face,) = scene(640, 480, [(300, 90)], pixels / FACE.width)
    (found, *_) = find(for_video(), room)
    assert found.score >= for_video().high
    assert covers([found], face)


@pytest.mark.parametrize("grown", [1, 6])
def test_a_face_that_fills_the_photo_is_found(grown: int) -> None:
    close = cv2.resize(portrait()[60:180, 175:273], None, fx=grown, fy=grown, interpolation=cv2.INTER_CUBIC)
    height, width = close.shape[:2]
    assert covers(find(for_photos(), close), Region(0, 0, width, height).padded(-0.1))


@pytest.mark.parametrize(("rows", "columns"), [(slice(120, 500), slice(0, 500)), (slice(0, 500), slice(225, 500))])
def test_a_face_cut_by_the_edge_is_found(rows: slice, columns: slice) -> None:
    face = scaled(FACE, 1, -columns.start, -rows.start)
    left, top, right, bottom = face.pixels(500, 500)
    assert covers(find(for_photos(), portrait()[rows, columns]), Region(left, top, right - left, bottom - top))


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_faces_lying_and_upside_down_are_found_in_photos(turns: int) -> None:
    room, (face,) = scene(480, 400, [(90, 60)], 0.8)
    width, height = 480, 400
    for _ in range(turns):
        room = np.rot90(room)
        face = Region(face.y, width - face.right, face.height, face.width)
        width, height = height, width
    assert covers(find(for_photos(), np.ascontiguousarray(room)), face)


def test_a_tilted_head_is_found_in_video() -> None:
    room, (face,) = scene(480, 400, [(150, 100)], 0.8)
    turn = cv2.getRotationMatrix2D(face.centre, 25, 1)
    assert covers(find(for_video(), cv2.warpAffine(room, turn, (480, 400))), face)


def test_in_a_large_photo_each_face_is_found_once_wherever_pieces_meet() -> None:
    places = [(x, y) for x in (40, 880, 1290, 1700, 2450) for y in (30, 760, 1500)]
    room, expected = scene(2560, 1600, places, 0.35)
    found = [finding for finding in find(for_photos(), room) if finding.score >= for_photos().high]
    assert all(covers(found, face) for face in expected)
    assert len(found) == len(places)


def test_grown_views_are_all_looked_at_at_one_scale() -> None:
    finder = FaceFinder.for_video(grown=1.5)
    (whole,) = find(finder, portrait())[:1]
    part = portrait()[32:288, 96:352]
    (cut,) = find(finder, part)[:1]
    assert scaled(cut.region, 1, 96, 32).iou(whole.region) > 0.8
    assert cut.score == pytest.approx(whole.score, abs=0.1)


@pytest.mark.parametrize("maker", [FaceFinder.for_photos, FaceFinder.for_video])
def test_both_runtimes_find_the_same(maker: object) -> None:
    for name in Runtime:
        pytest.importorskip(name)
    room, _ = scene(500, 300, [(30, 40), (280, 60)], 0.6)
    one, other = (find(maker(runtime=name), room) for name in Runtime)
    assert len(one) == len(other) >= 2
    for here, there in zip(one, other, strict=True):
        # 8-bit steps are rounded at other places: a few hundredths of a score, not a face found or missed
        assert here.score == pytest.approx(there.score, abs=0.05)
        assert here.region.iou(there.region) > 0.95


def test_nobody_looks_with_weights_that_were_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(built_in().folder, tmp_path / "models")
    with (tmp_path / "models" / "centerface.onnx").open("r+b") as file:
        file.seek(1000)
        file.write(b"\0")
    monkeypatch.setattr(faces, "built_in", lambda: ModelStore(tmp_path / "models"))
    with pytest.raises(ModelError, match="not the weights of centerface"):
        FaceFinder.for_video()
