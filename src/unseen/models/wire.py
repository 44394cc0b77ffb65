"""Protocol buffers on the wire, as far as ONNX files use them (protobuf.dev/programming-guides/encoding)."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


class Wire(enum.IntEnum):
    """How a field's value is written."""

    VARINT = 0
    FIXED64 = 1
    BYTES = 2
    FIXED32 = 5


_WIDTH = {Wire.FIXED64: 8, Wire.FIXED32: 4}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message: its number, how it is written, and its value: a whole number where VARINT, else bytes."""

    number: int
    wire: Wire
    value: int | bytes

    @classmethod
    def of(cls, number: int, value: int | bytes) -> Field:
        """A field that holds a whole number, or text or a message."""
        return cls(number, Wire.VARINT if isinstance(value, int) else Wire.BYTES, value)

    @property
    def content(self) -> bytes:
        """The text or message it holds; ValueError where it holds a number."""
        if isinstance(self.value, int) or self.wire is not Wire.BYTES:
            raise ValueError(f"field {self.number} holds a number where bytes belong")
        return self.value


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 70:
        if at >= len(data):
            raise ValueError("cut off inside a number")
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return value, at
    raise ValueError("a number runs on without end")


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def fields(message: bytes) -> Iterator[Field]:
    """The fields of a message in their order; ValueError where it is damaged."""
    at = 0
    while at < len(message):
        key, at = _read_varint(message, at)
        wire = Wire(key & 7)
        if wire is Wire.VARINT:
            number, at = _read_varint(message, at)
            yield Field(key >> 3, wire, number)
            continue
        if wire is Wire.BYTES:
            width, at = _read_varint(message, at)
        else:
            width = _WIDTH[wire]
        if at + width > len(message):
            raise ValueError(f"cut off inside field {key >> 3}")
        yield Field(key >> 3, wire, message[at : at + width])
        at += width


def contents(message: bytes, number: int) -> list[bytes]:
    """The text or message of every field `number`."""
    return [field.content for field in fields(message) if field.number == number]


def numbers(message: bytes, number: int) -> list[int]:
    """The whole numbers of every field `number`, one by one or packed; ValueError where they are anything else."""
    found: list[int] = []
    for field in fields(message):
        if field.number == number and isinstance(field.value, int):
            found.append(field.value)
        elif field.number == number:
            at = 0
            while at < len(field.content):
                value, at = _read_varint(field.content, at)
                found.append(value)
    return found


def message(content: Iterable[Field]) -> bytes:
    """The fields as one message."""
    out = bytearray()
    for field in content:
        out += _varint(field.number << 3 | field.wire)
        if isinstance(field.value, int):
            out += _varint(field.value)
        else:
            out += _varint(len(field.value)) if field.wire is Wire.BYTES else b""
            out += field.value
    return bytes(out)
