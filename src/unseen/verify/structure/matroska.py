"""Elements of Matroska and WebM (RFC 9559, RFC 8794) as FFmpeg's muxer writes them for Unseen."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from unseen.verify.structure.found import Damaged, Structure
from unseen.verify.structure.iso_entry import Entry, judge_configuration

_EBML, _SEGMENT, _CRC, _VOID = 0x1A45DFA3, 0x18538067, 0xBF, 0xEC
_SEEK_HEAD, _INFO, _TRACKS, _CLUSTER, _CUES, _TAGS = (
    0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1F43B675, 0x1C53BB6B, 0x1254C367,
)  # fmt: skip
_ENTRY, _VIDEO, _AUDIO, _COLOUR, _MASTERING = 0xAE, 0xE0, 0xE1, 0x55B0, 0x55D0
_GROUP, _BLOCK, _SIMPLE_BLOCK = 0xA0, 0xA1, 0xA3
_TAG, _TARGETS, _SIMPLE_TAG, _TAG_NAME, _TAG_TEXT = 0x7373, 0x63C0, 0x67C8, 0x45A3, 0x4487
_TRACK_NUMBER, _TRACK_TYPE, _CODEC, _SETUP, _UID, _LANGUAGE = 0xD7, 0x83, 0x86, 0x63A2, 0x73C5, 0x22B59C
_DOCUMENT_TYPE, _MUXER, _WRITER = 0x4282, 0x4D80, 0x5741

_MASTERS = {
    _EBML: frozenset({0x4286, 0x42F7, 0x42F2, 0x42F3, _DOCUMENT_TYPE, 0x4287, 0x4285}),
    _SEGMENT: frozenset({_SEEK_HEAD, _INFO, _TRACKS, _CLUSTER, _CUES, _TAGS}),
    _SEEK_HEAD: frozenset({0x4DBB}),
    0x4DBB: frozenset({0x53AB, 0x53AC}),
    _INFO: frozenset({0x2AD7B1, 0x4489, _MUXER, _WRITER}),
    _TRACKS: frozenset({_ENTRY}),
    _ENTRY: frozenset(
        {_TRACK_NUMBER, _UID, _TRACK_TYPE, 0x9C, 0x88, _LANGUAGE, _CODEC, _SETUP, 0x23E383, 0x55EE, 0x56AA, 0x56BB}
        | {_VIDEO, _AUDIO}
    ),
    _VIDEO: frozenset({0xB0, 0xBA, 0x54B0, 0x54BA, 0x54B2, 0x9A, 0x9D, _COLOUR}),
    _AUDIO: frozenset({0x9F, 0xB5, 0x78B5, 0x6264}),
    _COLOUR: frozenset({*range(0x55B1, 0x55BE), _MASTERING}),
    _MASTERING: frozenset(range(0x55D1, 0x55DB)),
    _CLUSTER: frozenset({0xE7, 0xA7, 0xAB, _SIMPLE_BLOCK, _GROUP}),
    _GROUP: frozenset({_BLOCK, 0x9B, 0xFB, 0x75A2}),
    _CUES: frozenset({0xBB}),
    0xBB: frozenset({0xB3, 0xB7}),
    0xB7: frozenset({0xF7, 0xF1, 0xF0}),
    _TAGS: frozenset({_TAG}),
    _TAG: frozenset({_TARGETS, _SIMPLE_TAG}),
    _TARGETS: frozenset({0x63C5}),
    _SIMPLE_TAG: frozenset({_TAG_NAME, _TAG_TEXT}),
}
"""What each element that holds others may hold; numbers where nothing else is said below."""

_TEXTS = {
    _DOCUMENT_TYPE: (b"matroska", b"webm"),
    _MUXER: (b"Lavf",),
    _WRITER: (b"Lavf",),
    _LANGUAGE: (b"und",),
    _TAG_NAME: (b"DURATION",),
}
_DURATION = re.compile(rb"\d\d:\d\d:\d\d\.\d{9}\x00?")
_CODECS = {
    b"V_MPEG4/ISO/AVC": b"avcC", b"V_MPEGH/ISO/HEVC": b"hvcC", b"V_AV1": b"av1C", b"V_VP9": b"", b"V_VP8": b"",
    b"A_AAC": b"", b"A_OPUS": b"", b"A_MPEG/L3": b"",
}  # fmt: skip
_KINDS = {1: "video", 2: "audio", 17: "subtitle"}
_DISCLOSING = {0x7BA9: "a title", 0x4461: "a date", 0x536E: "a track's name", 0x1043A770: "chapters"}
_DISCLOSING |= {0x7384: "a file name", 0x73A4: "a random identifier"}
_LONGEST_SETUP = 64  # bytes of an AAC or Opus decoder's setup
_LARGEST_UID = 255


@dataclass(frozen=True, slots=True)
class Element:
    """An element's `id`, and where its content starts and ends in the file."""

    id: int
    start: int
    end: int


def elements(data: memoryview, start: int, end: int) -> Iterator[Element]:
    """The elements that fill a stretch of the file. Raises Damaged."""
    at = start
    while at < end:
        number, at = _vint(data, at, keep_marker=True)
        size, at = _vint(data, at, keep_marker=False)
        if at + size > end:
            raise Damaged("an element that reaches over its parent")
        yield Element(number, at, at + size)
        at += size


