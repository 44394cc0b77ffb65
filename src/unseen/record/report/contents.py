"""What a report says, section by section, out of nothing but the record and the log of disclosures."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

from unseen.core import Kind, StreamKind, Timestamp
from unseen.plan import Action, Plan, PlannedTrack, StreamAction
from unseen.record.record import ReleaseRecord
from unseen.record.report import proof
from unseen.record.report.disclosures import Disclosed
from unseen.record.report.law import consent_said, law
from unseen.record.report.paper import (
    Block,
    Cell,
    Legend,
    Listing,
    Look,
    Notice,
    Paper,
    Section,
    Table,
    Text,
    Tone,
    Where,
)
from unseen.record.report.timeline import Line
from unseen.record.standing import Standing
from unseen.sample import clock

_MEANS = {
    Standing.ANONYMISED: "Nobody in it should be recognisable, and nothing that could restore them is said to be kept.",
    Standing.DE_IDENTIFIED: "People were covered for good, but whoever knows more or holds the original may tell who.",
    Standing.COVERED: "Things in it were covered. It must not be called anonymous or de-identified.",
}
_DECIDED = {Action.COVER: "covered", Action.KEEP: "left visible"}
_STREAMS = {
    StreamAction.REDACT: "covered and encoded anew",
    StreamAction.SILENCE: "replaced by silence of the same length",
    StreamAction.KEEP: "kept, encoded anew",
    StreamAction.REMOVE: "removed",
}


def report(record: ReleaseRecord, name: str, disclosed: Iterable[Disclosed], made: datetime.date) -> Paper:
    """The report of a release whose output is called `name`; `made` is the day of the report."""
    plan = record.plan
    sections = [
        _summary(record),
        _covered(plan),
        _left(plan),
        _streams(plan),
        proof.checks(record),
        *law(plan),
        proof.not_looked_for(record),
        proof.residual(record.residual),
        proof.disclosures(disclosed, record),
        proof.digests(record),
        _every_track(plan),
    ]
    subtitle = f"Released on {record.released} by {record.made_by}; report of {made}"
    return Paper(f"Release report: {name}", subtitle, tuple(s for s in sections if s.blocks))


def _summary(record: ReleaseRecord) -> Section:
    tone = Tone.OPEN if record.standing is Standing.COVERED else Tone.GOOD
    passed = sum(c.passed for c in record.checks)
    covered = len(record.plan.covered())
    left = len(record.plan.tracks) - covered
    facts: list[tuple[Cell, Cell]] = [
        ("Tracks found", f"{covered + left}: {covered} covered, {left} left visible"),
        ("Checks", f"{passed} of {len(record.checks)} passed"),
        ("How much may still be missed", proof.in_short(record.residual)),
        ("Source", _source(record.plan)),
    ]
    blocks: list[Block] = [
        Notice(f"Standing: {record.standing}. {_MEANS[record.standing]}", tone),
        _facts("What was released", facts),
    ]
    if record.reasons:
        blocks += [
            Text("It is not called anything better, because:"),
            Listing(tuple(reason.says for reason in record.reasons)),
        ]
    blocks.append(Text("The standing is computed from the plan and the checks. Nothing here is legal advice."))
    return Section("What this release is", tuple(blocks))


def _source(plan: Plan) -> str:
    media = plan.source.media
    said = [f"{media.kind}, {media.container}", f"{plan.source.size:,} bytes"]
    if media.picture is not None:
        said.append(f"{media.picture.width} x {media.picture.height} pixels")
    if media.frame_times is not None and len(media.frame_times) > 1:
        said.append(f"{len(media.frame_times):,} pictures")
    if media.duration is not None:
        said.append(f"{clock(media.duration)} long")
    return ", ".join(said)


def _facts(caption: str, rows: Iterable[tuple[Cell, Cell]]) -> Table:
    return Table(caption, ("", ""), tuple(rows), (28, 72))


def _kinds(tracks: Iterable[PlannedTrack]) -> list[Kind]:
    there = {p.track.kind for p in tracks}
    return [kind for kind in Kind if kind in there]


def _covered(plan: Plan) -> Section:
    title = "What was covered"
    style = f"Style: {plan.cover.style}" + (f", {plan.cover.colour}" if plan.cover.style.irreversible else "")
    how = Text(f"{style}; each cover reaches {plan.cover.padding:.0%} over what was found on each side.")
    if not plan.covered():
        return Section(title, (Text("Nothing was found to cover."), how))
    line = Line.of(plan.source.media)
    rows: list[tuple[Cell, ...]] = []
    for kind in _kinds(plan.tracks):
        tracks = [t for t in plan.covered() if t.kind is kind]
        kept = sum(p.track.kind is kind for p in plan.tracks) - len(tracks)
        row: tuple[Cell, ...] = (str(kind), str(len(tracks)), str(kept))
        if line is not None:
            seconds = sum((t.span.end - t.span.start for t in tracks), start=Timestamp(0))
            row += (clock(seconds), line.crowd(tracks))
        rows.append(row)
    if line is None:
        table = Table("By kind", ("Kind", "Covered", "Left visible"), tuple(rows), (40, 30, 30))
        return Section(title, (how, table, *_map(plan)))
    columns = ("Kind", "Covered", "Left visible", "Time, tracks added up", f"When, from 0 to {clock(line.length)}")
    return Section(title, (how, Table("By kind", columns, tuple(rows), (12, 10, 10, 18, 50))))


def _map(plan: Plan) -> tuple[Block, ...]:
    """Where a photo's covers are, on an empty picture."""
    picture = plan.source.media.picture
    if picture is None:
        return ()
    regions = [t.keyframes[0].region.padded(plan.cover.padding) for t in plan.covered()]
    boxes = tuple((r.x, r.y, r.width, r.height) for r in regions)
    said = f"Where the covers are, in an empty frame of {picture.width} x {picture.height} pixels: {len(boxes)} boxes"
    return (Where(picture.width, picture.height, boxes, said),)


