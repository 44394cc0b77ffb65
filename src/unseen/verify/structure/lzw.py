"""Which colours a GIF picture uses, read from its codes without unpacking it (GIF89a, appendix F)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unseen.verify.structure.found import Damaged

_WIDEST = 12  # bits of a code
_AT_ONCE = 1 << 12  # codes


def colours_used(codes: bytes, least: int) -> tuple[set[int], int]:
    """The places in the palette that pixels have, and how many bytes stand behind the end code.

    `codes`: the picture's sub-blocks joined; `least`: bits of a colour. A colour that no code stands for yet can only
    be written as itself, so whatever a pixel has stands among the codes. Raises Damaged where there is no end code.
    """
    if not 2 <= least <= 8:
        raise Damaged("a picture of no known depth")
    bits = np.unpackbits(np.frombuffer(codes, np.uint8), bitorder="little")
    clear, end = 1 << least, (1 << least) + 1
    used: set[int] = set()
    at, table, width = 0, end + 1, least + 1
    first = True  # behind a clear code, one code adds nothing to the table
    while True:
        room = _AT_ONCE if width == _WIDEST and table >= 1 << _WIDEST else (1 << width) - table + first
        found = _numbers(bits, at, width, min(room, _AT_ONCE))
        if not len(found):
            raise Damaged("a picture without an end")
        special = np.flatnonzero((found == clear) | (found == end))
        taken = int(special[0]) + 1 if len(special) else len(found)
        used.update(np.unique(found[:taken][found[:taken] < clear]).tolist())
        at += taken * width
        if not len(special):
            table = min(1 << _WIDEST, table + taken - first)
            first = False
            if table >= 1 << width and width < _WIDEST:
                width += 1
        elif found[taken - 1] == end:
            return used, len(codes) - -(-at // 8)
        else:
            table, width, first = end + 1, least + 1, True


def _numbers(bits: NDArray[np.uint8], at: int, width: int, count: int) -> NDArray[np.int64]:
    """Up to `count` numbers of `width` bits, the least first."""
    count = min(count, (len(bits) - at) // width)
    rows = bits[at : at + count * width].reshape(count, width).astype(np.int64)
    return np.asarray(rows @ (1 << np.arange(width, dtype=np.int64)), np.int64)
