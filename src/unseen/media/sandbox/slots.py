"""Pictures across a process boundary: memory that both sides see, cut into slots that are filled in turn."""

from __future__ import annotations

import math
import mmap
import os
import sys
import tempfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ALIGN = 64
_AT_ONCE = 256 << 20  # bytes: large pictures come one at a time
_MOST = 4


def how_many(slot: int) -> int:
    """Slots of `slot` bytes: enough to work ahead, within bounded memory."""
    return max(1, min(_MOST, _AT_ONCE // slot))


def create(size: int) -> int:
    """An open, empty, nameless file of `size` bytes. Raises OSError.

    On Linux it is sealed: a peer that made it shorter would have whoever reads it killed by SIGBUS.
    """
    if sys.platform == "linux":
        import fcntl

        descriptor = os.memfd_create("unseen", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(descriptor, size)
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
        return descriptor
    with tempfile.TemporaryFile() as file:
        file.truncate(size)
        return os.dup(file.fileno())


class Slots:
    """`count` slots of `size` bytes over an open file, which may be closed; both sides count round on their own."""

    def __init__(self, descriptor: int, size: int, count: int) -> None:
        populate = getattr(mmap, "MAP_POPULATE", 0)  # page by page it would take several times as long
        self._map = mmap.mmap(descriptor, size * count, flags=mmap.MAP_SHARED | populate)
        self._size, self._count = size, count
        self._slot, self._used = -1, 0

    def turn(self) -> None:
        """Go on to the next slot."""
        self._slot, self._used = (self._slot + 1) % self._count, 0

    def empty(self, shape: tuple[int, ...], kind: Any) -> NDArray[Any]:
        """An array over what this slot has next. Raises ValueError where that is not enough."""
        size = math.prod(shape) * np.dtype(kind).itemsize
        if self._used + size > self._size:
            raise ValueError("more samples than there is room for")
        start = self._slot * self._size + self._used
        self._used += -(-size // _ALIGN) * _ALIGN
        samples: NDArray[Any] = np.frombuffer(self._map, np.dtype(kind), math.prod(shape), start)
        return samples.reshape(shape)
