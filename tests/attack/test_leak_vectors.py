"""Every planted leak: the audit finds it in a finished file, and nothing of it is in what Unseen makes of that file."""

from __future__ import annotations

import base64
import functools
import json
import re
import shutil
import subprocess
import zlib
from pathlib import Path

import finished_media as made
import leaks
import leaks_clip
import leaks_photo
import leaks_sound
import pytest
from leaks import PLANTED, Leak, canaries, is_private, renditions
from recordings import noise, write_recording

import unseen
from unseen.plan import Plan, StreamAction
from unseen.verify import audit

PHOTOS, CLIPS, SOUNDS = leaks_photo.ALL.split(), leaks_clip.ALL.split(), leaks_sound.ALL.split()
CASES = [pytest.param(each, kind, id=f"{each.vector}-{each.name}-{kind}") for each in PLANTED for kind in each.formats]
_TOOLS = re.compile(rb"x264 - core|Lavf\d|Lavc\d")
_ZONE = "24,16,32,32"


@functools.cache
def silent_recording(folder: Path, kind: str) -> tuple[bytes, Plan]:
    source = write_recording(folder / f"base.{kind}", noise(0.4))
    done = unseen.redact(source, folder / f"silent.{kind}", unseen.RedactOptions())
    return done.output.read_bytes(), done.record.plan


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recordings")


def planted(each: Leak, kind: str, folder: Path, recordings: Path) -> tuple[Path, Plan]:
    """The file with the leak in it, and the plan that it was finished by."""
    path = folder / f"leaky.{kind}"
    if each.vector.startswith("A"):
        data, plan = silent_recording(recordings, kind)
        path.write_bytes(data)
        each.make(path)
        return path, plan
    each.make(path)
    if each.vector.startswith("P"):
        return path, made.photo_plan()
    sounds = each.name in ("second sound", "language of a stream")
    return path, made.plan_for(None, container=kind, sound=StreamAction.SILENCE if sounds else None)


@pytest.mark.parametrize(("each", "kind"), CASES)
def test_a_planted_leak_is_found_by_the_audit(each: Leak, kind: str, tmp_path: Path, recordings: Path) -> None:
    path, plan = planted(each, kind, tmp_path, recordings)
    assert each.checks & set(made.failed_numbers(audit(path, plan, source=None)))
    seen = bool(canaries(path.read_bytes())) or any(map(is_private, renditions(path)))
    assert seen is not each.quiet  # what is looked for in outputs below can be seen where it is


FIRST = {each.vector: each for each in reversed(PLANTED) if not each.shown}
"""A vector's first leak is released to formats in turn, its own and two more; one leak of it from every format."""
RELEASED = list({(c.values[0].vector, c.values[1]): c for c in reversed(CASES) if not c.values[0].shown}.values())


def outputs(each: Leak, kind: str) -> set[str]:
    if FIRST[each.vector] is not each or kind != each.formats[0]:
        return {kind}
    every = {"P": PHOTOS, "V": CLIPS, "A": SOUNDS}[each.vector[0]]
    turn = int(each.vector[1:])
    return {kind, every[turn % len(every)], every[(turn + 3) % len(every)]}


def test_over_all_leaks_every_format_is_written() -> None:
    for letter, every in (("P", PHOTOS), ("V", CLIPS)):
        written = [ending for c in RELEASED if c.values[0].vector[0] == letter for ending in outputs(*c.values)]
        assert min(written.count(ending) for ending in every) >= 4


@pytest.mark.parametrize(("each", "kind"), RELEASED)
def test_nothing_of_a_planted_leak_is_released(each: Leak, kind: str, tmp_path: Path, recordings: Path) -> None:
    path, _ = planted(each, kind, tmp_path, recordings)
    before = path.read_bytes()
    zones = () if each.vector[0] == "A" else (_ZONE,)
    plan = unseen.find(path, unseen.FindOptions(find="codes", cover_zone=zones))
    for ending in outputs(each, kind):
        done = unseen.apply(plan, path, tmp_path / f"out.{ending}", unseen.ApplyOptions())
        data = done.output.read_bytes()
        assert canaries(data) == canaries(done.record_path.read_bytes()) == [], ending
        assert not any(map(is_private, renditions(done.output))), ending
        assert not _TOOLS.search(data), ending
        assert {c.number for c in done.record.checks if c.status == "passed"} >= {1, 2, 3, 5, 6, 7, 9, 10}, ending
    assert path.read_bytes() == before


