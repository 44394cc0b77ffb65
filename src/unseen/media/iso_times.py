"""Taking the clock out of ISO media files that a library has stamped with it (ISO 14496-12: mvhd, tkhd, mdhd)."""

from __future__ import annotations

import struct

_CONTAINERS = (b"moov", b"trak", b"mdia")
_STAMPED = (b"mvhd", b"tkhd", b"mdhd")


def without_times(data: bytes) -> bytes:
    """The same file with every creation and modification time zero, which means: not known."""
    cleaned = bytearray(data)
    _clean(cleaned, 0, len(cleaned))
    return bytes(cleaned)


def _clean(data: bytearray, start: int, end: int) -> None:
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, start)
        body = start + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, body)
            body += 8
        stop = end if size == 0 else start + size
        if kind in _CONTAINERS:
            _clean(data, body, stop)
        elif kind in _STAMPED:
            width = 16 if data[body] == 1 else 8  # two times, of 64 bits each in version 1, else of 32
            data[body + 4 : body + 4 + width] = bytes(width)
        start = max(stop, body)
