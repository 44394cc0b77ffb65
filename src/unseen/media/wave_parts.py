"""What a WAV file holds besides its samples, by a walk of our own over its chunks."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from unseen.core import Disclosure, DisclosureKind
from unseen.media.disclosures import disclosure

_MOST_CHUNKS = 1000
_UNKNOWN = (0, 0xFFFFFFFF)  # sizes that recorders write when they do not know yet, and leave when they are cut off
_PLAIN = (b"fmt ", b"fact", b"data", b"JUNK", b"PAD ", b"FLLR")
_TOLD = (b"LIST", b"bext")
"""Chunks whose texts FFmpeg gives as tags."""


def wave_chunks(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, declared length and bytes really there of each chunk of a RIFF file of `size` bytes; none of another."""
    head = file.read(12)
    if head[:4] not in (b"RIFF", b"RF64") or head[8:12] != b"WAVE":
        return
    at = 12
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        entry = file.read(8)
        if len(entry) < 8:
            return
        name, length = entry[:4], struct.unpack("<I", entry[4:])[0]
        yield name, length, min(length, size - at - 8)
        at += 8 + length + length % 2


def breaks_off(file: BinaryIO, size: int) -> bool:
    """Whether the samples end before the length that the file declares, where it declares one."""
    return any(n == b"data" and said not in _UNKNOWN and there < said for n, said, there in wave_chunks(file, size))


def wave_disclosures(file: BinaryIO, size: int) -> Iterator[Disclosure]:
    """Chunks that FFmpeg says nothing about: a recorder's notes, cue points, loops, whatever a maker put there."""
    for name, length, _ in wave_chunks(file, size):
        if name not in (*_PLAIN, *_TOLD):
            kind = DisclosureKind.DEVICE if name == b"iXML" else DisclosureKind.OTHER
            yield disclosure(kind, f"chunk {name.decode('latin-1').strip()}", f"{length} bytes")
