"""Leaks that are no bytes too many: a wrong place or moment, surroundings, outputs that say what was covered."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import leaks_clip
import leaks_photo
import leaks_sound
import numpy as np
import pytest
from leaks import CANARY, PRIVATE, is_private, private_jpeg, renditions
from make import Clip, names, scene, set_matrix, write_clip
from PIL import Image
from recordings import RATE, heard, noise, write_recording

import unseen
from unseen.batch import plan_jobs
from unseen.errors import AuditFailedError
from unseen.options import Audio

SIZE = (96, 64)
BOX = (24, 16, 56, 48)
ZONE = "24,16,32,32"
LOSSLESS = Clip("ffv1", ticks=range(5), tick=Fraction(1, 25))


def options(*zones: str) -> unseen.RedactOptions:
    return unseen.RedactOptions(find="codes", cover_zone=zones)


def two_photos(folder: Path) -> Iterator[Path]:
    """Alike but for what lies in the box: noise, and the private colour."""
    left, top, right, bottom = BOX
    for name, inside in (("a", np.random.default_rng(1).integers(0, 256, (32, 32, 3))), ("b", PRIVATE)):
        samples = scene(3)
        samples[top:bottom, left:right] = inside
        Image.fromarray(samples).save(folder / f"{name}.png")
        yield folder / f"{name}.png"


@pytest.mark.parametrize("ending", leaks_photo.ALL.split())
def test_a_released_photo_does_not_depend_on_what_was_covered(tmp_path: Path, ending: str) -> None:
    one, other = (
        unseen.redact(path, tmp_path / f"{path.stem}.out.{ending}", options(ZONE)).output.read_bytes()
        for path in two_photos(tmp_path)
    )
    assert one == other


@pytest.mark.parametrize("ending", leaks_clip.ALL.split())
def test_a_released_clip_does_not_depend_on_what_was_covered(tmp_path: Path, ending: str) -> None:
    """In every picture, the first and the last among them."""
    left, top, right, bottom = BOX

    def secret(_: int, rgb: np.ndarray) -> None:
        rgb[top:bottom, left:right] = PRIVATE

    found = []
    for name, paint in (("plain", None), ("secret", secret)):
        source = write_clip(tmp_path / f"{name}.mkv", replace(LOSSLESS, paint=paint))
        found.append(unseen.redact(source, tmp_path / f"{name}.out.{ending}", options(ZONE)).output.read_bytes())
    assert found[0] == found[1]


def test_what_is_not_covered_does_change_what_is_released(tmp_path: Path) -> None:
    """The comparison above can fail."""
    one, other = (
        unseen.redact(path, tmp_path / f"{path.stem}.out.png", options("0,0,8,8")).output.read_bytes()
        for path in two_photos(tmp_path)
    )
    assert one != other


@pytest.mark.parametrize("ending", leaks_sound.ALL.split())
def test_a_released_recording_does_not_depend_on_what_was_muted(tmp_path: Path, ending: str) -> None:
    """In any channel, nor on tones above hearing."""
    found = []
    for loud in (0.0, 1.0):
        samples = noise(3.0)
        muted = slice(round(1.4 * RATE), round(1.6 * RATE))
        samples[:, muted] *= loud
        samples[1, muted] += loud * 0.2 * np.sin(2 * np.pi * 21_000 * np.arange(round(0.2 * RATE)) / RATE)
        source = write_recording(tmp_path / f"{loud}.wav", samples)
        wanted = unseen.RedactOptions(audio=Audio.KEEP, mute=("1.38-1.62",))
        found.append(unseen.redact(source, tmp_path / f"{loud}.out.{ending}", wanted).output)
    assert found[0].read_bytes() == found[1].read_bytes()
    after, _, _ = heard(found[1])
    assert np.abs(after[:, : round(0.3 * RATE)]).max() > 0.05


TURNS = {"upright": (1, 0, 0, 1), "quarter": (0, 1, -1, 0), "half": (-1, 0, 0, -1), "mirrored": (-1, 0, 0, 1)}
CLIPS, PHOTOS = leaks_clip.ALL.split(), leaks_photo.ALL.split()
PATCH = (60, 8, 76, 24)
"""Where the private patch is stored: left, top, right, bottom."""


def shown_at(box: tuple[int, int, int, int], linear: tuple[int, int, int, int]) -> str:
    """Where a stored box is shown: x, y, width, height (a stored point (p, q) moves to (a p + c q, b p + d q))."""
    a, b, c, d = linear
    corners = np.array([(box[0], box[1]), (box[2], box[3])]) @ np.array([(a, b), (c, d)])
    whole = np.array([(0, 0), SIZE]) @ np.array([(a, b), (c, d)])
    corners = corners - whole.min(axis=0)
    (x, y), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return f"{x},{y},{right - x},{bottom - y}"


def in_turn(formats: list[str], turn: str) -> list[str]:
    """A quarter of the formats: all four ways of turning together have every one."""
    return formats[sorted(TURNS).index(turn) :: len(TURNS)]


def patched(_: int, rgb: np.ndarray) -> None:
    left, top, right, bottom = PATCH
    rgb[top:bottom, left:right] = PRIVATE


@pytest.mark.parametrize("aspect", [Fraction(1), Fraction(4, 3)])
@pytest.mark.parametrize("turn", sorted(TURNS))
def test_a_turned_clip_of_any_aspect_is_covered_where_it_is_shown(tmp_path: Path, turn: str, aspect: Fraction) -> None:
    source = write_clip(tmp_path / "clip.mp4", Clip(aspect=aspect, options={"crf": "8"}, paint=patched))
    set_matrix(source, TURNS[turn])
    assert any(map(is_private, renditions(source)))
    narrow = {"webm"} if aspect != 1 else set()  # what it writes has square pixels only
    for ending in sorted({"mp4", *in_turn(CLIPS, turn)} - narrow):
        done = unseen.redact(source, tmp_path / f"out.{ending}", options(shown_at(PATCH, TURNS[turn])))
        assert not any(map(is_private, renditions(done.output))), ending


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photo_is_covered_where_it_is_shown(tmp_path: Path, orientation: int) -> None:
    linear = {
        **{1: (1, 0, 0, 1), 2: (-1, 0, 0, 1), 3: (-1, 0, 0, -1), 4: (1, 0, 0, -1)},
        **{5: (0, 1, 1, 0), 6: (0, 1, -1, 0), 7: (0, -1, -1, 0), 8: (0, -1, 1, 0)},
    }[orientation]
    samples = scene(3)
    patched(0, samples)
    exif = Image.Exif()
    exif[274] = orientation
    Image.fromarray(samples).save(tmp_path / "photo.jpg", quality=95, exif=exif)
    for ending in {"jpg", PHOTOS[orientation - 1]}:  # together they have every format
        done = unseen.redact(tmp_path / "photo.jpg", tmp_path / f"out.{ending}", options(shown_at(PATCH, linear)))
        assert not any(map(is_private, renditions(done.output))), ending


def test_a_cover_at_the_wrong_place_or_moment_would_be_seen(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "clip.mp4", Clip(paint=patched))
    done = unseen.redact(source, tmp_path / "out.mp4", options("4,40,16,16"))
    assert any(map(is_private, renditions(done.output)))


@pytest.mark.parametrize("ending", [each for each in CLIPS if each != "avi"])  # it holds no uneven times
@pytest.mark.parametrize("late", [0, 777])
def test_of_uneven_frame_times_the_right_picture_is_covered(tmp_path: Path, ending: str, late: int) -> None:
    """The patch is there in one picture alone, and the cover for that moment alone."""
    ticks = [late + tick for tick in (0, 40, 130, 135, 400, 420, 900)]

    def once(number: int, rgb: np.ndarray) -> None:
        if number == 3:
            patched(number, rgb)

    source = write_clip(tmp_path / "clip.mkv", Clip("ffv1", ticks=ticks, tick=Fraction(1, 1000), paint=once))
    at = ticks[3] / 1000
    done = unseen.redact(
        source, tmp_path / f"out.{ending}", options(f"{shown_at(PATCH, (1, 0, 0, 1))}@{at}-{at + 0.001}")
    )
    assert not any(map(is_private, renditions(done.output)))
    assert len(done.record.plan.source.media.frame_times or ()) == 7


@pytest.mark.parametrize("flags", ["tff=1", "bff=1"])
def test_both_fields_of_an_interlaced_clip_are_covered(tmp_path: Path, flags: str) -> None:
    """The patch has moved by the time of the second field: lines of two places in one picture."""

    def fields(_: int, rgb: np.ndarray) -> None:
        rgb[16:32:2, 24:40] = rgb[17:32:2, 40:56] = PRIVATE

    way = {"x264-params": f"interlaced=1:{flags}", "crf": "8"}
    source = write_clip(tmp_path / "clip.mp4", Clip(ticks=range(5), tick=Fraction(1, 25), options=way, paint=fields))
    for ending in CLIPS[flags == "tff=1" :: 2]:
        done = unseen.redact(source, tmp_path / f"out.{ending}", options("24,16,32,16"))
        with av.open(str(done.output)) as container:
            for frame in container.decode(video=0):
                assert frame.to_ndarray(format="rgb24")[17:31, 25:55].max() <= 24, ending


def test_what_lies_beside_a_photo_is_not_carried_along(tmp_path: Path) -> None:
    """Instructions that undo an edit, words, a small clip's subtitles: the folder of outputs has nothing of them."""
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    Image.fromarray(scene(3)).save(folder / "IMG_1.jpg")
    for name in ("IMG_1.AAE", "IMG_1.xmp", "IMG_1.SRT", "IMG_1.json"):
        (folder / name).write_bytes(CANARY + b"\n" + name.encode())
    for job in plan_jobs([folder], out):
        if job.media:
            unseen.redact(job.source, job.output, options())
    assert sorted(names(out)) == ["IMG_1.jpg", "IMG_1.jpg.record.json"]
    assert all(CANARY not in path.read_bytes() for path in out.iterdir())


