"""What is written plays as the source does: times, shape, colour, depth and sound, in every container and codec."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from make import IDENTITY, Clip, Sound, number_of, set_matrix, write_clip

from unseen.core import FrameTimes, MediaInfo
from unseen.errors import UnsupportedError, UsageError
from unseen.media import Limits, open_reader, open_source
from unseen.media.containers import CONTAINERS, Quality, VideoCodec
from unseen.media.output import OutputFile
from unseen.plan import StreamAction

EVERY = [(c.suffixes[0], codec) for c in CONTAINERS.values() for codec in c.video]
SUFFIXES = [c.suffixes[0] for c in CONTAINERS.values()]
IRREGULAR = (0, 1, 3, 4, 9, 10)


def rewritten(
    source: Path,
    out: Path,
    codec: VideoCodec | None = None,
    sound: StreamAction = StreamAction.SILENCE,
) -> MediaInfo:
    """Write a source anew without covers; gives what is read of the result."""
    with open_source(source) as opened, out.open("w+b") as file:
        reader = open_reader(opened, Limits())
        writer = OutputFile(reader, out.suffix, codec=codec, quality=Quality.HIGH, sound=sound)
        kept = reader.sound(reader.main_audio) if sound is StreamAction.KEEP and reader.main_audio is not None else None
        writer.write_all(file, reader.pictures(), kept)
    return info_of(out)


def info_of(path: Path) -> MediaInfo:
    with open_source(path) as source:
        return open_reader(source, Limits()).info


def greys(path: Path) -> list[int]:
    """Which of the source's pictures each picture is."""
    with open_source(path) as source:
        return [number_of(float(v.rgb[:16, :16].mean())) for v in open_reader(source, Limits()).views(1000)]


def samples_of(path: Path) -> tuple[int, np.ndarray[Any, Any], Fraction]:
    """Rate, samples (channels x count) and start in seconds of the sound, as a player decodes it."""
    blocks, start, rate = [], None, 0
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            start = frame.pts * frame.time_base if start is None else start
            rate = frame.sample_rate
            blocks += [b.to_ndarray() for b in av.AudioResampler(format="fltp").resample(frame)]
    assert start is not None
    return rate, np.concatenate(blocks, axis=1), start


def test_times_that_a_container_cannot_hold_are_an_error_that_says_so(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "source.mp4", Clip(ticks=(0, 1, 2)))
    base = Fraction(3531801, 250_000_000)  # as a damaged file was seen to say
    ticks = [0, 100_000, 200_000]
    with open_source(source) as opened, (tmp_path / "out.mp4").open("w+b") as file:
        reader = open_reader(opened, Limits())
        writer = OutputFile(reader, ".mp4", codec=None, quality=Quality.HIGH, sound=StreamAction.REMOVE)
        writer._info = replace(reader.info, frame_times=FrameTimes.from_ticks(base, ticks))
        late = (replace(p, time=tick * base) for p, tick in zip(reader.pictures(), ticks, strict=False))
        with pytest.raises(UnsupportedError, match=r"its times or samples cannot be written as \.mp4"):
            writer.write_all(file, late)


@pytest.mark.parametrize(("suffix", "codec"), EVERY)
def test_every_frame_keeps_its_time(tmp_path: Path, suffix: str, codec: VideoCodec) -> None:
    source = write_clip(tmp_path / "source.mp4", Clip(ticks=IRREGULAR))
    out = tmp_path / f"out{suffix}"
    info = rewritten(source, out, codec)
    assert info.frame_times is not None
    times = list(info.frame_times)
    first = times[0] if suffix in (".ts",) else 0
    assert [t - first for t in times] == [Fraction(t, 10) for t in IRREGULAR]
    assert greys(out) == list(range(len(IRREGULAR)))
    names = {"av1": ("libdav1d", "av1")}
    assert info.streams[0].codec in names.get(codec, (codec,))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_late_start_is_kept_or_moved_as_one(tmp_path: Path, suffix: str) -> None:
    source = write_clip(tmp_path / "source.mkv", Clip(ticks=(25, 26, 29)))
    info = rewritten(source, tmp_path / f"out{suffix}")
    times = list(info.frame_times or ())
    assert [t - times[0] for t in times] == [0, Fraction(1, 10), Fraction(4, 10)]
    if suffix in (".mp4", ".mov", ".mkv", ".webm"):
        assert times[0] == Fraction(5, 2)


