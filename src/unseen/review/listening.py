"""The sound of a file in short pieces, for the page to play in step with the pictures; never on disk."""

from __future__ import annotations

import contextlib
import io
import threading
import wave
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from unseen.core import SoundBlock, Span, Timestamp
from unseen.cover import hush
from unseen.errors import InputError
from unseen.media import Limits, open_reader, open_source

PIECE = 4
"""Seconds of a piece."""
_GO_ON = 20  # seconds that are decoded and passed over rather than seeking again
_FASTEST = 96_000  # samples a second that every browser takes
_FULL = 32767


@dataclass(slots=True)
class _Run:
    """A pass through the sound, and the block of it that the next piece may still need."""

    blocks: Generator[SoundBlock, None, None]
    block: SoundBlock | None


class Heard:
    """The main sound of one file, held open. One thread decodes at a time, the others wait for it."""

    def __init__(self, path: Path, limits: Limits, *, require_sandbox: bool = False) -> None:
        self._lock = threading.Lock()
        self._closing = contextlib.ExitStack()
        source = self._closing.enter_context(open_source(path))
        try:
            self._reader = open_reader(source, limits, require_sandbox=require_sandbox)
            self._closing.callback(self._reader.close)
            if self._reader.main_audio is None:
                raise InputError("makes no sound", path=path, next_step="Look at it instead.")
            self._index = self._reader.main_audio
        except BaseException:
            self._closing.close()
            raise
        self._run: _Run | None = None

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._stop()
            self._closing.close()

    def piece(self, start: Timestamp, silent: Sequence[Span]) -> bytes:
        """A WAV of PIECE seconds from `start` on, 16 bits, one or two channels, at rest in each of `silent`."""
        with self._lock:
            found = list(self._from(start))
        if not found:
            return _written(np.zeros((1, 8 * PIECE), np.int16), 8)
        rate, layout = found[0].rate, found[0].layout
        samples = np.zeros((len(found[0].samples), PIECE * rate), np.float32)
        for block in found:
            _put(samples, _level(block), round((block.time - start) * rate))
        whole = hush(SoundBlock(start, rate, layout, samples), silent, (Fraction(0), Fraction(0)))
        heard = whole.samples if len(samples) <= 2 else whole.samples.mean(axis=0, keepdims=True)
        step = -(-rate // _FASTEST)
        return _written(np.rint(np.clip(heard[:, ::step], -1, 1) * _FULL).astype(np.int16), rate // step)

    def _from(self, start: Timestamp) -> Iterator[SoundBlock]:
        """Every block that sounds in the piece."""
        run = self._run
        near = run is not None and run.block is not None and run.block.time <= start <= run.block.end + _GO_ON
        if run is None or not near:
            self._stop()
            blocks = cast("Generator[SoundBlock, None, None]", self._reader.sound(self._index, start))
            run = self._run = _Run(blocks, next(blocks, None))
        while run.block is not None and run.block.time < start + PIECE:
            if run.block.end > start:
                yield run.block
            if run.block.end > start + PIECE:
                return
            run.block = next(run.blocks, None)

    def _stop(self) -> None:
        if self._run is not None:
            self._run.blocks.close()
            self._run = None


def _level(block: SoundBlock) -> NDArray[np.float32]:
    """The samples from -1 to 1."""
    if block.samples.dtype.kind == "f":
        return np.asarray(block.samples, np.float32)
    full = float(np.iinfo(block.samples.dtype).max - block.rest)
    return np.asarray((block.samples.astype(np.float64) - block.rest) / full, np.float32)


def _put(whole: NDArray[np.float32], part: NDArray[np.float32], at: int) -> None:
    """Lay a part into the whole, as far as it is inside."""
    first, last = max(0, at), min(whole.shape[1], at + part.shape[1])
    if first < last and len(part) == len(whole):
        whole[:, first:last] = part[:, first - at : last - at]


def _written(samples: NDArray[np.int16], rate: int) -> bytes:
    kept = io.BytesIO()
    with wave.open(kept, "wb") as file:
        file.setnchannels(len(samples))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.ascontiguousarray(samples.T).astype("<i2").tobytes())
    return kept.getvalue()
