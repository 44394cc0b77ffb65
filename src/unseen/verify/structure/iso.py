"""Boxes of ISO base media files (ISO/IEC 14496-12) and QuickTime: MP4, MOV and 3GP as Unseen writes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from unseen.verify.structure.found import Damaged, Extents, Structure
from unseen.verify.structure.iso_fixed import brands_known, movie_header_plain, track_header_plain
from unseen.verify.structure.iso_track import Track

_MOST_BOXES = 10_000
_MOST_BRANDS = 64  # bytes
_NAMES = frozenset({b"", b"VideoHandler", b"SoundHandler", b"DataHandler"})
_UNKNOWN_LANGUAGES = frozenset({0x55C4, 0x7FFF})  # "und", QuickTime's unspecified
_EMPTY_TAGS = bytes.fromhex("0000002168646c7200000000000000006d6469726170706c00000000000000000000000008696c7374")
"""A tag list without tags, which FFmpeg's MP4 muxer always writes: its handler, then `ilst` of no length."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box: `name`, where its payload starts and ends in the file."""

    name: bytes
    start: int
    end: int

    @property
    def shown(self) -> str:
        return self.name.decode("latin-1").encode("unicode_escape").decode()


def boxes(data: memoryview, start: int, end: int) -> Iterator[Box]:
    """The boxes between two places, which they must fill. Raises Damaged."""
    at, count = start, 0
    while at < end:
        count += 1
        if end - at < 8 or count > _MOST_BOXES:
            raise Damaged(f"{end - at} bytes that are no box")
        size, header = int.from_bytes(data[at : at + 4], "big"), 8
        if size == 1:
            size, header = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        if size < header or at + size > end:
            raise Damaged("a box that reaches over its parent")
        yield Box(bytes(data[at + 4 : at + 8]), at + header, at + size)
        at += size


def inspect_movie(data: memoryview, structure: Structure) -> None:
    """Judge a whole MP4, MOV or 3GP file. Raises Damaged."""
    used, payloads, movies = Extents(), [], 0
    for box in boxes(data, 0, len(data)):
        if box.name == b"mdat":
            payloads.append(box)
        elif box.name == b"moov":
            movies += 1
            Movie(data, structure, used).walk(box)
        else:
            judge_beside(data, box, structure)
    if movies != 1:
        raise Damaged(f"{movies} movies in one file")
    judge_payloads(payloads, used, structure)


def judge_beside(data: memoryview, box: Box, structure: Structure) -> None:
    """A box at the top of the file that holds neither tables nor samples."""
    size = box.end - box.start
    if box.name in (b"free", b"wide"):
        if bytes(data[box.start : box.end]).strip(b"\0"):
            structure.hides(f"{box.shown} box with a content of {size} bytes")
    elif box.name == b"ftyp":
        if size > _MOST_BRANDS or not brands_known(bytes(data[box.start : box.end])):
            structure.hides("brands that Unseen's muxers do not write")
    elif box.name in (b"uuid", b"meta", b"udta"):
        structure.discloses(f"{box.shown} box beside the movie")
    else:
        structure.hides(f"{box.shown} box beside the movie ({size} bytes)")


def judge_payloads(payloads: list[Box], used: Extents, structure: Structure) -> None:
    """Every byte of the media data belongs to a sample."""
    for box in payloads:
        for start, end in used.gaps(box.start, box.end):
            structure.hides(f"{end - start} bytes of media data that belong to no sample")


