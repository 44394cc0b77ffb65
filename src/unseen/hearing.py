"""What becomes of a file's sound: listened to, planned, and made silent or strange where the plan says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from unseen.core import MediaKind, SoundBlock, Span, StreamInfo
from unseen.cover import Disguise, hush
from unseen.errors import UsageError
from unseen.find.voices import RATE, VoiceFinder
from unseen.media import Reader
from unseen.media.resample import resampled
from unseen.options import Audio, FindOptions
from unseen.plan import Action, BlindSpot, Decision, ModelUsed, Plan, PlannedSilence, StreamAction, StreamDecision
from unseen.rules import Identifier

_ACTIONS = {
    Audio.SILENCE: StreamAction.SILENCE,
    Audio.REMOVE: StreamAction.REMOVE,
    Audio.KEEP_AMBIENT: StreamAction.REDACT,
    Audio.DISGUISE: StreamAction.DISGUISE,
    Audio.KEEP: StreamAction.KEEP,
}
PLAYED = frozenset(_ACTIONS.values()) - {StreamAction.REMOVE}
"""What may be decided about the one sound stream of an output."""

_UNSEEN = "unseen"
_FAR = "whispers, singing, shouts, babble and speech far from the microphone, in the sound that is kept"
_HUM = "mains hum and other sounds that can date or place the sound that is kept"


@dataclass(frozen=True, slots=True)
class Heard:
    """What is to be silent, which models listened, and what they may have missed."""

    silences: tuple[PlannedSilence, ...] = ()
    models: tuple[ModelUsed, ...] = ()
    blind_spots: tuple[BlindSpot, ...] = ()

    @property
    def looked_for(self) -> tuple[Identifier, ...]:
        """Voices, where a model listened for them."""
        return (Identifier.VOICES,) if self.models else ()


def action_for(audio: Audio) -> StreamAction:
    """What is done to the main sound for what was asked."""
    return _ACTIONS[audio]


def decide(stream: StreamInfo, reader: Reader, options: FindOptions) -> StreamDecision:
    """The decision about the main sound. Raises UsageError where nothing of the file would be left."""
    action = _ACTIONS[options.audio]
    if action is StreamAction.REMOVE and reader.kind is MediaKind.AUDIO:
        what = "without its sound nothing would be left of this file"
        raise UsageError(what, next_step="Use --audio silence for a silent file of the same length.")
    by = _UNSEEN if options.audio is Audio.SILENCE else options.by
    return StreamDecision(stream.index, stream.kind, action, by, f"--audio {options.audio}")


def listen(reader: Reader, options: FindOptions) -> Heard:
    """Find speech where the rest is to be kept, and note what a person wants silent. Raises UnseenError."""
    muted = options.muted
    index = reader.main_audio
    if index is None or options.audio in (Audio.SILENCE, Audio.REMOVE):
        return Heard()
    silences = [_by_hand(n, span, options.by) for n, span in enumerate(muted, start=1)]
    if muted:
        _refuse_outside(reader, index, muted)
    if options.audio is not Audio.KEEP_AMBIENT:
        return Heard(tuple(silences))
    finder = VoiceFinder()
    found = finder.find(resampled(reader.sound(index), RATE))
    silences += [
        PlannedSilence(f"voice-{n}", each.span, Decision(Action.COVER, _UNSEEN, "found"), each.score)
        for n, each in enumerate(found, start=1)
    ]
    spots = (
        BlindSpot(_FAR, "the voice model misses some of them", Identifier.VOICES),
        BlindSpot(_HUM, "nothing here looks for them", Identifier.PLACE),
    )
    return Heard(tuple(silences), finder.models, spots)


def covered_sound(plan: Plan, reader: Reader, reach: tuple[Fraction, Fraction]) -> Iterator[SoundBlock] | None:
    """The main sound as the plan wants it; None where a silent track is made without listening, or none at all."""
    index = reader.main_audio
    action = next((s.action for s in plan.streams if s.index == index), None)
    if index is None or action is StreamAction.REMOVE:
        return None
    if action is StreamAction.SILENCE:
        return (block.silent() for block in reader.sound(index)) if reader.kind is MediaKind.AUDIO else None
    blocks = reader.sound(index)
    if action is StreamAction.DISGUISE:
        blocks = Disguise().blocks(blocks)
    spans = plan.silenced()
    return (hush(block, spans, reach) for block in blocks)


def _by_hand(number: int, span: Span, by: str) -> PlannedSilence:
    return PlannedSilence(f"mute-{number}", span, Decision(Action.COVER, by, "--mute"))


def _refuse_outside(reader: Reader, index: int, muted: tuple[Span, ...]) -> None:
    """Raise UsageError where a stretch lies outside the sound: a slip of the pen would leave something audible."""
    start = end = None
    for block in reader.sound(index):
        start, end = block.time if start is None else start, block.end
    for span in muted:
        if start is None or end is None or span.start >= end or span.end <= start:
            last = f"goes from {float(start):.2f} to {float(end):.2f} s" if start is not None and end else "is empty"
            what = f"--mute {float(span.start):g}-{float(span.end):g} lies outside the sound, which {last}"
            raise UsageError(what, next_step="Check the times.")
