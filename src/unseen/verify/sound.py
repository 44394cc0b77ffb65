"""Check 7: planned silence is silent, in every sample of every channel."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

from unseen.core import MediaKind, StreamKind
from unseen.plan import Plan, StreamAction
from unseen.verify.outcome import Outcome, failed, passed
from unseen.verify.playback import AUDIO_DECODERS, BROKEN, decoder_of, opened, reason_of

LOUDEST = 1e-4
"""Of full scale, -80 dB: what a lossy codec may make of digital silence."""
_MANY_PIXELS = 1 << 30  # no picture is decoded here but what FFmpeg looks at first


def planned_silence(output: Path, plan: Plan) -> Outcome:
    """Decode whatever sound the file has and compare it with what the plan says about sound."""
    if plan.source.media.kind in (MediaKind.PHOTO, MediaKind.ANIMATION):
        return passed("pictures have no sound")
    decisions = [s for s in plan.streams if s.kind is StreamKind.AUDIO and s.action is not StreamAction.REMOVE]
    try:
        streams, samples, loudest = _loudest(output)
    except BROKEN as error:
        return failed(f"the sound could not be decoded: {reason_of(error)}")
    if not decisions:
        return failed("there is sound, and none is planned") if streams else passed("no sound is planned")
    if any(s.action is StreamAction.KEEP for s in decisions):
        return passed("no silence is planned: sound is kept by decision of " + ", ".join(s.by for s in decisions))
    if not samples:
        return failed("a silent track is planned, and no sound could be decoded")
    if loudest > LOUDEST:
        return failed(f"a channel reaches {loudest:.4f} of full scale where silence is planned")
    return passed(f"{samples} samples, all silent")


def _loudest(output: Path) -> tuple[int, int, float]:
    """Audio streams, samples of all channels, and the largest of them in size, as a share of full scale."""
    samples, loudest = 0, 0.0
    with output.open("rb") as file, opened(file, _MANY_PIXELS) as container:
        streams = container.streams.audio
        for stream in streams:
            if decoder_of(stream) not in AUDIO_DECODERS:
                raise ValueError(f"{decoder_of(stream)} is not a sound codec that Unseen writes")
        to_float = {s.index: av.AudioResampler(format="fltp") for s in streams}
        for packet in container.demux(*streams) if streams else ():
            for frame in packet.decode():
                if not isinstance(frame, av.AudioFrame):
                    continue
                for block in to_float[packet.stream.index].resample(frame):
                    values = block.to_ndarray()
                    samples += values.size
                    loudest = max(loudest, float(np.abs(values).max(initial=0)))
        return len(streams), samples, loudest
