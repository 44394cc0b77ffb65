"""Clips of groups of coded pictures, made by script, and what their packets are."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.bitstream import BitStreamFilterContext
from make import Clip, Sound, write_clip
from numpy.typing import NDArray

GROUP, GROUPS = 30, 4
TICK = Fraction(1, 25)
SIZE = (96, 64)
SETTINGS = {"g": str(GROUP), "keyint_min": str(GROUP), "sc_threshold": "0", "preset": "fast", "crf": "23", "bf": "3"}
ZONE = "8,8,32,32@1.5-1.6"
"""Lies in the second group of four."""


def _moving(seed: int, number: int, rgb: NDArray[np.uint8]) -> None:
    number += seed
    noise = np.random.default_rng(number).integers(-5, 6, rgb.shape)
    rgb[:] = np.clip(rgb.astype(int) + noise, 0, 255)
    left = 3 * number % (SIZE[0] - 16)
    rgb[40:56, left : left + 16] = 255


def write_groups(path: Path, *, sound: bool = False, seed: int = 0, **settings: str) -> Path:
    """A clip of four groups of 30 pictures, 25 a second; `seed` for others, `settings` for the encoder on top."""
    total = GROUP * GROUPS
    sounds = (Sound(seconds=float(total * TICK)),) if sound else ()
    paint = functools.partial(_moving, seed)
    clip = Clip(size=SIZE, ticks=range(total), tick=TICK, sounds=sounds, options=SETTINGS | settings, paint=paint)
    return write_clip(path, clip)


def rewritten(path: Path, out: Path, change: Callable[[int, bytes], bytes], through: str | None = None) -> Path:
    """The clip's video with every packet changed, or gone through a filter that changes its parameter sets, too."""
    with av.open(str(path)) as source, out.open("wb") as file, av.open(file, "w", format=_muxer(out)) as copy:
        before = source.streams.video[0]
        after: Any = copy.add_stream_from_template(before)
        bent = BitStreamFilterContext(through, before, after) if through else None
        packets = (p for p in source.demux(before) if p.size)
        for number, packet in enumerate(packets):
            changed = av.Packet(change(number, bytes(packet)))
            changed.pts, changed.dts, changed.time_base = packet.pts, packet.dts, packet.time_base
            changed.duration, changed.is_keyframe = packet.duration, packet.is_keyframe
            for each in bent.filter(changed) if bent else [changed]:
                each.stream = after
                copy.mux(each)
    return out


def _muxer(out: Path) -> str:
    return {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska"}[out.suffix]


def unchanged(number: int, data: bytes) -> bytes:
    return data


def packets_of(path: Path) -> list[tuple[Fraction, bytes, bool]]:
    """Time, bytes and whether it is a key frame, of every packet of the video."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        base = stream.time_base or Fraction(1)
        return [((p.pts or 0) * base, bytes(p), p.is_keyframe) for p in container.demux(stream) if p.size]


def pictures_of(path: Path) -> list[tuple[Fraction, NDArray[Any]]]:
    """Time and samples of every picture, decoded by a decoder that forgives nothing."""
    with av.open(str(path)) as container:
        return list(_decoded(container))


def from_joint(path: Path, time: Fraction) -> tuple[Fraction, NDArray[Any]]:
    """The picture to which the container's index leads for a time."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        container.seek(round(time / (stream.time_base or 1)), stream=stream)
        return next(_decoded(container))


def _decoded(container: Any) -> Iterator[tuple[Fraction, NDArray[Any]]]:
    stream = container.streams.video[0]
    stream.codec_context.options = {"err_detect": "explode"}
    for frame in container.decode(stream):
        yield frame.pts * frame.time_base, frame.to_ndarray()


def units_of(sample: bytes) -> list[bytes]:
    """The units of a sample, each behind its length in four bytes."""
    stream, units = io.BytesIO(sample), []
    while head := stream.read(4):
        units.append(stream.read(int.from_bytes(head, "big")))
    return units


def joined(units: Sequence[bytes]) -> bytes:
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)


def sets_of(path: Path) -> list[bytes]:
    """The parameter sets of a clip's decoder configuration."""
    with av.open(str(path)) as container:
        record = container.streams.video[0].codec_context.extradata or b""
    at, found = 5, []
    for mask in (0x1F, 0xFF):
        count, at = record[at] & mask, at + 1
        for _ in range(count):
            size = int.from_bytes(record[at : at + 2], "big")
            found.append(record[at + 2 : at + 2 + size])
            at += 2 + size
    return found
