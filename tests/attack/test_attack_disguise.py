"""A disguised voice is not a hidden one: whoever knows the method turns it back by trying."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from recordings import heard, write_recording
from speaking import RATE, speaking

import unseen
from unseen.cover import disguise
from unseen.options import Audio

TRIED = (1.0, 1.1, 1.25, 1.4)


def envelope(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where the resonances of a voice are: the mean spectrum of linear prediction over frames of 20 ms, in decibels."""
    frames = samples[: len(samples) // 320 * 320].reshape(-1, 320) * np.hanning(320)
    found = [1 / np.abs(np.fft.rfft(disguise._prediction(frame), 512)) for frame in frames]
    level = 20 * np.log10(np.mean(found, axis=0)[: 512 * 5000 // RATE])
    return np.asarray(level - level.mean())


def test_a_disguise_is_undone_by_trying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_recording(tmp_path / "a.wav", speaking(2.0)[None], RATE)
    done = unseen.redact(source, tmp_path / "out.wav", unseen.RedactOptions(audio=Audio.DISGUISE))
    before = envelope(heard(source)[0][0].astype(float))
    after = heard(done.output)[0][0].astype(float)
    away = {}
    for tried in TRIED:
        monkeypatch.setattr(disguise, "ALPHA", tried)
        away[tried] = float(np.sqrt(((envelope(disguise._changed(after, RATE)) - before) ** 2).mean()))
    assert min(away, key=lambda tried: away[tried]) == 1.25  # the one that undoes 0.8
    assert away[1.25] < 0.6 * away[1.0], away
    assert done.record.standing == "covered"  # never more, for that reason
