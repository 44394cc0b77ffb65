"""The whole job on a real face: released when it should be, withheld when anything is wrong."""

import json
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

import unseen
from unseen import pipeline
from unseen.cli.demo_clip import make_clip
from unseen.core import Origin
from unseen.errors import AuditFailedError, DestinationExistsError, PlanError, TamperedError
from unseen.plan import Action, Decision, dumps, read_plan


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    make_clip(path, frames=30)
    return path


@pytest.fixture(scope="module")
def plan(clip: Path) -> unseen.Plan:
    return unseen.find(clip, unseen.FindOptions(find="faces"))


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from skimage import data

    path = tmp_path_factory.mktemp("photo") / "portrait.jpg"
    exif = Image.Exif()
    exif[0x010F] = "CANARY-MAKER"
    Image.fromarray(data.astronaut()).save(path, quality=95, exif=exif, comment=b"CANARY-COMMENT")
    return path


def pictures(path: Path) -> list[np.ndarray]:
    with path.open("rb") as file, av.open(file) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_a_clip_is_covered_in_every_frame_from_first_to_last(clip: Path, plan: unseen.Plan, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    released = unseen.apply(plan, clip, out, unseen.ApplyOptions())
    before, after = pictures(clip), pictures(out)
    assert len(before) == len(after) == 30
    (track,) = plan.covered()
    for time, was, now in zip(plan.source.media.frame_times, before, after, strict=True):
        region = track.region_at(time)
        assert region is not None
        left, top, right, bottom = region.pixels(640, 360)
        assert now[top:bottom, left:right].max() <= 8  # black
        far = np.ones(now.shape[:2], bool)
        far[max(0, top - 60) : bottom + 60, max(0, left - 60) : right + 60] = False
        assert np.abs(was.astype(int) - now)[far].mean() < 3  # the rest is what it was
    assert released.record.plan == plan
    assert [c.number for c in released.record.checks] == list(range(1, 11))


def test_a_photo_is_covered_and_says_nothing_about_its_origin(photo: Path, tmp_path: Path) -> None:
    released = unseen.redact(photo, tmp_path / "out.jpg", unseen.RedactOptions(find="faces"))
    assert len(released.record.plan.covered()) == 1
    data = released.output.read_bytes() + released.record_path.read_bytes()
    assert b"CANARY" in photo.read_bytes() and b"CANARY" not in data
    region = released.record.plan.covered()[0].keyframes[0].region
    x, y = (round(v) for v in region.centre)
    with Image.open(released.output) as picture:
        assert max(picture.getpixel((x, y))) <= 8


def test_verify_needs_nothing_but_the_output_and_its_record(clip: Path, plan: unseen.Plan, tmp_path: Path) -> None:
    released = unseen.apply(plan, clip, tmp_path / "out.mkv", unseen.ApplyOptions())
    report = unseen.verify(released.output, unseen.read_record(released.record_path.read_bytes()), None)
    assert report.passed({1, 2, 3, 5, 6, 7})
    assert not report.passed({9})  # not checked without the source is not passed


def test_verify_refuses_a_file_that_is_not_the_recorded_one(clip: Path, plan: unseen.Plan, tmp_path: Path) -> None:
    released = unseen.apply(plan, clip, tmp_path / "out.mp4", unseen.ApplyOptions())
    changed = bytearray(released.output.read_bytes())
    changed[len(changed) // 2] ^= 1
    released.output.write_bytes(changed)
    with pytest.raises(TamperedError, match="bytes differ"):
        unseen.verify(released.output, released.record, None)


def test_one_uncovered_frame_is_withheld(
    clip: Path, plan: unseen.Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cover, calls = pipeline.cover_tracks, iter(range(1000))
    monkeypatch.setattr(pipeline, "cover_tracks", lambda *a: next(calls) != 17 and cover(*a))
    with pytest.raises(AuditFailedError, match="check 3"):
        unseen.apply(plan, clip, tmp_path / "out.mp4", unseen.ApplyOptions())
    assert list(tmp_path.iterdir()) == []


def test_a_kept_track_stays_visible_and_the_record_says_who_decided(
    clip: Path, plan: unseen.Plan, tmp_path: Path
) -> None:
    kept = plan.decide(plan.tracks[0].track.id, Decision(Action.KEEP, "ana", "her own data"))
    released = unseen.apply(kept, clip, tmp_path / "out.mp4", unseen.ApplyOptions())
    before, after = pictures(clip), pictures(released.output)
    assert max(np.abs(a.astype(int) - b).mean() for a, b in zip(before, after, strict=True)) < 3
    assert "ana" in released.record_path.read_text()
    assert "kept-visible" in {reason.code for reason in released.record.reasons}


def test_a_plan_for_another_file_is_refused(photo: Path, plan: unseen.Plan, tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="bytes differ"):
        unseen.apply(plan, photo, tmp_path / "out.jpg", unseen.ApplyOptions())


def test_what_is_there_is_not_replaced_unless_told(photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jpg"
    out.write_bytes(b"precious")
    with pytest.raises(DestinationExistsError):
        unseen.redact(photo, out, unseen.RedactOptions())
    assert out.read_bytes() == b"precious"
    unseen.redact(photo, out, unseen.RedactOptions(overwrite=True))
    assert out.read_bytes() != b"precious"


def test_a_plan_is_the_same_when_made_again(clip: Path, plan: unseen.Plan) -> None:
    again = unseen.find(clip, unseen.FindOptions(find="faces"))
    assert dumps(again) == dumps(plan)
    assert read_plan(dumps(plan)) == plan
    assert {k.origin for k in plan.tracks[0].track.keyframes} <= set(Origin)


def test_inspect_tells_values_that_the_plan_does_not_keep(photo: Path) -> None:
    found = unseen.inspect(photo, unseen.FindOptions())
    assert any(d.value == "CANARY-MAKER" for d in found.disclosures)
    assert b"CANARY" not in dumps(found.plan)
    assert any(m.kind == "device" for m in found.plan.metadata)
    assert json.loads(dumps(found.plan))["schema"] == "unseen.plan/1"
