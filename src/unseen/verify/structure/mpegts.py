"""MPEG transport streams (ISO/IEC 13818-1) as FFmpeg's muxer writes them for Unseen."""

from __future__ import annotations

import numpy as np

from unseen.verify.structure.found import Damaged, Structure
from unseen.verify.structure.nal import NalCheck, start_coded

_PACKET = 188
_PAT, _SDT, _NULL = 0, 17, 8191
_STREAMS = {0x1B: "video", 0x24: "video", 0x0F: "audio"}
_HEVC = 0x24
_SERVICE = bytes.fromhex("fc80144812010646466d7065670953657276696365303" + "1")
"""The service "Service01" by "FFmpeg": the muxer's fixed entry in the service table."""
_REGISTRATIONS = frozenset({b"", b"\x05\x04HEVC"})
_UNUSUAL_FIELD = 0x0F  # original clock, splice point, private data, extension


def inspect_mpegts(data: memoryview, structure: Structure) -> None:
    """Judge a whole file. Raises Damaged."""
    if rest := len(data) % _PACKET:
        structure.hides(f"{rest} bytes behind the last packet")
    rows = np.frombuffer(data[: len(data) - rest], np.uint8).reshape(-1, _PACKET)
    if not len(rows) or (rows[:, 0] != 0x47).any():
        raise Damaged("a packet without its sync byte")
    if (rows[:, 1] & 0x80).any() or (rows[:, 3] & 0xC0).any():
        raise Damaged("a packet that is marked as damaged or scrambled")
    names = (rows[:, 1] & 0x1F).astype(np.int64) << 8 | rows[:, 2]
    present = set(np.unique(names).tolist())
    walk = _Stream(structure)
    maps = {pid for row in rows[names == _PAT] for pid in walk.association(row)}
    kinds = {pid: kind for table in maps for row in rows[names == table] for pid, kind in walk.programme(row).items()}
    for row in rows[names == _SDT]:
        walk.service(row)
    structure.streams += [_STREAMS.get(kind, f"stream of type {kind:#x}") for _, kind in sorted(kinds.items())]
    for pid in sorted(present - {_PAT, _SDT, *maps, *kinds}):
        structure.hides(f"{int((names == pid).sum())} packets of the undeclared stream {pid}")
    for pid, kind in kinds.items():
        walk.elementary(rows[names == pid], kind)


class _Stream:
    def __init__(self, structure: Structure) -> None:
        self._structure = structure

    def association(self, row: np.ndarray) -> list[int]:
        """The packet identifiers of the programme maps."""
        body = self._section(row, 0x00)
        return [int.from_bytes(body[at + 2 : at + 4], "big") & 0x1FFF for at in range(5, len(body), 4)]

    def programme(self, row: np.ndarray) -> dict[int, int]:
        """Stream types by packet identifier."""
        body = self._section(row, 0x02)
        extra = int.from_bytes(body[7:9], "big") & 0xFFF
        if extra:
            self._structure.hides("a programme with descriptors")
        at, found = 9 + extra, dict[int, int]()
        while at < len(body):
            size = int.from_bytes(body[at + 3 : at + 5], "big") & 0xFFF
            if body[at + 5 : at + 5 + size] not in _REGISTRATIONS:
                self._structure.discloses("a stream with descriptors")
            found[int.from_bytes(body[at + 1 : at + 3], "big") & 0x1FFF] = body[at]
            at += 5 + size
        return found

    def service(self, row: np.ndarray) -> None:
        body = self._section(row, 0x42)
        if body[10:] != _SERVICE:
            self._structure.discloses("a service with a name of its own")

    def _section(self, row: np.ndarray, table: int) -> bytes:
        """A section that fills one packet, up to its checksum; what is behind it is stuffing."""
        packet = row.tobytes()
        if packet[1] & 0x40 == 0 or packet[3] & 0x30 != 0x10 or packet[4] or packet[5] != table:
            raise Damaged("a table that Unseen does not write")
        size = int.from_bytes(packet[6:8], "big") & 0xFFF
        if packet[8 + size :].strip(b"\xff"):
            self._structure.hides("bytes behind a table")
        return packet[8 : 8 + size - 4]

    def elementary(self, rows: np.ndarray, kind: int) -> None:
        """Put the packets of one stream together, picture by picture, and judge what they hold."""
        units = NalCheck(self._structure, hevc=kind == _HEVC) if _STREAMS.get(kind) == "video" else None
        picture, count = bytearray(), 0
        for row in rows:
            packet = row.tobytes()
            at = self._payload(packet)
            if packet[1] & 0x40:
                count += 1
                self._picture(picture, units)
                picture = bytearray()
                at = self._header(packet, at)
            picture += packet[at:]
        self._picture(picture, units)
        if units is not None:
            self._structure.pictures = count

    def _picture(self, picture: bytearray, units: NalCheck | None) -> None:
        if units is not None and picture:
            units.units(start_coded(bytes(picture)))

    def _payload(self, packet: bytes) -> int:
        """Where a packet's payload starts, behind an adaptation field that holds a clock and stuffing at most."""
        if not packet[3] & 0x20:
            return 4
        size = packet[4]
        end = 5 + size
        if end > _PACKET:
            raise Damaged("a packet with too long a field")
        if size:
            flags = packet[5]
            if flags & _UNUSUAL_FIELD:
                self._structure.hides("private data in a packet's field")
            if packet[6 + (6 if flags & 0x10 else 0) : end].strip(b"\xff"):
                self._structure.hides("stuffing with a content")
        return end if packet[3] & 0x10 else _PACKET

    def _header(self, packet: bytes, at: int) -> int:
        """The header before each picture or sound (2.4.3.6): its times and nothing else."""
        if packet[at : at + 3] != b"\0\0\1" or at + 9 > _PACKET:
            raise Damaged("a picture without a header")
        if packet[at + 7] & 0x3F:
            self._structure.hides("a picture's header with more than its times")
        times = {0x80: 5, 0xC0: 10}.get(packet[at + 7] & 0xC0, 0)
        end = at + 9 + packet[at + 8]
        if packet[at + 9 + times : end].strip(b"\xff"):
            self._structure.hides("stuffing with a content")
        return end
