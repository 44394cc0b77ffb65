"""Sound in memory, block by block, in the samples that the file itself has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unseen.core.times import Span, Timestamp


@dataclass(frozen=True, slots=True)
class SoundFormat:
    """The sound of a file that is nothing else.

    `rate`: samples a second. `layout`: FFmpeg's name for the channels, of which there are `channels`. `bits` a sample
    as decoded. `samples`: of each channel. `start`: the time of the first one; where a file does not say, it is zero.
    """

    rate: int
    layout: str
    channels: int
    bits: int
    samples: int
    start: Timestamp

    def __post_init__(self) -> None:
        if min(self.rate, self.channels, self.bits, self.samples) <= 0:
            raise ValueError("sound has a rate, channels, bits and samples")

    @property
    def span(self) -> Span:
        """From its first sample until its last one has sounded."""
        return Span(self.start, self.start + Timestamp(self.samples, self.rate))


@dataclass(frozen=True, slots=True)
class SoundBlock:
    """A stretch of sound from `time` on: `samples` is channels x count, of uint8, int16, int32, float32 or float64."""

    time: Timestamp
    rate: int
    layout: str
    samples: NDArray[Any]

    @property
    def end(self) -> Timestamp:
        """When its last sample has sounded."""
        return self.time + Timestamp(self.samples.shape[1], self.rate)

    @property
    def rest(self) -> int:
        """The value of a sample at rest: bytes have no sign."""
        return 128 if self.samples.dtype == np.uint8 else 0

    def silent(self) -> SoundBlock:
        """Silence of the same shape."""
        return SoundBlock(self.time, self.rate, self.layout, np.full_like(self.samples, self.rest))
