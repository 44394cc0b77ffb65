"""Recordings without a picture: every format is read, written anew as its own kind, and nothing but samples leaves."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from recordings import heard, noise, offset, write_recording

import unseen
from unseen.core import MediaKind
from unseen.errors import UsageError
from unseen.media import Limits, open_reader, open_source
from unseen.media.sound_read import holds_only_sound
from unseen.options import Audio

EXACT = {
    ("s16.wav", "pcm_s16le"), ("s24.wav", "pcm_s24le"), ("s32.wav", "pcm_s32le"), ("f32.wav", "pcm_f32le"),
    ("f64.wav", "pcm_f64le"), ("u8.wav", "pcm_u8"), ("a.flac", "flac"), ("b.m4a", "alac"),
}  # fmt: skip
LOSSY = {
    ("a.mp3", "libmp3lame"), ("a.m4a", "aac"), ("a.mp4", "aac"), ("a.opus", "libopus"), ("a.ogg", "libopus"),
    ("a.mka", "aac"), ("b.mka", "libmp3lame"), ("a.webm", "libopus"), ("a.3gp", "aac"),
}  # fmt: skip
EVERY = sorted(EXACT | LOSSY)
TAGS = {"title": "CANARY-TITLE", "artist": "CANARY-ARTIST", "comment": "CANARY-COMMENT"}


def redacted(source: Path, out: Path, audio: Audio = Audio.SILENCE) -> unseen.Released:
    return unseen.redact(source, out, unseen.RedactOptions(audio=audio))


@pytest.mark.parametrize(("name", "codec"), EVERY)
def test_silence_is_as_long_as_the_source(tmp_path: Path, name: str, codec: str) -> None:
    source = write_recording(tmp_path / name, noise(0.51), codec=codec, tags=TAGS)
    released = redacted(source, tmp_path / "out" / name)
    before, _, _ = heard(source)
    after, rate, _ = heard(released.output)
    assert np.abs(after).max() <= 1e-4 < np.abs(before).max()
    assert (after.shape[0], rate) == (2, 48_000)
    assert 0 <= after.shape[1] - before.shape[1] < (1024 if codec == "aac" else 1)
    assert b"CANARY" in source.read_bytes()
    assert b"CANARY" not in released.output.read_bytes() + released.record_path.read_bytes()


@pytest.mark.parametrize(("name", "codec"), sorted(EXACT))
def test_kept_sound_is_the_same_to_the_bit_where_the_codec_can(tmp_path: Path, name: str, codec: str) -> None:
    source = write_recording(tmp_path / name, noise(0.3), codec=codec)
    released = redacted(source, tmp_path / "out" / name, Audio.KEEP)
    assert np.array_equal(heard(source)[0], heard(released.output)[0])


@pytest.mark.parametrize(("name", "codec"), sorted(LOSSY))
def test_kept_sound_is_not_moved_by_a_sample(tmp_path: Path, name: str, codec: str) -> None:
    source = write_recording(tmp_path / name, noise(1), codec=codec)
    released = redacted(source, tmp_path / "out" / name, Audio.KEEP)
    before, after = heard(source)[0], heard(released.output)[0]
    assert offset(before, after) == 0
    assert offset(before, np.roll(after, 7, axis=1)) == 7  # the saboteur
    length = min(before.shape[1], after.shape[1])
    error = before[:, 2000 : length - 3000] - after[:, 2000 : length - 3000]
    assert np.sqrt((error**2).mean()) < 0.01


@pytest.mark.parametrize(
    ("name", "channels", "rate"),
    [("a.wav", 1, 8_000), ("a.wav", 6, 44_100), ("a.flac", 1, 96_000), ("a.flac", 6, 48_000), ("a.mp3", 1, 16_000),
     ("a.m4a", 1, 8_000), ("a.m4a", 2, 44_100), ("a.opus", 1, 48_000)],
)  # fmt: skip
def test_rates_and_channels_stay(tmp_path: Path, name: str, channels: int, rate: int) -> None:
    source = write_recording(tmp_path / name, noise(0.4, channels, rate), rate)
    released = redacted(source, tmp_path / "out" / name, Audio.KEEP)
    after, found, _ = heard(released.output)
    assert (after.shape[0], found) == (channels, rate)


def test_a_recording_can_change_its_format(tmp_path: Path) -> None:
    source = write_recording(tmp_path / "a.wav", noise(0.5, rate=44_100), 44_100)
    for name in ("out.flac", "out.mp3", "out.m4a", "out.opus", "out.mka"):
        released = redacted(source, tmp_path / name, Audio.KEEP)
        after, rate, _ = heard(released.output)
        assert after.shape[1] / rate == pytest.approx(0.5, abs=0.03)
    with pytest.raises(UsageError, match="not a sound format"):
        redacted(source, tmp_path / "out.jpg")
    with pytest.raises(UsageError, match="nothing would be left"):
        redacted(source, tmp_path / "out.wav", Audio.REMOVE)


def test_the_plan_says_what_the_recording_is(tmp_path: Path) -> None:
    source = write_recording(tmp_path / "a.flac", noise(0.5), tags=TAGS)
    plan = unseen.find(source, unseen.FindOptions())
    sound = plan.source.media.sound
    assert plan.source.media.kind is MediaKind.AUDIO
    assert sound is not None
    assert (sound.rate, sound.channels, sound.samples, sound.span.end) == (48_000, 2, 24_000, Fraction(1, 2))
    assert [(s.action, s.by) for s in plan.streams] == [("silence", "unseen")]
    assert {m.kind for m in plan.metadata} >= {"text", "person"}
    found = unseen.inspect(source, unseen.FindOptions())
    assert any(d.value == "CANARY-ARTIST" for d in found.disclosures)


def test_what_a_silent_recording_may_be_called(tmp_path: Path) -> None:
    source = write_recording(tmp_path / "a.wav", noise(0.2))
    record = redacted(source, tmp_path / "out.wav").record
    assert all(c.passed for c in record.checks)
    assert record.standing == "de-identified"
    kept = redacted(source, tmp_path / "kept.wav", Audio.KEEP).record
    assert kept.standing == "covered"


def test_a_gap_in_a_recording_stays_silence_of_its_length(tmp_path: Path) -> None:
    """Matroska says when each block sounds; a block that is left out is a gap."""
    source = write_recording(tmp_path / "a.mka", noise(1), codec="pcm_s16le")
    data = source.read_bytes()
    whole = heard(source)[0].shape[1]
    with open_source(source) as opened:
        blocks = list(open_reader(opened, Limits()).sound(0))
    assert sum(b.samples.shape[1] for b in blocks) == whole
    at = data.index(bytes([0xA3]), len(data) // 2)  # a SimpleBlock in the middle: call it padding
    while data[at + 1] & 0xF0 != 0x10 and data[at + 1] & 0xF0 != 0x40:
        at = data.index(bytes([0xA3]), at + 1)
    (tmp_path / "b.mka").write_bytes(data[:at] + bytes([0xEC]) + data[at + 1 :])
    with open_source(tmp_path / "b.mka") as opened:
        reader = open_reader(opened, Limits())
        silent = [b for b in reader.sound(0) if not b.samples.any()]
        assert reader.info.sound is not None
        assert abs(reader.info.sound.samples - whole) <= 48
    assert silent


def test_numbers_that_are_none_are_silence(tmp_path: Path) -> None:
    samples = noise(0.2)
    samples[0, 100], samples[1, 200] = np.nan, np.inf
    source = write_recording(tmp_path / "a.wav", samples, codec="pcm_f32le")
    after = heard(redacted(source, tmp_path / "out.wav", Audio.KEEP).output)[0]
    assert np.isfinite(after).all()
    assert after[0, 100] == after[1, 200] == 0


def test_a_video_is_no_recording(tmp_path: Path) -> None:
    from make import Clip, Sound, write_clip

    from unseen.media.av_file import AvFile

    with open_source(write_clip(tmp_path / "a.mp4", Clip(sounds=(Sound(seconds=0.2),)))) as source:
        assert not holds_only_sound(AvFile(source, Limits()))
    with open_source(write_recording(tmp_path / "a.mp4", noise(0.2))) as source:
        assert open_reader(source, Limits()).kind is MediaKind.AUDIO
