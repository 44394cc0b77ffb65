"""TIFF 6.0: pages made of allowed tags and their strips, and no byte that none of them accounts for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from unseen.verify.structure.found import Damaged, Extents, Structure
from unseen.verify.structure.jpeg import judge_picture

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_ALLOWED = frozenset({254, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 284, 297, 317, 339, 347})
_CHROMA = frozenset({530, 531, 532})
_DISCLOSING = {
    269: "a document's name", 270: "a description", 271: "a maker", 272: "a model", 282: "a resolution",
    283: "a resolution", 296: "a resolution", 305: "a program", 306: "a date", 315: "an artist", 316: "a computer",
    700: "XMP", 33432: "a copyright", 33723: "IPTC", 34377: "Photoshop data", 34665: "EXIF", 34675: "an ICC profile",
    34853: "a place (GPS)",
}  # fmt: skip
_SUBFILE, _STRIPS, _STRIP_SIZES, _COMPRESSION, _ORIENTATION, _TABLES = 254, 273, 279, 259, 274, 347
_JPEG = 7
_MOST_PAGES, _MOST_VALUES = 10_000, 1_000_000
_PADDING = 15
"""Zero bytes with which a writer may align the next page (Pillow's aligns to 16)."""


@dataclass(frozen=True, slots=True)
class _Tag:
    number: int
    values: tuple[int, ...]
    raw: bytes


def inspect_tiff(data: memoryview, structure: Structure) -> None:
    """Judge a whole file. Raises Damaged."""
    order: Literal["little", "big"] = "little" if bytes(data[:2]) == b"II" else "big"
    walk = _Tiff(data, structure, lambda start, size: int.from_bytes(data[start : start + size], order))
    structure.streams, structure.pictures = ["video"], walk.pages()
    for start, end in walk.used.gaps(0, len(data)):
        # Pillow appends a page as a file of its own: its header stays behind, and points to a page that was read.
        header = end - 8 if walk.is_header(end - 8) else end
        if header - start > _PADDING or bytes(data[start:header]).strip(b"\0"):
            structure.hides(f"{end - start} bytes that belong to no page")


class _Tiff:
    def __init__(self, data: memoryview, structure: Structure, number: Callable[[int, int], int]) -> None:
        self._data, self._structure, self._number = data, structure, number
        self.used = Extents([(0, 8)])
        self._pages: set[int] = set()

    def pages(self) -> int:
        """Judge every page; how many there are."""
        at = self._number(4, 4)
        while at:
            if at in self._pages or len(self._pages) > _MOST_PAGES or at + 2 > len(self._data):
                raise Damaged("pages in a circle or outside the file")
            self._pages.add(at)
            entries = self._number(at, 2)
            end = at + 6 + 12 * entries
            self.used.claim(at, end)
            self._page([self._tag(at + 2 + 12 * n) for n in range(entries)])
            at = self._number(end - 4, 4)
        return len(self._pages)

    def is_header(self, at: int) -> bool:
        """Whether a file header stands here whose offset, counted from it, is that of a page."""
        return bytes(self._data[at : at + 4]) == bytes(self._data[:4]) and at + self._number(at + 4, 4) in self._pages

    def _tag(self, at: int) -> _Tag:
        number, kind, count = self._number(at, 2), self._number(at + 2, 2), self._number(at + 4, 4)
        size = _SIZES.get(kind, 1)
        start = at + 8 if size * count <= 4 else self._number(at + 8, 4)
        if size * count > len(self._data) or start + size * count > len(self._data):
            raise Damaged("a tag outside the file")
        if size * count > 4:
            self.used.claim(start, start + size * count)
        elif bytes(self._data[start + size * count : at + 12]).strip(b"\0"):
            self._structure.hides("bytes behind a tag's value")
        values = tuple(self._number(start + size * n, size) for n in range(min(count, _MOST_VALUES)))
        return _Tag(number, values, bytes(self._data[start : start + size * count]) if kind == 7 else b"")

    def _page(self, tags: list[_Tag]) -> None:
        found = {tag.number: tag for tag in tags}
        for number, tag in found.items():
            if number in _DISCLOSING:
                self._structure.discloses(_DISCLOSING[number])
            elif number not in _ALLOWED | _CHROMA:
                self._structure.hides(f"tag {number}")
            elif number == _SUBFILE and tag.values not in ((0,), (2,)):
                self._structure.hides("a page that is a smaller copy or a mask")
            elif number == _ORIENTATION and tag.values != (1,):
                self._structure.hides("an orientation left to the viewer")
        if _STRIPS not in found or _STRIP_SIZES not in found:
            raise Damaged("a page without strips")
        jpeg = found[_COMPRESSION].values == (_JPEG,) if _COMPRESSION in found else False
        if jpeg and _TABLES in found:
            judge_picture(memoryview(found[_TABLES].raw), self._structure, tables_elsewhere=True)
        for start, size in zip(found[_STRIPS].values, found[_STRIP_SIZES].values, strict=True):
            if start + size > len(self._data):
                raise Damaged("a strip outside the file")
            self.used.claim(start, start + size)
            if jpeg:
                self._jpeg_strip(start, start + size)

    def _jpeg_strip(self, start: int, end: int) -> None:
        strip = self._data[start:end]
        if judge_picture(strip, self._structure) != end - start:
            self._structure.hides("bytes behind a strip's picture")
