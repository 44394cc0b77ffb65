"""What the page is told about one file: its plan in numbers of pictures and seconds, ready to draw."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from unseen.core import Clock, Keyframe, MediaInfo, MediaKind, Origin, Quad, StreamKind, Track, clock_of
from unseen.plan import Plan, PlannedSilence, PlannedTrack, Review, StreamAction, decisions_digest
from unseen.review.crossings import crossings
from unseen.review.doubts import Doubt, doubts, unsettled
from unseen.review.outlines import Shown, box_of, shown_at
from unseen.review.remember import remembered
from unseen.review.shaping import drawn_by_hand
from unseen.review.unlooked import faceless, unlooked

Json = dict[str, Any]

_KINDS = {MediaKind.PHOTO: "photo", MediaKind.ANIMATION: "animation", MediaKind.VIDEO: "clip", MediaKind.AUDIO: "sound"}
_UNHEARD = (StreamAction.SILENCE, StreamAction.REMOVE)


def kind_of(media: MediaInfo) -> str:
    """What the page calls a file of this kind."""
    return _KINDS[media.kind]


def plan_facts(plan: Plan) -> Json:
    """Everything in the document that follows from the plan alone."""
    media = plan.source.media
    clock = clock_of(media.frame_times) if media.frame_times is not None else None
    crosses: dict[str, set[str]] = {}
    for met in crossings(plan):
        crosses.setdefault(met.kept, set()).add(met.other)
        crosses.setdefault(met.other, set()).add(met.kept)
    found, alone = unsettled(plan, doubts(plan)), faceless(plan)
    return {
        **_shape(media, clock),
        "cover": plan.cover,
        "tracks": [
            {**_track(p, clock, sorted(crosses.get(p.track.id, ()))), "faceless": p.track.id in alone}
            for p in plan.tracks
        ],
        "silences": [_silence(s) for s in plan.silences],
        "sound": _has_sound(plan),
        "silenced": silenced(plan),
        "doubts": [_doubt(d, clock) for d in found],
        "blind_spots": [{"what": b.what, "why": b.why} for b in plan.blind_spots],
        "statements": {s.identifier: s.verdict for s in plan.statements},
        "review": _review(plan.review, plan),
        "second": _review(plan.second_review, plan),
        "cuts": [float(time) for time in plan.cuts],
        "warnings": plan.warnings,
    }


def _shape(media: MediaInfo, clock: Clock | None) -> Json:
    picture = media.picture
    seconds = clock.seconds() if clock is not None else []
    length = float(media.duration) if media.duration is not None else (seconds[-1] if seconds else 0.0)
    if media.sound is not None:
        length = float(media.sound.span.end - media.sound.span.start)
    shown = seconds[-1] - seconds[0] if seconds else 0.0
    missing = unlooked(media)
    return {
        "kind": kind_of(media),
        "width": picture.width if picture is not None else 0,
        "height": picture.height if picture is not None else 0,
        "frames": len(seconds),
        "duration": length,
        "rate": (len(seconds) - 1) / shown if shown else 0.0,
        "unlooked": [[float(missing.start), float(missing.end)]] if missing is not None else [],
    }


def silenced(plan: Plan) -> bool:
    """Whether there is sound, and nothing of it will be heard."""
    return _has_sound(plan) and all(s.action in _UNHEARD for s in plan.streams if s.kind is StreamKind.AUDIO)


def _has_sound(plan: Plan) -> bool:
    kinds = (StreamKind.AUDIO,)
    return plan.source.media.sound is not None or any(s.kind in kinds for s in plan.source.media.streams)


def _track(planned: PlannedTrack, clock: Clock | None, crosses: Iterable[str]) -> Json:
    decision = planned.decision
    said = {"action": decision.action, "by": decision.by, "why": decision.why, "style": decision.style}
    return {**_path(planned.track, clock), **said, "crosses": list(crosses)}


@remembered
def _path(track: Track, clock: Clock | None) -> Json:
    """What does not depend on any decision."""
    first, last = _range(track.keyframes, clock)
    return {
        "id": track.id,
        "kind": track.kind,
        "score": track.best_score,
        "start": float(track.span.start),
        "end": float(track.span.end),
        "first": first,
        "last": last,
        "bridged": list(_runs(track, Origin.BRIDGED, clock)),
        "extended": list(_runs(track, Origin.EXTENDED, clock)),
        "drawn": drawn_by_hand(track),
        "keyframes": len(track.keyframes),
    }


def _runs(track: Track, origin: Origin, clock: Clock | None) -> Iterator[tuple[int, int]]:
    for is_it, run in itertools.groupby(track.keyframes, key=lambda k: k.origin is origin):
        if is_it:
            yield _range(tuple(run), clock)


def _range(keyframes: tuple[Keyframe, ...], clock: Clock | None) -> tuple[int, int]:
    if clock is None:
        return 0, 0
    return clock.at_or_after(keyframes[0].time), clock.at_or_before(keyframes[-1].time)


def _silence(silence: PlannedSilence) -> Json:
    return {
        "id": silence.id,
        "start": float(silence.span.start),
        "end": float(silence.span.end),
        "score": silence.score,
        "action": silence.decision.action,
        "by": silence.decision.by,
        "why": silence.decision.why,
    }


def crossing_facts(plan: Plan) -> list[Json]:
    """Every place at which a kept track meets a covered one, in order of time."""
    times = plan.source.media.frame_times
    clock = clock_of(times) if times is not None else None
    met = sorted((c for c in crossings(plan) if c.covered), key=lambda c: c.span.start)
    return [
        {
            "kept": each.kept,
            "other": each.other,
            "first": 0 if clock is None else clock.at_or_after(each.span.start),
            "last": 0 if clock is None else clock.at_or_before(each.span.end),
        }
        for each in met
    ]


def _doubt(doubt: Doubt, clock: Clock | None) -> Json:
    first, last = 0, 0
    if clock is not None:
        first, last = clock.at_or_after(doubt.span.start), clock.at_or_before(doubt.span.end)
    return {
        "id": doubt.id,
        "track": doubt.track_id,
        "first": min(first, last),
        "last": last,
        "start": float(doubt.span.start),
        "end": float(doubt.span.end),
        "reason": doubt.reason.name.lower(),
        "text": str(doubt.reason),
        "risk": doubt.risk,
        "other": doubt.other,
    }


def _review(review: Review | None, plan: Plan) -> Json | None:
    if review is None:
        return None
    stale = review.decisions_sha256 != decisions_digest(plan)
    return {"by": review.by, "on": review.on.isoformat(), "stale": stale}


def outlines(plan: Plan, first: int, last: int) -> Json:
    """Every outline in the pictures from `first` to `last`, as found and as it will be covered."""
    times = plan.source.media.frame_times
    if times is None:
        return {"frames": []}
    clock = clock_of(times)
    start, end = clock.time(first), clock.time(last)
    there = [p for p in plan.tracks if p.track.keyframes[0].time <= end and p.track.keyframes[-1].time >= start]
    plan = replace(plan, tracks=tuple(there))
    frames = []
    for number in range(first, last + 1):
        time = clock.time(number)
        drawn = [_outline(shown) for shown in shown_at(plan, time)]
        frames.append({"n": number, "time": float(time), "outlines": drawn})
    return {"frames": frames}


def _outline(shown: Shown) -> Json:
    hull = shown.hull
    cover = None if hull is None else [hull[0], hull[1], hull[2] - hull[0], hull[3] - hull[1]]
    return {
        "track": shown.planned.track.id,
        "origin": shown.origin,
        "score": shown.score,
        "box": [round(side) for side in box_of(shown.outline)],
        "quad": shown.outline.corners if isinstance(shown.outline, Quad) else None,
        "cover": cover,
        "action": shown.planned.decision.action,
    }


@dataclass(frozen=True, slots=True)
class Summary:
    """What the list of files says about one."""

    kind: str
    risk: float
    doubts: int
    tracks: int
    width: int
    height: int
    frames: int


def summary_of(plan: Plan, risk: float, open_doubts: int) -> Summary:
    """The summary of a plan whose open doubtful places are known."""
    media = plan.source.media
    picture = media.picture
    frames = len(media.frame_times) if media.frame_times is not None else 0
    size = (picture.width, picture.height) if picture is not None else (0, 0)
    return Summary(kind_of(media), risk, open_doubts, len(plan.tracks), *size, frames)
