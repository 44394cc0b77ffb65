"""What a HEIF or AVIF file holds besides its primary picture (ISO/IEC 23008-12, ISO/IEC 14496-12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from unseen.media.photo_structure import Block, box, boxes, words

_PICTURES = words("hvc1 av01 grid iovl iden tmap jpeg avc1 vvc1 unci j2k1 mski")
_COMPOSED = frozenset({"grid", "iovl", "iden"})
_AUXILIARIES = {"alpha": "alpha plane", "auxid:1": "alpha plane", "depth": "depth map", "auxid:2": "depth map"}


@dataclass(frozen=True, slots=True)
class _Item:
    number: int
    kind: str


def embedded_pictures(data: bytes) -> list[str]:
    """What each picture besides the primary one is, tiles that make up a picture left out."""
    meta = box(data, "meta")
    if meta is None:
        return []
    items, references = _items(meta), list(_references(meta))
    kinds = {item.number: item.kind for item in items}
    tiles = {to for name, source, to in references if name == "dimg" and kinds.get(source) in _COMPOSED}
    thumbnails = {source for name, source, _ in references if name == "thmb"}
    auxiliaries = {source for name, source, _ in references if name == "auxl"}
    maps = {to for name, source, to in references if name == "dimg" and kinds.get(source) == "tmap"}
    found = [] if not _plays_track(data) else ["still picture of a sequence"]
    for item in items:
        if item.kind not in _PICTURES or item.number in tiles or item.number == _primary(meta):
            continue
        if item.number in thumbnails:
            found.append("HEIF thumbnail")
        elif item.number in auxiliaries:
            found.append(_auxiliary(meta, item.number))
        else:
            found.append("gain map" if item.number in maps or item.kind == "tmap" else "second picture")
    return found


def further_tracks(data: bytes) -> list[str]:
    """What each track besides the played one is."""
    tracks = list(_tracks(data))
    played = next((t for t in tracks if _handler(t) == "pict"), None) if _plays_track(data) else None
    return [f"{_handler(track)} track" for track in tracks if track is not played]


def sequence_times(data: bytes) -> list[Fraction]:
    """How long each picture of an image sequence is shown, in seconds; empty where the file holds none that plays."""
    track = next((t for t in _tracks(data) if _handler(t) == "pict"), None) if _plays_track(data) else None
    if track is None:
        return []
    header, table = box(track, "mdia", "mdhd"), box(track, "mdia", "minf", "stbl", "stts")
    if not header or not table:
        return []
    scale = int.from_bytes(header[20:24] if header[0] == 1 else header[12:16], "big")
    runs = (table[at : at + 8] for at in range(8, len(table) - 7, 8))
    counted = [(int.from_bytes(run[:4], "big"), int.from_bytes(run[4:], "big")) for run in runs]
    if not scale or sum(count for count, _ in counted) > len(data):
        return []
    return [Fraction(ticks, scale) for count, ticks in counted for _ in range(count)]


def chroma(data: bytes) -> str:
    """The primary picture's chroma subsampling, such as `4:2:0`; `4:2:0` where the file does not say."""
    properties = box(data, "meta", "iprp", "ipco") or b""
    for block in boxes(properties):
        if block.name == "av1C" and len(block.body) > 2:
            mono, across, down = block.body[2] & 0x10, block.body[2] & 0x08, block.body[2] & 0x04
            return "4:2:0" if mono or (across and down) else "4:2:2" if across else "4:4:4"
        if block.name == "hvcC" and len(block.body) > 16:
            return {2: "4:2:2", 3: "4:4:4"}.get(block.body[16] & 3, "4:2:0")
    return "4:2:0"


def depth(data: bytes) -> int:
    """Bits a sample of an AV1 picture, as its first configuration says; 8 where it does not."""
    for block in boxes(box(data, "meta", "iprp", "ipco") or b""):
        if block.name == "av1C" and len(block.body) > 2:
            return 8 if not block.body[2] & 0x40 else 12 if block.body[2] & 0x20 else 10
    return 8


def declared_colour(data: bytes) -> tuple[int, int, int, bool] | None:
    """Primaries, transfer, matrix and full range as the first `nclx` property says (H.273 code points)."""
    for block in boxes(box(data, "meta", "iprp", "ipco") or b""):
        if block.name == "colr" and block.body[:4] == b"nclx" and len(block.body) >= 11:
            primaries, transfer, matrix = (int.from_bytes(block.body[at : at + 2], "big") for at in (4, 6, 8))
            return primaries, transfer, matrix, bool(block.body[10] & 0x80)
    return None


def _plays_track(data: bytes) -> bool:
    return data[8:12] == b"avis"


def _tracks(data: bytes) -> Iterator[bytes]:
    return (b.body for b in boxes(box(data, "moov") or b"") if b.name == "trak")


def _handler(track: bytes) -> str:
    return (box(track, "mdia", "hdlr") or b"").ljust(12, b"?")[8:12].decode("latin-1")


def _primary(meta: bytes) -> int | None:
    body = box(meta, "pitm")
    return int.from_bytes(body[4 : 8 if body[0] else 6], "big") if body else None


def _items(meta: bytes) -> list[_Item]:
    body = box(meta, "iinf") or b""
    entries = boxes(body[8 if body[:1] != b"\0" else 6 :])
    return [_item(entry.body) for entry in entries if entry.name == "infe" and entry.body[:1] in (b"\2", b"\3")]


def _item(body: bytes) -> _Item:
    wide = 4 if body[0] == 3 else 2
    kind = body[6 + wide : 10 + wide].decode("latin-1")
    return _Item(int.from_bytes(body[4 : 4 + wide], "big"), kind)


def _references(meta: bytes) -> Iterator[tuple[str, int, int]]:
    body = box(meta, "iref") or b""
    wide = 4 if body[:1] not in (b"", b"\0") else 2
    for block in boxes(body[4:]):
        numbers = [int.from_bytes(block.body[at : at + wide], "big") for at in range(wide + 2, len(block.body), wide)]
        source = int.from_bytes(block.body[:wide], "big")
        yield from ((block.name, source, to) for to in numbers)


def _auxiliary(meta: bytes, number: int) -> str:
    urn = _auxiliary_type(meta, number)
    return next((name for end, name in _AUXILIARIES.items() if urn.endswith(end)), f"auxiliary picture {urn}".rstrip())


def _auxiliary_type(meta: bytes, number: int) -> str:
    properties: list[Block] = list(boxes(box(meta, "iprp", "ipco") or b""))
    for index in _associated(box(meta, "iprp", "ipma") or b"", number):
        if 0 < index <= len(properties) and properties[index - 1].name == "auxC":
            return properties[index - 1].body[4:].split(b"\0")[0].decode("ascii", "replace")
    return ""


def _associated(body: bytes, number: int) -> list[int]:
    """The numbers, from 1, of the properties that belong to an item."""
    if len(body) < 8:
        return []
    wide, big = 4 if body[0] else 2, body[3] & 1
    at = 8
    while at + wide < len(body):
        item, count = int.from_bytes(body[at : at + wide], "big"), body[at + wide]
        at += wide + 1
        size = 2 if big else 1
        entries = [int.from_bytes(body[at + n * size : at + (n + 1) * size], "big") for n in range(count)]
        at += count * size
        if item == number:
            return [entry & (0x7FFF if big else 0x7F) for entry in entries]
    return []
