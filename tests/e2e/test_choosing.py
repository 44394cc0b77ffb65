"""What a person chooses goes all the way: into the pictures, the plan and the record."""

import json
from pathlib import Path

import make
import numpy as np
import pytest
from PIL import Image
from recordings import noise, write_recording

import unseen
from unseen.errors import UsageError

FACE = (178, 64, 270, 176)  # left, top, right, bottom in the portrait


@pytest.fixture(scope="module")
def portrait(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from skimage import data

    path = tmp_path_factory.mktemp("choosing") / "portrait.png"
    Image.fromarray(data.astronaut()).save(path)
    return path


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def inside(picture: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    left, top, right, bottom = box
    return picture[top:bottom, left:right]


def test_a_zone_is_covered_and_the_record_says_who_wanted_it(portrait: Path, tmp_path: Path) -> None:
    options = unseen.RedactOptions(find="faces", cover_zone=("10,400,80,60",), by="R. Eviewer")
    released = unseen.redact(portrait, tmp_path / "out.png", options)
    assert inside(pixels(tmp_path / "out.png"), (10, 400, 90, 460)).max() == 0
    (zone,) = (p for p in released.record.plan.tracks if p.track.kind == "zone")
    assert (zone.decision.by, zone.decision.why) == ("R. Eviewer", "--cover-zone 10,400,80,60")


def test_a_zone_of_a_clip_is_covered_for_its_time(tmp_path: Path) -> None:
    clip = make.write_clip(tmp_path / "a.mp4", make.Clip(ticks=range(10)))
    options = unseen.RedactOptions(find="faces", cover_zone=("32,16,32,32@0.3-0.6",))
    plan = unseen.redact(clip, tmp_path / "out.mp4", options).record.plan
    (zone,) = plan.covered()
    assert [float(key.time) for key in zone.keyframes] == pytest.approx([0.3, 0.6])


def test_zones_are_no_matter_of_recordings(tmp_path: Path) -> None:
    source = write_recording(tmp_path / "in.wav", noise(0.2))
    asked = unseen.RedactOptions(cover_zone=("8,8,16,16",), ignore_zone=("0,0,4,4",))
    assert unseen.redact(source, tmp_path / "out.wav", asked).record.plan.tracks == ()


def test_nothing_is_found_in_an_ignored_zone_and_the_plan_says_so(portrait: Path) -> None:
    plan = unseen.find(portrait, unseen.FindOptions(find="faces", ignore_zone=("130,20,200,220",), by="R. Eviewer"))
    assert plan.covered() == ()
    assert any("130,20,200,220" in spot.what and "R. Eviewer" in spot.why for spot in plan.blind_spots)
    assert unseen.find(portrait, unseen.FindOptions(find="faces")).covered()


def test_a_kept_track_stays_visible_and_the_record_says_by_whom_and_why(portrait: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    said = make.unseen("redact", portrait, "-o", out, "--find", "faces", "--keep", "face-1", "--because", "she asked",
                       "--by", "R. Eviewer")  # fmt: skip
    assert said.code == 0, said.err
    assert np.array_equal(inside(pixels(out), FACE), inside(pixels(portrait), FACE))
    record = json.loads((tmp_path / "out.png.record.json").read_text("utf-8"))
    (track,) = record["plan"]["tracks"]
    assert track["decision"] == {"action": "keep", "by": "R. Eviewer", "why": "she asked", "style": None}


@pytest.mark.parametrize(("keep", "because"), [("face-1", ""), ("face-9", "she asked")])
def test_keeping_without_a_reason_or_a_track_releases_nothing(
    portrait: Path, tmp_path: Path, keep: str, because: str
) -> None:
    options = unseen.RedactOptions(find="faces", keep=(keep,), because=because)
    with pytest.raises(UsageError):
        unseen.redact(portrait, tmp_path / "out.png", options)
    assert make.leftovers(tmp_path) == []


def test_the_command_line_takes_several_zones_and_a_purpose(portrait: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    said = make.unseen("find", portrait, "-o", plan, "--for", "public-release", "--cover-zone", "1,2,3,4",
                       "--cover-zone", "5,6,7,8", "--ignore-zone", "400,400,50,50")  # fmt: skip
    assert said.code == 0, said.err
    document = json.loads(plan.read_text("utf-8"))
    assert set(document["looked_for"]) == {"faces", "plates", "text", "codes"}
    assert sum(track["track"]["kind"] == "zone" for track in document["tracks"]) == 2
