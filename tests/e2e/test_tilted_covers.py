"""Tilted covers through real codecs: honest ones pass the audit, and each way to draw one wrong is found."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import make
import numpy as np
import pytest
from PIL import Image

import unseen
from unseen import pipeline
from unseen.core import Keyframe, Kind, Origin, Quad, Track
from unseen.cover import cover_outline
from unseen.errors import AuditFailedError
from unseen.plan import Action, Cover, Decision, PlannedTrack, Style


def tilted(shift: float = 0) -> Quad:
    return Quad(((40 + shift, 30), (150 + shift, 70), (140 + shift, 98), (30 + shift, 58)))


def plan_with_quads(path: Path, moving: bool) -> unseen.Plan:
    plan = unseen.find(path, unseen.FindOptions(padding=0.1))
    keys = [Keyframe(Fraction(0), tilted().hull, Origin.DRAWN, quad=tilted())]
    if moving:
        keys.append(Keyframe(Fraction(5), tilted(200).hull, Origin.DRAWN, quad=tilted(200)))
    decision = Decision(Action.COVER, "somebody", "a sign")
    track = Track("text-1", Kind.TEXT, tuple(keys))
    return replace(plan, tracks=(PlannedTrack(track, decision),))


def clip(path: Path, codec: str, pixels: str = "yuv420p") -> Path:
    return make.write_clip(
        path, make.Clip(codec=codec, size=(240, 160), ticks=range(8), tick=Fraction(1, 25), pixels=pixels)
    )


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "h264"), ("a.mp4", "hevc"), ("a.webm", "vp9"), ("a.mkv", "av1")])
def test_a_tilted_cover_that_moves_passes_every_check_of_pictures(tmp_path: Path, name: str, codec: str) -> None:
    source = clip(tmp_path / name, codec)
    out = tmp_path / f"out{source.suffix}"
    released = unseen.apply(plan_with_quads(source, True), source, out, unseen.ApplyOptions())
    assert all(c.passed for c in released.record.checks if c.number in (1, 3, 4))


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".avif"])
def test_a_tilted_cover_on_a_photo_passes_every_check_of_pictures(tmp_path: Path, suffix: str) -> None:
    source = photo(tmp_path, suffix)
    out = tmp_path / f"out{suffix}"
    released = unseen.apply(plan_with_quads(source, False), source, out, unseen.ApplyOptions())
    assert all(c.passed for c in released.record.checks if c.number in (1, 3, 4))
    with Image.open(source) as before, Image.open(out) as after:
        was, now = (np.asarray(p.convert("RGB")).astype(int) for p in (before, after))
    assert now[64, 90].max() <= 12
    assert np.abs(was - now)[30:50, 125:150].mean() < 30  # the hull's corner stays


@pytest.mark.parametrize("style", [Style.MOSAIC, Style.BLUR])
def test_covers_that_can_be_undone_hide_the_hull_and_pass(tmp_path: Path, style: Style) -> None:
    source = clip(tmp_path / "a.mp4", "h264")
    plan = replace(plan_with_quads(source, True), cover=Cover(style, padding=0.1))
    released = unseen.apply(plan, source, tmp_path / "out.mp4", unseen.ApplyOptions())
    assert all(c.passed for c in released.record.checks if c.number == 3)


def photo(folder: Path, suffix: str) -> Path:
    rng = np.random.default_rng(5)
    path = folder / f"a{suffix}"
    Image.fromarray(rng.integers(0, 256, (40, 60, 3), np.uint8)).resize((240, 160)).save(path)
    return path


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
@pytest.mark.parametrize("flaw", ["thin", "shifted", "upright", "none"])
def test_a_tilted_cover_drawn_wrong_is_found(
    tmp_path: Path, suffix: str, flaw: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = photo(tmp_path, suffix)
    plan = plan_with_quads(source, False)
    wrong = {
        "thin": tilted().padded(-0.12),
        "shifted": tilted(10),
        "upright": Quad(((45, 55), (135, 55), (135, 73), (45, 73))),
    }.get(flaw)

    def sabotaged(picture, covers) -> None:
        ((_, cover),) = covers
        if wrong is not None:
            cover_outline(picture, wrong, cover)

    monkeypatch.setattr(pipeline, "cover_tracks", sabotaged)
    with pytest.raises(AuditFailedError, match="check 3"):
        unseen.apply(plan, source, tmp_path / f"out{suffix}", unseen.ApplyOptions())


def test_a_see_through_tilted_cover_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = clip(tmp_path / "a.mp4", "h264")

    def glass(picture, covers) -> None:
        before = [plane.samples.copy() for plane in picture.planes]
        for track, cover in covers:
            cover_outline(picture, track.outline_at(picture.time), cover)
        for plane, was in zip(picture.planes, before, strict=True):
            plane.samples[...] = (plane.samples * 0.7 + was * 0.3).astype(plane.samples.dtype)

    monkeypatch.setattr(pipeline, "cover_tracks", glass)
    with pytest.raises(AuditFailedError, match="check 4"):
        unseen.apply(plan_with_quads(source, True), source, tmp_path / "out.mp4", unseen.ApplyOptions())
