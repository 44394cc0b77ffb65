"""FLAC files (RFC 9639) as FFmpeg's muxer writes them for Unseen: one stream, no tags, frames one behind the other."""

from __future__ import annotations

import re
import struct

import numpy as np

from unseen.verify.structure.checksums import flac_header_checksum, wrong_frames
from unseen.verify.structure.found import Damaged, Structure

_STREAM, _PADDING, _COMMENTS = 0, 1, 4
_TOLD = {2: "an application's block", 5: "a cue sheet", 6: "a picture"}
_VENDORS = (b"ffmpeg", b"Lavf")
_MASK = re.compile(rb"WAVEFORMATEXTENSIBLE_CHANNEL_MASK=0x[0-9a-fA-F]{1,8}")
_SYNC = re.compile(rb"\xff\xf8[\x10-\xff]", re.DOTALL)
"""Frames of a fixed number of samples, which are numbered one by one."""


def inspect_flac(data: memoryview, structure: Structure) -> None:
    """Judge a whole file. Raises Damaged."""
    if bytes(data[:4]) != b"fLaC":
        raise Damaged("no FLAC signature")
    at, last, kinds = 4, False, list[int]()
    while not last:
        last, kind = bool(data[at] & 0x80), data[at] & 0x7F
        end = at + 4 + int.from_bytes(data[at + 1 : at + 4], "big")
        if end > len(data):
            raise Damaged("a block that reaches over the end")
        _block(kind, bytes(data[at + 4 : end]), structure)
        kinds.append(kind)
        at = end
    if kinds[0] != _STREAM or kinds.count(_STREAM) != 1:
        raise Damaged("no description of the stream")
    structure.streams.append("audio")
    total = int.from_bytes(data[8 + 13 : 8 + 18], "big") & 0xFFFFFFFFF
    _frames(data, at, total, structure)


def _block(kind: int, content: bytes, structure: Structure) -> None:
    if kind == _STREAM:
        if len(content) != 34:
            raise Damaged("a description of the wrong length")
    elif kind == _PADDING:
        if content.strip(b"\0"):
            structure.hides(f"padding with a content of {len(content)} bytes")
    elif kind == _COMMENTS:
        judge_comments(content, structure)
    elif kind in _TOLD:
        structure.discloses(_TOLD[kind])
    else:
        structure.hides(f"a block of type {kind} and {len(content)} bytes")


def judge_comments(content: bytes, structure: Structure) -> None:
    """A Vorbis comment header: the muxer's own name, and at most where the channels belong. Raises Damaged."""
    vendor, at = _text(content, 0)
    if vendor not in _VENDORS:
        structure.discloses("a maker's name of its own")
    count, at = int.from_bytes(content[at : at + 4], "little"), at + 4
    for _ in range(count):
        text, at = _text(content, at)
        if not _MASK.fullmatch(text):
            structure.discloses("a tag")
    if at != len(content):
        structure.hides("bytes behind the tags")


def _text(content: bytes, at: int) -> tuple[bytes, int]:
    if at + 4 > len(content):
        raise Damaged("tags that break off")
    end = at + 4 + int.from_bytes(content[at : at + 4], "little")
    if end > len(content):
        raise Damaged("tags that break off")
    return content[at + 4 : end], end


def _frames(data: memoryview, at: int, total: int, structure: Structure) -> None:
    """Every byte belongs to a frame: they are numbered, and each ends with the checksum of all of it."""
    starts, samples = list[int](), 0
    for match in _SYNC.finditer(data, at):
        header = _header(bytes(data[match.start() : match.start() + 16]), len(starts))
        if header:
            starts.append(match.start())
            samples += header
    if not starts or starts[0] != at:
        raise Damaged("no frame behind the blocks")
    ends = [*starts[1:], len(data)]
    if wrong := wrong_frames(data, np.array(starts, np.int64), np.array(ends, np.int64)):
        structure.hides(f"{wrong} frames with bytes that do not belong to them")
    if not any(data[-2:]):  # no checksum sees zeros; one in 65536 honest files ends like this
        structure.hides("zeros behind the last frame")
    if total and samples != total:
        structure.hides(f"{samples} samples where {total} are declared")


def _header(header: bytes, number: int) -> int:
    """How many samples the frame has whose header this is; 0 where it is none, or not the one of this number."""
    coded = chr(number).encode("utf-8", "surrogatepass") if number < 0x110000 else _long_number(number)
    at = 4
    if header[at : at + len(coded)] != coded:
        return 0
    at += len(coded)
    size, rate = header[2] >> 4, header[2] & 15
    samples = {1: 192, 6: header[at] + 1, 7: struct.unpack_from(">H", header, at)[0] + 1}.get(size)
    if samples is None:
        samples = 576 << (size - 2) if size < 6 else 256 << (size - 8)
    at += {6: 1, 7: 2}.get(size, 0) + {12: 1, 13: 2, 14: 2}.get(rate, 0)
    return samples if header[at] == flac_header_checksum(header[:at]) else 0


def _long_number(number: int) -> bytes:
    """UTF-8's scheme beyond Unicode (RFC 9639 9.1.5): up to 31 bits in five or six bytes."""
    length = 4 if number < 1 << 21 else 5 if number < 1 << 26 else 6
    tail = [0x80 | (number >> 6 * n) & 0x3F for n in reversed(range(length - 1))]
    return bytes([(0xFF00 >> length) & 0xFF | number >> 6 * (length - 1), *tail])
