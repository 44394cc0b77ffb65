"""Saboteurs of check 4: what is left is weak enough to pass for a fill, and the source beside it tells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import finished_media as made
import numpy as np
import pytest
from PIL import Image

import unseen
from unseen.media import Limits
from unseen.plan import Cover
from unseen.verify import Status, audit
from unseen.verify.leftover import Leftover

GREY = 128
FULL = (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312)


def patchy(number: int) -> np.ndarray:
    """Soft patches of every colour, other ones in each picture."""
    few = np.random.default_rng(number).integers(0, 256, (made.HEIGHT // 4, made.WIDTH // 4, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(few, (made.WIDTH, made.HEIGHT), interpolation=cv2.INTER_CUBIC))


def calm(number: int) -> np.ndarray:
    """The same with so little contrast that its bare rim is no further from grey than a codec may pull it."""
    return (GREY + (patchy(number).astype(int) - GREY) // 4).astype(np.uint8)


def planes_of(rgb: np.ndarray) -> list[np.ndarray]:
    """Y, Cb, Cr at 4:2:0, BT.601, limited range."""
    r, g, b = np.moveaxis(rgb.astype(float), 2, 0)
    luma = 16 + (65.481 * r + 128.553 * g + 24.966 * b) / 255
    chroma = [128 + 224 / 255 * (red * r + green * g + blue * b) for red, green, blue in FULL]
    return [luma, *(c.reshape(c.shape[0] // 2, 2, -1, 2).mean((1, 3)) for c in chroma)]


def source_and_output(
    folder: Path, picture: Callable[[int], np.ndarray], spoil: Callable[[int, list[np.ndarray]], None] | None = None
) -> tuple[Path, Path]:
    """A clip of such pictures, and the same with the box grey; `spoil` leaves something in it."""

    def bare(number: int, planes: list[np.ndarray]) -> None:
        for plane, samples in zip(planes, planes_of(picture(number)), strict=True):
            plane[:] = samples.round()

    def covered(number: int, planes: list[np.ndarray]) -> None:
        bare(number, planes)
        left, top, right, bottom = made.covered_box()
        for plane, value, share in zip(planes, made.yuv_of((GREY,) * 3), (1, 2, 2), strict=True):
            plane[top // share : bottom // share, left // share : right // share] = value
        if spoil is not None:
            spoil(number, planes)

    return (
        made.write_clip(folder / "source.mp4", made.Clip(paint=bare)),
        made.write_clip(folder / "out.mp4", made.Clip(paint=covered)),
    )


def only_check_4(source: Path, output: Path) -> str:
    """What check 4 says of a file in which every other check is content."""
    plan = made.plan_for(source, cover=Cover(colour="#808080", padding=0))
    report = audit(output, plan, source=source)
    assert made.failed_numbers(report) == [4]
    assert made.failed_numbers(audit(output, plan, source=None)) == []
    return made.outcomes(report)[4].detail


def test_a_sound_cover_of_a_calm_picture_passes(tmp_path: Path) -> None:
    for picture in (calm, patchy):
        source, output = source_and_output(tmp_path, picture)
        plan = made.plan_for(source, cover=Cover(colour="#808080", padding=0))
        found = made.outcomes(audit(output, plan, source=source))[4]
        assert found.status is Status.PASSED
        assert found.detail == "10 covers compared with the source, rims and colours too"


@pytest.mark.parametrize("plane", [1, 2])
def test_a_faint_rest_of_the_colours_is_found(tmp_path: Path, plane: int) -> None:
    def tinted(number: int, planes: list[np.ndarray]) -> None:
        left, top, right, bottom = (edge // 2 for edge in made.covered_box())
        rest = planes_of(patchy(number))[plane][top:bottom, left:right]
        planes[plane][top:bottom, left:right] = (128 + 0.3 * (rest - rest.mean())).round()

    assert "in its colours" in only_check_4(*source_and_output(tmp_path, patchy, tinted))


@pytest.mark.parametrize("width", [1, 2, 4])
def test_a_bare_rim_of_a_calm_picture_is_found(tmp_path: Path, width: int) -> None:
    def bare_rim(number: int, planes: list[np.ndarray]) -> None:
        left, top, right, bottom = made.covered_box()
        luma = planes_of(calm(number))[0].round()
        inside = planes[0][top + width : bottom - width, left + width : right - width].copy()
        planes[0][top:bottom, left:right] = luma[top:bottom, left:right]
        planes[0][top + width : bottom - width, left + width : right - width] = inside

    assert "at its rim" in only_check_4(*source_and_output(tmp_path, calm, bare_rim))


def test_a_rim_left_in_the_colours_alone_is_found(tmp_path: Path) -> None:
    def bare_rim(number: int, planes: list[np.ndarray]) -> None:
        left, top, right, bottom = (edge // 2 for edge in made.covered_box())
        for plane, was in zip(planes[1:], planes_of(calm(number))[1:], strict=True):
            rim = np.ones((bottom - top, right - left), bool)
            rim[2:-2, 2:-2] = False
            plane[top:bottom, left:right][rim] = was.round()[top:bottom, left:right][rim]

    source, output = source_and_output(tmp_path, calm, bare_rim)
    assert "in its colours" in only_check_4(source, output)


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "tif", "bmp"])
def test_colours_left_under_the_cover_of_a_photo_are_found(tmp_path: Path, kind: str) -> None:
    """A third of them, at the fill's own brightness."""
    left, top, right, bottom = made.covered_box()
    whole = patchy(0)
    Image.fromarray(whole).save(tmp_path / f"source.{kind}", **({"quality": 95} if kind in ("jpg", "webp") else {}))
    inside = whole[top:bottom, left:right].astype(float)
    grey = inside @ (0.299, 0.587, 0.114)
    whole[top:bottom, left:right] = (GREY + 0.33 * (inside - grey[..., None])).round()
    path = made.write_still(tmp_path / f"out.{kind}", Image.fromarray(whole))
    source = tmp_path / f"source.{kind}"
    plan = made.photo_plan(source, cover=Cover(colour="#808080", padding=0))
    found = made.outcomes(audit(path, plan, source=source))[4]
    assert found.status is Status.FAILED
    assert "in its colours" in found.detail


