"""Check 2: the finished file holds the planned streams and no other, by our own parser and by the demuxer."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from unseen.core import MediaKind, StreamKind
from unseen.plan import Plan, StreamAction
from unseen.verify.outcome import Outcome, failed, unless
from unseen.verify.playback import AUDIO_DECODERS, BROKEN, VIDEO_DECODERS, decoder_of, opened, reason_of
from unseen.verify.structure import Structure

_PLAYED = (StreamAction.REDACT, StreamAction.SILENCE, StreamAction.KEEP, StreamAction.DISGUISE)
_FLOWING = (StreamKind.VIDEO, StreamKind.AUDIO)
_MANY_PIXELS = 1 << 30  # nothing is decoded here but what FFmpeg looks at first


def planned_streams(plan: Plan) -> Counter[str]:
    """How many streams of each kind the output of this plan has."""
    if plan.source.media.kind in (MediaKind.PHOTO, MediaKind.ANIMATION):
        return Counter({"video": 1})
    return Counter(s.kind.value for s in plan.streams if s.action in _PLAYED and s.kind in _FLOWING)


def only_planned(output: Path, plan: Plan, structure: Structure) -> Outcome:
    """Compare what the container declares with the plan."""
    wanted = planned_streams(plan)
    if wanted["video"] > 1 or wanted["audio"] > 1:
        return failed("the plan keeps several streams of one kind, and an output holds one of each")
    faults = _differences("our parser", wanted, Counter(structure.streams))
    if plan.source.media.kind in (MediaKind.VIDEO, MediaKind.AUDIO):
        faults += _demuxed(output, wanted)
    return unless(faults, ", ".join(f"{count} {kind}" for kind, count in sorted(wanted.items())))


def _demuxed(output: Path, wanted: Counter[str]) -> list[str]:
    try:
        with output.open("rb") as file, opened(file, _MANY_PIXELS) as container:
            found = Counter(str(s.type) for s in container.streams)
            codecs = [decoder_of(s) for s in container.streams]
            faults = _differences("the demuxer", wanted, found)
            faults += ["chapters"] if container.chapters() else []
    except BROKEN as error:
        return [f"the demuxer gave up: {reason_of(error)}"]
    strange = sorted(set(codecs) - VIDEO_DECODERS - AUDIO_DECODERS)
    return faults + [f"a stream is coded as {name}" for name in strange]


def _differences(who: str, wanted: Counter[str], found: Counter[str]) -> list[str]:
    return [
        f"{who} sees {found[kind]} {kind} where {wanted[kind]} is planned"
        for kind in sorted(wanted | found)
        if found[kind] != wanted[kind]
    ]
