"""Sound at another rate, for whoever listens to it; what is written is never made from this."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import av
import numpy as np

from unseen.core import SoundBlock
from unseen.media.sound_write import audio_frame


def resampled(blocks: Iterable[SoundBlock], rate: int) -> Iterator[SoundBlock]:
    """The same sound as float32 at `rate` samples a second, every channel; a gap in time stays one."""
    resampler: av.AudioResampler | None = None
    start = end = Fraction(0)
    count, layout = 0, ""
    for block in blocks:
        if resampler is None or block.time != end:
            if resampler is not None:
                yield from _all(resampler.resample(None), start, count, layout)
            layout = block.layout
            resampler = av.AudioResampler(format="fltp", layout=layout, rate=rate)
            start, count = block.time, 0
        end = block.end
        for found in _all(resampler.resample(audio_frame(block)), start, count, layout):
            count += found.samples.shape[1]
            yield found
    if resampler is not None:
        yield from _all(resampler.resample(None), start, count, layout)


def _all(frames: list[av.AudioFrame], start: Fraction, count: int, layout: str) -> Iterator[SoundBlock]:
    for frame in frames:
        samples = np.array(frame.to_ndarray(), np.float32)
        yield SoundBlock(start + Fraction(count, frame.sample_rate), frame.sample_rate, layout, samples)
        count += samples.shape[1]
