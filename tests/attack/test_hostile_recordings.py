"""Recordings made to have Unseen spend, guess or pass something on: exit 3 and a sentence."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from make import is_clear, leftovers, unseen
from recordings import noise, write_recording

NAMES = ["a.wav", "a.flac", "a.mp3", "a.m4a", "a.opus", "a.mka"]


def refused(source: Path, *flags: str) -> str:
    out = source.parent / "released" / f"out{source.suffix}"
    said = unseen("redact", source, "-o", out, *flags)
    assert said.code == 3, said
    assert is_clear(said), said
    assert not out.exists()
    assert not leftovers(source.parent)
    return said.err


def wave(rate: int = 48_000, channels: int = 2, size: int | None = None, samples: bytes = bytes(4000)) -> bytes:
    align = channels * 2
    speed = min(rate * align, (1 << 32) - 1)
    form = struct.pack("<HHIIHH", 1, channels, rate, speed, align & 0xFFFF, 16)
    data = b"data" + struct.pack("<I", len(samples) if size is None else size) + samples
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.m4a"])
def test_recordings_that_break_off_are_refused(tmp_path: Path, name: str) -> None:
    path = write_recording(tmp_path / name, noise(1.5), options={"movflags": "faststart"} if name == "a.m4a" else {})
    whole = path.read_bytes()
    for share in (0.9, 0.5):
        path.write_bytes(whole[: int(len(whole) * share)])
        refused(path)


@pytest.mark.parametrize("name", NAMES)
def test_recordings_that_are_cut_anywhere_are_refused_or_released_as_they_sound(tmp_path: Path, name: str) -> None:
    path = write_recording(tmp_path / name, noise(1))
    whole = path.read_bytes()
    for count in (1, 10, 40, 100, len(whole) // 3, len(whole) - 1):
        path.write_bytes(whole[:count])
        out = tmp_path / f"out{count}{path.suffix}"
        said = unseen("redact", path, "-o", out)
        assert said.code in (0, 3), said
        assert out.exists() == (said.code == 0)
        assert said.code == 0 or is_clear(said)


@pytest.mark.parametrize("name", NAMES)
def test_noise_behind_a_good_header_is_refused_or_released_as_it_sounds(tmp_path: Path, name: str) -> None:
    path = write_recording(tmp_path / name, noise(1))
    good = path.read_bytes()
    rng = np.random.default_rng(2)
    for seed in range(4):
        data = bytearray(good)
        start = 30 + len(data) * seed // 5
        data[start : start + 60] = rng.bytes(len(data[start : start + 60]))
        path.write_bytes(data)
        out = tmp_path / f"out{seed}{path.suffix}"
        said = unseen("redact", path, "-o", out, "--audio", "keep")
        assert said.code in (0, 3), said
        assert out.exists() == (said.code == 0)
        assert said.code == 0 or is_clear(said)


def test_a_damaged_recording_is_released_on_request_and_that_is_recorded(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.flac", noise(1.5))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "--max-undecodable" in refused(path)
    out = tmp_path / "out.flac"
    assert unseen("redact", path, "-o", out, "--max-undecodable", "100").code == 0
    assert "before the end that the file claims" in out.with_name("out.flac.record.json").read_text()


@pytest.mark.parametrize(
    "data",
    [wave(samples=b""), wave(rate=0), wave(channels=0), wave(rate=(1 << 31) - 1), wave(channels=60_000),
     b"RIFF\0\0\0\0WAVE", b"fLaC", b"OggS", b"ID3\4\0\0\0\0\0\0", b"fLaC\x80\0\0\x22" + bytes(34), b"\xff\xfb" * 300],
)  # fmt: skip
def test_empty_and_absurd_recordings_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(data)
    refused(path)


def test_very_many_channels_are_refused_by_number(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wave(channels=100, samples=bytes(20_000)))
    assert "100 channels" in refused(path)


def test_a_recording_that_claims_a_hundred_hours_is_refused_at_once(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.flac", noise(0.3))
    data = bytearray(path.read_bytes())
    samples = 100 * 3600 * 48_000
    data[21] = data[21] & 0xF0 | samples >> 32
    data[22:26] = (samples & 0xFFFFFFFF).to_bytes(4, "big")
    path.write_bytes(data)
    assert "--max-seconds 360000" in refused(path)
    assert "0.30 s of the 360000.00 s" in refused(path, "--max-seconds", "400000")


def test_a_recording_over_the_limit_is_refused_though_it_does_not_say_how_long_it_is(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.opus", noise(2.5))
    assert "--max-seconds" in refused(path, "--max-seconds", "1")
