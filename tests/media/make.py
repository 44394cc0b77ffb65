"""Small media made by script: clips of any container and codec, photos; and the command line run in this process."""

from __future__ import annotations

import contextlib
import io
import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.codec.context import Flags
from numpy.typing import NDArray
from PIL import Image

MUXERS = {
    **{".mp4": "mp4", ".mov": "mov", ".3gp": "3gp", ".mkv": "matroska", ".webm": "webm", ".avi": "avi"},
    ".ts": "mpegts",
}
ENCODERS = {
    "h264": ("libx264", {"preset": "ultrafast", "crf": "18"}),
    "hevc": ("libx265", {"preset": "ultrafast", "crf": "20", "x265-params": "log-level=none"}),
    "vp8": ("libvpx", {"crf": "10", "b": "2M", "deadline": "realtime", "cpu-used": "8"}),
    "vp9": ("libvpx-vp9", {"crf": "20", "b": "0", "deadline": "realtime", "cpu-used": "8"}),
    "av1": ("libsvtav1", {"crf": "25", "preset": "12"}),
    "mpeg4": ("mpeg4", {"qscale": "3"}),
    "ffv1": ("ffv1", {}),
    "rawvideo": ("rawvideo", {}),
}
SOUND = {".webm": "libopus", ".avi": "libmp3lame"}
IDENTITY = (1, 0, 0, 1)


@dataclass(frozen=True)
class Sound:
    """A tone for `seconds`, starting at `start`; `layout` as FFmpeg names it."""

    rate: int = 48_000
    layout: str = "stereo"
    seconds: float = 1.0
    start: Fraction = Fraction(0)
    codec: str | None = None


@dataclass(frozen=True)
class Clip:
    """A clip to make: `ticks` times `tick` are its frame times in seconds."""

    codec: str = "h264"
    size: tuple[int, int] = (96, 64)
    ticks: Sequence[int] = (0, 1, 2)
    tick: Fraction = Fraction(1, 10)
    pixels: str = "yuv420p"
    sounds: tuple[Sound, ...] = ()
    aspect: Fraction = Fraction(1)
    colour: tuple[int, int, int, int] | None = None  #: primaries, transfer, matrix, range
    options: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    paint: Callable[[int, NDArray[np.uint8]], None] | None = None  #: changes a picture, red, green, blue, in place


def scene(number: int, size: tuple[int, int] = (96, 64)) -> NDArray[np.uint8]:
    """A picture whose four quarters differ, with its number as a grey level at the top left: red, green, blue."""
    width, height = size
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[: height // 2, : width // 2] = 20 + (number * 14) % 220
    rgb[: height // 2, width // 2 :] = (200, 40, 40)
    rgb[height // 2 :, : width // 2] = (40, 200, 40)
    rgb[height // 2 :, width // 2 :] = (40, 40, 200)
    return rgb


def number_of(grey: float) -> int:
    """Which picture of a clip a grey level at its top left stands for."""
    return round((grey - 20) / 14)


def write_clip(path: Path, clip: Clip = Clip()) -> Path:
    """Encode and mux a clip; the container follows the ending."""
    name, settings = ENCODERS[clip.codec]
    if path.suffix == ".avi" and clip.codec == "h264":
        settings = {**settings, "bf": "0"}
    with path.open("wb") as file, av.open(file, "w", format=MUXERS[path.suffix]) as container:
        container.metadata.update(clip.tags)
        stream: Any = container.add_stream(name, rate=round(1 / clip.tick), options={**settings, **clip.options})
        stream.width, stream.height, stream.pix_fmt = *clip.size, clip.pixels
        stream.time_base = stream.codec_context.time_base = clip.tick
        stream.codec_context.sample_aspect_ratio = clip.aspect
        if clip.colour is not None:
            context = stream.codec_context
            context.color_primaries, context.color_trc, context.colorspace, context.color_range = clip.colour
        sounds = [_sound_stream(container, path.suffix, sound) for sound in clip.sounds]
        for number, tick in enumerate(clip.ticks):
            rgb = scene(number, clip.size)
            if clip.paint is not None:
                clip.paint(number, rgb)
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format=clip.pixels)
            frame.pts, frame.time_base = tick, clip.tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        for out, sound in zip(sounds, clip.sounds, strict=True):
            _encode_tone(container, out, sound)
    return path


def _sound_stream(container: Any, suffix: str, sound: Sound) -> Any:
    stream = container.add_stream(sound.codec or SOUND.get(suffix, "aac"), rate=sound.rate, layout=sound.layout)
    stream.codec_context.flags |= Flags.bitexact
    return stream


def _encode_tone(container: Any, stream: Any, sound: Sound) -> None:
    context = stream.codec_context
    resampler = av.AudioResampler(context.format, context.layout, context.sample_rate)
    channels = len(av.AudioLayout(sound.layout).channels)
    first = round(sound.start * sound.rate)
    total = round(sound.seconds * sound.rate)
    wave = (0.4 * np.sin(2 * np.pi * 440 * np.arange(total) / sound.rate)).astype(np.float32)
    for at in range(0, total, 1024):
        block = np.ascontiguousarray(np.tile(wave[at : at + 1024], (channels, 1)))
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=sound.layout)
        frame.sample_rate, frame.pts, frame.time_base = sound.rate, first + at, Fraction(1, sound.rate)
        for part in resampler.resample(frame):
            container.mux(stream.encode(part))
    for part in resampler.resample(None):
        container.mux(stream.encode(part))
    container.mux(stream.encode(None))


def set_matrix(path: Path, linear: tuple[int, int, int, int]) -> Path:
    """Write the first track's display matrix (a, b, c, d of ISO/IEC 14496-12 6.2.2) into an MP4 or MOV file."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40  # version 0: flags, two times, track, reserved, duration, reserved, layer..volume
    a, b, c, d = (value << 16 for value in linear)
    struct.pack_into(">9i", data, at, a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    return path


def write_photo(path: Path, size: tuple[int, int] = (96, 64)) -> Path:
    """A photo without people; the format follows the ending."""
    Image.fromarray(scene(3, size)).save(path)
    return path


@dataclass(frozen=True)
class Said:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


def unseen(*arguments: str | Path) -> Said:
    """Run the command line in this process."""
    from unseen.cli import run

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run([str(a) for a in arguments])
    return Said(int(code), out.getvalue(), err.getvalue())


def leftovers(folder: Path) -> list[str]:
    """Drafts that a run has left in a folder."""
    return [p.name for p in folder.rglob(".*unseen-part*")]


def is_clear(said: Said) -> bool:
    """Whether a failure was told as Unseen tells them: no traceback, no fault of its own, but a sentence."""
    text = said.out + said.err
    return (
        "Traceback" not in text
        and "Unseen failed on it" not in text
        and bool(re.search(r"^unseen: .+", said.err, re.M))
    )


def names(folder: Path) -> list[str]:
    """What lies in a folder of outputs, but for the file that tells how long its history is."""
    return [path.name for path in folder.iterdir() if path.name != ".unseen-chain.json"]
