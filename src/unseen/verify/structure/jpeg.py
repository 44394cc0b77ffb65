"""JPEG (ITU-T T.81): tables, one picture, an end that is the file's end."""

from __future__ import annotations

import functools
import re

from unseen.verify.structure.found import Damaged, Structure

_SCAN_END = re.compile(rb"\xff(?![\x00\xd0-\xd7])")
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_TABLES = frozenset({0xDB, 0xC4, 0xDD})
_JFIF = re.compile(rb"JFIF\x00\x01[\x00-\x02].{5}(?P<thumbnail>..)", re.DOTALL)
_ADOBE = re.compile(rb"Adobe\x00.{6}", re.DOTALL)
_DISCLOSING = {0xE1: "EXIF or XMP", 0xE2: "an ICC profile", 0xED: "Photoshop data", 0xFE: "a comment"}
_PICTURES_IN = (b"MPF\0",)
_LUMA = bytes.fromhex(
    "100b0c0e0c0a100e0d0e1211101318281a181616183123251d283a333d3c3933383740485c4e404457453738506d51575f626768673e4d71797064785c656763"
)
_CHROMA = bytes.fromhex("1112121815182f1a1a2f634238426363" + "63" * 48)
"""The standard's example tables in zigzag order (ITU-T T.81, tables K.1 and K.2), which libjpeg scales by quality."""


def inspect_jpeg(data: memoryview, structure: Structure) -> None:
    """Judge a whole file. Raises Damaged."""
    structure.streams, structure.pictures = ["video"], 1
    end = judge_picture(data, structure)
    if end != len(data):
        structure.hides(f"{len(data) - end} bytes behind the end of the picture")


def judge_picture(data: memoryview, structure: Structure, *, tables_elsewhere: bool = False) -> int:
    """Judge one picture from its start marker; where it ends. `tables_elsewhere`: as in a TIFF. Raises Damaged."""
    if bytes(data[:2]) != b"\xff\xd8":
        raise Damaged("no JPEG picture")
    at, frames, declared = 2, 0, set[int]()
    while True:
        marker = _marker(data, at)
        if marker == 0xD9:
            break
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        if size < 2 or at + 2 + size > len(data):
            raise Damaged("a segment that reaches over the file")
        body = bytes(data[at + 4 : at + 2 + size])
        at += 2 + size
        frames += marker in _FRAMES
        if marker == 0xDB:
            _quantisation(body, declared, structure)
        elif marker == 0xDA:
            found = _SCAN_END.search(data, at)
            if found is None:
                raise Damaged("a picture without an end")
            at = found.start()
        elif marker not in _FRAMES | _TABLES:
            _other(marker, body, structure)
    if frames != 1 and not (tables_elsewhere and frames == 0):
        raise Damaged(f"{frames} pictures in one")
    return at + 2


def _marker(data: memoryview, at: int) -> int:
    if at + 2 > len(data) or data[at] != 0xFF:
        raise Damaged("bytes between two segments")
    return data[at + 1]


@functools.cache
def _standard_tables() -> frozenset[bytes]:
    scales = [5000 // quality if quality < 50 else 200 - 2 * quality for quality in range(1, 101)]
    return frozenset(
        bytes(min(255, max(1, (step * scale + 50) // 100)) for step in table)
        for table in (_LUMA, _CHROMA)
        for scale in scales
    )


def _quantisation(body: bytes, declared: set[int], structure: Structure) -> None:
    """Each of the four tables once, and one of the standard's: another tells the camera, or anything at all."""
    at = 0
    while at < len(body):
        number = body[at] & 15
        if number in declared or number > 3:
            structure.hides("a quantisation table that is not used")
        declared.add(number)
        if body[at + 1 : at + 65] not in _standard_tables() or body[at] >> 4:
            structure.hides("a quantisation table of its own")
        at += 129 if body[at] >> 4 else 65
    if at != len(body):
        raise Damaged("a quantisation table of the wrong length")


def _other(marker: int, body: bytes, structure: Structure) -> None:
    if marker == 0xE0 and (found := _JFIF.match(body)):
        if found["thumbnail"] != b"\0\0" or len(body) != 14:
            structure.hides("a thumbnail in JFIF")
    elif marker == 0xEE and _ADOBE.fullmatch(body):
        return
    elif marker == 0xE2 and body.startswith(_PICTURES_IN):
        structure.hides("an index of further pictures (MPF)")
    elif marker in _DISCLOSING or 0xE0 <= marker <= 0xEF:
        structure.discloses(_DISCLOSING.get(marker, f"application data {marker - 0xE0}"))
        if marker == 0xE1 and body.startswith(b"Exif\0\0") and body.find(b"\xff\xd8\xff") >= 0:
            structure.hides("a thumbnail in EXIF")
    else:
        structure.hides(f"a segment of type {marker:02X}")
