"""Chunks of RIFF files (WebP, AVI): four letters, a length, a content, a zero byte where that is odd."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from unseen.verify.structure.found import Damaged, Structure


@dataclass(frozen=True, slots=True)
class Chunk:
    """`name`, and where its content starts and ends in the file."""

    name: bytes
    start: int
    end: int

    @property
    def shown(self) -> str:
        return self.name.decode("latin-1").encode("unicode_escape").decode()


def chunks(data: memoryview, start: int, end: int) -> Iterator[Chunk]:
    """The chunks that fill a stretch of the file. Raises Damaged."""
    at = start
    while at < end:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        after = at + 8 + size
        if end - at < 8 or after > end:
            raise Damaged("a chunk that reaches over its parent")
        yield Chunk(bytes(data[at : at + 4]), at + 8, after)
        if size % 2:
            if after >= end or data[after]:
                raise Damaged("a chunk without its zero byte")
            after += 1
        at = after


def riff_content(data: memoryview, kind: bytes, structure: Structure) -> tuple[int, int]:
    """Where the chunks of a RIFF file of this kind start and end; bytes behind it are a fault. Raises Damaged."""
    if bytes(data[:4]) != b"RIFF" or bytes(data[8:12]) != kind:
        raise Damaged(f"no RIFF file of kind {kind!r}")
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise Damaged("shorter than it says")
    if end < len(data):
        structure.hides(f"{len(data) - end} bytes behind the end of the file")
    return 12, end
