"""PNG and its animations (W3C PNG, third edition): pictures and what shows them, nothing behind or between."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from unseen.verify.structure.found import Damaged, Structure

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_ALLOWED = {
    b"IHDR": 13, b"IEND": 0, b"sRGB": 1, b"gAMA": 4, b"cHRM": 32, b"cICP": 4,
    b"acTL": 8, b"fcTL": 26,
}  # fmt: skip
"""Names and the most bytes each may have; compressed pictures are judged by what they unpack to."""
_DISCLOSING = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"iCCP", b"pHYs", b"caBX"})
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_SEE_THROUGH = frozenset({4, 6})  # colour types with transparency, under which colours can hide
_PIECE = 1 << 20


def inspect_png(data: memoryview, structure: Structure) -> None:
    """Judge a whole file. Raises Damaged."""
    structure.streams = ["video"]
    walk = _Png(structure)
    for name, body, end in _chunks(data):
        walk.chunk(name, body)
        if name == b"IEND":
            walk.finish()
            if end != len(data):
                structure.hides(f"{len(data) - end} bytes behind the end of the picture")
            return
    raise Damaged("no end chunk")


def _chunks(data: memoryview) -> Iterator[tuple[bytes, memoryview, int]]:
    at = len(SIGNATURE)
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        end = at + 12 + size
        if end > len(data):
            raise Damaged("a chunk that reaches over the file")
        if zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            raise Damaged("a chunk with a wrong checksum")
        yield bytes(data[at + 4 : at + 8]), data[at + 8 : end - 4], end
        at = end


class _Png:
    def __init__(self, structure: Structure) -> None:
        self._structure = structure
        self._depth = self._channels = 0
        self._size = (0, 0)
        self._announced = self._frames = self._stills = 0
        self._unpacker: zlib._Decompress | None = None
        self._left = 0

    def chunk(self, name: bytes, body: memoryview) -> None:
        if name == b"IHDR":
            self._header(bytes(body))
        elif name == b"acTL":
            self._announced = int.from_bytes(body[:4], "big")
        elif name == b"fcTL":
            self._picture_ends()
            self._frames += 1
            self._picture_begins(int.from_bytes(body[4:8], "big"), int.from_bytes(body[8:12], "big"))
        elif name == b"IDAT":
            if self._unpacker is None:
                self._stills += 1
                self._picture_begins(*self._size)
            self._unpack(body)
        elif name == b"fdAT":
            self._unpack(body[4:])
        elif name in _DISCLOSING:
            self._structure.discloses(f"{name.decode()} chunk")
        if name not in _DISCLOSING | {b"IDAT", b"fdAT"} and len(body) > _ALLOWED.get(name, -1):
            self._structure.hides(f"{name!r} chunk of {len(body)} bytes")

    def finish(self) -> None:
        self._picture_ends()
        self._structure.pictures = self._frames or self._stills
        if self._announced != self._frames or (self._frames and self._stills):
            self._structure.hides("a picture that is not part of the animation")

    def _header(self, body: bytes) -> None:
        self._size = (int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big"))
        self._depth, self._channels = body[8], _CHANNELS.get(body[9], 0)
        if not self._channels or body[12]:
            raise Damaged("a kind of picture that Unseen does not write")
        if body[9] in _SEE_THROUGH:
            self._structure.hides("transparency, under which colours can hide")

    def _picture_begins(self, width: int, height: int) -> None:
        self._unpacker = zlib.decompressobj()
        self._left = height * (1 + (width * self._channels * self._depth + 7) // 8)

    def _unpack(self, body: memoryview) -> None:
        """Count what the picture unpacks to, in pieces, so that a bomb stays small."""
        if self._unpacker is None:
            raise Damaged("picture data before any picture")
        piece: bytes | memoryview = body
        while piece and not self._unpacker.eof:
            self._left -= len(self._unpacker.decompress(piece, _PIECE))
            piece = self._unpacker.unconsumed_tail
            if self._left < 0:
                raise Damaged("a picture with more rows than it says")
        if self._unpacker.eof and (self._unpacker.unused_data or piece):
            self._structure.hides("bytes behind a picture's compressed data")

    def _picture_ends(self) -> None:
        if self._unpacker is None:
            return
        if self._left:
            raise Damaged("a picture with fewer rows than it says")
        self._unpacker = None
