"""The McAdams disguise of voices, which protects nobody: offered because it is asked for, with its figure beside it.

In the VoicePrivacy Challenge 2024 (baseline B2, LibriSpeech test) a trained attacker tells disguised speakers apart
with an equal error rate of 4.5 %, untouched ones with 4.6 %; 50 % would be protection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unseen.core import SoundBlock

ALPHA = 0.8
"""Exponent on the angles of the poles (Patino et al., "Speaker anonymisation using the McAdams coefficient", 2021)."""
_ORDER = 20
_FRAME = Fraction(20, 1000)  # seconds of a frame, with half of it overlapping


class Disguise:
    """Moves the resonances of each short frame: linear prediction, every complex pole's angle to the power of ALPHA."""

    def blocks(self, blocks: Iterable[SoundBlock]) -> Iterator[SoundBlock]:
        """The same sound with other voices, sample for sample at the same time."""
        for block in _regrouped(blocks):
            if block.samples.shape[1] < 2 * _ORDER:
                yield block.silent()
                continue
            changed = np.stack([_changed(channel, block.rate) for channel in _as_share(block)])
            yield SoundBlock(block.time, block.rate, block.layout, _like(changed, block))


def _regrouped(blocks: Iterable[SoundBlock]) -> Iterator[SoundBlock]:
    """Blocks of a second or so, put together from those that follow each other."""
    held: list[SoundBlock] = []
    for block in blocks:
        if held and (block.time != held[-1].end or block.time - held[0].time >= 1):
            yield _joined(held)
            held = []
        held.append(block)
    if held:
        yield _joined(held)


def _joined(blocks: list[SoundBlock]) -> SoundBlock:
    first = blocks[0]
    return SoundBlock(first.time, first.rate, first.layout, np.concatenate([b.samples for b in blocks], axis=1))


def _as_share(block: SoundBlock) -> NDArray[np.float64]:
    """Samples as shares of full scale."""
    samples = block.samples.astype(np.float64) - block.rest
    return samples if block.samples.dtype.kind == "f" else samples / _full(block)


def _like(samples: NDArray[np.float64], block: SoundBlock) -> NDArray[Any]:
    if block.samples.dtype.kind == "f":
        return samples.astype(block.samples.dtype)
    return (np.rint(np.clip(samples, -1, 1) * (_full(block) - 1)) + block.rest).astype(block.samples.dtype)


def _full(block: SoundBlock) -> float:
    return 2.0 ** (8 * block.samples.itemsize - 1)


def _changed(samples: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """One channel of a block: windowed frames, each filtered by its own inverse and then by its changed resonances."""
    half = max(_ORDER, round(_FRAME * rate) // 2)
    count = -(-len(samples) // half)
    padded = np.pad(samples, (half, count * half - len(samples) + half))
    window = np.hanning(2 * half + 1)[:-1]
    out = np.zeros(len(padded))
    for at in range(0, (count + 1) * half, half):
        out[at : at + 2 * half] += _frame(padded[at : at + 2 * half] * np.sqrt(window)) * np.sqrt(window)
    return out[half : half + len(samples)]


def _frame(frame: NDArray[np.float64]) -> NDArray[np.float64]:
    energy = float(frame @ frame)
    if energy < 1e-8:
        return frame
    predictor = _prediction(frame)
    poles = np.roots(predictor)
    angles = np.angle(poles)
    moved = np.where(np.abs(poles.imag) > 1e-9, np.sign(angles) * np.abs(angles) ** ALPHA, angles)
    moved = np.clip(moved, -np.pi, np.pi)
    changed = np.real(np.poly(np.minimum(np.abs(poles), 0.99) * np.exp(1j * moved))).astype(np.float64)
    residual = np.convolve(frame, predictor)[: len(frame)]
    shaped = _all_pole(residual, changed)
    loud = float(np.sqrt(shaped @ shaped))
    return shaped * (np.sqrt(energy) / loud) if loud > 0 and np.isfinite(loud) else np.zeros_like(frame)


def _prediction(frame: NDArray[np.float64]) -> NDArray[np.float64]:
    """Linear prediction coefficients by the autocorrelation method and the Levinson recursion."""
    shared = np.correlate(frame, frame, "full")[len(frame) - 1 : len(frame) + _ORDER]
    found, error = np.array([1.0]), shared[0] * (1 + 1e-9) + 1e-12
    for order in range(1, _ORDER + 1):
        reflected = -float(found @ shared[order:0:-1][: len(found)]) / error
        padded = np.append(found, 0.0)
        found, error = padded + reflected * padded[::-1], error * (1 - reflected**2)
    return found


def _all_pole(samples: NDArray[np.float64], poles: NDArray[np.float64]) -> NDArray[np.float64]:
    """`samples` through the recursive filter 1 / `poles`, by the filter's impulse response over one frame."""
    count = len(samples)
    response = np.zeros(count)
    response[0] = 1.0
    for n in range(1, count):
        reach = min(n, len(poles) - 1)
        response[n] = -float(poles[1 : reach + 1] @ response[n - reach : n][::-1])
    return np.convolve(samples, response)[:count]
