"""From a score every few milliseconds to stretches of speech: joined over short gaps, padded on both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from unseen.core import Span, Timestamp

HIGH, LOW = 0.2, 0.1
"""A stretch needs one window of the first score and goes on as long as the second: recall first (docs/speech.md)."""
PADDING = Fraction(1, 4)
"""Seconds before and after what was heard: breath, soft onsets, the room's echo."""
JOINED = Fraction(1)
"""Seconds between two padded stretches that are silenced too."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A stretch with speech, padding included, and the best score inside."""

    span: Span
    score: float


def spoken(start: Timestamp, step: Fraction, scores: Sequence[float]) -> list[Spoken]:
    """Stretches of speech in windows of `step` seconds that follow each other from `start` on."""
    values = np.asarray(scores, np.float64)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], values >= LOW, [False]]).astype(np.int8)))
    found: list[Spoken] = []
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        best = float(values[first:last].max())
        if best >= HIGH:
            _add(found, Spoken(Span(start + first * step - PADDING, start + last * step + PADDING), best))
    return found


def _add(found: list[Spoken], more: Spoken) -> None:
    if found and more.span.start - found[-1].span.end <= JOINED:
        before = found.pop()
        more = Spoken(Span(before.span.start, more.span.end), max(before.score, more.score))
    found.append(more)
