"""How long each picture of an animated image is shown, and how often it plays, as the file says it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from unseen.core import FrameTimes
from unseen.media import heif_parts
from unseen.media.photo_structure import Block, gif_blocks, png_blocks, riff_blocks, webp_end

UNTIMED = Fraction(1, 10)
"""What browsers show a picture for that asks for no time at all."""
_FINEST = 1_000_000  #: ticks a second beyond which times are rounded to milliseconds


@dataclass(frozen=True, slots=True)
class Timing:
    """`durations` in seconds, one a picture; `plays`: how often in a row, 0 for ever; `tick`: the container's unit.

    `said`: what of the file's own times could not be kept, in words.
    """

    durations: tuple[Fraction, ...] = ()
    plays: int = 1
    tick: Fraction = Fraction(1, 1000)
    said: tuple[str, ...] = ()

    @property
    def total(self) -> Fraction:
        return sum(self.durations, Fraction(0))

    def frame_times(self) -> FrameTimes:
        """The time of every picture; needs at least one duration."""
        ticks, at = [], 0
        for duration in self.durations:
            ticks.append(at)
            at += int(duration / self.tick)
        return FrameTimes.from_ticks(self.tick, ticks)


def photo_timing(data: bytes, container: str) -> Timing:
    """The timing of an animation; without durations where the file is none, or is a TIFF, whose pages have no times."""
    if container == "gif":
        return _gif(data)
    if container == "png":
        return _png(data)
    if container == "webp":
        return _webp(data)
    if container == "avif":
        return _timing(heif_parts.sequence_times(data), 0, Fraction(1, 1000))
    return Timing()


def pages_timing(count: int) -> Timing:
    """One tick of a second a page."""
    return Timing((Fraction(1),) * count, 1, Fraction(1))


def is_cut_off(data: bytes, container: str) -> bool:
    """Whether an animation ends early: libraries would then drop its last pictures without a word."""
    if container == "gif":
        *_, last = (block for block in (Block("", b"", 0, 0), *gif_blocks(data)))
        return last.name != "3B" and last.end < len(data)
    return container == "webp" and len(data) < 8 + int.from_bytes(data[4:8], "little")


def _timing(durations: list[Fraction], plays: int, tick: Fraction) -> Timing:
    said = []
    if len(durations) > 1 and not all(durations):
        said.append("pictures without a time of their own are shown for a tenth of a second, as browsers do")
    timed = [duration or UNTIMED for duration in durations]
    kept = tuple(max(1, round(duration / tick)) * tick for duration in timed)
    if len(durations) > 1 and list(kept) != timed:
        said.append("the times of the pictures are rounded to milliseconds")
    return Timing(kept, plays, tick, tuple(said))


def _gif(data: bytes) -> Timing:
    durations, delay, plays = [], Fraction(0), 1
    for block in gif_blocks(data):
        if block.name == "21F9" and len(block.body) >= 3:
            delay = Fraction(int.from_bytes(block.body[1:3], "little"), 100)
        elif block.name == "2C":
            durations.append(delay)
            delay = Fraction(0)
        elif (
            block.name == "21FF" and block.body[:11] in (b"NETSCAPE2.0", b"ANIMEXTS1.0") and block.body[11:12] == b"\1"
        ):
            repeats = int.from_bytes(block.body[12:14], "little")
            plays = repeats + 1 if repeats else 0
    return _timing(durations, plays, Fraction(1, 100))


def _png(data: bytes) -> Timing:
    durations, plays = [], 0
    for block in png_blocks(data):
        if block.name == "acTL" and len(block.body) >= 8:
            plays = int.from_bytes(block.body[4:8], "big")
        elif block.name == "fcTL" and len(block.body) >= 24:
            parts, whole = int.from_bytes(block.body[20:22], "big"), int.from_bytes(block.body[22:24], "big")
            durations.append(Fraction(parts, whole or 100))
    finest = lcm(UNTIMED.denominator, *{duration.denominator for duration in durations})
    return _timing(durations, plays, Fraction(1, finest if finest <= _FINEST else 1000))


def _webp(data: bytes) -> Timing:
    durations, plays = [], 1
    for block in riff_blocks(data, 12, webp_end(data)):
        if block.name == "ANIM" and len(block.body) >= 6:
            plays = int.from_bytes(block.body[4:6], "little")
        elif block.name == "ANMF" and len(block.body) >= 16:
            durations.append(Fraction(int.from_bytes(block.body[12:15], "little"), 1000))
    return _timing(durations, plays, Fraction(1, 1000))
