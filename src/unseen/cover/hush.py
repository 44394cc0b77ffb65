"""Silence in stretches of sound, in every channel; what is left of it before and after fades."""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from unseen.core import SoundBlock, Span

FADE = Fraction(1, 100)
"""Seconds outside a silence over which sound fades away and comes back, so that its edges do not click."""


def hush(block: SoundBlock, spans: Sequence[Span], reach: tuple[Fraction, Fraction]) -> SoundBlock:
    """The block with every sample at rest in each span, and for `reach` seconds before and after it.

    `spans` follow each other without overlap. `reach` is for how long the encoder to come lets a sample be heard after
    its time and before: nothing from outside gets into a span either.
    """
    around = max(reach) + 2 * FADE
    next_one = bisect.bisect_left(spans, block.time - around, key=lambda span: span.end)
    near = list(itertools.takewhile(lambda span: span.start <= block.end + around, spans[next_one:]))
    if not near:
        return block
    gain = np.ones(block.samples.shape[1])
    fade = round(FADE * block.rate)
    places = np.arange(len(gain))
    for span in near:
        first = math.floor((span.start - reach[0] - block.time) * block.rate)
        last = math.ceil((span.end + reach[1] - block.time) * block.rate)
        away = np.maximum(first - places, places - last) / (fade + 1)
        gain = np.minimum(gain, np.clip(away, 0, 1))
    faded = block.rest + (block.samples.astype(np.float64) - block.rest) * gain
    changed = np.rint(faded) if block.samples.dtype.kind != "f" else faded
    samples = np.where(gain == 1, block.samples, changed).astype(block.samples.dtype)
    return SoundBlock(block.time, block.rate, block.layout, samples)
