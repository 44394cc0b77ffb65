"""H.264 as far as copying coded pictures needs it (ITU-T H.264): parameter sets, and what is in a coded picture.

Whatever is not understood here is not copied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from unseen.media.coding import MOST_BYTES, Unfit

SLICE, ALONE, INFORMATION, SEQUENCE, PICTURE, DELIMITER, FILLER = 1, 5, 6, 7, 8, 9, 12
"""Types of units, table 7-1; 5 is of a picture that needs no other (IDR)."""
_PLAIN_INFORMATION = frozenset({0, 1, 3, 4, 5, 6})
"""Information that changes no sample and no time of ours: buffering, timing, filler, user data, recovery (annex D)."""
_PROFILES = frozenset({66, 77, 100, 110, 122, 244})
_HIGH = frozenset({100, 110, 122, 244})
_BLOCK = 16
_HEADER = 48  # bytes in which a slice's header up to what is read here lies
_MOST_UNITS = 1024
LONGEST_SET = 1024
_ASPECTS = (
    *((0, 1), (1, 1), (12, 11), (10, 11), (16, 11), (40, 33), (24, 11), (20, 11), (32, 11), (80, 33), (18, 11)),
    *((15, 11), (64, 33), (160, 99), (4, 3), (3, 2), (2, 1)),
)
"""Table E-1."""
_OWN_ASPECT = 255
_UNTOLD = (False, 2, 2, 2)
_START = re.compile(rb"\x00\x00\x01")


class NotPlain(ValueError):  # noqa: N818 - it is no error but a reason to encode anew
    """Why something is not copied."""

    def __init__(self, reason: Unfit) -> None:
        super().__init__(reason)
        self.reason = reason


class _Bits:
    """Reads a unit bit by bit, without its emulation prevention bytes."""

    def __init__(self, unit: bytes, reason: Unfit) -> None:
        plain = unit.replace(b"\0\0\3", b"\0\0")
        self._bits, self._left, self._reason = int.from_bytes(plain, "big"), 8 * len(plain), reason

    def read(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise NotPlain(self._reason)
        return (self._bits >> self._left) & ((1 << count) - 1)

    def golomb(self) -> int:
        """ue(v), clause 9.1."""
        zeros = 0
        while not self.read(1):
            zeros += 1
            if zeros > 32:
                raise NotPlain(self._reason)
        return (1 << zeros) - 1 + self.read(zeros)

    @property
    def more(self) -> bool:
        """Whether anything but the stop bit follows, clause 7.2."""
        return self._bits & ((1 << self._left) - 1) != 1 << max(0, self._left - 1)

    def finish(self) -> None:
        """Nothing may follow but the stop bit in the last byte."""
        if self.more or not 1 <= self._left <= 8:
            raise NotPlain(self._reason)


@dataclass(frozen=True, slots=True)
class SequenceSet:
    """What a sequence parameter set says. `colour`: full range, primaries, transfer, matrix.

    `order`: type of picture order count, bits of its low part (type 0), whether differences are coded (type 1).
    """

    id: int
    size: tuple[int, int]
    aspect: Fraction
    colour: tuple[bool, int, int, int]
    frame_bits: int
    order: tuple[int, int, bool]


@dataclass(frozen=True, slots=True)
class Sets:
    """A file's parameter sets: one sequence's and its pictures', by number with whether orders have two parts.

    `prefix`: in how many bytes a unit's length is written.
    """

    sequence: SequenceSet
    pictures: dict[int, bool]
    units: tuple[bytes, ...]
    prefix: int


def read_sets(configuration: bytes) -> Sets:
    """The sets of a decoder configuration record (ISO/IEC 14496-15 5.3.3.1). Raises NotPlain."""
    if len(configuration) < 7 or configuration[0] != 1:
        raise NotPlain(Unfit.SETS)
    at, units = 5, []
    for mask in (0x1F, 0xFF):
        count, at = configuration[at] & mask, at + 1
        for _ in range(count):
            size = int.from_bytes(configuration[at : at + 2], "big")
            unit = configuration[at + 2 : at + 2 + size].rstrip(b"\0")
            at += 2 + size
            if not 4 <= len(unit) <= LONGEST_SET or at >= len(configuration) + (mask == 0xFF):
                raise NotPlain(Unfit.SETS)
            units.append(unit)
    kinds = [unit[0] & 0x1F for unit in units]
    if kinds[:1] != [SEQUENCE] or len(kinds) < 2 or set(kinds[1:]) != {PICTURE}:
        raise NotPlain(Unfit.SETS)
    return plain_sets(units, (configuration[4] & 3) + 1)


def plain_sets(units: Sequence[bytes], prefix: int = 4) -> Sets:
    """A sequence's set and its pictures' that are understood to their last bit. Raises NotPlain."""
    sequence = read_sequence(units[0])
    pictures = dict(_read_picture(unit, sequence) for unit in units[1:])
    if len(pictures) != len(units) - 1:
        raise NotPlain(Unfit.SETS)
    return Sets(sequence, pictures, tuple(units), prefix)


def read_sequence(unit: bytes) -> SequenceSet:
    """A sequence parameter set, clause 7.3.2.1.1. Raises NotPlain."""
    bits = _Bits(unit[1:], Unfit.SETS)
    profile = bits.read(8)
    bits.read(16)
    name, chroma = bits.golomb(), 1
    if profile not in _PROFILES:
        raise NotPlain(Unfit.SETS)
    if profile in _HIGH:
        chroma = bits.golomb()
        if chroma == 3 and bits.read(1):
            raise NotPlain(Unfit.SETS)
        bits.golomb()
        bits.golomb()
        if bits.read(2):  # samples left as they are, or a scaling matrix
            raise NotPlain(Unfit.SETS)
    frame_bits = bits.golomb() + 4
    order = _read_order(bits)
    bits.golomb()
    bits.read(1)
    width, height = _BLOCK * (bits.golomb() + 1), _BLOCK * (bits.golomb() + 1)
    if not bits.read(1):
        raise NotPlain(Unfit.FIELDS)
    bits.read(1)
    if bits.read(1):
        across, down = 2 if chroma in (1, 2) else 1, 2 if chroma == 1 else 1
        cut = [bits.golomb() * step for step in (across, across, down, down)]
        if max(cut[0] + cut[1], cut[2] + cut[3]) >= _BLOCK:
            raise NotPlain(Unfit.CROPPED)
        width, height = width - cut[0] - cut[1], height - cut[2] - cut[3]
    aspect, colour = _read_usability(bits) if bits.read(1) else (Fraction(1), _UNTOLD)
    bits.finish()
    return SequenceSet(name, (width, height), aspect, colour, frame_bits, order)


def _read_order(bits: _Bits) -> tuple[int, int, bool]:
    kind = bits.golomb()
    if kind == 0:
        return 0, bits.golomb() + 4, False
    if kind == 1:
        coded = not bits.read(1)
        for _ in range(2):
            bits.golomb()
        for _ in range(min(bits.golomb(), 255)):
            bits.golomb()
        return 1, 0, coded
    return kind, 0, False


def _read_usability(bits: _Bits) -> tuple[Fraction, tuple[bool, int, int, int]]:
    """Pixel aspect and colour, clause E.1.1; the rest is read to see that nothing follows it."""
    aspect, colour = Fraction(1), _UNTOLD
    if bits.read(1):
        kind = bits.read(8)
        across, down = (bits.read(16), bits.read(16)) if kind == _OWN_ASPECT else _aspect(kind)
        aspect = Fraction(across, down) if across and down else Fraction(1)
    if bits.read(1):
        bits.read(1)
    if bits.read(1):
        bits.read(3)
        full = bool(bits.read(1))
        colour = (full, bits.read(8), bits.read(8), bits.read(8)) if bits.read(1) else (full, 2, 2, 2)
    if bits.read(1):
        bits.golomb()
        bits.golomb()
    if bits.read(1):
        bits.read(65)
    rates = _read_rates(bits)
    if _read_rates(bits) or rates:
        bits.read(1)
    bits.read(1)
    if bits.read(1):
        bits.read(1)
        for _ in range(6):
            bits.golomb()
    return aspect, colour


def _aspect(kind: int) -> tuple[int, int]:
    if kind >= len(_ASPECTS):
        raise NotPlain(Unfit.SETS)
    return _ASPECTS[kind]


def _read_rates(bits: _Bits) -> bool:
    """A hypothetical decoder's rates, clause E.1.2; whether they are there."""
    if not bits.read(1):
        return False
    count = bits.golomb() + 1
    if count > 32:
        raise NotPlain(Unfit.SETS)
    bits.read(8)
    for _ in range(count):
        bits.golomb()
        bits.golomb()
        bits.read(1)
    bits.read(20)
    return True


