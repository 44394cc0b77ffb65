"""Exact times: fractions of a second taken from presentation timestamps, never a frame number times a rate."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

Timestamp = Fraction
"""Seconds from the start of the file's presentation, exact."""


@dataclass(frozen=True, slots=True)
class Span:
    """The closed stretch of time from `start` to `end`, in seconds."""

    start: Timestamp
    end: Timestamp

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a span cannot end ({self.end}) before it starts ({self.start})")

    def __contains__(self, time: Timestamp) -> bool:
        return self.start <= time <= self.end


@dataclass(frozen=True, slots=True)
class FrameTimes:
    """The presentation time of every frame, as a first tick and run-length coded steps.

    `time_base` is the length of a tick in seconds; `steps` holds (ticks to the next frame, how many times in a row).
    A constant-rate clip of any length is one pair; a variable-rate clip costs at most one pair a frame.
    """

    time_base: Fraction
    first: int
    steps: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        if self.time_base <= 0:
            raise ValueError("a time base is a positive length of time")
        if any(ticks <= 0 or count <= 0 for ticks, count in self.steps):
            raise ValueError("frame times must increase from frame to frame")

    @classmethod
    def from_ticks(cls, time_base: Fraction, ticks: Iterable[int]) -> FrameTimes:
        """Code a strictly increasing, non-empty sequence of ticks."""
        values = list(ticks)
        if not values:
            raise ValueError("there is no frame")
        gaps = (after - before for before, after in itertools.pairwise(values))
        steps = tuple((gap, sum(1 for _ in run)) for gap, run in itertools.groupby(gaps))
        return cls(time_base, values[0], steps)

    def __len__(self) -> int:
        return 1 + sum(count for _, count in self.steps)

    def ticks(self) -> Iterator[int]:
        """Every frame's time in ticks, in order."""
        tick = self.first
        yield tick
        for gap, count in self.steps:
            for _ in range(count):
                tick += gap
                yield tick

    def __iter__(self) -> Iterator[Timestamp]:
        return (tick * self.time_base for tick in self.ticks())
