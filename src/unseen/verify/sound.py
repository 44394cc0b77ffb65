"""Check 7, planned silence is silent in every sample of every channel; and check 1 of files that are sound alone."""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from unseen.core import MediaKind, SoundFormat, Span, StreamKind, Timestamp
from unseen.plan import Plan, StreamAction, StreamDecision
from unseen.verify.outcome import Outcome, failed, passed, unless
from unseen.verify.playback import AUDIO_DECODERS, BROKEN, EXACT_SOUND, decoder_of, opened, reason_of

LOUDEST = 1e-4
"""Of full scale, -80 dB: what a lossy codec may make of digital silence."""
LONGEST_FRAME = 2048
"""Samples by which a lossy codec may run over the end: AAC frames cannot be cut in every container."""
_MANY_PIXELS = 1 << 30  # no picture is decoded here but what FFmpeg looks at first
_ALWAYS = Span(Fraction(-(10**9)), Fraction(10**9))


@dataclass(slots=True)
class Heard:
    """What one pass over the sound of a finished file gave.

    `streams` of sound; `samples` of each channel, `rate` a second, from `start` on; `judged` samples of all channels
    where silence is planned; the `loudest` of them as a share of full scale, `when` in the source's time.
    """

    streams: int = 0
    codec: str = ""
    rate: int = 0
    start: Timestamp | None = None
    samples: int = 0
    judged: int = 0
    loudest: float = 0.0
    when: Timestamp = Fraction(0)
    broken: str | None = None


def listen(output: Path, plan: Plan, shift: Timestamp) -> Heard:
    """Decode whatever sound the file has; `shift` is by how much the output's clock is ahead of the source's.

    Whatever the bytes do, the result is what was heard, with the reason where decoding stopped.
    """
    heard = Heard()
    if plan.source.media.kind in (MediaKind.PHOTO, MediaKind.ANIMATION):
        return heard
    spans = _silent_spans(plan)
    sound = plan.source.media.sound
    try:
        for time, rate, values in _blocks(output, heard):
            if heard.start is None:
                heard.start = time
                shift = time - sound.start if sound is not None else shift
            heard.rate, heard.samples = rate, heard.samples + values.shape[1]
            _judge(heard, values, time - shift, spans)
    except BROKEN as error:
        heard.broken = reason_of(error)
    return heard


def planned_silence(heard: Heard, plan: Plan) -> Outcome:
    """Check 7: compare what was heard with what the plan says about sound."""
    if plan.source.media.kind in (MediaKind.PHOTO, MediaKind.ANIMATION):
        return passed("pictures have no sound")
    if heard.broken:
        return failed(f"the sound could not be decoded: {heard.broken}")
    decisions = _played(plan)
    if not decisions:
        return failed("there is sound, and none is planned") if heard.streams else passed("no sound is planned")
    if not heard.samples:
        return failed("a track of sound is planned, and no sound could be decoded")
    spans, whole = _silent_spans(plan), decisions[0].action is StreamAction.SILENCE
    if not heard.loudest <= LOUDEST:
        where = "" if whole else f" at {float(heard.when):.3f} s"
        return failed(f"a channel reaches {heard.loudest:.4f} of full scale{where} where silence is planned")
    if whole:
        return passed(f"{heard.judged} samples, all silent")
    kept = f"the rest is kept by decision of {decisions[0].by}"
    if not spans:
        return passed(f"no silence is planned: {kept}")
    if not heard.judged:
        return failed("stretches of silence are planned, and none lies in the sound")
    return passed(f"{heard.judged} samples in {len(spans)} stretches, all silent; {kept}")


def sound_timing(heard: Heard, sound: SoundFormat) -> Outcome:
    """Check 1 for a file of sound alone: it decodes to its end, and is as long as the source."""
    if heard.broken:
        return failed(f"could not be decoded after {heard.samples} samples: {heard.broken}")
    if not heard.samples:
        return failed("no sound could be decoded")
    wanted = Fraction(sound.samples * heard.rate, sound.rate)
    less = 0 if heard.rate == sound.rate else 1
    more = less if heard.codec in EXACT_SOUND else LONGEST_FRAME
    faults = []
    if not math.floor(wanted) - less <= heard.samples <= math.ceil(wanted) + more:
        faults.append(f"{heard.samples} samples instead of {float(wanted):.0f}")
    return unless(faults, f"{heard.samples} samples of each channel at {heard.rate} a second")


def _played(plan: Plan) -> list[StreamDecision]:
    return [s for s in plan.streams if s.kind is StreamKind.AUDIO and s.action is not StreamAction.REMOVE]


def _silent_spans(plan: Plan) -> Sequence[Span]:
    if any(s.action is StreamAction.SILENCE for s in _played(plan)):
        return (_ALWAYS,)
    return plan.silenced()


def _judge(heard: Heard, values: NDArray[Any], time: Timestamp, spans: Sequence[Span]) -> None:
    """Look at the samples of a block that lie inside a span; `time` is the source's, spans do not overlap."""
    end = time + Fraction(values.shape[1], heard.rate)
    next_one = bisect.bisect_left(spans, time, key=lambda span: span.end)
    for span in itertools.takewhile(lambda span: span.start <= end, spans[next_one:]):
        first = max(0, math.ceil((span.start - time) * heard.rate))
        last = min(values.shape[1], math.floor((span.end - time) * heard.rate) + 1)
        part = values[:, first:last] if first < last else values[:, :0]
        heard.judged += part.size
        loudest = float(np.nan_to_num(np.abs(part), nan=np.inf).max(initial=0))
        if loudest > heard.loudest:
            heard.loudest, heard.when = loudest, time + Fraction(first, heard.rate)


def _blocks(output: Path, heard: Heard) -> Iterator[tuple[Timestamp, int, NDArray[Any]]]:
    """Time, rate and samples (channels x count, 1 is full scale) of every stream, one after the other as they lie."""
    with output.open("rb") as file, opened(file, _MANY_PIXELS) as container:
        streams = container.streams.audio
        heard.streams = len(streams)
        for stream in streams:
            if decoder_of(stream) not in AUDIO_DECODERS:
                raise ValueError(f"{decoder_of(stream)} is not a sound codec that Unseen writes")
            heard.codec = decoder_of(stream)
        to_float = {s.index: av.AudioResampler(format="dblp") for s in streams}
        for packet in container.demux(*streams) if streams else ():
            for frame in packet.decode():
                if not isinstance(frame, av.AudioFrame) or not frame.samples:
                    continue
                if frame.pts is None or frame.time_base is None:
                    raise ValueError("sound without a time")
                time = frame.pts * Fraction(frame.time_base)
                for block in to_float[packet.stream.index].resample(frame):
                    yield time, frame.sample_rate, block.to_ndarray()