def _read_picture(unit: bytes, sequence: SequenceSet) -> tuple[int, bool]:
    """A picture parameter set, clause 7.3.2.2: its number, and whether orders have two parts. Raises NotPlain."""
    bits = _Bits(unit[1:], Unfit.SETS)
    name, of = bits.golomb(), bits.golomb()
    bits.read(1)
    two = bool(bits.read(1))
    if of != sequence.id or bits.golomb():  # slice groups
        raise NotPlain(Unfit.SETS)
    bits.golomb()
    bits.golomb()
    bits.read(3)
    for _ in range(3):
        bits.golomb()
    bits.read(2)
    if bits.read(1):  # redundant pictures
        raise NotPlain(Unfit.SETS)
    if bits.more:
        bits.read(1)
        if bits.read(1):  # a scaling matrix
            raise NotPlain(Unfit.SETS)
        bits.golomb()
    bits.finish()
    return name, two


def clean(packet: bytes, sets: Sets) -> tuple[bytes, bool]:
    """A packet's slices, each behind its length in four bytes, and whether the picture needs no other.

    Information about the picture, filling and repeated parameter sets go. Raises NotPlain where anything else is there,
    or where it is not one whole picture.
    """
    if len(packet) > MOST_BYTES:
        raise NotPlain(Unfit.LARGE)
    units = list(split(packet, sets.prefix))
    if any(u[0] & 0x1F in (SEQUENCE, PICTURE) and u.rstrip(b"\0") not in sets.units for u in units):
        raise NotPlain(Unfit.SETS)
    parts: list[bytes] = []
    kinds: set[int] = set()
    for unit in units:
        kind = unit[0] & 0x1F
        if kind in (SLICE, ALONE):
            _check_slice(unit, sets, first=not parts)
            kinds.add(kind)
            bare = without_filling(unit)
            parts += [len(bare).to_bytes(4, "big"), bare]
        elif kind == INFORMATION:
            _check_information(unit)
        elif kind not in (SEQUENCE, PICTURE, DELIMITER, FILLER):
            raise NotPlain(Unfit.UNITS)
    if len(kinds) != 1:
        raise NotPlain(Unfit.UNITS)
    return b"".join(parts), kinds == {ALONE}


