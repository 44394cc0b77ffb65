"""The finished file as a player sees it, decoded here and not by the room that wrote it."""

from __future__ import annotations

import contextlib
import heapq
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av.buffer import Buffer
from PIL import Image

from unseen.core import ColourModel, Picture, PictureFormat, Plane
from unseen.verify.upright import Turn, turn_of

DEMUXERS = frozenset({"mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "avi", "mpegts", "wav", "flac", "mp3", "ogg"})
VIDEO_DECODERS = frozenset({"h264", "hevc", "vp8", "vp9", "libdav1d", "av1"})
EXACT_SOUND = frozenset(
    {"flac", "alac", "pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le"},
)
"""Decoders that give back every sample as it was encoded."""
AUDIO_DECODERS = EXACT_SOUND | {"aac", "mp3", "mp3float", "opus", "libopus"}
_SPARE = 4096  # what an encoder may add to a picture's size for its blocks, in pixels a side of the limit
_FULL_RANGE = 2  # AVCOL_RANGE_JPEG
_CHROMA = {"420": (2, 2), "422": (2, 1), "440": (1, 2), "444": (1, 1)}
_PLANAR = re.compile(r"(?:yuv(?P<full>j)?(?P<chroma>420|422|440|444)p|gray)(?:(?P<depth>10|12)le)?")

BROKEN = (
    *(av.FFmpegError, OSError, EOFError, ValueError, SyntaxError, RuntimeError, MemoryError, ArithmeticError),
    *(LookupError, TypeError, AttributeError, struct.error, zlib.error, Image.DecompressionBombError),
)
"""What PyAV, Pillow and pillow-heif were seen to raise on bytes they do not like."""


def reason_of(error: Exception) -> str:
    """What a decoder says, without the file's name, which FFmpeg and the system add."""
    return str(getattr(error, "strerror", None) or error) or type(error).__name__


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture of the finished file, upright, and how it was stored.

    `tick` is the length of one step of the file's clock in seconds; `codec` names the decoder; `shared_chroma` says
    that colour was stored more coarsely than `picture` shows it.
    """

    picture: Picture
    tick: Fraction
    codec: str
    shared_chroma: bool = False


@contextlib.contextmanager
def opened(file: BinaryIO, pixels: int) -> Iterator[av.container.InputContainer]:
    """FFmpeg on an open file, with no other file, protocol or demuxer in its reach.

    Raises ValueError for a container that Unseen does not write.
    """
    options = {
        "protocol_whitelist": "none",
        "format_whitelist": ",".join(sorted(DEMUXERS)),
        "max_pixels": str(pixels),
        "max_streams": "64",
    }
    with av.open(file, mode="r", options=options) as container:
        if container.format.name not in DEMUXERS:
            raise ValueError(f"{container.format.name} is not a container that Unseen writes")
        yield container


def decoder_of(stream: av.stream.Stream) -> str:
    """The name of the decoder a stream asks for; `unknown` where FFmpeg has none."""
    context = getattr(stream, "codec_context", None)
    return str(context.name) if context is not None else "unknown"


def video_shots(path: Path, expected: PictureFormat) -> Iterator[Shot]:
    """Every picture of the first video stream, in order; each is valid until the next is asked for.

    Raises one of BROKEN where the file stops being decodable.
    """
    pixels = expected.width * expected.height + _SPARE
    with path.open("rb") as file, opened(file, 4 * pixels) as container:
        if not container.streams.video:
            raise ValueError("there is no video stream")
        stream = container.streams.video[0]
        codec = decoder_of(stream)
        if codec not in VIDEO_DECODERS:
            raise ValueError(f"{codec} is not a video codec that Unseen writes")
        stream.thread_type = "AUTO"
        stream.codec_context.options = {"max_pixels": str(4 * pixels), "err_detect": "explode"}
        slots: list[int] = []
        first: tuple[Turn, int] | None = None
        for packet in container.demux(stream):
            if container.format.name == "avi" and packet.dts is not None:
                heapq.heappush(slots, packet.dts)  # AVI stores no other times: pictures are shown slot by slot
            for frame in packet.decode():
                # A frame whose side data was asked for lives until a garbage collection, with all its samples: only
                # the first is asked, and the others are held against it.
                turn, rotation = first = first or (_turn(frame), frame.rotation)
                if frame.rotation != rotation:
                    raise ValueError("a picture is turned another way than the first")
                yield _shot(frame, turn, heapq.heappop(slots) if slots else frame.pts, codec)


def _turn(frame: av.VideoFrame) -> Turn:
    sides: Mapping[str, Buffer] = frame.side_data  # type: ignore[assignment]  # PyAV's stubs call it a string or less
    return turn_of(bytes(sides["DISPLAYMATRIX"]) if "DISPLAYMATRIX" in sides else None)


def _shot(frame: av.VideoFrame, turn: Turn, tick: int | None, codec: str) -> Shot:
    if frame.is_corrupt:
        raise ValueError("a picture is marked as damaged")
    if tick is None or not frame.time_base:
        raise ValueError("a picture has no time")
    picture = _picture(frame, turn, tick * frame.time_base)
    return Shot(picture, Fraction(frame.time_base), codec)


def _picture(frame: av.VideoFrame, turn: Turn, time: Fraction) -> Picture:
    form = _PLANAR.fullmatch(frame.format.name)
    if form is None:
        raise ValueError(f"{frame.format.name} is not a pixel format that Unseen writes")
    depth = int(form["depth"] or 8)
    across, down = _CHROMA[form["chroma"]] if form["chroma"] else (1, 1)
    if turn.transposed:
        across, down = down, across
    kind = np.uint8 if depth == 8 else np.uint16
    planes = []
    for number, plane in enumerate(frame.planes):
        rows = np.frombuffer(memoryview(plane), kind).reshape(plane.height, -1)[:, : plane.width]
        planes.append(Plane(turn.apply(rows), across if number else 1, down if number else 1))
    width, height = turn.size(frame.width, frame.height)
    model = ColourModel.YUV if form["chroma"] else ColourModel.GREY
    full = bool(form["full"]) or frame.color_range == _FULL_RANGE
    return Picture(time, width, height, tuple(planes), model, depth, full, int(frame.colorspace))
