"""Covers in styles of their own, from the plan to the finished file, and the audit that holds each track to its own."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from make import Clip, write_clip
from numpy.typing import NDArray
from planning import make_plan

import unseen
from unseen import pipeline
from unseen.core import Keyframe, Kind, Origin, Region, Track
from unseen.cover import cover_tracks
from unseen.errors import AuditFailedError
from unseen.media import open_media, open_source
from unseen.plan import Action, Cover, Decision, Plan, PlannedTrack, Source, Style, dumps, read_plan
from unseen.record import Standing
from unseen.review.release import where

SIZE, FRAMES = (160, 96), 6
LEFT, RIGHT = Region(20, 20, 40, 40), Region(61.4, 36, 53, 40)  # padded 16 to 64 and 56 to 120: they overlap


def clip(path: Path) -> Path:
    noise = np.random.default_rng(5).integers(0, 256, (SIZE[1] // 2, SIZE[0] // 2, 3), np.uint8)

    def paint(_: int, rgb: NDArray[np.uint8]) -> None:
        rgb[:] = noise.repeat(2, axis=0).repeat(2, axis=1)

    return write_clip(path, Clip(size=SIZE, ticks=range(FRAMES), paint=paint))


def track(name: str, region: Region, style: Style | None) -> PlannedTrack:
    frames = tuple(Keyframe(Fraction(n), region, Origin.SEEN, 0.9) for n in (0, FRAMES))
    return PlannedTrack(Track(name, Kind.FACE, frames), Decision(Action.COVER, "R", "found", style))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return clip(tmp_path / "clip.mp4")


@pytest.fixture
def plan(source: Path) -> Plan:
    """A solid cover, and, later in the plan, a mosaic that would lie partly over it."""
    with open_source(source) as file, open_media(file) as reader:
        where = Source(file.sha256(), file.size, reader.info)
    tracks = [track("left", LEFT, None), track("right", RIGHT, Style.MOSAIC)]
    return read_plan(dumps(make_plan(where, tracks, cover=Cover(padding=0.1))))


def pictures(path: Path) -> list[NDArray[np.uint8]]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_each_track_is_covered_in_its_own_style(plan: Plan, source: Path, tmp_path: Path) -> None:
    released = unseen.apply(plan, source, tmp_path / "out.mp4", unseen.ApplyOptions())
    for picture in pictures(tmp_path / "out.mp4"):
        assert picture[18:62, 18:62].max() < 16  # solid, also where the mosaic is
        rest = picture[34:78, 74:118].astype(int)
        assert 40 < rest.mean() < 200
        assert (np.abs(np.diff(rest, axis=1)) > 25).mean() < 0.1  # noise had steps everywhere
    record = released.record
    assert record.standing is Standing.COVERED
    checks = {check.number: check for check in record.checks}
    assert checks[3].status == "passed"
    assert (checks[4].status, checks[4].detail.partition(":")[0]) == ("not checked", "of 1 tracks")


@pytest.mark.parametrize("flaw", ["swapped", "bare mosaic", "mosaic over solid"])
def test_a_cover_of_another_style_than_its_own_is_found(
    plan: Plan, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flaw: str
) -> None:
    covers = dict(plan.covers())
    (left, solid), (right, mosaic) = sorted(covers.items(), key=lambda each: each[0].id)
    wrong = {
        "swapped": [(left, mosaic), (right, solid)],
        "bare mosaic": [(left, solid)],
        "mosaic over solid": [(left, solid), (right, mosaic)],
    }[flaw]
    monkeypatch.setattr(pipeline, "cover_tracks", lambda picture, _: cover_tracks(picture, wrong))
    with pytest.raises(AuditFailedError, match="check 3") as caught:
        unseen.apply(plan, source, tmp_path / "out.mp4", unseen.ApplyOptions())
    assert where(plan, caught.value) == {"frame": 0, "track": "right" if flaw == "bare mosaic" else "left"}


def test_a_solid_cover_that_is_seen_through_is_found_beside_a_mosaic(
    plan: Plan, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart = replace(plan, tracks=(plan.tracks[0], track("right", Region(101, 36, 39, 40), Style.MOSAIC)))

    def glass(picture, covers) -> None:
        before = [plane.samples.copy() for plane in picture.planes]
        cover_tracks(picture, covers)
        if picture.time < Fraction(3, 10):
            return
        for plane, was in zip(picture.planes, before, strict=True):
            under = np.s_[16 // plane.down : 64 // plane.down, 16 // plane.across : 64 // plane.across]
            plane.samples[under] = (plane.samples[under] * 0.8 + was[under] * 0.2).astype(np.uint8)

    monkeypatch.setattr(pipeline, "cover_tracks", glass)
    with pytest.raises(AuditFailedError, match="check 4") as caught:
        unseen.apply(apart, source, tmp_path / "out.mp4", unseen.ApplyOptions())
    assert where(apart, caught.value) == {"frame": 3, "track": "left"}