def is_plain(data: bytes, *, alone: bool) -> bool:
    """Whether these are slices, each behind its length in four bytes, and nothing else."""
    try:
        return {unit[0] & 0x9F for unit in split(data, 4)} == {ALONE if alone else SLICE}
    except NotPlain:
        return False


def split(packet: bytes, prefix: int) -> Iterator[bytes]:
    """The units of a packet. Raises NotPlain."""
    at = count = 0
    while at < len(packet):
        size = int.from_bytes(packet[at : at + prefix], "big")
        at, count = at + prefix, count + 1
        if size < 2 or at + size > len(packet) or count > _MOST_UNITS:
            raise NotPlain(Unfit.UNITS)
        yield packet[at : at + size]
        at += size


def without_filling(unit: bytes) -> bytes:
    """A slice without the zero words behind it, clause 7.3.2.10."""
    unit = unit.rstrip(b"\0")
    while unit.endswith(b"\0\0\3"):
        unit = unit[:-3].rstrip(b"\0")
    return unit


def _check_slice(unit: bytes, sets: Sets, *, first: bool) -> None:
    """Clause 7.3.3: the first slice begins the picture, no other does; it takes back no picture before it."""
    bits = _Bits(unit[1:_HEADER], Unfit.UNITS)
    begins = bits.golomb() == 0
    bits.golomb()
    picture_set = bits.golomb()
    if unit[0] & 0x80 or begins != first or picture_set not in sets.pictures:
        raise NotPlain(Unfit.UNITS)
    if unit[0] & 0x1F != ALONE:
        return
    bits.read(sets.sequence.frame_bits)
    bits.golomb()
    kind, low, coded = sets.sequence.order
    bits.read(low)
    parts = (kind == 0 and sets.pictures[picture_set]) + (kind == 1 and coded) * (1 + sets.pictures[picture_set])
    for _ in range(parts):
        bits.golomb()
    if bits.read(2) or not unit[0] & 0x60:  # no output of prior pictures, long-term; an IDR picture is a reference
        raise NotPlain(Unfit.UNITS)