def test_times_that_avi_cannot_hold_are_refused(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "source.mp4", Clip(ticks=(0, 1, 1000), tick=Fraction(1, 1000)))
    with pytest.raises(UsageError, match="AVI"):
        rewritten(source, tmp_path / "out.avi")


@pytest.mark.parametrize("linear", [IDENTITY, (0, 1, -1, 0), (0, -1, 1, 0), (0, 1, 1, 0), (-1, 0, 0, 1)])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_turned_clip_is_written_upright(tmp_path: Path, linear: tuple[int, int, int, int], suffix: str) -> None:
    source = set_matrix(write_clip(tmp_path / "source.mp4", Clip(aspect=Fraction(3, 2))), linear)
    out = tmp_path / f"out{suffix}"
    after, before = rewritten(source, out).picture, info_of(source).picture
    assert after is not None
    assert before is not None
    assert (after.width, after.height, after.sample_aspect) == (before.width, before.height, before.sample_aspect)
    assert (after.quarter_turns, after.mirrored) == (0, False)
    pictures = []
    for path in (source, out):
        with open_source(path) as opened:
            pictures.append(next(iter(open_reader(opened, Limits()).views(1000))).rgb.astype(int))
    assert np.abs(pictures[0] - pictures[1]).mean() < 6


@pytest.mark.parametrize(("suffix", "codec"), EVERY)
def test_pixels_that_are_not_square_stay_so_or_are_refused(tmp_path: Path, suffix: str, codec: VideoCodec) -> None:
    source, out = write_clip(tmp_path / "source.mp4", Clip(aspect=Fraction(4, 3))), tmp_path / f"out{suffix}"
    if suffix in (".mkv", ".webm") and codec in ("vp8", "vp9", "av1"):
        with pytest.raises(UsageError):
            rewritten(source, out, codec)
        return
    after = rewritten(source, out, codec).picture
    assert after is not None
    assert after.sample_aspect == Fraction(4, 3)


@pytest.mark.parametrize(("suffix", "codec"), [(s, c) for s, c in EVERY if c not in ("vp8",)])
def test_colour_tags_stay(tmp_path: Path, suffix: str, codec: VideoCodec) -> None:
    source = write_clip(tmp_path / "source.mp4", Clip(colour=(1, 1, 1, 2)))
    before, after = info_of(source).picture, rewritten(source, tmp_path / f"out{suffix}", codec).picture
    assert before is not None
    assert after is not None
    assert before.colour.full_range
    assert (after.colour.matrix, after.colour.full_range) == (1, True)
    if codec != "vp9" or suffix in (".mkv", ".webm", ".mp4"):
        assert after.colour == before.colour


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_ten_bits_stay_ten_bits(tmp_path: Path, suffix: str) -> None:
    source = write_clip(tmp_path / "source.mkv", Clip("hevc", pixels="yuv420p10le", colour=(9, 16, 9, 1)))
    after = rewritten(source, tmp_path / f"out{suffix}").picture
    assert after is not None
    assert (after.depth, after.pixel_format) == (10, "yuv420p10le")
    assert (after.colour.primaries, after.colour.transfer, after.colour.matrix) == (9, 16, 9)


@pytest.mark.parametrize("size", [(97, 64), (96, 63), (95, 61)])
@pytest.mark.parametrize(("suffix", "codec"), [(".mp4", "h264"), (".mp4", "hevc"), (".webm", "vp9"), (".mkv", "av1")])
def test_odd_sizes_stay_odd(tmp_path: Path, size: tuple[int, int], suffix: str, codec: str) -> None:
    source = write_clip(tmp_path / "source.webm", Clip("vp9", size=size))
    out = tmp_path / f"out{suffix}"
    after = rewritten(source, out, VideoCodec(codec)).picture
    assert after is not None
    assert (after.width, after.height) == size
    assert greys(out) == [0, 1, 2]


