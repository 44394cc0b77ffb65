"""Sample descriptions of ISO base media files: which codecs they may name, and what each sample may hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from unseen.verify.structure.found import Damaged, Structure
from unseen.verify.structure.iso_fixed import picture_description_plain
from unseen.verify.structure.nal import NalCheck, length_prefixed
from unseen.verify.structure.obu import check_obus

_COMPRESSORS = frozenset({b"", b"AOM Coding"})  # the latter is libavif's, fixed
_VENDORS = frozenset({b"\0\0\0\0", b"FFMP"})
_MORE_VIDEO = frozenset({b"btrt", b"pasp", b"fiel", b"mdcv", b"clli", b"ccst"})
_LONGEST_EXTRA = 64  # bytes of any of those
_LONGEST_SETUP = 96  # bytes of an AAC decoder's setup with its descriptors (ISO/IEC 14496-1 7.2.6)


@dataclass(frozen=True, slots=True)
class Entry:
    """How to judge one sample of a track."""

    judge: Callable[[memoryview, Structure], None]


def read_entry(content: memoryview, structure: Structure) -> Entry:
    """The only entry of an `stsd` box. Raises Damaged where there are several."""
    if int.from_bytes(content[4:8], "big") != 1 or int.from_bytes(content[8:12], "big") != len(content) - 8:
        raise Damaged("a track with several sample descriptions")
    name, body = bytes(content[12:16]), content[16:]
    if name in (b"avc1", b"hvc1", b"hev1", b"av01", b"vp09"):
        return _video(body, structure)
    if name in (b"mp4a", b"alac"):
        _audio(body, structure)
        return Entry(_anything)
    structure.hides(f"samples of kind {name!r}")
    return Entry(_anything)


def children(content: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Names and payloads of the boxes that fill `content`. Raises Damaged."""
    at = 0
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        if size < 8 or at + size > len(content):
            raise Damaged("a box that reaches over its sample description")
        yield bytes(content[at + 4 : at + 8]), content[at + 8 : at + size]
        at += size


def judge_configuration(name: bytes, body: memoryview, structure: Structure) -> Entry | None:
    """A codec's configuration record: judges it, and says how to judge samples; None where it is none."""
    if name == b"avcC":
        check = NalCheck(structure, hevc=False)
        check.units(_avc_sets(bytes(body)))
        return _prefixed(check, (body[4] & 3) + 1)
    if name == b"hvcC":
        check = NalCheck(structure, hevc=True)
        check.units(_hevc_sets(bytes(body)))
        return _prefixed(check, (body[21] & 3) + 1)
    if name == b"av1C":
        check_obus(body[4:], structure)
        return Entry(check_obus)
    if name == b"vpcC":
        if len(body) != 12:
            structure.hides("a VP9 configuration with more than it needs")
        return Entry(_anything)
    return None


def _video(body: memoryview, structure: Structure) -> Entry:
    length, compressor = body[42], bytes(body[43:74])
    if compressor[:length] not in _COMPRESSORS or compressor[length:].strip(b"\0"):
        structure.discloses("a compressor's name in a sample description")
    if not picture_description_plain(bytes(body[:78])):
        structure.hides("a sample description with unusual fields")
    if bytes(body[12:16]) not in _VENDORS:
        structure.discloses("a vendor in a sample description")
    entry: Entry | None = None
    for name, part in children(body[78:]):
        found = judge_configuration(name, part, structure)
        entry = found or entry
        if found is None and name == b"colr":
            judge_colour(part, structure)
        elif found is None and (name not in _MORE_VIDEO or len(part) > _LONGEST_EXTRA):
            structure.hides(f"{name!r} in a sample description")
    if entry is None:
        raise Damaged("a video track without its codec's configuration")
    return entry


def judge_colour(part: memoryview, structure: Structure) -> None:
    """A `colr` box has to name code points; a profile could carry a maker's text."""
    if bytes(part[:4]) not in (b"nclx", b"nclc") or len(part) > 11:
        structure.discloses("an ICC profile")


def _audio(body: memoryview, structure: Structure) -> None:
    version = int.from_bytes(body[8:10], "big")
    for name, part in children(body[28 + (16 if version == 1 else 0) :]):
        if name == b"wave":
            _wave(part, structure)
        elif name not in (b"esds", b"alac", b"btrt", b"chan") or len(part) > _LONGEST_SETUP:
            structure.hides(f"{name!r} in a sample description")


def _wave(content: memoryview, structure: Structure) -> None:
    """QuickTime wraps the decoder's setup: format, an empty copy of the description, setup, terminator."""
    for name, part in children(content):
        allowed = {b"frma": 4, b"mp4a": 4, b"esds": _LONGEST_SETUP, b"\0\0\0\0": 0}
        if len(part) > allowed.get(name, -1):
            structure.hides(f"{name!r} in a sample description")


def _avc_sets(body: bytes) -> Iterator[bytes]:
    """ISO/IEC 14496-15 5.3.3.1: sequence sets, picture sets, and in high profiles four bytes more."""
    at = 5
    for mask in (0x1F, 0xFF):
        count, at = body[at] & mask, at + 1
        for _ in range(count):
            size = int.from_bytes(body[at : at + 2], "big")
            yield body[at + 2 : at + 2 + size]
            at += 2 + size
    if len(body) - at not in (0, 4) or (len(body) > at and body[at + 3]):
        raise Damaged("an H.264 configuration with more than it needs")


def _hevc_sets(body: bytes) -> Iterator[bytes]:
    """ISO/IEC 14496-15 8.3.3.1: arrays of units by type."""
    at = 23
    for _ in range(body[22]):
        count, at = int.from_bytes(body[at + 1 : at + 3], "big"), at + 3
        for _ in range(count):
            size = int.from_bytes(body[at : at + 2], "big")
            yield body[at + 2 : at + 2 + size]
            at += 2 + size
    if at != len(body):
        raise Damaged("an HEVC configuration with more than it needs")


def _prefixed(check: NalCheck, size: int) -> Entry:
    return Entry(lambda sample, _: check.picture(length_prefixed(sample, size)))


def _anything(sample: memoryview, structure: Structure) -> None:
    """VP9 and AAC samples have no place for foreign data that is looked for here."""