class Movie:
    """Walks `moov`: everything not named here is a fault."""

    def __init__(self, data: memoryview, structure: Structure, used: Extents) -> None:
        self._data, self._structure, self._used = data, structure, used
        self._clock = 1

    def walk(self, moov: Box) -> None:
        for box in boxes(self._data, moov.start, moov.end):
            if box.name == b"mvhd":
                self._times(box)
                if not movie_header_plain(self._bytes(box)):
                    self._structure.hides("a movie header with unusual fields")
                version = self._data[box.start]
                at = box.start + (20 if version else 12)
                self._clock = max(1, int.from_bytes(self._data[at : at + 4], "big"))
            elif box.name == b"trak":
                self._track(box)
            elif box.name == b"udta":
                self._user_data(box)
            else:
                self._strange(box, "moov")

    def _track(self, trak: Box) -> None:
        track = Track(self._data, self._structure, self._clock)
        for box in boxes(self._data, trak.start, trak.end):
            if box.name == b"tkhd":
                self._times(box)
                if not track_header_plain(self._bytes(box)):
                    self._structure.hides("a track header with unusual fields")
            elif box.name == b"edts":
                for edit in boxes(self._data, box.start, box.end):
                    if edit.name == b"elst":
                        track.read_edits(self._bytes(edit))
                    else:
                        self._strange(edit, "edts")
            elif box.name == b"mdia":
                self._media(box, track)
            elif box.name == b"udta":
                self._user_data(box)
            else:
                self._strange(box, "trak")
        self._structure.streams.append(track.kind)
        track.finish(self._used)

    def _media(self, mdia: Box, track: Track) -> None:
        for box in boxes(self._data, mdia.start, mdia.end):
            if box.name == b"mdhd":
                self._times(box)
                track.read_header(self._bytes(box))
                if int.from_bytes(self._data[box.end - 4 : box.end - 2], "big") not in _UNKNOWN_LANGUAGES:
                    self._structure.discloses("a language in mdhd")
            elif box.name == b"hdlr":
                track.kind = self._handler(box)
            elif box.name == b"minf":
                self._information(box, track)
            else:
                self._strange(box, "mdia")

    def _information(self, minf: Box, track: Track) -> None:
        for box in boxes(self._data, minf.start, minf.end):
            if box.name in (b"vmhd", b"smhd"):
                if box.end - box.start > 12 or bytes(self._data[box.start + 4 : box.end]).strip(b"\0"):
                    self._structure.hides(f"{box.shown} with unusual fields")
            elif box.name == b"hdlr":
                self._handler(box)
            elif box.name == b"dinf":
                self._references(box)
            elif box.name == b"stbl":
                for table in boxes(self._data, box.start, box.end):
                    if not track.read_table(table.name, self._data[table.start : table.end]):
                        self._strange(table, "stbl")
            else:
                self._strange(box, "minf")

    def _references(self, dinf: Box) -> None:
        """The samples are in this file: one reference of 4 bytes that says so."""
        for box in boxes(self._data, dinf.start, dinf.end):
            content = self._bytes(box)
            here = content[:8] == bytes.fromhex("0000000000000001")
            if (
                box.name != b"dref"
                or not here
                or content[8:]
                not in (
                    b"\0\0\0\x0curl \0\0\0\1",
                    b"\0\0\0\x0calis\0\0\0\1",
                )
            ):
                self._structure.hides(f"{box.shown} refers to other data")

    def _handler(self, box: Box) -> str:
        content = self._bytes(box)
        kind, name = content[8:12], content[24:]
        if name[:1] and name[0] == len(name) - 1:
            name = name[1:]  # QuickTime counts, MP4 ends with a zero
        if name.rstrip(b"\0") not in _NAMES or content[12:24].strip(b"\0"):
            self._structure.discloses("a handler with a name of its own")
        known = {b"vide": "video", b"pict": "video", b"soun": "audio"}
        return known.get(kind, kind.decode("latin-1").encode("unicode_escape").decode())

    def _times(self, box: Box) -> None:
        width = 8 if self._data[box.start] else 4
        if bytes(self._data[box.start + 4 : box.start + 4 + 2 * width]).strip(b"\0"):
            self._structure.discloses(f"a date in {box.shown}")

    def _user_data(self, udta: Box) -> None:
        for box in boxes(self._data, udta.start, udta.end):
            if box.name != b"meta" or self._bytes(box)[4:] != _EMPTY_TAGS:
                self._structure.discloses(f"user data {box.shown}")

    def _strange(self, box: Box, where: str) -> None:
        what = f"{box.shown} box in {where}"
        if box.name in (b"meta", b"uuid", b"udta"):
            self._structure.discloses(what)
        elif box.name != b"free" or self._bytes(box).strip(b"\0"):
            self._structure.hides(what)

    def _bytes(self, box: Box) -> bytes:
        return bytes(self._data[box.start : box.end])