def test_times_and_attributes_of_the_source_stay_with_it(tmp_path: Path) -> None:
    source = tmp_path / "photo.png"
    Image.fromarray(scene(3)).save(source)
    os.utime(source, (1_234_567_890, 1_234_567_890))
    try:
        os.setxattr(source, "user.xdg.origin.url", CANARY)
    except OSError:
        pytest.skip("the file system has no attributes")
    done = unseen.redact(source, tmp_path / "out.png", options())
    for path in (done.output, done.record_path):
        assert os.listxattr(path) == []
        assert path.stat().st_mtime == 315_532_800
    assert os.getxattr(source, "user.xdg.origin.url") == CANARY


def test_nothing_is_left_anywhere_but_in_the_folder_of_outputs(tmp_path: Path) -> None:
    """No thumbnail, cache, log or list of recent files, whether a job is released or refused."""
    places = {name: tmp_path / name for name in ("home", "tmp", "cwd", "data", "cache", "config", "state", "run")}
    for place in places.values():
        place.mkdir(mode=0o700)
    source, out = tmp_path / "source", tmp_path / "out"
    source.mkdir()
    Image.fromarray(scene(3)).save(source / "Ana-CANARY.png")
    write_clip(source / "Ben-CANARY.mp4", Clip(ticks=range(3)))
    write_recording(source / "Eve-CANARY.wav", noise(0.2))
    (source / "Max-CANARY.jpg").write_bytes(private_jpeg()[:400])
    kept = {key: os.environ[key] for key in ("PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE") if key in os.environ}
    here = {"HOME": "home", "TMPDIR": "tmp", "XDG_DATA_HOME": "data", "XDG_CACHE_HOME": "cache"}
    here |= {"XDG_CONFIG_HOME": "config", "XDG_STATE_HOME": "state", "XDG_RUNTIME_DIR": "run"}
    environment = {
        **kept,
        **{key: str(places[name]) for key, name in here.items()},
        "UNSEEN_KEY": str(tmp_path / "key"),
    }
    command = [sys.executable, "-m", "unseen", "redact", source, "-o", out, "--find", "codes", "--rename"]
    done = subprocess.run(
        command, env=environment, cwd=places["cwd"], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 3, done.stderr  # one was damaged
    assert [path for place in places.values() for path in place.rglob("*")] == []
    assert {path.suffix for path in out.iterdir()} <= {".png", ".mp4", ".wav", ".json"}
    assert len(names(out)) == 6
    assert all(b"CANARY" not in path.read_bytes() and "CANARY" not in path.name for path in out.rglob("*"))


def test_plans_and_records_hold_no_picture(tmp_path: Path) -> None:
    source = tmp_path / "photo.png"
    Image.fromarray(scene(3)).save(source)
    done = unseen.redact(source, tmp_path / "out.png", options(ZONE))
    assert list(renditions(done.output))
    assert list(renditions(done.record_path)) == []
    longest = max(len(word) for word in done.record_path.read_text().split('"'))
    assert longest < 400  # no room for one that is written in letters


def test_a_cover_that_begins_late_is_withheld(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from unseen import pipeline

    cover: Any = pipeline.cover_tracks
    monkeypatch.setattr(pipeline, "cover_tracks", lambda p, *a: p.time >= Fraction(1, 10) and cover(p, *a))
    source = write_clip(tmp_path / "clip.mp4", Clip(paint=patched))
    with pytest.raises(AuditFailedError, match="check 3"):
        unseen.redact(source, tmp_path / "out.mp4", options(shown_at(PATCH, (1, 0, 0, 1))))
    assert not (tmp_path / "out.mp4").exists()
