"""The part of a report that shows why a release can be believed: checks, what nobody saw, bounds, digests."""

from __future__ import annotations

from collections.abc import Iterable

from unseen.plan import BlindSpot, Plan
from unseen.record.keys import PublicKey
from unseen.record.record import ReleaseRecord
from unseen.record.report.disclosures import Disclosed
from unseen.record.report.paper import (
    Block,
    Cell,
    Codes,
    Digest,
    Listing,
    Mark,
    Notice,
    Section,
    Table,
    Text,
    Tone,
)
from unseen.sample import Bound, Residual, clock, counted, percent, whereabouts

_TONES = {"passed": Tone.GOOD, "failed": Tone.BAD, "not checked": Tone.OPEN}


def checks(record: ReleaseRecord) -> Section:
    rows = tuple(
        (str(c.number), c.title, Mark(c.status, _TONES.get(c.status, Tone.BAD)), c.detail) for c in record.checks
    )
    said = Text("Made on the bytes of the finished file. What was not checked did not pass.")
    table = Table("Checks", ("No.", "Check", "Result", "Seen"), rows, (7, 30, 17, 46))
    blocks: list[Block] = [said, table]
    if record.plan.accepted:
        blocks.append(Notice("The second look saw what looks like a person, and somebody let it pass.", Tone.OPEN))
        blocks.append(_accepted(record.plan))
    return Section("Checks of the finished file", tuple(blocks))


def _accepted(plan: Plan) -> Table:
    picture = plan.source.media.picture
    rows = tuple((clock(a.time), whereabouts(a.region, picture), a.by, a.why) for a in plan.accepted)
    return Table("Let pass", ("Time", "Where", "By", "Why"), rows, (13, 33, 20, 34))


def not_looked_for(record: ReleaseRecord) -> Section:
    spots: tuple[BlindSpot, ...] = record.plan.blind_spots
    blocks: list[Block] = []
    if spots:
        rows = tuple((s.what, s.why) for s in spots)
        blocks.append(Table("Blind spots of this release", ("Nobody looked for, or at", "Why"), rows, (50, 50)))
    else:
        blocks.append(Text("This release has no blind spots of its own."))
    blocks += [Text("No version of this program takes out:"), Listing(record.not_covered_by_this_tool)]
    return Section("What nobody looked for", tuple(blocks))


def residual(residual: Residual) -> Section:
    title = "How much may still be missed"
    said = residual.said[0].upper() + residual.said[1:] + "."
    if not residual.bounds:
        return Section(title, (Notice(said, Tone.OPEN),))
    looks = f"{residual.by} answered {residual.answered} of {residual.drawn} drawn places (seed {residual.seed})."
    if residual.answered < residual.drawn:
        looks += " Those without an answer count as missed."
    if residual.draws > 1:
        looks += f" It is sample {residual.draws} of the same covers, which makes each bound wider."
    overall = tuple(_bound_row(b) for b in residual.bounds if b.risk is None)
    risky = tuple(_bound_row(b) for b in residual.bounds if b.risk is not None)
    columns = ("What", "Looked at", "Missed", "Out of", f"At most ({residual.confidence:.0%} confidence)")
    shares = (34, 14, 12, 18, 22)
    blocks: list[Block] = [Text(f"{said} {looks}"), Table("Over the whole file", columns, overall, shares)]
    if risky:
        blocks.append(Table("Where a miss is likelier", columns, risky, shares))
    told = "A picture counts where anything of the kind shows uncovered in it, a cover where the thing shows past it. "
    told += "Exact one-sided bounds (Clopper and Pearson's, of a finite number of places), each by itself."
    return Section(title, (*blocks, Text(told)))


def _bound_row(bound: Bound) -> tuple[Cell, ...]:
    which = counted(bound.subject, bound.kind) + (f": {bound.risk}" if bound.risk else "")
    missed: Cell = Mark(str(bound.missed), Tone.BAD) if bound.missed else "0"
    return which, str(bound.looked), missed, f"{bound.size:,}", percent(bound.upper)


def in_short(residual: Residual) -> str:
    overall = [b for b in residual.bounds if b.risk is None]
    if not overall:
        return residual.said
    worst = max(overall, key=lambda b: b.upper)
    what = counted(worst.subject, worst.kind)
    return f"{what}: at most {percent(worst.upper)} of {worst.size:,} (the widest bound, 95 % confidence)"


def disclosures(disclosed: Iterable[Disclosed], record: ReleaseRecord) -> Section:
    rows = tuple((d.on.isoformat(), d.to, d.reason) for d in disclosed if d.output_sha256 == record.output.sha256)
    table = Table("This file was given to", ("Date", "Recipient", "Reason"), rows, (16, 36, 48))
    return Section("Disclosures", (table,) if rows else ())


def digests(record: ReleaseRecord) -> Section:
    plan = record.plan
    rows = (
        ("Output", f"{record.output.size:,}", Digest(record.output.sha256)),
        ("Plan", "", Digest(record.plan_sha256)),
        ("Source", f"{plan.source.size:,}", Digest(plan.source.sha256)),
    )
    blocks: list[Block] = [Table("Files", ("What", "Bytes", "SHA-256"), rows, (18, 20, 62))]
    if plan.models:
        models = tuple((m.name, m.version, m.licence, Digest(m.sha256)) for m in plan.models)
        blocks.append(Table("Models", ("Name", "Version", "Licence", "SHA-256"), models, (14, 10, 14, 62)))
    named = [(row[0], row[-1].text) for row in rows] + [(f"Model {m.name}", m.sha256) for m in plan.models]
    blocks.append(Codes(tuple((label, f"sha256:{digest}") for label, digest in named)))
    return Section("Digests", tuple(blocks))


def signature(record: ReleaseRecord) -> Section:
    """By whose key the record is signed, and its place in its folder's history."""
    title = "Signature and history"
    if record.signature is None:
        return Section(title, (Notice("The record is not signed: anybody can have written it.", Tone.BAD),))
    key = PublicKey(record.signature.public_key)
    rows: list[tuple[Cell, ...]] = [("Public key", Digest(str(key))), ("Fingerprint", Digest(key.fingerprint))]
    if record.link is not None:
        rows.append(("Number in its folder", str(record.link.number)))
        rows.append(("SHA-256 of the one before", Digest(record.link.previous or "it is the first")))
    told = (
        "Compare the fingerprint with what `unseen keys show` says where it was released: a signature alone says that "
    )
    told += "nothing was changed since, and not who signed."
    table = Table("Signed with Ed25519", ("", ""), tuple(rows), (28, 72))
    return Section(title, (table, Text(told), Codes((("Fingerprint", key.fingerprint),))))