def test_pictures_that_do_not_fit_are_not_taken_for_compared(tmp_path: Path) -> None:
    source = made.write_clip(tmp_path / "source.mp4", made.Clip(size=(112, 80)))
    output = made.write_clip(tmp_path / "out.mp4", made.Clip(size=(48, 32)))
    found = made.outcomes(audit(output, made.plan_for(source), source=source))[4]
    assert found.status is Status.NOT_CHECKED


def test_the_slope_is_that_of_the_line_through_the_samples() -> None:
    rng = np.random.default_rng(3)
    before = rng.normal(100, 20, (8, 9)).astype(np.float32)
    found = Leftover()
    found.add(before[:4], 0.25 * before[:4] + 7)
    found.add(before[4:], 0.25 * before[4:] + 7)
    assert found.has_detail
    assert found.slope == pytest.approx(0.25, abs=1e-4)
    over_all = Leftover()
    over_all.merge(found)
    over_all.merge(found)
    assert over_all.slope == pytest.approx(0.25, abs=1e-4)
    flat = Leftover()
    flat.add(np.full((8, 9), 50, np.float32), before)
    assert not flat.has_detail


def test_millions_of_whole_samples_are_summed_up() -> None:
    rng = np.random.default_rng(4)
    before, after = (rng.integers(200, 256, (2400, 3000)).astype(np.uint8) for _ in range(2))
    found = Leftover()
    found.add(before[1:, 1:-1], after[1:, 1:-1])
    one, other = (samples[1:, 1:-1].astype(np.int64) for samples in (before, after))
    assert found.count == one.size
    assert (found.before, found.after) == (one.sum(), other.sum())
    expected = ((one * one).sum(), (one * other).sum())
    assert (found.squares, found.products) == pytest.approx(expected, rel=1e-12)


def test_the_audit_opens_the_source_within_the_limits_that_were_asked_for(tmp_path: Path) -> None:
    source, output = source_and_output(tmp_path, made.scene)
    plan = made.plan_for(source, cover=Cover(colour="#808080", padding=0))
    narrow = made.outcomes(audit(output, plan, source=source, limits=Limits(pixels=100)))[4]
    assert narrow.status is Status.NOT_CHECKED
    assert "pixels" in narrow.detail


def test_a_job_hands_its_limits_on_to_the_audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With limits of its own, the audit would not read what the job has read."""
    from unseen import pipeline

    Image.fromarray(made.scene(0)).save(tmp_path / "photo.png")
    asked = unseen.RedactOptions(find="codes", cover_zone=("24,16,32,32",), max_memory=2048, max_pixels=7000)
    seen = []
    real = pipeline.audit_apart
    monkeypatch.setattr(pipeline, "audit_apart", lambda *a, **how: seen.append(how["limits"]) or real(*a, **how))
    done = unseen.redact(tmp_path / "photo.png", tmp_path / "out.png", asked)
    unseen.verify(done.output, done.record, tmp_path / "photo.png", options=asked)
    assert seen == [asked.limits] * 2
    tight = unseen.RedactOptions(max_pixels=100)
    again = unseen.verify(done.output, done.record, tmp_path / "photo.png", options=tight)
    assert made.outcomes(again)[4].status is Status.NOT_CHECKED
