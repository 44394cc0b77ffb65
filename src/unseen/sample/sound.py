"""What could be listened to: the sound that is left, in pieces of a few seconds."""

from __future__ import annotations

import math
from collections.abc import Sequence

from unseen.core import Span, StreamKind, Timestamp
from unseen.plan import Action, Plan, Risk, StreamAction

SECONDS = 5
"""Length of a piece: enough to hear whether somebody speaks, short enough to hear many."""


def pieces(plan: Plan) -> list[tuple[Timestamp, Risk]]:
    """The start and risk of every piece that is not wholly silent; none where no sound was searched for voices.

    Where somebody decided to leave voices there is nothing to miss: such pieces are not among them.
    """
    span = _sounding(plan)
    if span is None:
        return []
    silences = plan.silenced()
    left = [s.span for s in plan.silences if s.decision.action is Action.KEEP]
    starts = [span.start + n * SECONDS for n in range(math.ceil((span.end - span.start) / SECONDS))]
    found = [(start, Span(start, min(start + SECONDS, span.end))) for start in starts]
    heard = [(start, piece) for start, piece in found if not _inside(piece, silences) and not _meets(piece, left)]
    return [(start, _risk(piece, silences)) for start, piece in heard]


def _sounding(plan: Plan) -> Span | None:
    """When the sound that was searched for voices lasts."""
    if not any(s.kind is StreamKind.AUDIO and s.action is StreamAction.REDACT for s in plan.streams):
        return None
    media = plan.source.media
    if media.sound is not None:
        return media.sound.span
    start = media.frame_times.first * media.frame_times.time_base if media.frame_times is not None else Timestamp(0)
    return Span(start, start + media.duration) if media.duration else None


def _inside(piece: Span, silences: Sequence[Span]) -> bool:
    return any(s.start <= piece.start and piece.end <= s.end for s in silences)


def _meets(piece: Span, spans: Sequence[Span]) -> bool:
    return any(s.start < piece.end and piece.start < s.end for s in spans)


def _risk(piece: Span, silences: Sequence[Span]) -> Risk:
    near = any(s.start <= piece.end + SECONDS and piece.start - SECONDS <= s.end for s in silences)
    return Risk.BESIDE if near else Risk.ORDINARY
