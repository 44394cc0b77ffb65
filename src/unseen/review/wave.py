"""How loud a file is over time, for the page to draw a waveform of."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from unseen.core import SoundBlock
from unseen.media import Reader

BINS_A_SECOND = 50


def peaks(reader: Reader, start: float, length: float) -> NDArray[np.float32] | None:
    """The greatest deflection, 0 to 1, in each fiftieth of a second from `start` on; None where there is no sound."""
    index = reader.main_audio
    if index is None or length <= 0:
        return None
    found = np.zeros(int(length * BINS_A_SECOND) + 1, np.float32)
    for block in reader.sound(index):
        loud = _deflection(block)
        at = float(block.time) - start
        bins = ((at + np.arange(len(loud)) / block.rate) * BINS_A_SECOND).astype(np.int64)
        there = (bins >= 0) & (bins < len(found))
        np.maximum.at(found, bins[there], loud[there])
    return np.minimum(found, 1.0)


def _deflection(block: SoundBlock) -> NDArray[np.float32]:
    samples = block.samples.astype(np.float32) - block.rest
    kind = block.samples.dtype
    full = 1.0 if kind.kind == "f" else float(np.iinfo(kind).max - block.rest)
    return np.asarray(np.abs(samples).max(axis=0) / full, np.float32)


def thinned(found: NDArray[np.float32], points: int) -> list[float]:
    """So many points over the whole length, each the greatest of its part."""
    edges = np.linspace(0, len(found), points + 1).astype(int)
    return [round(float(found[a : max(a + 1, b)].max(initial=0.0)), 4) for a, b in itertools.pairwise(edges)]