def test_the_search_for_canaries_sees_them_however_they_are_written() -> None:
    word = leaks.CANARY
    wide = [word.decode().encode("utf-16-le"), word.decode().encode("utf-16-be")]
    packed = [zlib.compress(word * 9), zlib.compress(wide[0] * 9), b"." + base64.b64encode(b"x" + word)]
    for data in (word, *wide, *packed):
        assert canaries(b"before" + data + b"behind")
    assert canaries(b"nothing" + zlib.compress(b"nothing" * 9)) == []


# Witnesses that are nobody's of ours

WITNESSED = [*("P3", "P4", "P5", "P6", "P7", "P8", "P14"), *("V1", "V3", "V4", "V6", "V7", "V8", "V9"), *("A3", "A11")]
_HARMLESS = re.compile(
    r"(ExifTool|File|System|Composite|JFIF|PNG|RIFF|FLAC|Track[12]|QuickTime|Matroska|Opus):|Vorbis:Vendor$"
)
"""Groups of exiftool's in which containers describe themselves, and nobody says anything."""


@pytest.fixture(scope="module")
def witnessed(tmp_path_factory: pytest.TempPathFactory, recordings: Path) -> list[tuple[Leak, Path, Path]]:
    """Leaky files and what Unseen made of them, in the same format."""
    folder, found = tmp_path_factory.mktemp("witnessed"), []
    for number, each in enumerate(FIRST[vector] for vector in WITNESSED):
        place = folder / str(number)
        place.mkdir()
        path, _ = planted(each, each.formats[0], place, recordings)
        out = place / f"out.{each.formats[0]}"
        unseen.redact(path, out, unseen.RedactOptions(find="codes"))
        found.append((each, path, out))
    return found


@pytest.mark.skipif(not shutil.which("exiftool"), reason="exiftool is not installed")
def test_exiftool_reads_canaries_in_sources_and_nothing_in_outputs(witnessed: list[tuple[Leak, Path, Path]]) -> None:
    command = ["exiftool", "-json", "-a", "-u", "-U", "-ee", "-G1", "-api", "largefilesupport=1"]
    before, after = (
        json.loads(subprocess.run([*command, *paths], capture_output=True, check=False).stdout)
        for paths in zip(*((leaky, out) for _, leaky, out in witnessed), strict=True)
    )
    assert sum("CANARY" in json.dumps(tags) for tags in before) > len(witnessed) / 3
    for (each, _, _), tags in zip(witnessed, after, strict=True):
        assert "CANARY" not in json.dumps(tags), each.name
        strange = [tag for tag in tags if tag != "SourceFile" and not _HARMLESS.match(tag)]
        assert strange == [], each.name


@pytest.mark.skipif(not shutil.which("ffprobe"), reason="ffprobe is not installed")
def test_ffprobe_sees_one_picture_one_sound_and_no_words(witnessed: list[tuple[Leak, Path, Path]]) -> None:
    more = 0
    for each, leaky, out in witnessed:
        if each.vector.startswith("P"):
            continue
        before, after = probed(leaky), probed(out)
        more += len(before["streams"]) > len(after["streams"]) or bool(before["chapters"]) or before != after
        kinds = [stream["codec_type"] for stream in after["streams"]]
        assert sorted(kinds) in (["audio"], ["video"], ["audio", "video"]), each.name
        assert after["chapters"] == [], each.name
        assert "CANARY" not in json.dumps(after), each.name
    assert more


def probed(path: Path) -> dict:
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_chapters", "-show_format"]
    return json.loads(subprocess.run([*command, path], capture_output=True, check=True).stdout)
