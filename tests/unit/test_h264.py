"""What is understood of H.264 is understood to the last bit, and everything else is only said to be not plain."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st
from make import Clip, write_clip

from unseen.media import h264
from unseen.media.coding import Unfit

SEQUENCE = bytes.fromhex("6764000aacd94626c044000003000400000300c83c489658")
PICTURES = bytes.fromhex("68eae3cb22c0")
RECORD = h264.configuration_of([SEQUENCE, PICTURES])
SETS = h264.read_sets(RECORD)
ALONE = bytes.fromhex("65888402")
"""The start of an IDR picture's slice: the first macroblock, an I slice, set 0, frame 0, IDR 0, order 0."""
_BYTES = st.binary(max_size=80)


def stored(*units: bytes) -> bytes:
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)


def reason(data: bytes) -> Unfit:
    with pytest.raises(h264.NotPlain) as caught:
        h264.clean(data, SETS)
    return caught.value.reason


@pytest.mark.parametrize(
    ("aspect", "colour"),
    [(Fraction(1), (1, 1, 1, 1)), (Fraction(4, 3), (9, 16, 9, 1)), (Fraction(17, 13), (5, 6, 5, 2))],
)
def test_shape_and_colour_are_read_from_the_sequence(
    tmp_path: Path, aspect: Fraction, colour: tuple[int, int, int, int]
) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip(size=(98, 66), aspect=aspect, colour=colour))
    with av.open(str(path)) as container:
        told = h264.read_sets(container.streams.video[0].codec_context.extradata or b"").sequence
    assert (told.size, told.aspect) == ((98, 66), aspect)
    assert told.colour == (colour[3] == 2, *colour[:3])


def test_fields_are_told(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip(options={"x264-params": "interlaced=1"}))
    with av.open(str(path)) as container, pytest.raises(h264.NotPlain) as caught:
        h264.read_sets(container.streams.video[0].codec_context.extradata or b"")
    assert caught.value.reason is Unfit.FIELDS


def test_a_record_is_read_as_it_was_written() -> None:
    assert h264.read_sets(RECORD).units == (SEQUENCE, PICTURES)


def test_slices_are_kept_and_nothing_else() -> None:
    note, delimiter, filler = bytes.fromhex("0605018080"), bytes.fromhex("0910"), bytes.fromhex("0cffff80")
    packet = stored(delimiter, SEQUENCE, PICTURES, note, ALONE + b"\0\0\3\0\0\3", filler)
    assert h264.clean(packet, SETS) == (stored(ALONE), True)


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ((bytes.fromhex("0613018080"), ALONE), Unfit.UNITS),  # film grain
        ((bytes.fromhex("062d018080"), ALONE), Unfit.UNITS),  # frame packing
        ((bytes.fromhex("02888402"),), Unfit.UNITS),  # a data partition
        ((bytes.fromhex("13888402"), ALONE), Unfit.UNITS),  # an auxiliary picture
        ((bytes.fromhex("74888402"), ALONE), Unfit.UNITS),  # a layer's
        ((ALONE, ALONE), Unfit.UNITS),  # two pictures
        ((bytes.fromhex("65488402"),), Unfit.UNITS),  # a picture without its first slice
        ((bytes.fromhex("65888402")[:2],), Unfit.UNITS),  # a slice that breaks off
        ((bytes.fromhex("6588840a"),), Unfit.UNITS),  # takes back the pictures before it
        ((bytes.fromhex("65888406"),), Unfit.UNITS),  # stays for long
        ((bytes.fromhex("0910"),), Unfit.UNITS),  # no picture
        ((PICTURES[:-1] + b"\xc1", ALONE), Unfit.SETS),
    ],
)
def test_what_is_not_plain_is_told(units: tuple[bytes, ...], expected: Unfit) -> None:
    assert reason(stored(*units)) is expected


@given(at=st.integers(0, len(RECORD) - 1), bits=st.integers(1, 255), tail=_BYTES)
def test_damaged_records_are_not_plain_or_plain(at: int, bits: int, tail: bytes) -> None:
    data = bytearray(RECORD)
    data[at] ^= bits
    for record in (bytes(data), bytes(data) + tail, bytes(data[:at])):
        try:
            sets = h264.read_sets(record)
        except h264.NotPlain:
            continue
        assert h264.plain_sets(sets.units).sequence == sets.sequence


@given(st.lists(_BYTES | st.sampled_from([ALONE, SEQUENCE, PICTURES]), max_size=5), _BYTES)
def test_whatever_is_kept_is_slices(units: list[bytes], tail: bytes) -> None:
    for packet in (stored(*units), stored(*units) + tail, tail):
        try:
            kept, alone = h264.clean(packet, SETS)
        except h264.NotPlain:
            continue
        assert h264.is_plain(kept, alone=alone)
