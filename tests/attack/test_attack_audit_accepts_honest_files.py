"""The other half of every attack: files with nothing wrong pass, in every format that Unseen writes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import finished_media as made
import numpy as np
import pytest

from unseen.core import ColourModel, MediaKind, Picture, PictureFormat, Plane, Region, StreamKind
from unseen.media.av_write import AvWriter, VideoFormat
from unseen.media.containers import CONTAINERS, Quality
from unseen.media.photo_write import PHOTO_SUFFIXES, PhotoWriter
from unseen.plan import Cover, Plan, StreamAction, StreamDecision, Style
from unseen.verify import Status, audit

PAIRS = [(c.name, codec) for c in CONTAINERS.values() for codec in c.video]
NEEDED = (1, 2, 3, 5, 6, 7)


def passes(output: Path, plan: Plan) -> None:
    report = audit(output, plan, source=None)
    assert {c.number: c.detail for c in report.failed} == {}
    assert report.passed(NEEDED)


def pictures(plan: Plan, shape: str, rgb: tuple[int, int, int] = (0, 0, 0)) -> list[Picture]:
    """The scene with the planned cover, as `yuv` 4:2:0, `rgb` or `grey`."""
    left, top, right, bottom = made.covered_box()
    found = []
    for number, time in enumerate(plan.source.media.frame_times or ()):
        samples = made.scene(number)
        if shape == "grey":
            grey = samples[..., 0].copy()
            grey[top:bottom, left:right] = round(np.dot(rgb, (0.299, 0.587, 0.114)))
            planes, model = (Plane(grey),), ColourModel.GREY
        elif shape == "rgb":
            samples[top:bottom, left:right] = rgb
            planes, model = (Plane(samples),), ColourModel.RGB
        else:
            luma = (samples[..., 0] // 2 + 16).astype(np.uint8)
            chroma = [np.ascontiguousarray(samples[::2, ::2, n] // 2 + 64) for n in (1, 2)]
            values = made.yuv_of(rgb)
            luma[top:bottom, left:right] = values[0]
            for plane, value in zip(chroma, values[1:], strict=True):
                plane[top // 2 : bottom // 2, left // 2 : right // 2] = value
            planes, model = (Plane(luma), *(Plane(c, 2, 2) for c in chroma)), ColourModel.YUV
        found.append(Picture(time, made.WIDTH, made.HEIGHT, planes, model, 8, model is not ColourModel.YUV, 2))
    return found


@pytest.mark.parametrize(("container", "codec"), PAIRS)
@pytest.mark.parametrize("sound", [None, StreamAction.SILENCE])
def test_what_the_video_writer_writes_passes(
    tmp_path: Path, container: str, codec: str, sound: StreamAction | None
) -> None:
    plan = made.plan_for(None, container=container, sound=sound)
    path = tmp_path / "out"
    form = VideoFormat(CONTAINERS[container], codec, Quality.HIGH, (48000, "stereo") if sound else None)
    with path.open("w+b") as file:
        writer = AvWriter(file, form, plan.source.media)
        for picture in pictures(plan, "yuv"):
            writer.write(picture)
            writer.write_silence(picture.time)
        writer.write_silence(made.FRAMES * made.STEP * made.TICK)
        writer.close()
    passes(path, plan)


@pytest.mark.parametrize("container", sorted(PHOTO_SUFFIXES))
@pytest.mark.parametrize("shape", ["rgb", "grey"])
@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#c02040"])
def test_what_the_photo_writer_writes_passes(tmp_path: Path, container: str, shape: str, colour: str) -> None:
    plan = made.photo_plan(container=container, cover=Cover(colour=colour, padding=0))
    path = tmp_path / "out"
    with path.open("w+b") as file:
        writer = PhotoWriter(file, container, plan.source.media)
        for picture in pictures(plan, shape, plan.cover.rgb):
            writer.write(picture)
        writer.close()
    passes(path, plan)


@pytest.mark.parametrize("container", ["gif", "png", "webp", "tiff", "avif"])
def test_what_the_photo_writer_writes_of_several_pictures_passes(tmp_path: Path, container: str) -> None:
    tick, ticks = (Fraction(1), (0, 1, 2, 3)) if container == "tiff" else (Fraction(1, 100), (0, 10, 13, 40))
    plan = made.plan_for(None, kind=MediaKind.ANIMATION, container=container, tick=tick, ticks=ticks)
    path = tmp_path / "out"
    with path.open("w+b") as file:
        writer = PhotoWriter(file, container, plan.source.media)
        for picture in pictures(plan, "rgb"):
            writer.write(picture)
        writer.close()
    passes(path, plan)


@pytest.mark.parametrize("container", sorted(made.MUXERS))
@pytest.mark.parametrize("fill", [(0, 0, 0), (255, 255, 255), (200, 30, 60)])
def test_a_cover_of_any_colour_passes(tmp_path: Path, container: str, fill: tuple[int, int, int]) -> None:
    codec = "vp9" if container == "webm" else "h264"
    path = made.write_clip(tmp_path / "out", made.Clip(container, codec, fill=fill))
    passes(path, made.plan_for(None, container=container, cover=Cover(colour=f"#{bytes(fill).hex()}", padding=0)))


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts", "webm", "mov"])
def test_uneven_frame_times_pass(tmp_path: Path, container: str) -> None:
    ticks = (0, 400, 1200, 1300, 5000, 5100, 9000, 9999, 12345, 20000)
    codec = "vp9" if container == "webm" else "h264"
    tick = {"ts": Fraction(1, 90000), "mkv": Fraction(1, 1000), "webm": Fraction(1, 1000)}.get(container, made.TICK)
    shown = [round(t * made.TICK / tick) for t in ticks]
    path = made.write_clip(tmp_path / "out", made.Clip(container, codec, ticks=shown, tick=tick))
    passes(path, made.plan_for(None, container=container, ticks=ticks))


def test_a_track_that_comes_and_goes_is_only_looked_for_while_it_is_there(tmp_path: Path) -> None:
    start, end = 3 * made.STEP * made.TICK, 6 * made.STEP * made.TICK
    path = made.write_clip(tmp_path / "out.mp4", made.Clip(uncovered=frozenset({0, 1, 2, 7, 8, 9})))
    passes(path, made.plan_for(None, tracks=[made.track(start=start, end=end)]))


def test_a_clip_turned_by_its_display_matrix_is_looked_at_as_shown(tmp_path: Path) -> None:
    """Shown a quarter turn clockwise: stored (x, y) appears at (height - y, x)."""
    path = made.write_clip(tmp_path / "out.mp4", made.Clip())
    matrix = np.array([0, 1 << 16, 0, -(1 << 16), 0, 0, made.HEIGHT << 16, 0, 1 << 30], ">i4").tobytes()

    def turned(data: bytes) -> bytes:
        at = data.index(b"tkhd") + 44
        return data[:at] + matrix + data[at + 36 :]

    made.tampered(path, turned)
    region = Region(made.HEIGHT - made.REGION.bottom, made.REGION.x, made.REGION.height, made.REGION.width)
    plan = made.plan_for(None, tracks=[made.track(region)])
    media = replace(plan.source.media, picture=PictureFormat(made.HEIGHT, made.WIDTH, "yuv420p", quarter_turns=1))
    passes(path, replace(plan, source=replace(plan.source, media=media)))


def test_kept_sound_passes(tmp_path: Path) -> None:
    path = made.write_clip(tmp_path / "out.mp4", made.Clip(sound="left"))
    passes(path, made.plan_for(None, sound=StreamAction.KEEP))


def test_streams_that_the_plan_removes_are_not_missed(tmp_path: Path) -> None:
    path = made.write_clip(tmp_path / "out.mp4", made.Clip())
    plan = made.plan_for(None, sound=StreamAction.REMOVE)
    passes(path, plan)
    assert plan.streams[1] == StreamDecision(1, StreamKind.AUDIO, StreamAction.REMOVE, "unseen", "default")


@pytest.mark.parametrize("style", [Style.MOSAIC, Style.BLUR])
def test_mosaic_and_blur_pass_as_what_they_are(tmp_path: Path, style: Style) -> None:
    cells = np.array([[40, 200, 90, 160], [180, 60, 220, 100], [120, 30, 140, 70], [90, 210, 50, 150]], float)

    def coarse(number: int, planes: list[np.ndarray]) -> None:
        left, top, right, bottom = made.covered_box()
        size = bottom - top
        place = (np.arange(size) + 0.5) * 4 / size
        if style is Style.MOSAIC:
            shown = cells[np.floor(place).astype(int)][:, np.floor(place).astype(int)]
        else:
            along = np.array([np.interp(place - 0.5, range(4), row) for row in cells])
            shown = np.array([np.interp(place - 0.5, range(4), column) for column in along.T]).T
        planes[0][top:bottom, left:right] = shown.round()

    path = made.write_clip(tmp_path / "out.mp4", made.Clip(paint=coarse))
    plan = made.plan_for(None, cover=Cover(style=style, padding=0))
    passes(path, plan)
    assert made.outcomes(audit(path, plan, source=None))[4].status is Status.NOT_CHECKED


def test_every_check_of_the_list_is_always_there(tmp_path: Path) -> None:
    path = made.write_clip(tmp_path / "out.mp4", made.Clip())
    report = audit(path, made.plan_for(None), source=None)
    assert [c.number for c in report.checks] == list(range(1, 11))
    assert {n: c.status for n, c in made.outcomes(report).items() if n in (4, 9, 10)} == dict.fromkeys(
        (4, 9, 10), Status.NOT_CHECKED
    )


def test_each_picture_looked_at_is_counted(tmp_path: Path) -> None:
    seen = []
    path = made.write_clip(tmp_path / "out.mp4", made.Clip())
    audit(path, made.plan_for(None), source=None, on_frame=lambda: seen.append(1))
    assert len(seen) == made.FRAMES
