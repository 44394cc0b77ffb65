"""Finished files made by script, as Unseen's writers make them, their plans, and ways to break one thing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pillow_heif
from av.bitstream import BitStreamFilterContext
from av.codec.context import Flags
from PIL import Image
from planning import FOUND, make_plan

from unseen.core import (
    FrameTimes,
    Keyframe,
    Kind,
    MediaInfo,
    MediaKind,
    Origin,
    PictureFormat,
    Region,
    StreamInfo,
    StreamKind,
    Track,
)
from unseen.plan import Cover, Plan, PlannedTrack, Source, StreamAction
from unseen.verify import AuditReport, CheckResult

WIDTH, HEIGHT, FRAMES = 96, 64, 10
REGION = Region(24, 16, 32, 32)
TICK = Fraction(1, 12800)
STEP = 512
"""25 pictures a second."""

MUXERS = {"mp4": "mp4", "mov": "mov", "3gp": "3gp", "mkv": "matroska", "webm": "webm", "avi": "avi", "ts": "mpegts"}
ENCODERS: dict[str, tuple[str, dict[str, str], str | None]] = {
    "h264": ("libx264", {"crf": "18", "preset": "ultrafast", "bf": "2"}, "filter_units=remove_types=6"),
    "hevc": ("libx265", {"crf": "20", "preset": "ultrafast", "x265-params": "info=0:log-level=none"}, None),
    "vp8": ("libvpx", {"crf": "10", "b": "2M", "deadline": "realtime"}, None),
    "vp9": ("libvpx-vp9", {"crf": "20", "b": "0", "deadline": "realtime", "cpu-used": "8"}, None),
    "av1": ("libsvtav1", {"crf": "25", "preset": "12"}, None),
}
SOUND = {"mp4": "aac", "mov": "aac", "3gp": "aac", "mkv": "aac", "webm": "libopus", "avi": "libmp3lame", "ts": "aac"}


def scene(number: int, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """A picture full of detail that moves, as red, green, blue."""
    rng = np.random.default_rng(7)
    rows, columns = np.mgrid[0:height, 0:width]
    base = np.stack([(columns * 3 + number * 5) % 256, (rows * 4) % 256, (rows + columns) * 2 % 256], -1)
    return np.clip(base + rng.integers(-30, 30, base.shape), 0, 255).astype(np.uint8)


def track(region: Region = REGION, start: Fraction = Fraction(0), end: Fraction = Fraction(10)) -> Track:
    keys = tuple(Keyframe(t, region, Origin.DRAWN) for t in ((start, end) if end > start else (start,)))
    return Track("t1", Kind.FACE, keys)


def covered_box(region: Region = REGION, padding: float = 0.0, grid: tuple[int, int] = (2, 2)) -> tuple[int, ...]:
    box = region.padded(padding).pixels(WIDTH, HEIGHT, grid)
    assert box is not None
    return box


_BARE = Cover(padding=0.0)


def plan_for(
    source: Path | None,
    *,
    kind: MediaKind = MediaKind.VIDEO,
    ticks: Sequence[int] = tuple(n * STEP for n in range(FRAMES)),
    tick: Fraction = TICK,
    container: str = "mp4",
    sound: StreamAction | None = None,
    cover: Cover = _BARE,
    tracks: Sequence[Track] | None = None,
) -> Plan:
    """A plan that covers one region in every picture."""
    streams = [StreamInfo(0, StreamKind.VIDEO, "h264")]
    if sound is not None:
        streams.append(StreamInfo(1, StreamKind.AUDIO, "aac"))
    data = source.read_bytes() if source else b"source"
    media = MediaInfo(
        kind,
        container,
        tuple(streams),
        PictureFormat(WIDTH, HEIGHT, "yuv420p"),
        FrameTimes.from_ticks(tick, ticks),
    )
    where = Source(hashlib.sha256(data).hexdigest(), len(data), media)
    covered = [PlannedTrack(t, FOUND) for t in (tracks if tracks is not None else (track(),))]
    return make_plan(where, covered, sound=sound or StreamAction.REMOVE, cover=cover)


def yuv_of(rgb: tuple[int, int, int]) -> tuple[int, int, int]:
    """BT.601, limited range, by the textbook's integers (ITU-R BT.601-7 2.5.3)."""
    r, g, b = (c / 255 for c in rgb)
    return (
        round(16 + 65.481 * r + 128.553 * g + 24.966 * b),
        round(128 - 37.797 * r - 74.203 * g + 112 * b),
        round(128 + 112 * r - 93.786 * g - 18.214 * b),
    )


@dataclass
class Clip:
    """A clip to encode; each field is a way to make it right or wrong."""

    container: str = "mp4"
    codec: str = "h264"
    ticks: Sequence[int] = tuple(n * STEP for n in range(FRAMES))
    tick: Fraction = TICK
    fill: tuple[int, int, int] = (0, 0, 0)
    uncovered: frozenset[int] = frozenset()
    paint: Callable[[int, list[np.ndarray]], None] | None = None
    sound: str | None = None  #: "silent", or "left" for a tone in one channel
    bitexact: bool = True
    clean: bool = True
    size: tuple[int, int] = (WIDTH, HEIGHT)
    options: dict[str, str] = field(default_factory=dict)
    after_open: Callable[[Any], None] | None = None
    extra: Callable[[Any], Callable[[], None]] | None = None


