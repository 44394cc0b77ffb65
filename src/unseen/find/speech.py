"""From a score every few milliseconds to stretches of speech: joined over short gaps, padded on both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from unseen.core import Span, Timestamp

LEAST = 0.08
"""Score from which on a window counts as speech: recall first (docs/speech.md)."""
PADDING = Fraction(3, 5)
"""Seconds before and after what was heard: breath, soft onsets, the room's echo. With 0.4, 2 to 14 of 5,562 frames of
speech were left at the rim of what was heard, with 0.6 none (docs/speech.md)."""
JOINED = Fraction(1, 2)
"""Seconds between two padded stretches that are silenced too."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A stretch with speech, padding included, and the best score inside."""

    span: Span
    score: float


def spoken(start: Timestamp, step: Fraction, scores: Sequence[float]) -> list[Spoken]:
    """Stretches of speech in windows of `step` seconds that follow each other from `start` on."""
    values = np.asarray(scores, np.float64)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], values >= LEAST, [False]]).astype(np.int8)))
    found: list[Spoken] = []
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        best = float(values[first:last].max())
        _add(found, Spoken(Span(start + first * step - PADDING, start + last * step + PADDING), best))
    return found


def _add(found: list[Spoken], more: Spoken) -> None:
    if found and more.span.start - found[-1].span.end <= JOINED:
        before = found.pop()
        more = Spoken(Span(before.span.start, more.span.end), max(before.score, more.score))
    found.append(more)
