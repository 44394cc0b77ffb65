"""Hard limits on what an untrusted file may ask for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Each is checked before memory is spent; a file over one is refused with a LimitError that names it.

    `pixels`: of one picture. `frames`: pictures of one file. `streams`: streams of one file. `seconds`: how long it
    is shown. `undecodable`: packets that may fail to decode and are left out, which the plan then says. `memory`: bytes
    that decoding may take. `idle_seconds`: how long one picture may take to decode.
    """

    pixels: int = 200_000_000
    frames: int = 2_000_000
    streams: int = 32
    seconds: int = 24 * 3600
    undecodable: int = 0
    memory: int = 4 << 30
    idle_seconds: float = 60.0

    @property
    def processor_seconds(self) -> int:
        """Seconds of processor time that decoding may take in all: ten minutes, and ten times what may be shown."""
        return 600 + 10 * self.seconds


MOST_RATE = 768_000
"""Samples a second; converters for measuring stop there."""
MOST_CHANNELS = 64
"""Channels of a sound stream; ambisonics of the seventh order has as many."""