@pytest.mark.parametrize("pixels", ["bgr0", "gray", "yuva420p", "yuv444p", "yuv422p"])
def test_other_pixel_formats_keep_their_look(tmp_path: Path, pixels: str) -> None:
    source, out = write_clip(tmp_path / "source.mkv", Clip("ffv1", pixels=pixels)), tmp_path / "out.mp4"
    rewritten(source, out)
    views = []
    for path in (source, out):
        with open_source(path) as opened:
            views.append(next(iter(open_reader(opened, Limits()).views(1000))).rgb.astype(int))
    assert np.abs(views[0] - views[1]).mean() < 6


@pytest.mark.parametrize("sound", [("mono", 44_100), ("stereo", 48_000), ("5.1", 48_000), ("mono", 8_000)])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_silence_is_as_long_as_the_picture(tmp_path: Path, suffix: str, sound: tuple[str, int]) -> None:
    layout, rate = sound
    clip = Clip(ticks=range(8), sounds=(Sound(rate, layout, 0.8),))
    out = tmp_path / f"out{suffix}"
    info = rewritten(write_clip(tmp_path / "source.mkv", clip), out)
    assert [s.kind for s in info.streams] == ["video", "audio"]
    _, samples, start = samples_of(out)
    first = next(iter(info.frame_times or ()))
    assert np.abs(samples).max() < 1e-4
    _, loud, _ = samples_of(tmp_path / "source.mkv")
    assert np.abs(loud).max() > 0.1  # the saboteur
    assert abs(float(start - first)) <= 1024 / min(rate, 44_100) + 0.03  # what encoders need to get going
    length = samples.shape[1] / samples_of(out)[0]
    assert 0.75 <= length <= 0.95 + 2048 / min(rate, 44_100)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("late", [Fraction(0), Fraction(3, 10)])
def test_kept_sound_stays_in_time(tmp_path: Path, suffix: str, late: Fraction) -> None:
    clip = Clip(ticks=range(12), sounds=(Sound(48_000, "stereo", 0.6, late),))
    source, out = write_clip(tmp_path / "source.mkv", clip), tmp_path / f"out{suffix}"
    info = rewritten(source, out, sound=StreamAction.KEEP)
    rate, samples, start = samples_of(out)
    first = next(iter(info.frame_times or ()))
    loud = np.flatnonzero(np.abs(samples).max(axis=0) > 0.2)
    begins = float(start - first) + loud[0] / rate
    ends = float(start - first) + loud[-1] / rate
    assert begins == pytest.approx(float(late), abs=0.03)
    assert ends == pytest.approx(float(late) + 0.6, abs=0.03)


def test_removed_sound_and_every_other_stream_are_gone(tmp_path: Path) -> None:
    sounds = (Sound(seconds=0.3), Sound(seconds=0.3, layout="mono"))
    source = write_clip(tmp_path / "source.mkv", Clip(sounds=sounds, tags={"title": "CANARY-TITLE"}))
    for action, kinds in ((StreamAction.REMOVE, ["video"]), (StreamAction.KEEP, ["video", "audio"])):
        for suffix in SUFFIXES:
            out = tmp_path / f"{action}{suffix}"
            assert [s.kind for s in rewritten(source, out, sound=action).streams] == kinds
            assert b"CANARY" not in out.read_bytes()
    assert b"CANARY" in source.read_bytes()


def test_what_a_container_does_not_hold_is_refused(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "source.mp4")
    for name, codec in (("out.webm", VideoCodec.H264), ("out.3gp", VideoCodec.AV1), ("out.xyz", None), ("out", None)):
        with pytest.raises(UsageError):
            rewritten(source, tmp_path / name, codec)


def test_one_picture_is_a_clip_too(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "source.mp4", Clip(ticks=(0,), sounds=(Sound(seconds=0.1),)))
    for suffix in set(SUFFIXES) - {".ts"}:  # FFmpeg does not recognise a transport stream of so few packets
        info = rewritten(source, tmp_path / f"out{suffix}")
        assert len(info.frame_times or ()) == 1
