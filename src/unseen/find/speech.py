"""From a score every few milliseconds to stretches of speech: joined over short gaps, padded on both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from unseen.core import Span, Timestamp

LEAST = 0.08
"""Score from which on a window counts as speech: recall first (docs/speech.md)."""
PADDING = Fraction(3, 5)
"""Seconds before and after what was heard: breath, soft onsets, the room's echo. With 0.4, 2 to 14 of 5,562 frames of
speech were left at the rim of what was heard, with 0.6 none where there is little noise (docs/speech.md)."""
IN_NOISE = Fraction(3, 2)
"""The same where noise hides how a sentence begins and ends. With 1.2 seconds, 1 to 7 frames were left at 0 dB."""
NOISY = 15.0
"""dB that the loudest tenth of what was heard lies above the noise, below which that noise hides soft speech."""
CLEAR = 0.15
"""Score that a stretch has to reach somewhere for that: fainter ones are mostly noise themselves."""
QUIETEST = 20
"""Per cent of the windows around that show how loud the noise is."""
AROUND = Fraction(10)
"""Seconds before and after in which they are looked for."""
JOINED = Fraction(1, 2)
"""Seconds between two padded stretches that are silenced too."""

_SILENT = 1e-6  # root mean square, of full scale: 120 dB below it


@dataclass(frozen=True, slots=True)
class Spoken:
    """A stretch with speech, padding included, and the best score inside."""

    span: Span
    score: float


def spoken(start: Timestamp, step: Fraction, scores: Sequence[float], levels: Sequence[float]) -> list[Spoken]:
    """Stretches of speech in windows of `step` seconds that follow each other from `start` on.

    `levels`: how loud each window is, root mean square.
    """
    values, loud = np.asarray(scores, np.float64), np.asarray(levels, np.float64)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], values >= LEAST, [False]]).astype(np.int8)))
    found: list[Spoken] = []
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        best = float(values[first:last].max())
        hidden = best >= CLEAR and _over_noise(loud, first, last, int(AROUND / step)) < NOISY
        padding = IN_NOISE if hidden else PADDING
        _add(found, Spoken(Span(start + first * step - padding, start + last * step + padding), best))
    return found


def _over_noise(loud: NDArray[np.float64], first: int, last: int, around: int) -> float:
    """By how many dB windows `first` to `last` (excluded) are louder than the noise around them."""
    noise = np.percentile(loud[max(0, first - around) : last + around], QUIETEST)
    return float(20 * np.log10((np.percentile(loud[first:last], 90) + _SILENT) / (noise + _SILENT)))


def _add(found: list[Spoken], more: Spoken) -> None:
    if found and more.span.start - found[-1].span.end <= JOINED:
        before = found.pop()
        more = Spoken(Span(before.span.start, more.span.end), max(before.score, more.score))
    found.append(more)