def _vint(data: memoryview, at: int, *, keep_marker: bool) -> tuple[int, int]:
    length = 9 - data[at].bit_length()
    if length > 8:
        raise Damaged("an element without an identifier")
    value = int.from_bytes(data[at : at + length], "big")
    unknown = (1 << 7 * length) - 1
    if not keep_marker:
        value &= unknown
        if value == unknown:
            raise Damaged("an element of unknown size")
    return value, at + length


def inspect_matroska(data: memoryview, structure: Structure) -> None:
    """Judge a whole file. Raises Damaged."""
    parts = list(elements(data, 0, len(data)))
    if [p.id for p in parts[:2]] != [_EBML, _SEGMENT]:
        raise Damaged("no header followed by a segment")
    walk = _Walk(data, structure)
    for part in parts[:2]:
        walk.master(part)
    if len(parts) > 2:
        structure.hides(f"{len(data) - parts[1].end} bytes behind the segment")


@dataclass(slots=True)
class _TrackEntry:
    number: int = 0
    kind: int = 0
    codec: bytes = b""
    setup: memoryview | None = None


class _Walk:
    def __init__(self, data: memoryview, structure: Structure) -> None:
        self._data, self._structure = data, structure
        self._track = _TrackEntry()
        self._entries: dict[int, Entry | None] = {}
        self._video: int | None = None

    def master(self, parent: Element) -> None:
        """Judge the children of an element that holds others."""
        for child in elements(self._data, parent.start, parent.end):
            if child.id == _CRC:
                self._checksum(child, parent)
            elif child.id == _VOID:
                if bytes(self._data[child.start : child.end]).strip(b"\0"):
                    self._structure.hides(f"padding with a content of {child.end - child.start} bytes")
            elif child.id not in _MASTERS[parent.id]:
                self._strange(child)
            elif child.id == _ENTRY:
                self._track = _TrackEntry()
                self.master(child)
                self._finish_track()
            elif child.id in _MASTERS:
                self.master(child)
            else:
                self._leaf(child)

    def _leaf(self, leaf: Element) -> None:
        content = self._data[leaf.start : leaf.end]
        if leaf.id in (_SIMPLE_BLOCK, _BLOCK):
            self._block(content)
        elif leaf.id == _TAG_TEXT:
            if not _DURATION.fullmatch(content):
                self._structure.discloses("a tag")
        elif leaf.id in _TEXTS:
            if bytes(content) not in _TEXTS[leaf.id]:
                self._structure.discloses(f"text in element {leaf.id:#x}")
        elif leaf.id == _CODEC:
            self._track.codec = bytes(content)
        elif leaf.id == _SETUP:
            self._track.setup = content
        elif len(content) > 8:
            self._structure.hides(f"element {leaf.id:#x} of {len(content)} bytes where a number belongs")
        else:
            self._number(leaf.id, int.from_bytes(content, "big"))

    def _number(self, name: int, value: int) -> None:
        if name == _TRACK_NUMBER:
            self._track.number = value
        elif name == _TRACK_TYPE:
            self._track.kind = value
        elif name == _UID and value > _LARGEST_UID:
            self._structure.discloses("a random track identifier")

    def _finish_track(self) -> None:
        track = self._track
        kind = _KINDS.get(track.kind, f"track of type {track.kind}")
        self._structure.streams.append(kind)
        box = _CODECS.get(track.codec)
        if box is None:
            self._structure.hides(f"a track coded as {track.codec!r}")
        if track.setup is not None and not box and (len(track.setup) > _LONGEST_SETUP or kind == "video"):
            self._structure.hides(f"a decoder setup of {len(track.setup)} bytes")
        entry = judge_configuration(box, track.setup, self._structure) if box and track.setup is not None else None
        if box and entry is None:
            raise Damaged("a video track without its codec's configuration")
        self._entries[track.number] = entry
        if kind == "video" and self._video is None:
            self._video, self._structure.pictures = track.number, 0

    def _block(self, content: memoryview) -> None:
        number, at = _vint(content, 0, keep_marker=False)
        flags = content[at + 2]
        if number not in self._entries:
            self._structure.hides(f"a block of track {number}, which is not declared")
            return
        if flags & 0x06:
            raise Damaged("a block with lacing")
        if number == self._video and not flags & 0x08 and self._structure.pictures is not None:
            self._structure.pictures += 1
        entry = self._entries[number]
        if entry is not None:
            entry.judge(content[at + 3 :], self._structure)

    def _checksum(self, child: Element, parent: Element) -> None:
        """RFC 8794 11.3.1: CRC-32, little-endian, of everything behind it in its parent."""
        said = int.from_bytes(self._data[child.start : child.end], "little")
        if child.end - child.start != 4 or zlib.crc32(self._data[child.end : parent.end]) != said:
            self._structure.hides("a checksum that is none")

    def _strange(self, element: Element) -> None:
        if element.id in _DISCLOSING:
            self._structure.discloses(_DISCLOSING[element.id])
        else:
            self._structure.hides(f"element {element.id:#x} of {element.end - element.start} bytes")
