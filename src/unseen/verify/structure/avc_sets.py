"""Parameter sets of H.264, read to their last bit: nothing may follow what a decoder reads (ITU-T H.264 7.3.2)."""

from __future__ import annotations

from unseen.verify.structure.bits import Bits
from unseen.verify.structure.found import Damaged

_HIGH_PROFILES = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
_OWN_ASPECT = 255
_MOST_RATES = 32


def sequence_cropping(payload: bytes) -> tuple[int, int, int, int]:
    """Luma samples cropped away at left, right, top, bottom: clauses 7.3.2.1.1 and 7.4.2.1.1. Raises Damaged."""
    bits = Bits(payload)
    chroma = _sampling(bits)
    bits.golomb()
    _order(bits)
    bits.golomb()
    bits.read(1)
    bits.golomb()
    bits.golomb()
    frames_only = bits.read(1)
    bits.read(1 if frames_only else 2)
    cut = (0, 0, 0, 0)
    if bits.read(1):
        across = 2 if chroma in (1, 2) else 1
        down = (2 if chroma == 1 else 1) * (2 - frames_only)
        left, right, top, bottom = (bits.golomb() for _ in range(4))
        cut = (left * across, right * across, top * down, bottom * down)
    if bits.read(1):
        _usability(bits)
    bits.end()
    return cut


def read_picture_set(payload: bytes) -> None:
    """Clause 7.3.2.2. Raises Damaged where it is not as Unseen's encoders write it, or cameras that are copied."""
    bits = Bits(payload)
    bits.golomb()
    bits.golomb()
    bits.read(2)
    if bits.golomb():
        raise Damaged("slices in groups, which Unseen does not write")
    bits.golomb()
    bits.golomb()
    bits.read(3)
    for _ in range(3):
        bits.signed()
    bits.read(2)
    if bits.read(1):
        raise Damaged("redundant pictures, which Unseen does not write")
    if bits.more:
        bits.read(1)
        if bits.read(1):
            raise Damaged("a scaling matrix, which Unseen does not write")
        bits.signed()
    bits.end()


def _sampling(bits: Bits) -> int:
    """From the profile up to the scaling matrix; gives the chroma format."""
    profile = bits.read(8)
    bits.read(16)
    bits.golomb()
    if profile not in _HIGH_PROFILES:
        return 1
    chroma = bits.golomb()
    if chroma == 3:
        bits.read(1)
    bits.golomb()
    bits.golomb()
    bits.read(1)
    if bits.read(1):
        raise Damaged("a scaling matrix, which Unseen does not write")
    return chroma


def _order(bits: Bits) -> None:
    order = bits.golomb()
    if order == 0:
        bits.golomb()
    elif order == 1:
        bits.read(1)
        bits.signed()
        bits.signed()
        for _ in range(min(bits.golomb(), 255)):
            bits.signed()


def _usability(bits: Bits) -> None:
    """Clause E.1.1."""
    if bits.read(1) and bits.read(8) == _OWN_ASPECT:
        bits.read(32)
    if bits.read(1):
        bits.read(1)
    if bits.read(1):
        bits.read(4)
        if bits.read(1):
            bits.read(24)
    if bits.read(1):
        bits.golomb()
        bits.golomb()
    if bits.read(1):
        bits.read(65)
    network, decoder = _rates(bits), _rates(bits)
    if network or decoder:
        bits.read(1)
    bits.read(1)
    if bits.read(1):
        bits.read(1)
        for _ in range(6):
            bits.golomb()


def _rates(bits: Bits) -> bool:
    """Clause E.1.2, where it is there."""
    if not bits.read(1):
        return False
    count = bits.golomb() + 1
    if count > _MOST_RATES:
        raise Damaged("more rates than a decoder can have")
    bits.read(8)
    for _ in range(count):
        bits.golomb()
        bits.golomb()
        bits.read(1)
    bits.read(20)
    return True