def _check_information(unit: bytes) -> None:
    """Clause 7.3.2.3: only what changes nothing that is shown may go unsaid."""
    payload, at = unit[1:].replace(b"\0\0\3", b"\0\0").rstrip(b"\0"), 0
    while at < len(payload) - 1:
        numbers = []
        for _ in range(2):
            value = 0
            while at < len(payload) and payload[at] == 0xFF:
                value, at = value + 0xFF, at + 1
            numbers.append(value + (payload[at] if at < len(payload) else 0))
            at += 1
        if numbers[0] not in _PLAIN_INFORMATION:
            raise NotPlain(Unfit.UNITS)
        at += numbers[1]


def start_coded(stream: bytes) -> Iterator[bytes]:
    """The units of an encoder's packet, each behind a start code (annex B)."""
    starts = [match.end() for match in _START.finditer(stream)]
    for start, after in zip(starts, [*(s - 3 for s in starts[1:]), len(stream)], strict=True):
        yield stream[start:after].rstrip(b"\0")


def set_number(unit: bytes) -> int:
    """The number of a set, of whichever kind. Raises NotPlain."""
    bits = _Bits(unit[1:], Unfit.SETS)
    if unit[0] & 0x1F == SEQUENCE:
        bits.read(24)
    return bits.golomb()


def configuration_of(units: Sequence[bytes]) -> bytes:
    """A decoder configuration record for several sets of sets, all of the same samples: the highest of all.

    ISO/IEC 14496-15 5.3.3.1; the fields at its end are those of the first high profile's sequence set.
    """
    sequences = [unit for unit in units if unit[0] & 0x1F == SEQUENCE]
    pictures = [unit for unit in units if unit[0] & 0x1F == PICTURE]
    profile, level = max(unit[1] for unit in sequences), max(unit[3] for unit in sequences)
    shared = 0xFF
    for unit in sequences:
        shared &= unit[2]
    parts = [bytes([1, profile, shared, level, 0xFF, 0xE0 | len(sequences)])]
    parts += [part for unit in sequences for part in (len(unit).to_bytes(2, "big"), unit)]
    parts.append(bytes([len(pictures)]))
    parts += [part for unit in pictures for part in (len(unit).to_bytes(2, "big"), unit)]
    high = next((unit for unit in sequences if unit[1] in _HIGH), None)
    if high is not None:
        bits = _Bits(high[4:], Unfit.SETS)
        bits.golomb()
        chroma = bits.golomb()
        if chroma == 3:
            bits.read(1)
        parts.append(bytes([0xFC | chroma, 0xF8 | bits.golomb(), 0xF8 | bits.golomb(), 0]))
    return b"".join(parts)
