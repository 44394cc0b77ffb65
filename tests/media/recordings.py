"""Sound recordings made by script, in every format that Unseen reads, and what they sound like when decoded."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

RATE = 48_000
MUXERS = {
    **{".wav": ("wav", "pcm_s16le"), ".flac": ("flac", "flac"), ".mp3": ("mp3", "libmp3lame")},
    **{".m4a": ("ipod", "aac"), ".mp4": ("mp4", "aac"), ".opus": ("ogg", "libopus"), ".ogg": ("ogg", "libopus")},
    **{".mka": ("matroska", "aac"), ".webm": ("webm", "libopus"), ".3gp": ("3gp", "aac"), ".ts": ("mpegts", "aac")},
}


def noise(seconds: float = 1.0, channels: int = 2, rate: int = RATE, loud: float = 0.2) -> np.ndarray:
    """Soft noise, different in each channel, below 4 kHz so that every codec keeps most of it: channels x count."""
    rng = np.random.default_rng(5)
    spectrum = np.fft.rfft(rng.standard_normal((channels, round(seconds * rate))))
    spectrum[:, int(spectrum.shape[1] * min(1.0, 8000 / rate)) :] = 0
    found = np.fft.irfft(spectrum, round(seconds * rate))
    return (loud * found / np.abs(found).max()).astype(np.float32)


def write_recording(
    path: Path,
    samples: np.ndarray,
    rate: int = RATE,
    *,
    codec: str | None = None,
    tags: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
    layout: str | None = None,
) -> Path:
    """Encode samples (channels x count, 1 is full scale) into a file of nothing but sound."""
    muxer, usual = MUXERS[path.suffix]
    layout = layout or {1: "mono", 2: "stereo", 6: "5.1"}[len(samples)]
    with path.open("w+b") as file, av.open(file, "w", format=muxer, options=options or {}) as container:
        container.metadata.update(tags or {})
        stream: Any = container.add_stream(codec or usual, rate=rate, layout=layout)
        context = stream.codec_context
        resampler = av.AudioResampler(context.format, context.layout, context.sample_rate)
        for at in range(0, samples.shape[1], 1000):
            block = np.ascontiguousarray(samples[:, at : at + 1000], np.float32)
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
            for part in resampler.resample(frame):
                container.mux(stream.encode(part))
        for part in resampler.resample(None):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return path


def heard(path: Path) -> tuple[np.ndarray, int, Fraction]:
    """What a player decodes: samples (channels x count, 1 is full scale), their rate, and the time of the first."""
    blocks, rate, start = [], 0, None
    with path.open("rb") as file, av.open(file) as container:
        resampler = av.AudioResampler(format="dblp")
        for frame in container.decode(audio=0):
            start = frame.pts * frame.time_base if start is None else start
            rate = frame.sample_rate
            blocks += [b.to_ndarray() for b in resampler.resample(frame)]
    assert start is not None
    return np.concatenate(blocks, axis=1), rate, start


def offset(before: np.ndarray, after: np.ndarray, most: int = 3000) -> int:
    """By how many samples `after` comes later than `before`, where the two agree best."""
    length = min(before.shape[1], after.shape[1]) - 2 * most
    middle = before[0, most : most + length]
    size = 1 << (length + 2 * most).bit_length()
    shared = np.fft.irfft(np.fft.rfft(after[0, : length + 2 * most], size) * np.conj(np.fft.rfft(middle, size)), size)
    return int(np.argmax(shared[: 2 * most])) - most
