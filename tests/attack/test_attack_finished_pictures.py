"""Saboteurs of checks 1, 3 and 4: one thing about the pictures is wrong, and that check says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import finished_media as made
import numpy as np
import pytest
from PIL import Image

from unseen.core import ColourModel, FrameTimes, MediaKind, Picture, Plane, Region
from unseen.media.photo_write import PhotoWriter
from unseen.plan import Cover, Plan, Style
from unseen.verify import Status, audit

CLIPS = [
    ("mp4", "h264"), ("mp4", "hevc"), ("mp4", "av1"), ("mp4", "vp9"), ("mov", "h264"), ("3gp", "h264"), ("mkv", "h264"),
    ("webm", "vp9"), ("webm", "vp8"), ("avi", "h264"), ("ts", "h264"), ("ts", "hevc"),
]  # fmt: skip
STILLS = sorted(made.STILLS)


@pytest.mark.parametrize(("container", "codec"), CLIPS)
def test_one_uncovered_frame_is_found(tmp_path: Path, container: str, codec: str) -> None:
    path = made.write_clip(tmp_path / "out", made.Clip(container, codec, uncovered=frozenset({6})))
    report = audit(path, made.plan_for(None, container=container), source=None)
    assert made.failed_numbers(report) == [3]
    assert "track t1 at 0.240 s" in made.outcomes(report)[3].detail


@pytest.mark.parametrize("number", [0, 1, made.FRAMES - 2, made.FRAMES - 1])
def test_an_uncovered_frame_at_either_end_is_found(tmp_path: Path, number: int) -> None:
    path = made.write_clip(tmp_path / "out.mp4", made.Clip(uncovered=frozenset({number})))
    assert made.failed_numbers(audit(path, made.plan_for(None), source=None)) == [3]


@pytest.mark.parametrize(("container", "codec"), CLIPS)
def test_a_fill_of_another_colour_is_found(tmp_path: Path, container: str, codec: str) -> None:
    path = made.write_clip(tmp_path / "out", made.Clip(container, codec, fill=(40, 40, 40)))
    assert made.failed_numbers(audit(path, made.plan_for(None, container=container), source=None)) == [3]


def test_a_fill_whose_hue_alone_is_wrong_is_found(tmp_path: Path) -> None:
    def tint(_: int, planes: list[np.ndarray]) -> None:
        left, top, right, bottom = (edge // 2 for edge in made.covered_box())
        planes[1][top:bottom, left:right] = 150

    path = made.write_clip(tmp_path / "out.mp4", made.Clip(paint=tint))
    report = audit(path, made.plan_for(None), source=None)
    assert made.failed_numbers(report) == [3]
    assert "plane 1" in made.outcomes(report)[3].detail


def test_chroma_left_uncovered_is_found(tmp_path: Path) -> None:
    def bare(number: int, planes: list[np.ndarray]) -> None:
        left, top, right, bottom = (edge // 2 for edge in made.covered_box())
        planes[2][top:bottom, left:right] = made.scene(number)[::2, ::2, 0][top:bottom, left:right]

    path = made.write_clip(tmp_path / "out.mp4", made.Clip(paint=bare))
    report = audit(path, made.plan_for(None), source=None)
    assert made.failed_numbers(report) == [3]
    assert "plane 2" in made.outcomes(report)[3].detail


@pytest.mark.parametrize("side", ["left", "top", "right", "bottom"])
def test_a_cover_that_ends_four_pixels_early_is_found(tmp_path: Path, side: str) -> None:
    grown = {
        "left": Region(20, 16, 36, 32), "top": Region(24, 12, 32, 36),
        "right": Region(24, 16, 36, 32), "bottom": Region(24, 16, 32, 36),
    }[side]  # fmt: skip
    path = made.write_clip(tmp_path / "out.mp4", made.Clip())
    report = audit(path, made.plan_for(None, tracks=[made.track(grown)]), source=None)
    assert made.failed_numbers(report) == [3]


def test_planned_padding_that_was_not_drawn_is_found(tmp_path: Path) -> None:
    path = made.write_clip(tmp_path / "out.mp4", made.Clip())
    assert made.failed_numbers(audit(path, made.plan_for(None, cover=Cover(padding=0.2)), source=None)) == [3]


@pytest.mark.parametrize("style", [Style.MOSAIC, Style.BLUR])
def test_a_mosaic_that_keeps_the_picture_is_found(tmp_path: Path, style: Style) -> None:
    def detailed(number: int, planes: list[np.ndarray]) -> None:
        left, top, right, bottom = made.covered_box()
        if number == 4:
            planes[0][top:bottom, left:right] = made.scene(0)[top:bottom, left:right, 0] // 8 * 8 ^ 64

    path = made.write_clip(tmp_path / "out.mp4", made.Clip(paint=detailed))
    report = audit(path, made.plan_for(None, cover=Cover(style=style, padding=0)), source=None)
    assert made.failed_numbers(report) == [3]
    assert "detail" in made.outcomes(report)[3].detail


def test_a_mosaic_of_too_many_cells_is_found(tmp_path: Path) -> None:
    def fine(number: int, planes: list[np.ndarray]) -> None:
        left, top, right, bottom = made.covered_box()
        cells = made.scene(number)[top:bottom:4, left:right:4, 0]
        planes[0][top:bottom, left:right] = np.repeat(np.repeat(cells, 4, 0), 4, 1)

    path = made.write_clip(tmp_path / "out.mp4", made.Clip(paint=fine))
    report = audit(path, made.plan_for(None, cover=Cover(style=Style.MOSAIC, padding=0)), source=None)
    assert made.failed_numbers(report) == [3]


def test_a_track_that_lies_in_no_picture_is_no_pass(tmp_path: Path) -> None:
    path = made.write_clip(tmp_path / "out.mp4", made.Clip())
    late = made.track(start=Fraction(50), end=Fraction(60))
    assert made.failed_numbers(audit(path, made.plan_for(None, tracks=[late]), source=None)) == [3]


@pytest.mark.parametrize("kind", STILLS)
def test_an_uncovered_photo_is_found(tmp_path: Path, kind: str) -> None:
    path = made.write_still(tmp_path / f"out.{kind}", made.covered_picture(uncovered=True))
    assert made.failed_numbers(audit(path, made.photo_plan(), source=None)) == [3]


@pytest.mark.parametrize("kind", STILLS)
def test_a_photo_filled_with_another_colour_is_found(tmp_path: Path, kind: str) -> None:
    path = made.write_still(tmp_path / f"out.{kind}", made.covered_picture(fill=(30, 30, 30)))
    assert made.failed_numbers(audit(path, made.photo_plan(), source=None)) == [3]


@pytest.mark.parametrize("kind", ["png", "webp", "tif"])
def test_a_cover_that_is_see_through_is_found(tmp_path: Path, kind: str) -> None:
    picture = made.covered_picture().convert("RGBA")
    alpha = np.full((made.HEIGHT, made.WIDTH), 255, np.uint8)
    alpha[20:30, 30:40] = 0
    picture.putalpha(Image.fromarray(alpha))
    path = made.write_still(tmp_path / f"out.{kind}", picture)
    assert 3 in made.failed_numbers(audit(path, made.photo_plan(), source=None))


@pytest.mark.parametrize(("kind", "number"), [("gif", 1), ("webp", 2), ("png", 3), ("tif", 1)])
def test_one_uncovered_picture_of_an_animation_is_found(tmp_path: Path, kind: str, number: int) -> None:
    path, plan = animation(tmp_path, kind, uncovered=number)
    report = audit(path, plan, source=None)
    assert 3 in made.failed_numbers(report)
    assert 1 not in made.failed_numbers(report)


def animation(
    folder: Path, kind: str, uncovered: int | None = None, ends: tuple[int, ...] = (10, 15, 22, 32)
) -> tuple[Path, Plan]:
    """Pictures that end at these hundredths of a second, as Unseen writes them, and a plan for four."""
    shots = [made.covered_picture(n, uncovered=n == uncovered) for n in range(len(ends))]
    path, container = folder / f"out.{kind}", {"tif": "tiff"}.get(kind, kind)
    tick = Fraction(1) if kind == "tif" else Fraction(1, 100)
    plan = made.plan_for(None, kind=MediaKind.ANIMATION, tick=tick, ticks=(0, 10, 15, 22), container=container)
    if kind == "tif":
        plan = made.plan_for(None, kind=MediaKind.ANIMATION, tick=tick, ticks=(0, 1, 2, 3), container=container)
    times = FrameTimes.from_ticks(tick, range(len(ends)) if kind == "tif" else (0, *ends[:-1]))
    with path.open("w+b") as file:
        writer = PhotoWriter(file, container, replace(plan.source.media, frame_times=times))
        for shot, time in zip(shots, times, strict=True):
            writer.write(Picture(time, *shot.size, (Plane(np.asarray(shot)),), ColourModel.RGB, 8))
        writer.close()
    return path, plan


@pytest.mark.parametrize("kind", ["gif", "webp", "png"])
def test_an_animation_played_at_other_times_is_found(tmp_path: Path, kind: str) -> None:
    path, plan = animation(tmp_path, kind, ends=(10, 17, 22, 32))
    assert made.failed_numbers(audit(path, plan, source=None)) == [1]


@pytest.mark.parametrize("kind", ["gif", "webp", "png", "tif"])
def test_a_picture_missing_from_an_animation_is_found(tmp_path: Path, kind: str) -> None:
    path, plan = animation(tmp_path, kind, ends=(10, 15, 22))
    assert made.failed_numbers(audit(path, plan, source=None)) == [1]


@pytest.mark.parametrize(("container", "codec"), CLIPS)
def test_a_dropped_frame_is_found(tmp_path: Path, container: str, codec: str) -> None:
    ticks = tuple(n * made.STEP for n in range(made.FRAMES) if n != 5)
    path = made.write_clip(tmp_path / "out", made.Clip(container, codec, ticks=ticks))
    report = audit(path, made.plan_for(None, container=container), source=None)
    assert made.failed_numbers(report) == [1]
    assert "9 pictures instead of 10" in made.outcomes(report)[1].detail


@pytest.mark.parametrize("count", [made.FRAMES - 1, made.FRAMES + 1])
def test_a_frame_too_few_or_too_many_at_the_end_is_found(tmp_path: Path, count: int) -> None:
    ticks = tuple(n * made.STEP for n in range(count))
    path = made.write_clip(tmp_path / "out.mp4", made.Clip(ticks=ticks))
    assert made.failed_numbers(audit(path, made.plan_for(None), source=None)) == [1]


@pytest.mark.parametrize(("container", "codec"), [c for c in CLIPS if c[0] != "avi"])
def test_one_frame_five_milliseconds_late_is_found(tmp_path: Path, container: str, codec: str) -> None:
    ticks = tuple(n * made.STEP + (64 if n == 5 else 0) for n in range(made.FRAMES))
    path = made.write_clip(tmp_path / "out", made.Clip(container, codec, ticks=ticks))
    report = audit(path, made.plan_for(None, container=container), source=None)
    assert made.failed_numbers(report) == [1]
    assert "picture 6" in made.outcomes(report)[1].detail


def test_a_slower_clock_is_found(tmp_path: Path) -> None:
    path = made.write_clip(tmp_path / "out.mp4", made.Clip(ticks=tuple(n * (made.STEP + 1) for n in range(10))))
    assert made.failed_numbers(audit(path, made.plan_for(None), source=None)) == [1]


def test_a_picture_of_another_size_is_found(tmp_path: Path) -> None:
    path = made.write_clip(tmp_path / "out.mp4", made.Clip(size=(112, 80)))
    assert made.failed_numbers(audit(path, made.plan_for(None), source=None)) == [1]


@pytest.mark.parametrize("kind", STILLS)
def test_a_photo_of_another_size_is_found(tmp_path: Path, kind: str) -> None:
    path = made.write_still(tmp_path / f"out.{kind}", made.covered_picture().resize((50, 40)))
    assert 1 in made.failed_numbers(audit(path, made.photo_plan(), source=None))


def halved(data: bytes) -> bytes:
    return data[: len(data) // 2]


def emptied(_: bytes) -> bytes:
    return b""


def not_media(_: bytes) -> bytes:
    return b"ffconcat version 1.0\nfile private.mp4\n"


@pytest.mark.parametrize("change", [halved, emptied, not_media])
@pytest.mark.parametrize("container", sorted(made.MUXERS))
def test_a_broken_clip_fails_and_raises_nothing(
    tmp_path: Path, container: str, change: Callable[[bytes], bytes]
) -> None:
    codec = "vp9" if container == "webm" else "h264"
    path = made.tampered(made.write_clip(tmp_path / "out", made.Clip(container, codec)), change)
    report = audit(path, made.plan_for(None, container=container), source=None)
    assert {1, 5, 6} <= set(made.failed_numbers(report)) or container == "ts"
    assert 1 in made.failed_numbers(report)


@pytest.mark.parametrize("change", [halved, emptied, not_media])
@pytest.mark.parametrize("kind", STILLS)
def test_a_broken_photo_fails_and_raises_nothing(tmp_path: Path, kind: str, change: Callable[[bytes], bytes]) -> None:
    path = made.tampered(made.write_still(tmp_path / f"out.{kind}", made.covered_picture()), change)
    report = audit(path, made.photo_plan(), source=None)
    assert {1, 3, 6} <= set(made.failed_numbers(report))


def test_a_message_never_holds_the_files_name(tmp_path: Path) -> None:
    path = made.tampered(made.write_clip(tmp_path / "witness-name.mp4", made.Clip()), halved)
    report = audit(path, made.plan_for(None), source=None)
    assert all("witness" not in c.detail for c in report.checks)


def test_a_faint_rest_of_the_original_is_found_with_the_source(tmp_path: Path) -> None:
    """Dark on black passes for a fill; next to the source it does not."""
    source = made.write_clip(tmp_path / "source.mp4", made.Clip(uncovered=frozenset(range(made.FRAMES))))

    def faint(number: int, planes: list[np.ndarray]) -> None:
        left, top, right, bottom = made.covered_box()
        grey = made.scene(number)[..., 1].astype(float)
        planes[0][top:bottom, left:right] = 16 + 0.08 * (grey - grey.mean())[top:bottom, left:right]

    path = made.write_clip(tmp_path / "out.mp4", made.Clip(paint=faint))
    plan = made.plan_for(source)
    assert made.outcomes(audit(path, plan, source=None))[3].status is Status.PASSED
    assert made.failed_numbers(audit(path, plan, source=source)) == [4]


def test_a_sound_cover_shows_nothing_of_the_source(tmp_path: Path) -> None:
    source = made.write_clip(tmp_path / "source.mp4", made.Clip(uncovered=frozenset(range(made.FRAMES))))
    path = made.write_clip(tmp_path / "out.mp4", made.Clip())
    report = audit(path, made.plan_for(source), source=source)
    assert report.passed({1, 2, 3, 4, 5, 6, 9, 10})
    assert made.outcomes(report)[4].detail == "10 covers compared with the source, rims and colours too"


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "tif"])
def test_a_see_through_photo_is_found_with_the_source(tmp_path: Path, kind: str) -> None:
    source = made.write_still(tmp_path / f"source.{kind}", made.covered_picture(uncovered=True))
    mixed = Image.blend(made.covered_picture(), made.covered_picture(uncovered=True), 0.2)
    path = made.write_still(tmp_path / f"out.{kind}", mixed)
    assert made.failed_numbers(audit(path, made.photo_plan(source), source=source)) == [3, 4]
