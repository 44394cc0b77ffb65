"""A plan in, an edit, a plan out: what a reviewer asks for, carried out.

Edits know nothing but the plan and who makes them, so that a list of them says how a plan came to be.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import singledispatch
from typing import Any

from unseen.core import Clock, Keyframe, Kind, Origin, Region, Span, StreamKind, Track, clock_of
from unseen.errors import UsageError
from unseen.plan import (
    Action,
    Cover,
    Decision,
    Plan,
    PlannedSilence,
    PlannedTrack,
    Settled,
    Statement,
    StreamAction,
    decisions_digest,
)
from unseen.plan.duties import check_cover, requirements
from unseen.review import edits, shaping
from unseen.review.doubts import doubts

_DRESSED = "; covered as "


def edited(plan: Plan, edit: edits.Kept, by: str) -> Plan:
    """The plan after an edit. Raises UsageError that says why it cannot be made."""
    try:
        return _edited(edit, plan, by)
    except ValueError as error:
        raise UsageError(f"this would not be a plan: {error}", next_step="Undo it, or try another way.") from error


@singledispatch
def _edited(edit: Any, plan: Plan, by: str) -> Plan:
    raise NotImplementedError(type(edit))


@_edited.register
def _(edit: edits.Decide, plan: Plan, by: str) -> Plan:
    decision = Decision(edit.action, by, edit.why)
    for name in edit.tracks:
        try:
            plan = plan.decide(name, decision)
        except KeyError as error:
            raise _no_track(name) from error
    return plan


@_edited.register
def _(edit: edits.Remove, plan: Plan, by: str) -> Plan:
    named = {name: planned_of(plan, name) for name in edit.tracks}
    by_hand = {name for name, planned in named.items() if shaping.drawn_by_hand(planned.track)}
    plan = replace(plan, tracks=tuple(p for p in plan.tracks if p.track.id not in by_hand))
    rest = tuple(name for name in named if name not in by_hand)
    return edited(plan, edits.Decide(rest, Action.KEEP, edit.why), by) if rest else plan


@_edited.register
def _(edit: edits.Split, plan: Plan, by: str) -> Plan:
    planned = planned_of(plan, edit.track)
    track, clock = planned.track, _clock(plan)
    time = clock.time(edit.frame)
    if not track.span.start < time <= track.span.end:
        raise UsageError("the track cannot be split here", next_step="Go to a picture behind its first one.")
    left = shaping.part(track, track.id, track.span.start, clock.time(edit.frame - 1))
    right = shaping.part(track, new_name(plan, track.kind), time, track.span.end)
    return _exchanged(plan, [track.id], [replace(planned, track=left), replace(planned, track=right)])


@_edited.register
def _(edit: edits.Join, plan: Plan, by: str) -> Plan:
    earlier, later = sorted((planned_of(plan, n) for n in edit.tracks), key=lambda p: p.track.span.start)
    one, other, clock = earlier.track, later.track, _clock(plan)
    if one.kind is not other.kind:
        raise UsageError(f"one is a {one.kind}, the other a {other.kind}", next_step="Change the kind of one first.")
    if other.span.start <= one.span.end:
        raise UsageError("both are there at the same time", next_step="Trim one of them first.")
    gap = range(clock.at_or_before(one.span.end) + 1, clock.at_or_after(other.span.start))
    track = shaping.joined(one, other, [clock.time(n) for n in gap])
    decision, consent = earlier.decision, earlier.consent
    theirs = later.decision
    if (theirs.action, theirs.style, later.consent) != (decision.action, decision.style, consent):
        decision, consent = Decision(Action.COVER, by, f"joined from {one.id} and {other.id}"), None
    return _exchanged(plan, [one.id, other.id], [PlannedTrack(track, decision, consent)])


@_edited.register
def _(edit: edits.Trim, plan: Plan, by: str) -> Plan:
    planned = planned_of(plan, edit.track)
    span, clock = planned.track.span, _clock(plan)
    start, end = max(span.start, clock.time(edit.first)), min(span.end, clock.time(edit.last))
    if end < start:
        raise UsageError("nothing of the track would be left", next_step="Drop the track instead.")
    return _exchanged(plan, [edit.track], [replace(planned, track=shaping.part(planned.track, edit.track, start, end))])


@_edited.register
def _(edit: edits.Retype, plan: Plan, by: str) -> Plan:
    planned = planned_of(plan, edit.track)
    return _exchanged(plan, [edit.track], [replace(planned, track=replace(planned.track, kind=edit.kind))])


@_edited.register
def _(edit: edits.Restyle, plan: Plan, by: str) -> Plan:
    cover = Cover(edit.style, edit.colour, edit.padding, plan.cover.grid)
    check_cover(requirements(plan), plan.case, cover.style, cover.padding)
    return replace(plan, cover=cover)


@_edited.register
def _(edit: edits.Dress, plan: Plan, by: str) -> Plan:
    if edit.style is not None:
        check_cover(requirements(plan), plan.case, edit.style, plan.cover.padding)
    for name in edit.tracks:
        planned = planned_of(plan, name)
        why = planned.decision.why.partition(_DRESSED)[0] + (f"{_DRESSED}{edit.style}" if edit.style else "")
        plan = plan.decide(name, replace(planned.decision, by=by, why=why, style=edit.style), planned.consent)
    return plan


@_edited.register
def _(edit: edits.Place, plan: Plan, by: str) -> Plan:
    planned, clock = planned_of(plan, edit.track), _clock(plan)
    time = clock.time(edit.frame)
    low = clock.time(max(0, clock.at_or_before(time - shaping.FADE)))
    high = clock.time(min(len(clock) - 1, clock.at_or_after(time + shaping.FADE)))
    track = shaping.placed(planned.track, time, region_of(edit.box), (low, high))
    return _exchanged(plan, [edit.track], [replace(planned, track=track)])


@_edited.register
def _(edit: edits.Unplace, plan: Plan, by: str) -> Plan:
    planned = planned_of(plan, edit.track)
    track = shaping.unplaced(planned.track, _clock(plan).time(edit.frame))
    return _exchanged(plan, [edit.track], [replace(planned, track=track)])


@_edited.register
def _(edit: edits.Draw, plan: Plan, by: str) -> Plan:
    clock, region = _clock(plan), region_of(edit.box)
    ends = dict.fromkeys(clock.time(n) for n in sorted((edit.first, edit.last)))
    keyframes = tuple(Keyframe(time, region, Origin.DRAWN) for time in ends)
    track = Track(new_name(plan, edit.kind), edit.kind, keyframes)
    return replace(plan, tracks=(*plan.tracks, PlannedTrack(track, Decision(Action.COVER, by, "drawn by hand"))))


@_edited.register
def _(edit: edits.Mute, plan: Plan, by: str) -> Plan:
    kept = (StreamAction.REDACT, StreamAction.KEEP, StreamAction.DISGUISE)
    if not any(s.kind is StreamKind.AUDIO and s.action in kept for s in plan.streams):
        raise UsageError("no sound is left that could be muted", next_step="All of it is silent already.")
    start, end = (Fraction(round(seconds * 1000), 1000) for seconds in (edit.start, edit.end))
    if end <= start:
        raise UsageError("the stretch ends before it starts", next_step="Mark it from its start to its end.")
    taken = {silence.id for silence in plan.silences}
    name = next(n for n in (f"mute-{number}" for number in itertools.count(1)) if n not in taken)
    silence = PlannedSilence(name, Span(start, end), Decision(Action.COVER, by, "muted by hand"))
    return replace(plan, silences=(*plan.silences, silence))


@_edited.register
def _(edit: edits.Unmute, plan: Plan, by: str) -> Plan:
    silence = next((s for s in plan.silences if s.id == edit.silence), None)
    if silence is None:
        raise _no_track(edit.silence)
    if silence.score is not None:
        raise UsageError("speech was found there", next_step="Keep it audible with a reason instead.")
    return replace(plan, silences=tuple(s for s in plan.silences if s is not silence))


@_edited.register
def _(edit: edits.State, plan: Plan, by: str) -> Plan:
    return plan.state(Statement(edit.what, edit.verdict, by, edit.why))


@_edited.register
def _(edit: edits.Only, plan: Plan, by: str) -> Plan:
    kept = {planned_of(plan, name).track.id for name in edit.tracks}
    others = tuple(p.track.id for p in plan.kept() if p.track.id not in kept)
    plan = edited(plan, edits.Decide(edit.tracks, Action.KEEP, edit.why), by)
    return edited(plan, edits.Decide(others, Action.COVER, "somebody else is kept"), by) if others else plan


@_edited.register
def _(edit: edits.Accept, plan: Plan, by: str) -> Plan:
    if edit.doubt not in {doubt.id for doubt in doubts(plan)}:
        raise UsageError("there is no such doubtful place any more", next_step="Go to the next one.")
    others = tuple(s for s in plan.settled if s.doubt != edit.doubt)
    return replace(plan, settled=(*others, Settled(edit.doubt, by, edit.why)))


@_edited.register
def _(edit: edits.Put, plan: Plan, by: str) -> Plan:
    return _exchanged(plan, [p.track.id for p in edit.added], edit.added)


@_edited.register
def _(edit: edits.Sign, plan: Plan, by: str) -> Plan:
    """The first to sign for these decisions, or the second where somebody else already has."""
    first = plan.review
    if edit.review.decisions_sha256 != decisions_digest(plan):
        raise UsageError("the plan has changed since", next_step="Look at it again, and sign then.")
    if first is None or first.decisions_sha256 != edit.review.decisions_sha256 or first.by == edit.review.by:
        return replace(plan, review=edit.review, second_review=None)
    return replace(plan, second_review=edit.review)


def planned_of(plan: Plan, name: str) -> PlannedTrack:
    """The track of that id. Raises UsageError."""
    found = next((p for p in plan.tracks if p.track.id == name), None)
    if found is None:
        raise _no_track(name)
    return found


def new_name(plan: Plan, kind: Kind) -> str:
    """An id that no track of the plan has or had before it was split or joined."""
    numbers = [int(n) for p in plan.tracks for n in re.findall(rf"^{kind}-(\d{{1,9}})$", p.track.id)]
    return f"{kind}-{max(numbers, default=0) + 1}"


def region_of(box: Sequence[float]) -> Region:
    """A box of the page. Raises UsageError where it has no area."""
    try:
        return Region(*box)
    except ValueError as error:
        raise UsageError(str(error), next_step="Draw it larger.") from error


def _clock(plan: Plan) -> Clock:
    times = plan.source.media.frame_times
    if times is None:
        raise UsageError("this file has no pictures", next_step="Mute what is to be silent.")
    return clock_of(times)


def _exchanged(plan: Plan, old: Iterable[str], new: Sequence[PlannedTrack]) -> Plan:
    """The plan with new tracks where the first of the old ones was."""
    gone = set(old)
    number = next((n for n, p in enumerate(plan.tracks) if p.track.id in gone), len(plan.tracks))
    before = [p for p in plan.tracks[:number] if p.track.id not in gone]
    after = [p for p in plan.tracks[number:] if p.track.id not in gone]
    return replace(plan, tracks=(*before, *new, *after))


def _no_track(name: str) -> UsageError:
    return UsageError(f"the plan has no track {name!r} any more", next_step="Reload the page.")
