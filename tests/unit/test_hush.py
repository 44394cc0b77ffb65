"""Silence in stretches: every sample of every channel in them at rest, everything outside the fades untouched."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unseen.core import SoundBlock, Span
from unseen.cover import hush
from unseen.cover.hush import FADE

RATE = 1000
NO_REACH = (Fraction(0), Fraction(0))
REACH = (Fraction(1, 100), Fraction(1, 50))


def block(kind: type = np.int16, count: int = 1000, time: Fraction = Fraction(0)) -> SoundBlock:
    values = np.random.default_rng(3).integers(1, 100, (2, count))
    return SoundBlock(time, RATE, "stereo", (values if kind != np.uint8 else values + 128).astype(kind))


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.int32, np.float32, np.float64])
def test_a_span_is_at_rest_and_the_rest_is_what_it_was(kind: type) -> None:
    sound = block(kind)
    quiet = hush(sound, [Span(Fraction(3, 10), Fraction(5, 10))], NO_REACH)
    assert quiet.samples.dtype == kind
    assert (quiet.samples[:, 300:501] == sound.rest).all()
    fade = round(FADE * RATE)
    assert np.array_equal(quiet.samples[:, : 300 - fade - 1], sound.samples[:, : 300 - fade - 1])
    assert np.array_equal(quiet.samples[:, 501 + fade + 1 :], sound.samples[:, 501 + fade + 1 :])
    assert (quiet.samples[:, 299 - fade // 2] != sound.samples[:, 299 - fade // 2]).any()


def test_silence_reaches_as_far_as_the_encoder_smears() -> None:
    quiet = hush(block(), [Span(Fraction(3, 10), Fraction(5, 10))], (Fraction(1, 10), Fraction(1, 20)))
    assert not quiet.samples[:, 200:551].any()
    assert quiet.samples[:, :180].all() and quiet.samples[:, 570:].all()


times = st.fractions(0, 3, max_denominator=441)


@given(st.lists(st.tuples(times, times), max_size=5), st.integers(100, 700))
@settings(deadline=None)
def test_it_does_not_matter_how_sound_is_cut_into_blocks(pairs: list[tuple[Fraction, Fraction]], size: int) -> None:
    bounds = sorted({time for pair in pairs for time in pair})
    spans = [Span(first, last) for first, last in zip(bounds[::2], bounds[1::2], strict=False)]
    whole = block(count=2000)
    at_once = hush(whole, spans, REACH).samples
    pieces = [
        hush(SoundBlock(Fraction(at, RATE), RATE, "stereo", whole.samples[:, at : at + size]), spans, REACH)
        for at in range(0, 2000, size)
    ]
    assert np.array_equal(np.concatenate([p.samples for p in pieces], axis=1), at_once)
    for span in spans:
        first, last = math.ceil(span.start * RATE), math.floor(span.end * RATE) + 1
        assert not at_once[:, first:last].any()


def test_without_a_span_nothing_changes() -> None:
    sound = block()
    assert hush(sound, [], REACH) is sound
    assert hush(sound, [Span(Fraction(50), Fraction(60))], REACH) is sound
