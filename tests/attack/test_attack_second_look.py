"""Saboteurs of check 8: somebody is left in the finished file, and another detector sees it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from planning import make_plan
from skimage import data

from unseen.core import (
    FrameTimes,
    Keyframe,
    Kind,
    MediaInfo,
    MediaKind,
    Origin,
    PictureFormat,
    Region,
    StreamInfo,
    StreamKind,
    Track,
)
from unseen.models import ModelStore, built_in
from unseen.plan import (
    Accepted,
    Action,
    Cover,
    Decision,
    Plan,
    PlannedTrack,
    Source,
    Style,
)
from unseen.verify import CheckResult, Status, audit

WIDTH, HEIGHT = 320, 240
FACE = Region(96, 32, 84, 108)
"""Where `picture` shows a face."""
ELSEWHERE = Region(230, 150, 60, 60)
TICK = Fraction(1, 12800)


def picture(face: bool = True) -> np.ndarray:
    """Part of a portrait in the public domain, or its plain background."""
    whole = np.asarray(data.astronaut())
    return np.ascontiguousarray(
        whole[30 : 30 + HEIGHT, 80 : 80 + WIDTH] if face else np.full((HEIGHT, WIDTH, 3), 150, np.uint8)
    )


def plan_of(
    kind: MediaKind, ticks: Sequence[int], tracks: tuple[PlannedTrack, ...] = (), cover: Cover | None = None
) -> Plan:
    media = MediaInfo(
        kind,
        "mp4" if kind is MediaKind.VIDEO else "png",
        (StreamInfo(0, StreamKind.VIDEO, "h264"),),
        PictureFormat(WIDTH, HEIGHT, "yuv420p"),
        FrameTimes.from_ticks(TICK, ticks),
    )
    return make_plan(Source("0" * 64, 1, media), tracks, cover=cover or Cover(padding=0.0))


def planned(region: Region, action: Action = Action.COVER, start: int = 0, end: int = 60) -> PlannedTrack:
    times = (Fraction(start), Fraction(end)) if end > start else (Fraction(start),)
    return PlannedTrack(
        Track("t1", Kind.FACE, tuple(Keyframe(t, region, Origin.DRAWN) for t in times)),
        Decision(action, "ana", "asked"),
    )


def photo(path: Path, samples: np.ndarray) -> Path:
    Image.fromarray(samples).save(path)
    return path


def clip(path: Path, frames: int, shown: Callable[[int], np.ndarray], rate: int = 10) -> tuple[Path, list[int]]:
    """A clip without anything a player does not need, and its ticks."""
    step = 12800 // rate
    with path.open("w+b") as file:
        container = av.open(file, "w", format="mp4", options={"fflags": "+bitexact"})
        container.flags |= int(av.container.Flags.bitexact.value)
        stream = container.add_stream("libx264", rate=rate, options={"crf": "18", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.time_base = stream.codec_context.time_base = TICK
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(shown(number), format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = number * step, TICK
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        container.close()
    return path, [n * step for n in range(frames)]


def eighth(path: Path, plan: Plan, models: ModelStore | None = None) -> CheckResult:
    report = audit(path, plan, source=None, models=models)
    return next(check for check in report.checks if check.number == 8)


def covered(style: Style = Style.SOLID) -> np.ndarray:
    samples = picture()
    left, top, right, bottom = FACE.padded(0.1).pixels(WIDTH, HEIGHT) or (0, 0, 0, 0)
    if style is Style.SOLID:
        samples[top:bottom, left:right] = 0
    else:
        part = Image.fromarray(samples[top:bottom, left:right])
        samples[top:bottom, left:right] = np.asarray(part.resize((3, 4), Image.Resampling.BOX).resize(part.size, 0))
    return samples


def test_a_face_that_no_track_covers_is_found_and_its_place_named(tmp_path: Path) -> None:
    path = photo(tmp_path / "out.png", picture())
    report = audit(path, plan_of(MediaKind.PHOTO, [0]), source=None)
    found = report.checks[7]
    assert found.status is Status.FAILED
    assert "0.000 s" in found.detail and "score 1.00" in found.detail
    (finding,) = report.findings
    assert finding.region.iou(FACE) > 0.5


def test_a_covered_face_is_none(tmp_path: Path) -> None:
    plan = plan_of(MediaKind.PHOTO, [0], (planned(FACE.padded(0.1)),))
    found = eighth(photo(tmp_path / "out.png", covered()), plan)
    assert found.status is Status.PASSED
    assert "1 looks for faces of 20 pixels and more" in found.detail


def test_a_face_that_somebody_kept_is_excused_and_nothing_else_is(tmp_path: Path) -> None:
    path = photo(tmp_path / "out.png", picture())
    assert eighth(path, plan_of(MediaKind.PHOTO, [0], (planned(FACE, Action.KEEP),))).status is Status.PASSED
    assert eighth(path, plan_of(MediaKind.PHOTO, [0], (planned(ELSEWHERE, Action.KEEP),))).status is Status.FAILED


@pytest.mark.parametrize(
    ("time", "region", "status"),
    [(0, FACE, Status.PASSED), (0, ELSEWHERE, Status.FAILED), (5, FACE, Status.FAILED)],
)
def test_what_somebody_accepted_is_let_pass_there_and_then_only(
    tmp_path: Path, time: int, region: Region, status: Status
) -> None:
    plan = replace(plan_of(MediaKind.PHOTO, [0]), accepted=(Accepted(Fraction(time), region, "ana", "a statue"),))
    found = eighth(photo(tmp_path / "out.png", picture()), plan)
    assert found.status is status
    assert ("ana (a statue)" in found.detail) == (status is Status.PASSED)


def test_a_mosaic_that_still_looks_like_a_face_is_a_planned_cover(tmp_path: Path) -> None:
    plan = plan_of(MediaKind.PHOTO, [0], (planned(FACE.padded(0.1)),), Cover(Style.MOSAIC, padding=0.0))
    assert eighth(photo(tmp_path / "out.png", covered(Style.MOSAIC)), plan).status is Status.PASSED


@pytest.mark.parametrize("first", [0, 7, 13])
def test_a_face_on_screen_for_half_a_second_is_found_wherever_it_lies(tmp_path: Path, first: int) -> None:
    path, ticks = clip(tmp_path / "out.mp4", 20, lambda n: picture(first <= n <= first + 6))
    report = audit(path, plan_of(MediaKind.VIDEO, ticks), source=None)
    assert report.checks[7].status is Status.FAILED
    assert {Fraction(n, 10) for n in range(first, first + 7)} >= {f.time for f in report.findings} != set()


def test_a_face_shown_for_one_picture_between_cuts_is_found(tmp_path: Path) -> None:
    path, ticks = clip(tmp_path / "out.mp4", 12, lambda n: picture(n == 8))
    assert eighth(path, plan_of(MediaKind.VIDEO, ticks)).status is Status.FAILED


def test_what_does_not_change_is_looked_at_once(tmp_path: Path) -> None:
    path, ticks = clip(tmp_path / "out.mp4", 40, lambda _: picture(False))
    found = eighth(path, plan_of(MediaKind.VIDEO, ticks))
    assert found.status is Status.PASSED
    assert found.detail.startswith("1 looks")


def test_a_detector_that_cannot_be_loaded_has_checked_nothing(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "models")
    shutil.copytree(built_in().folder, store.folder)
    with (store.folder / "mtcnn-r.onnx").open("r+b") as file:
        file.seek(5000)
        file.write(b"\xff")
    found = eighth(photo(tmp_path / "out.png", picture()), plan_of(MediaKind.PHOTO, [0]), store)
    assert found.status is Status.NOT_CHECKED
    assert "not the weights of mtcnn-r" in found.detail
