"""Plans made by script, of files that nobody has looked at."""

from __future__ import annotations

from collections.abc import Sequence

from unseen.core import StreamKind
from unseen.plan import Action, Cover, Decision, Plan, PlannedTrack, RuleSetUsed, Source, StreamAction, StreamDecision
from unseen.rules import digest, load

FOUND = Decision(Action.COVER, "unseen", "found")
_USUAL = Cover()


def make_plan(
    source: Source,
    tracks: Sequence[PlannedTrack] = (),
    *,
    sound: StreamAction = StreamAction.REMOVE,
    cover: Cover = _USUAL,
) -> Plan:
    """A plan under the default rules that redacts the picture, treats sound as said and removes every other stream."""
    actions = {StreamKind.VIDEO: StreamAction.REDACT, StreamKind.AUDIO: sound}
    return Plan(
        source=source,
        tracks=tuple(tracks),
        streams=tuple(
            StreamDecision(s.index, s.kind, actions.get(s.kind, StreamAction.REMOVE), "unseen", "default")
            for s in source.media.streams
        ),
        metadata=(),
        cover=cover,
        rules=(RuleSetUsed(load("default"), digest(load("default"))),),
        models=(),
        blind_spots=(),
        made_by="unseen test",
    )
