"""Something that a voice model takes for speech, made by script: a buzz through the resonances of vowels."""

from __future__ import annotations

import numpy as np

RATE = 16_000
_VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))
"""Resonances in Hz of five vowels of adult men (Peterson and Barney, 1952)."""


def speaking(seconds: float, rate: int = RATE, pitch: float = 118.0) -> np.ndarray:
    """Syllables of a tenth of a second and more, one channel, at most 0.5 of full scale."""
    rng = np.random.default_rng(11)
    count = round(seconds * RATE)
    places = np.arange(count) / RATE
    glide = pitch * (1 + 0.12 * np.sin(2 * np.pi * 0.9 * places) + 0.02 * np.sin(2 * np.pi * 5 * places))
    buzz = np.diff(np.floor(np.cumsum(glide) / RATE), prepend=0)
    said = np.zeros(count)
    at = 0
    while at < count:
        length = round(rng.uniform(0.12, 0.24) * RATE)
        part = slice(at, min(count, at + length))
        formants = _VOWELS[rng.integers(len(_VOWELS))]
        syllable = sum(np.convolve(buzz[part], _ring(f, 80 + f / 25))[: part.stop - part.start] for f in formants)
        said[part] = syllable * np.hanning(part.stop - part.start) ** 0.5
        hiss = rng.standard_normal(400) * 0.05 * np.hanning(400)
        said[at : at + 400] += hiss[: len(said[at : at + 400])]
        at += length + round(rng.uniform(0.02, 0.06) * RATE)
    said *= 0.5 / np.abs(said).max()
    if rate != RATE:
        said = np.interp(np.arange(round(seconds * rate)) / rate, places, said)
    return said.astype(np.float32)


def _ring(hertz: float, width: float) -> np.ndarray:
    """The impulse response of one resonance."""
    places = np.arange(RATE // 20) / RATE
    return np.exp(-np.pi * width * places) * np.sin(2 * np.pi * hertz * places)
