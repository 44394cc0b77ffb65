"""Ways to damage a file: blindly, and where headers keep their numbers."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

_EXTREME = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_HEADER = 512  # bytes in which most numbers stand that everything else is reckoned from
Damage = Callable[[bytearray, random.Random], None]


def damaged(seed: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    """A seed with one to six wounds, or, now and then, its start on the end of another file."""
    data = bytearray(seed)
    if others and rng.random() < 0.05:
        other = rng.choice(others)
        return bytes(data[: rng.randrange(1, len(data))]) + other[rng.randrange(len(other)) :]
    for _ in range(rng.randint(1, 6)):
        rng.choice(WOUNDS)(data, rng)
        if not data:
            return b"\0"
    return bytes(data)


def _place(data: bytearray, rng: random.Random) -> int:
    near = min(len(data), _HEADER) if rng.random() < 0.5 else len(data)
    return rng.randrange(near)


def _flip(data: bytearray, rng: random.Random) -> None:
    data[_place(data, rng)] ^= 1 << rng.randrange(8)


def _set(data: bytearray, rng: random.Random) -> None:
    data[_place(data, rng)] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))


def _number(data: bytearray, rng: random.Random) -> None:
    width, order = rng.choice((1, 2, 4, 8)), rng.choice(("big", "little"))
    value = rng.choice(_EXTREME) & ((1 << 8 * width) - 1)
    at = _place(data, rng)
    data[at : at + width] = value.to_bytes(width, order)  # type: ignore[arg-type]


def _nudge(data: bytearray, rng: random.Random) -> None:
    at = _place(data, rng)
    data[at] = (data[at] + rng.choice((-2, -1, 1, 2, 16))) % 256


def _drop(data: bytearray, rng: random.Random) -> None:
    at = _place(data, rng)
    del data[at : at + rng.randint(1, 64)]


def _repeat(data: bytearray, rng: random.Random) -> None:
    at = _place(data, rng)
    piece = data[at : at + rng.randint(1, 256)]
    data[at:at] = piece * rng.choice((1, 2, 50))


def _insert(data: bytearray, rng: random.Random) -> None:
    at = _place(data, rng)
    data[at:at] = rng.randbytes(rng.randint(1, 32))


def _cut(data: bytearray, rng: random.Random) -> None:
    del data[rng.randrange(len(data)) :]


def _scribble(data: bytearray, rng: random.Random) -> None:
    at = _place(data, rng)
    length = min(rng.randint(1, 48), len(data) - at)
    data[at : at + length] = rng.randbytes(length)


WOUNDS: tuple[Damage, ...] = (
    _flip,
    _flip,
    _set,
    _set,
    _number,
    _number,
    _nudge,
    _drop,
    _repeat,
    _insert,
    _cut,
    _scribble,
)