def _left(plan: Plan) -> Section:
    title = "What was left visible, by whom and why"
    if not plan.kept():
        return Section(title, (Text("No track: everything that was found was covered."),))
    consented = any(p.consent for p in plan.kept())
    rows: list[tuple[Cell, ...]] = []
    for p in plan.kept():
        row = (p.track.id, str(p.track.kind), _when(plan, p), p.decision.by, p.decision.why)
        rows.append((*row, consent_said(p.consent)) if consented else row)
    columns = ("Track", "Kind", "When", "By", "Why", *("Consent",) * consented)
    shares = (12, 8, 18, 14, 22, 26) if consented else (12, 10, 24, 20, 34)
    return Section(title, (Table("Decisions", columns, tuple(rows), shares),))


def _when(plan: Plan, planned: PlannedTrack) -> str:
    if Line.of(plan.source.media) is None:
        return "in the picture"
    span = planned.track.span
    return f"{clock(span.start)} to {clock(span.end)}"


def _streams(plan: Plan) -> Section:
    codecs = {s.index: s.codec for s in plan.source.media.streams}
    rows = tuple((f"{s.index}: {s.kind}", codecs[s.index], _STREAMS[s.action], s.by, s.why) for s in plan.streams)
    heads = ("Stream", "Codec", "What became of it", "By", "Why")
    blocks: list[Block] = [Table("Streams of the source", heads, rows, (16, 14, 28, 14, 28))]
    if plan.metadata:
        classes = tuple((m.where, str(m.kind), _STREAMS[m.action]) for m in plan.metadata)
        columns = ("Field", "Gives away", "What became of it")
        blocks.append(Table("Metadata of the source", columns, classes, (46, 22, 32)))
    else:
        blocks.append(Text("The source held no metadata that gives anything away."))
    if any(s.action is StreamAction.KEEP and s.kind is StreamKind.AUDIO for s in plan.streams):
        blocks.append(Notice("Sound was kept. Voices identify people.", Tone.OPEN))
    return Section("Streams and metadata", tuple(blocks))


def _every_track(plan: Plan) -> Section:
    line = Line.of(plan.source.media)
    if line is None or not plan.tracks:
        return Section("Every track", ())
    rows = tuple(
        (p.track.id, _DECIDED[p.decision.action], clock(p.track.span.start), clock(p.track.span.end), line.bars(p))
        for p in sorted(plan.tracks, key=lambda p: (p.track.span.start, natural(p.track.id)))
    )
    columns = ("Track", "Decision", "From", "To", f"When, from 0 to {clock(line.length)}")
    looks = {s[2] for row in rows for s in row[-1].stretches}
    legend = Legend(tuple(look for look in Look if look in looks))
    return Section("Every track", (legend, Table("Tracks in order of time", columns, rows, (16, 10, 12, 12, 50))))


def natural(text: str) -> list[tuple[int, str]]:
    """A key that puts face-2 before face-10."""
    parts = re.findall(r"([0-9]{1,18})|([^0-9]+)", text)
    return [(int(digits or 0), other) for digits, other in parts]