def write_clip(path: Path, clip: Clip) -> Path:
    """Encode and mux the clip as Unseen's own writer does."""
    name, settings, cleaner = ENCODERS[clip.codec]
    options = {"fflags": "+bitexact"} if clip.bitexact else {}
    if clip.container == "avi":
        options["avoid_negative_ts"] = "disabled"
    with path.open("w+b") as file:
        container = av.open(file, "w", format=MUXERS[clip.container], options={**options, **clip.options})
        if clip.bitexact:
            container.flags |= int(av.container.Flags.bitexact.value)
        if clip.container == "avi":
            settings = {**settings, "x264-params": "bframes=0"}
        video = container.add_stream(name, rate=25, options=settings)
        video.width, video.height = clip.size
        video.pix_fmt = "yuv420p"
        video.time_base = video.codec_context.time_base = (
            clip.tick if clip.container not in ("avi",) else Fraction(1, 25)
        )
        if clip.bitexact:
            video.codec_context.flags |= Flags.bitexact
        sound = _sound_stream(container, clip)
        if clip.after_open:
            clip.after_open(container)
        finish = clip.extra(container) if clip.extra else None
        _encode_pictures(container, video, clip, cleaner if clip.clean else None)
        if sound is not None:
            _encode_sound(container, sound, clip)
        if finish:
            finish()
        container.close()
    return path


def _encode_pictures(container: Any, video: Any, clip: Clip, cleaner: str | None) -> None:
    held: list[Any] = []
    for number, tick in enumerate(clip.ticks):
        frame = av.VideoFrame.from_ndarray(scene(number, *clip.size), format="rgb24").reformat(format="yuv420p")
        planes = [np.frombuffer(p, np.uint8).reshape(p.height, p.line_size)[:, : p.width] for p in frame.planes]
        if number not in clip.uncovered:
            left, top, right, bottom = covered_box()
            for plane, value, share in zip(planes, yuv_of(clip.fill), (1, 2, 2), strict=True):
                plane[top // share : bottom // share, left // share : right // share] = value
        if clip.paint:
            clip.paint(number, planes)
        frame.pts = tick if clip.container != "avi" else round(tick * clip.tick * 25)
        frame.time_base = video.codec_context.time_base
        held += video.encode(frame)
    held += video.encode(None)
    if cleaner:
        context = BitStreamFilterContext(cleaner, video)
        held = [c for packet in [*held, None] for c in context.filter(packet)]
        for packet in held:
            packet.stream = video
    for packet in held:
        container.mux(packet)


def _sound_stream(container: Any, clip: Clip) -> Any:
    if clip.sound is None:
        return None
    stream = container.add_stream(SOUND[clip.container], rate=48000, layout="stereo")
    stream.codec_context.bit_rate = 128_000
    if clip.bitexact:
        stream.codec_context.flags |= Flags.bitexact
    return stream


def _encode_sound(container: Any, stream: Any, clip: Clip) -> None:
    context = stream.codec_context
    resampler = av.AudioResampler(context.format, context.layout, context.sample_rate)
    total = int(max(clip.ticks) * clip.tick * 48000) + 1920
    for start in range(0, total, 1024):
        block = np.zeros((2, 1024), np.float32)
        if clip.sound == "left":
            block[0] = 0.3 * np.sin(2 * np.pi * 440 * np.arange(start, start + 1024) / 48000)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48000, start, Fraction(1, 48000)
        for part in resampler.resample(frame):
            container.mux(stream.encode(part))
    for part in resampler.resample(None):
        container.mux(stream.encode(part))
    container.mux(stream.encode(None))


def covered_picture(number: int = 0, fill: tuple[int, int, int] = (0, 0, 0), uncovered: bool = False) -> Image.Image:
    samples = scene(number)
    if not uncovered:
        left, top, right, bottom = covered_box()
        samples[top:bottom, left:right] = fill
    return Image.fromarray(samples)


STILLS: dict[str, dict[str, Any]] = {
    "jpg": {"format": "JPEG", "quality": 95},
    "png": {"format": "PNG"},
    "webp": {"format": "WEBP", "quality": 94},
    "tif": {"format": "TIFF", "compression": "tiff_adobe_deflate"},
    "gif": {"format": "GIF"},
    "avif": {"format": "AVIF", "quality": 90},
    "bmp": {"format": "BMP"},
    "heic": {},
}


def write_still(path: Path, picture: Image.Image, **extra: Any) -> Path:
    kind = path.suffix[1:]
    if kind == "heic":
        pillow_heif.encode(
            "RGB", picture.size, picture.tobytes(), path, quality=90, save_nclx_profile=True,
            color_primaries=1, transfer_characteristic=13, matrix_coefficients=6, full_range_flag=1, **extra,
        )  # fmt: skip
    else:
        picture.save(path, **{**STILLS[kind], **extra})
    return path


def photo_plan(source: Path | None = None, **changes: Any) -> Plan:
    kind = {"kind": MediaKind.PHOTO, "ticks": (0,), "tick": Fraction(1), "container": "jpeg"}
    return plan_for(source, **{**kind, **changes})


def outcomes(report: AuditReport) -> dict[int, CheckResult]:
    """Results by number, so that a test reads `result[6].status`."""
    return {check.number: check for check in report.checks}


def failed_numbers(report: AuditReport) -> list[int]:
    return [check.number for check in report.failed]


def tampered(path: Path, change: Callable[[bytes], bytes]) -> Path:
    """The same file with other bytes."""
    path.write_bytes(change(path.read_bytes()))
    return path


def boxed(name: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4, "big") + name + content
