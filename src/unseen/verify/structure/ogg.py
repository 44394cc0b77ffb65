"""Ogg files (RFC 3533) with Opus sound (RFC 7845) as FFmpeg's muxer writes them for Unseen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from unseen.verify.structure.checksums import ogg_checksum
from unseen.verify.structure.flac import judge_comments
from unseen.verify.structure.found import Damaged, Structure

_CONTINUED, _FIRST, _LAST = 1, 2, 4
_HEAD_SIZES = {0: 19}  # by channel mapping family; family 1 adds two bytes and one a channel
_MOST_HEAD = 21 + 8


@dataclass(frozen=True, slots=True)
class _Page:
    """Its flags and serial number, the lengths of its segments, and where their content starts."""

    flags: int
    serial: int
    segments: bytes
    start: int


def inspect_ogg(data: memoryview, structure: Structure) -> None:
    """Judge a whole file. Raises Damaged."""
    pages = list(_pages(data))
    if not pages[0].flags & _FIRST or any(p.flags & _FIRST for p in pages[1:]):
        structure.hides("a second stream")
    if not pages[-1].flags & _LAST or any(p.flags & _LAST for p in pages[:-1]):
        structure.hides("pages behind the end of the stream")
    packets = _packets(data, pages)
    head = next(packets, b"")
    if head[:8] != b"OpusHead":
        raise Damaged("no Opus stream")
    family, channels = head[18], head[9]
    if len(head) != (_HEAD_SIZES[0] if family == 0 else 21 + channels) or len(head) > _MOST_HEAD or head[8] != 1:
        structure.hides("a decoder setup with more than it needs")
    structure.streams.append("audio")
    tags = next(packets, b"")
    if tags[:8] != b"OpusTags":
        raise Damaged("no tags behind the setup")
    judge_comments(tags[8:], structure)
    for packet in packets:
        if not packet:
            structure.hides("an empty packet")
        elif packet[0] & 3 == 3 and (len(packet) < 2 or packet[1] & 0x40):
            structure.hides("a packet with padding")


def _pages(data: memoryview) -> Iterator[_Page]:
    at, number, serial = 0, 0, int.from_bytes(data[14:18], "little")
    while at < len(data):
        count = data[at + 26] if at + 27 <= len(data) else 0
        segments = bytes(data[at + 27 : at + 27 + count])
        start = at + 27 + count
        end = start + sum(segments)
        if bytes(data[at : at + 5]) != b"OggS\0" or not count or end > len(data):
            raise Damaged(f"{len(data) - at} bytes that are no page")
        page = bytearray(data[at:end])
        said, page[22:26] = int.from_bytes(page[22:26], "little"), b"\0\0\0\0"
        if ogg_checksum(bytes(page)) != said:
            raise Damaged("a page whose checksum is wrong")
        if int.from_bytes(page[18:22], "little") != number or int.from_bytes(page[14:18], "little") != serial:
            raise Damaged("a page out of order, or of another stream")
        yield _Page(page[5], serial, segments, start)
        at, number = end, number + 1


def _packets(data: memoryview, pages: list[_Page]) -> Iterator[bytes]:
    """Packets put together from segments: one shorter than 255 bytes ends a packet (RFC 3533 5)."""
    packet = bytearray()
    for page in pages:
        if bool(packet) != bool(page.flags & _CONTINUED):
            raise Damaged("a packet that does not go on where it should")
        at = page.start
        for size in page.segments:
            packet += data[at : at + size]
            at += size
            if size < 255:
                yield bytes(packet)
                packet.clear()
    if packet:
        raise Damaged("a packet that breaks off")
