"""Saboteurs of finished recordings: a tag, a byte too many, a sample too few, sound where silence is planned."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from finished_media import boxed, failed_numbers, outcomes, tampered
from recordings import RATE, noise, write_recording

import unseen
from unseen.core import Span
from unseen.options import Audio
from unseen.plan import Action, Decision, Plan, PlannedSilence, StreamAction
from unseen.verify import AuditReport, Status, audit
from unseen.verify.structure.checksums import ogg_checksum

NAMES = ["a.wav", "a.flac", "a.mp3", "a.m4a", "a.opus", "a.mka"]
SECONDS = 0.4


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def released(folder: Path, name: str, audio: Audio = Audio.SILENCE) -> tuple[Path, Plan]:
    source = write_recording(folder / f"source{Path(name).suffix}", noise(SECONDS))
    done = unseen.redact(source, folder / name, unseen.RedactOptions(audio=audio))
    return done.output, done.record.plan


def judged(path: Path, plan: Plan) -> AuditReport:
    return audit(path, plan, source=None)


def test_an_honest_recording_passes(tmp_path: Path, name: str) -> None:
    report = judged(*released(tmp_path, name))
    assert failed_numbers(report) == []
    assert {n for n, c in outcomes(report).items() if c.status is Status.PASSED} >= {1, 2, 3, 5, 6, 7, 8}


def test_the_source_itself_fails_as_its_own_output(tmp_path: Path, name: str) -> None:
    _, plan = released(tmp_path, name)
    assert 7 in failed_numbers(judged(tmp_path / f"source{Path(name).suffix}", plan))


def test_a_recording_of_another_length_is_found(tmp_path: Path, name: str) -> None:
    path, plan = released(tmp_path, name)
    other = write_recording(tmp_path / f"other{path.suffix}", 0 * noise(SECONDS + 0.2))
    assert 1 in failed_numbers(judged(other, plan))
    assert "samples instead of" in outcomes(judged(other, plan))[1].detail
    shorter = write_recording(tmp_path / f"shorter{path.suffix}", 0 * noise(SECONDS - 0.1))
    assert 1 in failed_numbers(judged(shorter, plan))


def test_a_recording_that_was_cut_off_is_found(tmp_path: Path, name: str) -> None:
    path, plan = released(tmp_path, name)
    report = judged(tampered(path, lambda data: data[: len(data) * 2 // 3]), plan)
    assert set(failed_numbers(report)) >= {6}


@pytest.mark.parametrize("more", [bytes(2), b"TAG" + bytes(125), b"APETAGEX" + bytes(24), b"hidden" * 99])
def test_bytes_behind_the_end_are_found(tmp_path: Path, name: str, more: bytes) -> None:
    path, plan = released(tmp_path, name)
    assert 6 in failed_numbers(judged(tampered(path, lambda data: data + more), plan))


@pytest.mark.parametrize("name", ["a.flac", "a.mp3", "a.m4a", "a.opus", "a.mka"])
def test_what_muxers_write_when_nobody_stops_them_is_found(tmp_path: Path, name: str) -> None:
    _, plan = released(tmp_path, name)
    tagged = write_recording(tmp_path / f"tagged{Path(name).suffix}", 0 * noise(SECONDS), tags={"title": "CANARY"})
    assert 5 in failed_numbers(judged(tagged, plan))


def test_sound_in_one_channel_at_one_moment_is_found(tmp_path: Path, name: str) -> None:
    _, plan = released(tmp_path, name)
    samples = 0 * noise(SECONDS)
    samples[1, RATE // 5 : RATE // 5 + 2000] = 0.1 * noise(SECONDS)[1, :2000]
    report = judged(write_recording(tmp_path / f"spoken{Path(name).suffix}", samples), plan)
    assert "where silence is planned" in outcomes(report)[7].detail
    assert outcomes(report)[7].status is Status.FAILED


def with_silence(plan: Plan, start: str, end: str) -> Plan:
    span = Span(Fraction(start), Fraction(end))
    silence = PlannedSilence("voice-1", span, Decision(Action.COVER, "unseen", "found"), 0.9)
    streams = tuple(replace(s, action=StreamAction.REDACT) for s in plan.streams)
    return replace(plan, streams=streams, silences=(silence,))


def test_a_planned_stretch_has_to_be_silent(tmp_path: Path, name: str) -> None:
    source = write_recording(tmp_path / f"source{Path(name).suffix}", noise(2))
    plan = with_silence(unseen.find(source, unseen.FindOptions()), "2/3", "1")
    done = unseen.apply(plan, source, tmp_path / name, unseen.ApplyOptions())
    found = outcomes(judged(done.output, plan))[7]
    assert found.status is Status.PASSED
    assert "in 1 stretches, all silent" in found.detail
    for wider in (("1/10", "1"), ("2/3", "6/5"), ("0", "1/10")):  # stretches that this file is not silent in
        found = outcomes(judged(done.output, with_silence(plan, *wider)))[7]
        assert found.status is Status.FAILED
        assert " s where silence is planned" in found.detail
    nowhere = outcomes(judged(done.output, with_silence(plan, "7", "8")))[7]
    assert nowhere.detail == "stretches of silence are planned, and none lies in the sound"


def chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content


def in_wave(more: bytes) -> Callable[[bytes], bytes]:
    """Another chunk before the samples, with the file's length set right."""
    return lambda data: data[:4] + struct.pack("<I", len(data) + len(more) - 8) + data[8:36] + more + data[36:]


