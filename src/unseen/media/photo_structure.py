"""The blocks image files are made of, walked without trusting any length that stands in them.

Every walk ends quietly where the file ends or stops making sense; what then is left over is the caller's to report.
Formats: JPEG (ITU-T T.81 annex B), PNG (W3C PNG third edition), WebP (RFC 9649), GIF89a, ISO-BMFF (ISO/IEC 14496-12).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_SCAN_END = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]", re.DOTALL)
_EOI, _SOS = 0xD9, 0xDA


def words(text: str) -> frozenset[str]:
    """The words of a list that is easier to read without quotation marks."""
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the file: its `name`, its `body` without the header, and where the whole piece starts and ends."""

    name: str
    body: bytes
    start: int
    end: int


def jpeg_blocks(data: bytes, start: int = 0) -> Iterator[Block]:
    """The segments of the JPEG picture at `start`, named by their marker (`E1`); `D9` is last if the picture ends."""
    at = start + 2
    while at + 2 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == _EOI or marker in _STANDALONE:
            yield Block(f"{marker:02X}", b"", at, at + 2)
            if marker == _EOI:
                return
            at += 2
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if end < at + 4 or end > len(data):
            return
        yield Block(f"{marker:02X}", data[at + 4 : end], at, end)
        at = end
        if marker == _SOS:
            found = _SCAN_END.search(data, end)
            if found is None:
                return
            at = found.end() - 2


def png_blocks(data: bytes) -> Iterator[Block]:
    """The chunks of a PNG file, up to and with IEND."""
    at = len(PNG_SIGNATURE)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        end = at + 12 + length
        if end > len(data):
            return
        name = data[at + 4 : at + 8].decode("latin-1")
        yield Block(name, data[at + 8 : end - 4], at, end)
        if name == "IEND":
            return
        at = end


def riff_blocks(data: bytes, start: int, end: int) -> Iterator[Block]:
    """The chunks between two places of a RIFF file."""
    at, end = start, min(end, len(data))
    while at + 8 <= end:
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        after = at + 8 + length
        if after > end:
            return
        yield Block(data[at : at + 4].decode("latin-1"), data[at + 8 : after], at, after + length % 2)
        at = after + length % 2


def webp_end(data: bytes) -> int:
    """Where the RIFF file of a WebP picture says that it ends."""
    return min(len(data), 8 + int.from_bytes(data[4:8], "little"))


def gif_blocks(data: bytes) -> Iterator[Block]:
    """The blocks of a GIF file: extensions by label (`21FE`), pictures (`2C`, body: the descriptor), the end (`3B`)."""
    at = _after_table(data, 10, 13)
    while at < len(data):
        start, mark = at, data[at]
        if mark == 0x3B:
            yield Block("3B", b"", at, at + 1)
            return
        if mark == 0x21 and at + 2 <= len(data):
            name, body_start = f"21{data[at + 1]:02X}", at + 2
            body, at = _sub_blocks(data, body_start)
        elif mark == 0x2C and at + 10 <= len(data):
            name, body = "2C", data[at + 1 : at + 10]
            _, at = _sub_blocks(data, _after_table(data, at + 9, at + 10) + 1)
        else:
            return
        if at > len(data):
            return
        yield Block(name, body, start, at)


def _after_table(data: bytes, flags: int, start: int) -> int:
    packed = data[flags] if flags < len(data) else 0
    return start + (3 << (packed % 8 + 1) if packed & 0x80 else 0)


def _sub_blocks(data: bytes, at: int) -> tuple[bytes, int]:
    pieces = []
    while at < len(data) and data[at]:
        pieces.append(data[at + 1 : at + 1 + data[at]])
        at += 1 + data[at]
    return b"".join(pieces), at + 1


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Block]:
    """The ISO-BMFF boxes between two places; a box of size 0 reaches to the end."""
    at, end = start, len(data) if end is None else min(end, len(data))
    while at + 8 <= end:
        size, header = int.from_bytes(data[at : at + 4], "big"), 8
        if size == 1:
            size, header = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        after = end if size == 0 else at + size
        name = data[at + 4 : at + 8]
        if after > end or after < at + header or not all(32 <= c < 127 or c == 0xA9 for c in name):
            return
        yield Block(name.decode("latin-1"), data[at + header : after], at, after)
        at = after


def box(body: bytes, *path: str) -> bytes | None:
    """The body of the first box at `path` ('meta', 'iprp', ...), or None. A `meta` box's version is stepped over."""
    for name in path:
        found = next((b for b in boxes(body) if b.name == name), None)
        if found is None:
            return None
        body = found.body[4:] if name == "meta" else found.body
    return body
