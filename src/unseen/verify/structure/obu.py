"""Open bitstream units of AV1 (AV1 specification 5.3 and 5.8): no metadata but what HDR display needs."""

from __future__ import annotations

from unseen.verify.structure.found import Damaged, Structure

_PICTURE_UNITS = frozenset({1, 2, 3, 4, 6, 7})
"""Sequence header, temporal delimiter, frame header, tile group, frame, redundant frame header."""
_METADATA = 5
_HDR = frozenset({1, 2})  # content light level, mastering display colour volume


def check_obus(data: bytes | memoryview, structure: Structure) -> None:
    """Judge every unit of a temporal unit or configuration record. Raises Damaged."""
    at = 0
    while at < len(data):
        header = data[at]
        at += 2 if header & 4 else 1
        if not header & 2 or header & 0x80:
            raise Damaged("an AV1 unit without a size")
        size, at = _leb128(data, at)
        if at + size > len(data):
            raise Damaged("an AV1 unit reaches over its sample")
        kind = header >> 3 & 15
        if kind == _METADATA:
            meaning, _ = _leb128(data, at)
            if meaning not in _HDR:
                structure.hides(f"AV1 metadata of type {meaning} ({size} bytes)")
        elif kind not in _PICTURE_UNITS:
            structure.hides(f"AV1 unit of type {kind} ({size} bytes)")
        at += size


def _leb128(data: bytes | memoryview, at: int) -> tuple[int, int]:
    value = 0
    for place in range(8):
        if at >= len(data):
            break
        value |= (data[at] & 0x7F) << (7 * place)
        at += 1
        if not data[at - 1] & 0x80:
            return value, at
    raise Damaged("a length in AV1 is broken")