@pytest.mark.parametrize(
    ("more", "numbers"),
    [(chunk(b"bext", bytes(602)), [5]), (chunk(b"LIST", b"INFOIART" + b"\4\0\0\0Ana\0"), [5]),
     (chunk(b"iXML", b"<x/>"), [5]), (chunk(b"junk", b"ab"), [6]), (chunk(b"fact", b"secret"), [6])],
)  # fmt: skip
def test_chunks_of_wave_files_are_found(tmp_path: Path, more: bytes, numbers: list[int]) -> None:
    path, plan = released(tmp_path, "a.wav")
    assert failed_numbers(judged(tampered(path, in_wave(more)), plan)) == numbers


def flac_block(kind: int, content: bytes) -> Callable[[bytes], bytes]:
    """Another block behind the first one, which is 38 bytes long."""
    return lambda data: data[:42] + bytes([kind]) + len(content).to_bytes(3, "big") + content + data[42:]


@pytest.mark.parametrize(
    ("kind", "content", "numbers"),
    [(6, bytes(32), [5]), (2, b"appl1234", [6]), (4, b"\6\0\0\0ffmpeg\1\0\0\0\7\0\0\0A=jane1", [5]),
     (1, b"secret", [6]), (77, b"", [6]), (4, b"\6\0\0\0ffmpeg\0\0\0\0more", [6])],
)  # fmt: skip
def test_blocks_of_flac_files_are_found(tmp_path: Path, kind: int, content: bytes, numbers: list[int]) -> None:
    path, plan = released(tmp_path, "a.flac")
    report = judged(tampered(path, flac_block(kind, content)), plan)
    assert set(numbers) <= set(failed_numbers(report)) or (kind == 2 and 5 in failed_numbers(report))


def test_bytes_between_two_flac_frames_are_found(tmp_path: Path) -> None:
    path, plan = released(tmp_path, "a.flac", Audio.KEEP)
    data = path.read_bytes()
    second = next(at for at in range(9000, len(data)) if data[at : at + 2] == b"\xff\xf8" and data[at + 4] == 1)
    report = judged(tampered(path, lambda d: d[:second] + b"hidden" + d[second:]), plan)
    assert "1 frames with bytes that do not belong to them" in outcomes(report)[6].detail


def test_an_id3_tag_in_front_of_an_mp3_file_is_found(tmp_path: Path) -> None:
    path, plan = released(tmp_path, "a.mp3")
    report = judged(tampered(path, lambda data: b"ID3\4\0\0\0\0\0\x0a" + b"secret tag" + data), plan)
    assert outcomes(report)[5].detail == "an ID3 tag"


def test_an_mp3_file_that_miscounts_is_found(tmp_path: Path) -> None:
    path, plan = released(tmp_path, "a.mp3")
    frames = path.read_bytes()
    one_less = frames[:-384] if len(frames) % 384 == 0 else frames[: len(frames) // 2]
    assert 6 in failed_numbers(judged(tampered(path, lambda _: one_less), plan))


def test_a_second_ogg_stream_and_a_changed_page_are_found(tmp_path: Path) -> None:
    path, plan = released(tmp_path, "a.opus")
    good = path.read_bytes()
    report = judged(tampered(path, lambda data: data + data), plan)
    assert 6 in failed_numbers(report)
    report = judged(tampered(path, lambda _: good[:-1] + bytes([good[-1] ^ 1])), plan)
    assert "checksum" in outcomes(report)[6].detail


def test_tags_in_an_ogg_file_are_found_though_its_checksums_are_right(tmp_path: Path) -> None:
    path, plan = released(tmp_path, "a.opus")
    data = path.read_bytes()
    start = data.index(b"OggS", 4)
    end = data.index(b"OggS", start + 4)
    body = b"OpusTags\6\0\0\0ffmpeg\1\0\0\0\x0b\0\0\0ARTIST=jane"
    page = bytearray(data[start : start + 26] + b"\1" + bytes([len(body)]) + body)
    page[22:26] = bytes(4)
    page[22:26] = ogg_checksum(bytes(page)).to_bytes(4, "little")
    report = judged(tampered(path, lambda _: data[:start] + bytes(page) + data[end:]), plan)
    assert failed_numbers(report) == [5]
    assert outcomes(report)[5].detail == "a tag"


def test_tags_in_an_m4a_file_are_found(tmp_path: Path) -> None:
    path, plan = released(tmp_path, "a.m4a")
    report = judged(tampered(path, lambda data: data + boxed(b"udta", boxed(b"meta", b"jane"))), plan)
    assert 5 in failed_numbers(report)


def test_the_plan_belongs_to_the_recording(tmp_path: Path) -> None:
    path, plan = released(tmp_path, "a.wav")
    other = write_recording(tmp_path / "other.wav", noise(SECONDS, loud=0.3))
    report = audit(path, plan, source=other)
    assert failed_numbers(report) == [9, 10]
    assert hashlib.sha256(other.read_bytes()).hexdigest() != plan.source.sha256
