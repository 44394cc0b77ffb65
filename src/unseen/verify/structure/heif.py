"""HEIF and AVIF (ISO/IEC 23008-12): one coded item a picture, or one track of them; no thumbnail, no second layer."""

from __future__ import annotations

from unseen.verify.structure.found import Damaged, Extents, Structure
from unseen.verify.structure.iso import Box, Movie, boxes, judge_beside, judge_payloads
from unseen.verify.structure.iso_entry import Entry, judge_colour, judge_configuration

_CODED = frozenset({b"hvc1", b"av01"})
_METADATA = {b"Exif": "EXIF", b"mime": "XMP or another document", b"uri ": "a linked document"}
_DESCRIBES = b"cdsc"
_NAMES = frozenset({b"", b"Color"})
_SMALL_PROPERTIES = {b"ispe": 12, b"pixi": 8, b"clli": 4, b"mdcv": 24}
_HANDLER = bytes.fromhex("0000000000000000" + b"pict".hex() + "00" * 12)
_BLOCK = 64  # the largest coding block of HEVC and AV1 tiles as written: what a clean aperture may cut off
_MOST_ITEMS = 1000


def inspect_heif(data: memoryview, structure: Structure) -> None:
    """Judge a whole file. Raises Damaged."""
    used, payloads = Extents(), []
    metas: list[Box] = []
    movies: list[Box] = []
    for box in boxes(data, 0, len(data)):
        if box.name == b"mdat":
            payloads.append(box)
        elif box.name == b"meta":
            metas.append(box)
        elif box.name == b"moov":
            movies.append(box)
        else:
            judge_beside(data, box, structure)
    if len(metas) != 1 or len(movies) > 1:
        raise Damaged("no list of pictures, or several")
    items = _Items(data, structure, used).walk(metas[0])
    structure.pictures = items
    if movies:
        if items != 1:
            structure.hides(f"{items} pictures beside the animation")
        Movie(data, structure, used).walk(movies[0])
    else:
        structure.streams = ["video"]
    judge_payloads(payloads, used, structure)


class _Items:
    def __init__(self, data: memoryview, structure: Structure, used: Extents) -> None:
        self._data, self._structure, self._used = data, structure, used
        self._entry: Entry | None = None
        self._coded: set[int] = set()

    def walk(self, meta: Box) -> int:
        """How many coded pictures there are."""
        places: Box | None = None
        for box in boxes(self._data, meta.start + 4, meta.end):
            if box.name == b"hdlr":
                if bytes(self._data[box.start : box.end]).rstrip(b"\0") != _HANDLER.rstrip(b"\0"):
                    self._structure.discloses("a handler with a name of its own")
            elif box.name == b"iinf":
                self._list(box)
            elif box.name == b"iprp":
                self._properties(box)
            elif box.name == b"iloc":
                places = box
            elif box.name == b"iref":
                self._relations(box)
            elif box.name != b"pitm":
                self._structure.hides(f"{box.shown} box in the list of pictures")
        if places is not None:
            self._places(places)
        return len(self._coded)

    def _list(self, iinf: Box) -> None:
        wide = 4 if self._data[iinf.start] else 2
        for box in boxes(self._data, iinf.start + 4 + wide, iinf.end):
            content = bytes(self._data[box.start : box.end])
            if box.name != b"infe" or content[0] != 2:
                raise Damaged("a list of pictures that Unseen does not write")
            self._item(content)

    def _item(self, content: bytes) -> None:
        kind, name = content[8:12], content[12:].split(b"\0")[0]
        if kind in _METADATA:
            self._structure.discloses(_METADATA[kind])
            return
        if kind not in _CODED:
            self._structure.hides(f"an item of kind {kind!r}")
            return
        self._coded.add(int.from_bytes(content[4:6], "big"))
        if content[3]:
            self._structure.hides("a hidden picture")
        if name not in _NAMES or len(content) > 13 + len(name):
            self._structure.discloses("a picture's name")

    def _relations(self, iref: Box) -> None:
        """Metadata may say which picture it describes, since check 5 judges it; no picture belongs to another."""
        for box in boxes(self._data, iref.start + 4, iref.end):
            if box.name != _DESCRIBES:
                self._structure.hides(f"a picture that is another's {box.shown}")

    def _properties(self, iprp: Box) -> None:
        size = (0, 0)
        for group in boxes(self._data, iprp.start, iprp.end):
            if group.name == b"ipma":
                continue
            if group.name != b"ipco":
                self._structure.hides(f"{group.shown} box in the pictures' properties")
                continue
            for box in boxes(self._data, group.start, group.end):
                part = self._data[box.start : box.end]
                if box.name == b"ispe":
                    size = (int.from_bytes(part[4:8], "big"), int.from_bytes(part[8:12], "big"))
                self._property(box.name, part, size)

    def _property(self, name: bytes, part: memoryview, size: tuple[int, int]) -> None:
        if entry := judge_configuration(name, part, self._structure):
            self._entry = entry
        elif name == b"colr":
            judge_colour(part, self._structure)
        elif name == b"clap":
            shown = [int.from_bytes(part[at : at + 4], "big") for at in (0, 8)]
            cut = [whole - seen for whole, seen in zip(size, shown, strict=True)]
            if int.from_bytes(part[4:8], "big") != 1 or not all(0 <= c < _BLOCK for c in cut):
                self._structure.hides("a picture that is larger than what is shown of it")
        elif len(part) > _SMALL_PROPERTIES.get(name, -1):
            self._structure.hides(f"a property of kind {name!r}")

    def _places(self, iloc: Box) -> None:
        """ISO/IEC 14496-12 8.11.3, versions 0 and 1; every picture's bytes are in this file."""
        data, at = self._data, iloc.start
        version, sizes = data[at], (data[at + 4] >> 4, data[at + 4] & 15, data[at + 5] >> 4, data[at + 5] & 15)
        count = int.from_bytes(data[at + 6 : at + 8], "big")
        if version > 1 or count > _MOST_ITEMS:
            raise Damaged("a table of places that Unseen does not write")
        at += 8
        for _ in range(count):
            coded = int.from_bytes(data[at : at + 2], "big") in self._coded
            at += 6 if version else 4
            if version and data[at - 3] & 15:
                raise Damaged("a picture stored outside the media data")
            base = int.from_bytes(data[at : at + sizes[2]], "big")
            at += sizes[2]
            extents = int.from_bytes(data[at : at + 2], "big")
            at += 2
            for _ in range(min(extents, _MOST_ITEMS)):
                at += sizes[3] if version else 0
                start = base + int.from_bytes(data[at : at + sizes[0]], "big")
                at += sizes[0]
                self._sample(start, start + int.from_bytes(data[at : at + sizes[1]], "big"), coded=coded)
                at += sizes[1]
        if at != iloc.end:
            raise Damaged("a table of places of the wrong length")

    def _sample(self, start: int, end: int, *, coded: bool) -> None:
        if end > len(self._data):
            raise Damaged("a picture outside the file")
        self._used.claim(start, end)
        if coded and self._entry is not None:
            self._entry.judge(self._data[start:end], self._structure)
