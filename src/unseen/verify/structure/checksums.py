"""Checksums of FLAC and Ogg, computed here so that a byte too many between two frames or pages is seen."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

_REVERSED = np.packbits(np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1)[:, ::-1], axis=1)[:, 0]
_AT_ONCE = 1 << 24  # bytes of FLAC frames looked at together


def ogg_checksum(page: bytes) -> int:
    """CRC-32 of an Ogg page whose checksum field is zero (RFC 3533 6): zlib's polynomial, the other bit order."""
    mirrored = _REVERSED[np.frombuffer(page, np.uint8)].tobytes()
    found = zlib.crc32(mirrored, 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{found:032b}"[::-1], 2)


def _table(polynomial: int, bits: int) -> NDArray[np.uint32]:
    top, mask = 1 << (bits - 1), (1 << bits) - 1
    found = []
    for byte in range(256):
        value = byte << (bits - 8)
        for _ in range(8):
            value = ((value << 1) ^ polynomial if value & top else value << 1) & mask
        found.append(value)
    return np.array(found, np.uint32)


_CRC8, _CRC16 = _table(0x07, 8), _table(0x8005, 16)  # RFC 9639 9.1.8 and 9.3


def flac_header_checksum(header: bytes) -> int:
    """CRC-8 of a frame header without its last byte."""
    value = 0
    for byte in header:
        value = int(_CRC8[value ^ byte])
    return value


def wrong_frames(data: memoryview, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> int:
    """How many FLAC frames do not end with the CRC-16 of what is before it; frames are worked on side by side.

    To this checksum zeros behind a frame look like a part of it.
    """
    whole = np.frombuffer(data, np.uint8)
    wrong, first = 0, 0
    while first < len(starts):
        sizes = np.cumsum(ends[first:] - starts[first:])
        last = first + max(1, int(np.searchsorted(sizes, _AT_ONCE)))
        wrong += _wrong(whole, starts[first:last], ends[first:last])
        first = last
    return wrong


def _wrong(whole: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> int:
    order = np.argsort(starts - ends)  # the longest first, so that those still going are at the front
    at, lengths = starts[order], (ends - starts)[order]
    values = np.zeros(len(at), np.uint32)
    going = len(at)
    for step in range(int(lengths.max(initial=0))):
        while going and lengths[going - 1] <= step:
            going -= 1
        part = values[:going]
        values[:going] = ((part << 8) & 0xFF00) ^ _CRC16[(part >> 8) ^ whole[at[:going] + step]]
    return int(np.count_nonzero(values))
