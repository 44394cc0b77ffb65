"""The part of a report about what was found: what was covered when, and what was left by whose decision."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from unseen.core import Kind, Span, Timestamp, Track
from unseen.plan import Action, Consent, Cover, Decision, Plan, PlannedTrack
from unseen.record.report.law import consent_said
from unseen.record.report.paper import Bars, Block, Cell, Legend, Look, Section, Table, Text, Where
from unseen.record.report.timeline import Line
from unseen.sample import clock


@dataclass(frozen=True, slots=True)
class Thing:
    """A track, or a stretch of sound with a voice, and what was decided; `track` is None for sound."""

    name: str
    kind: Kind
    span: Span
    decision: Decision
    track: Track | None = None
    consent: Consent | None = None

    @property
    def kept(self) -> bool:
        return self.decision.action is Action.KEEP


def things(plan: Plan) -> list[Thing]:
    """Everything that was found, seen or heard, in order of time."""
    tracks = [Thing(p.track.id, p.track.kind, p.track.span, p.decision, p.track, p.consent) for p in plan.tracks]
    voices = [Thing(s.id, Kind.VOICE, s.span, s.decision) for s in plan.silences]
    return sorted((*tracks, *voices), key=lambda t: (t.span.start, natural(t.name)))


def natural(text: str) -> list[tuple[int, str]]:
    """A key that puts face-2 before face-10."""
    return [(int(digits or 0), other) for digits, other in re.findall(r"([0-9]{1,18})|([^0-9]+)", text)]


def covered(plan: Plan) -> Section:
    """Counts and times by kind; of a photo, where."""
    title = "What was covered"
    everything = things(plan)
    how = Text(_style(plan))
    if all(thing.kept for thing in everything):
        said = "Everything that was found was left by decision." if everything else "Nothing was found to cover."
        return Section(title, (Text(said), how))
    line = Line.of(plan.source.media)
    rows: list[tuple[Cell, ...]] = []
    for kind in Kind:
        here = [thing for thing in everything if thing.kind is kind]
        if here:
            rows.append(_of_kind(kind, here, line))
    if line is None:
        table = Table("By kind", ("Kind", "Covered", "Left"), tuple(rows), (40, 30, 30))
        return Section(title, (how, table, *_map(plan)))
    columns = ("Kind", "Covered", "Left", "Time, added up", f"When, from 0 to {clock(line.length)}")
    return Section(title, (how, Table("By kind", columns, tuple(rows), (10, 13, 9, 18, 50))))


def _style(plan: Plan) -> str:
    cover = plan.cover
    colour = f", {cover.colour}" if cover.style.irreversible else ""
    reach = f"each cover reaches {cover.padding:.0%} over what was found on each side"
    others = ", ".join(f"{p.track.id} ({p.decision.style})" for p in plan.tracks if _of_its_own(p, cover))
    apart = f" Of another style: {others}." if others else ""
    return f"Style: {cover.style}{colour}; {reach}.{apart} Voices are covered by silence in every channel."


def _of_its_own(planned: PlannedTrack, cover: Cover) -> bool:
    decision = planned.decision
    return decision.action is Action.COVER and decision.style not in (None, cover.style)


def _of_kind(kind: Kind, here: Iterable[Thing], line: Line | None) -> tuple[Cell, ...]:
    spans = [thing.span for thing in here if not thing.kept]
    kept = sum(thing.kept for thing in here)
    row: tuple[Cell, ...] = (str(kind), str(len(spans)), str(kept))
    if line is None:
        return row
    seconds = sum((span.end - span.start for span in spans), start=Timestamp(0))
    return (*row, clock(seconds), line.crowd(spans))


def _map(plan: Plan) -> tuple[Block, ...]:
    """Where a photo's covers are, on an empty picture."""
    picture = plan.source.media.picture
    if picture is None:
        return ()
    regions = [track.keyframes[0].region.padded(plan.cover.padding) for track in plan.covered()]
    boxes = tuple((r.x, r.y, r.width, r.height) for r in regions)
    said = f"Where the covers are, in an empty frame of {picture.width} x {picture.height} pixels: {len(boxes)} boxes"
    return (Where(picture.width, picture.height, boxes, said),)


def left(plan: Plan) -> Section:
    """What stays to be seen or heard, and who decided that."""
    title = "What was left by decision, by whom and why"
    kept = [thing for thing in things(plan) if thing.kept]
    if not kept:
        return Section(title, (Text("Nothing: everything that was found was covered."),))
    timed = Line.of(plan.source.media) is not None
    consented = any(thing.consent for thing in kept)
    rows: list[tuple[Cell, ...]] = []
    for thing in kept:
        when = f"{clock(thing.span.start)} to {clock(thing.span.end)}" if timed else "in the picture"
        row = (thing.name, str(thing.kind), when, thing.decision.by, thing.decision.why)
        rows.append((*row, consent_said(thing.consent)) if consented else row)
    columns = ("Name", "Kind", "When", "By", "Why", *("Consent",) * consented)
    shares = (12, 8, 18, 14, 22, 26) if consented else (12, 10, 24, 20, 34)
    return Section(title, (Table("Decisions", columns, tuple(rows), shares),))


def every_one(plan: Plan) -> Section:
    """A timeline of each track and each stretch of sound."""
    title = "Everything that was found"
    line = Line.of(plan.source.media)
    if line is None or not things(plan):
        return Section(title, ())
    rows: list[tuple[Cell, ...]] = []
    looks: set[Look] = set()
    for thing in things(plan):
        bars = _bars(line, thing)
        looks |= {look for _, _, look in bars.stretches}
        decided = "left" if thing.kept else "covered"
        rows.append((thing.name, decided, clock(thing.span.start), clock(thing.span.end), bars))
    columns = ("Name", "Decision", "From", "To", f"When, from 0 to {clock(line.length)}")
    legend = Legend(tuple(look for look in Look if look in looks))
    return Section(title, (legend, Table("In order of time", columns, tuple(rows), (16, 10, 12, 12, 50))))


def _bars(line: Line, thing: Thing) -> Bars:
    look = Look.KEPT if thing.kept else None
    return line.stretch(thing.span, look) if thing.track is None else line.bars(thing.track, look)
