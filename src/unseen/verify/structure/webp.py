"""WebP (RFC 9649): opaque pictures and their animation, no profile, no metadata, nothing unknown."""

from __future__ import annotations

from unseen.verify.structure.found import Structure
from unseen.verify.structure.riff import Chunk, chunks, riff_content

_METADATA = {b"ICCP": "an ICC profile", b"EXIF": "EXIF", b"XMP ": "XMP"}
_RESERVED = 0xC1
_ALPHA_OF_VP8L = 0x10  # bit of the fifth byte: behind the signature, 14 bits of width and 14 of height (RFC 9649 3.4)


def inspect_webp(data: memoryview, structure: Structure) -> None:
    """Judge a whole file. Raises Damaged."""
    structure.streams, structure.pictures = ["video"], 0
    start, end = riff_content(data, b"WEBP", structure)
    seen: list[bytes] = []
    for chunk in chunks(data, start, end):
        seen.append(chunk.name)
        if chunk.name in _METADATA:
            structure.discloses(_METADATA[chunk.name])
        elif chunk.name == b"ANMF":
            _frame(data, chunk, structure)
        elif chunk.name in (b"VP8 ", b"VP8L"):
            structure.pictures += 1
            _opaque(data, chunk, structure)
        elif chunk.name == b"VP8X":
            reserved = data[chunk.start] & _RESERVED or bytes(data[chunk.start + 1 : chunk.start + 4]).strip(b"\0")
            if chunk.end - chunk.start != 10 or reserved:
                structure.hides("a header with more than a header's fields")
        elif chunk.name == b"ANIM" and chunk.end - chunk.start == 6:
            continue
        else:
            structure.hides(f"{chunk.shown} chunk of {chunk.end - chunk.start} bytes")
    if b"ANIM" in seen and (b"VP8 " in seen or b"VP8L" in seen):
        structure.hides("a still picture beside the animation")


def _frame(data: memoryview, chunk: Chunk, structure: Structure) -> None:
    structure.pictures = (structure.pictures or 0) + 1
    for part in chunks(data, chunk.start + 16, chunk.end):
        if part.name not in (b"VP8 ", b"VP8L"):
            structure.hides(f"{part.shown} chunk in a picture of the animation")
        else:
            _opaque(data, part, structure)


def _opaque(data: memoryview, chunk: Chunk, structure: Structure) -> None:
    """Colours can hide where a picture is transparent."""
    if chunk.name == b"VP8L" and data[chunk.start + 4] & _ALPHA_OF_VP8L:
        structure.hides("transparency, under which colours can hide")
