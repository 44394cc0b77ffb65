"""What a report says, section by section, out of nothing but the record and the log of disclosures."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from unseen.core import StreamKind
from unseen.plan import Plan, StreamAction, StreamDecision
from unseen.record.record import ReleaseRecord
from unseen.record.report import found, proof
from unseen.record.report.disclosures import Disclosed
from unseen.record.report.law import law
from unseen.record.report.paper import (
    Block,
    Cell,
    Listing,
    Notice,
    Paper,
    Section,
    Table,
    Text,
    Tone,
)
from unseen.record.standing import Standing
from unseen.sample import clock

_MEANS = {
    Standing.ANONYMISED: "Nobody in it should be recognisable, and nothing that could restore them is said to be kept.",
    Standing.DE_IDENTIFIED: "People were covered for good, but whoever knows more or holds the original may tell who.",
    Standing.COVERED: "Things in it were covered. It must not be called anonymous or de-identified.",
}
_STREAMS = {
    StreamAction.REDACT: "covered and encoded anew",
    StreamAction.SILENCE: "replaced by silence of the same length",
    StreamAction.KEEP: "kept, encoded anew",
    StreamAction.DISGUISE: "kept with changed voices, which hides nobody",
    StreamAction.REMOVE: "removed",
}


def report(record: ReleaseRecord, name: str, disclosed: Iterable[Disclosed], made: datetime.date) -> Paper:
    """The report of a release whose output is called `name`; `made` is the day of the report."""
    plan = record.plan
    sections = [
        _summary(record),
        found.covered(plan),
        found.left(plan),
        _streams(plan),
        proof.checks(record),
        *law(plan),
        proof.not_looked_for(record),
        proof.residual(record.residual),
        proof.disclosures(disclosed, record),
        proof.digests(record),
        proof.signature(record),
        found.every_one(plan),
    ]
    subtitle = f"Released on {record.released} by {record.made_by}; report of {made}"
    return Paper(f"Release report: {name}", subtitle, tuple(s for s in sections if s.blocks))


def _summary(record: ReleaseRecord) -> Section:
    tone = Tone.OPEN if record.standing is Standing.COVERED else Tone.GOOD
    passed = sum(c.passed for c in record.checks)
    everything = found.things(record.plan)
    left = sum(thing.kept for thing in everything)
    facts: list[tuple[Cell, Cell]] = [
        ("Found", f"{len(everything)}: {len(everything) - left} covered, {left} left by decision"),
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


def _became(stream: StreamDecision, plan: Plan) -> str:
    if (stream.kind, stream.action) == (StreamKind.VIDEO, StreamAction.REDACT) and plan.copied():
        return "covered and encoded anew, or copied where there was nothing to cover"
    if (stream.kind, stream.action) == (StreamKind.AUDIO, StreamAction.REDACT):
        return "speech silenced, the rest encoded anew"
    return _STREAMS[stream.action]


def _copied(plan: Plan) -> list[Block]:
    """Which pictures are the source's own as they were coded, and why no others, where that was asked for."""
    if plan.copying is None:
        return []
    blocks: list[Block] = []
    if plan.copied():
        rows = tuple((clock(c.span.start), clock(c.span.end), f"{c.pictures:,}") for c in plan.copied())
        said = "Nothing was to be covered in these pictures. They are not encoded anew but the source's own, sample by "
        blocks.append(Text(said + "sample, without what their coding said beside them."))
        blocks.append(Table("Copied", ("First picture", "Last picture", "Pictures"), rows, (35, 35, 30)))
    if plan.copying.not_copied:
        blocks += [Text("Nothing to cover, and encoded anew nevertheless:"), Listing(plan.copying.not_copied)]
    return blocks


def _streams(plan: Plan) -> Section:
    codecs = {s.index: s.codec for s in plan.source.media.streams}
    rows = tuple((f"{s.index}: {s.kind}", codecs[s.index], _became(s, plan), s.by, s.why) for s in plan.streams)
    heads = ("Stream", "Codec", "What became of it", "By", "Why")
    blocks: list[Block] = [Table("Streams of the source", heads, rows, (16, 14, 28, 14, 28))]
    blocks += _copied(plan)
    if plan.metadata:
        classes = tuple((m.where, str(m.kind), _STREAMS[m.action]) for m in plan.metadata)
        columns = ("Field", "Gives away", "What became of it")
        blocks.append(Table("Metadata of the source", columns, classes, (46, 22, 32)))
    else:
        blocks.append(Text("The source held no metadata that gives anything away."))
    if any(s.action is StreamAction.KEEP and s.kind is StreamKind.AUDIO for s in plan.streams):
        blocks.append(Notice("Sound was kept. Voices identify people.", Tone.OPEN))
    return Section("Streams and metadata", tuple(blocks))
