"""Protocol buffers: what is written reads back, and damage is an error, not a guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unseen.models.wire import Field, Wire, contents, fields, message

numbers = st.integers(1, 2**29 - 1)
whole = st.builds(Field.of, numbers, st.one_of(st.integers(0, 2**64 - 1), st.binary(max_size=40)))
fixed = st.one_of(
    st.builds(Field, numbers, st.just(Wire.FIXED32), st.binary(min_size=4, max_size=4)),
    st.builds(Field, numbers, st.just(Wire.FIXED64), st.binary(min_size=8, max_size=8)),
)


@given(st.lists(st.one_of(whole, fixed), max_size=8))
def test_what_is_written_reads_back(content: list[Field]) -> None:
    assert list(fields(message(content))) == content


def test_the_encoding_is_the_documented_one() -> None:
    assert message([Field.of(1, 150)]) == b"\x08\x96\x01"  # protobuf.dev, "A Simple Message"
    assert message([Field.of(2, b"testing")]) == b"\x12\x07testing"


def test_contents_picks_one_field() -> None:
    data = message([Field.of(1, b"a"), Field.of(2, b"b"), Field.of(1, b"c")])
    assert contents(data, 1) == [b"a", b"c"]
    assert contents(data, 3) == []


def test_a_number_where_bytes_belong_is_an_error() -> None:
    with pytest.raises(ValueError, match="field 1 holds a number"):
        contents(message([Field.of(1, 7)]), 1)


@pytest.mark.parametrize(
    ("damaged", "why"),
    [
        (b"\x08", "inside a number"),
        (b"\x08\x96", "inside a number"),
        (b"\x12\x07test", "inside field 2"),
        (b"\x0d\x00\x00", "inside field 1"),
        (b"\x0b", "not a valid Wire"),
        (b"\x08" + b"\xff" * 11, "without end"),
    ],
)
def test_damage_is_an_error(damaged: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        list(fields(damaged))
