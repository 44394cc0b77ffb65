"""NAL units of H.264 (ITU-T H.264) and HEVC (ITU-T H.265): no user data, no cropping beyond the codec's blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from unseen.verify.structure.avc_sets import read_picture_set, sequence_cropping
from unseen.verify.structure.bits import Bits
from unseen.verify.structure.found import Damaged, Structure

_START = re.compile(rb"\x00\x00\x01")
_H264_TYPES = frozenset({1, 5, 6, 7, 8, 9, 12})
_SLICES = frozenset({1, 5})
_FIRST = 0x80  # the first bit of a slice whose first macroblock is the picture's: ue(v) of 0
_H264_SEI = frozenset({0, 1, 6, 137, 144, 147})
"""Buffering period, picture timing, recovery point; mastering display, light level, preferred transfer."""
_HEVC_TYPES = frozenset({*range(0, 10), *range(16, 22), 32, 33, 34, 35, 36, 39, 40})
_HEVC_SEI = frozenset({0, 1, 6, 129, 132, 137, 144, 147})
"""As above, and active parameter sets and the decoded picture hash."""
_MACROBLOCK = 16
_LARGEST_CODING_BLOCK = 64
_MOST_NALS = 4096  # in one picture


def length_prefixed(sample: bytes | memoryview, size: int) -> Iterator[bytes]:
    """The units of a sample as MP4 and Matroska store them, each behind its length in `size` bytes."""
    at, count = 0, 0
    while at < len(sample):
        length = int.from_bytes(sample[at : at + size], "big")
        at += size
        count += 1
        if not length or at + length > len(sample) or count > _MOST_NALS:
            raise Damaged("a picture's units do not fill it")
        yield bytes(sample[at : at + length])
        at += length


def start_coded(stream: bytes) -> Iterator[bytes]:
    """The units of a byte stream (annex B), as AVI and MPEG-TS store them; zero bytes before a start code go."""
    starts = [m.end() for m in _START.finditer(stream)]
    if not starts or stream[: starts[0] - 3].strip(b"\0"):
        raise Damaged("a picture does not begin with a unit")
    for start, after in zip(starts, [*(s - 3 for s in starts[1:]), len(stream)], strict=True):
        yield stream[start:after].rstrip(b"\0")


@dataclass(slots=True)
class NalCheck:
    """Judges every unit of one stream; `hevc` or H.264."""

    structure: Structure
    hevc: bool
    _known: set[bytes] = field(default_factory=set)

    def units(self, units: Iterator[bytes]) -> None:
        for unit in units:
            self._unit(unit)

    def picture(self, units: Iterator[bytes]) -> None:
        """One sample where parameter sets are kept apart: in H.264, the slices of one picture and nothing else."""
        if self.hevc:
            self.units(units)
            return
        for number, unit in enumerate(units):
            if unit[0] & 0x1F not in _SLICES:
                self.structure.hides(f"NAL unit of type {unit[0] & 0x1F} beside a picture's slices")
                self._unit(unit)
            elif len(unit) < 2 or bool(unit[1] & _FIRST) != (number == 0):
                self.structure.hides("a sample that is not one picture")

    def _unit(self, unit: bytes) -> None:
        if len(unit) < 2:
            raise Damaged("a unit without a header")
        kind = unit[0] >> 1 & 0x3F if self.hevc else unit[0] & 0x1F
        if kind not in (_HEVC_TYPES if self.hevc else _H264_TYPES):
            self.structure.hides(f"NAL unit of type {kind}")
        elif kind in ((39, 40) if self.hevc else (6,)):
            self._sei(unit[2 if self.hevc else 1 :].replace(b"\0\0\3", b"\0\0"))
        elif kind == (33 if self.hevc else 7) and unit not in self._known:
            self._known.add(unit)
            self._cropping(unit)
        elif kind == 8 and not self.hevc:
            read_picture_set(unit[1:])
        elif kind == 12 and not self.hevc and unit[1:].strip(b"\xff\x80"):
            self.structure.hides("filler with a content")

    def _sei(self, payload: bytes) -> None:
        at = 0
        while at + 2 <= len(payload) and payload[at:] != b"\x80":
            kind, at = _byte_coded(payload, at)
            size, at = _byte_coded(payload, at)
            if kind in (4, 5):
                self.structure.hides(f"user data in the video stream ({size} bytes)")
            elif kind not in (_HEVC_SEI if self.hevc else _H264_SEI):
                self.structure.hides(f"supplemental information of type {kind} in the video stream")
            at += size

    def _cropping(self, unit: bytes) -> None:
        cut = _hevc_cropping(Bits(unit[2:])) if self.hevc else sequence_cropping(unit[1:])
        block = _LARGEST_CODING_BLOCK if self.hevc else _MACROBLOCK
        if max(cut[0] + cut[1], cut[2] + cut[3]) >= block:
            self.structure.hides(f"samples cropped away: {cut} at left, right, top, bottom")


def _byte_coded(payload: bytes, at: int) -> tuple[int, int]:
    value = 0
    while at < len(payload) and payload[at] == 255:
        value += 255
        at += 1
    if at >= len(payload):
        raise Damaged("supplemental information ends too early")
    return value + payload[at], at + 1


def _hevc_cropping(bits: Bits) -> tuple[int, int, int, int]:
    """Cropped luma samples, from a sequence parameter set: clauses 7.3.2.2.1 and 7.3.3 of H.265."""
    bits.read(4)
    layers = bits.read(3)
    bits.read(1)
    bits.read(88)
    bits.read(8)
    present = [(bits.read(1), bits.read(1)) for _ in range(layers)]
    if layers:
        bits.read(2 * (8 - layers))
    for profile, level in present:
        bits.read(88 * profile + 8 * level)
    bits.golomb()
    chroma = bits.golomb()
    if chroma == 3:
        bits.read(1)
    bits.golomb()
    bits.golomb()
    if not bits.read(1):
        return 0, 0, 0, 0
    across, down = 2 if chroma in (1, 2) else 1, 2 if chroma == 1 else 1
    left, right, top, bottom = (bits.golomb() for _ in range(4))
    return left * across, right * across, top * down, bottom * down
