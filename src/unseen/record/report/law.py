"""The part of a report about rules: what was asked for on whose authority, and what people said to meet it."""

from __future__ import annotations

from unseen.plan import Case, Consent, Plan, RuleSetUsed, decisions_digest
from unseen.record.report.paper import Block, Cell, Digest, Listing, Mark, Notice, Section, Table, Text, Tone
from unseen.rules import RuleSet, Sure
from unseen.rules.ruleset import Line

_UNCONFIRMED = "not confirmed"
_SURE = {
    Sure.READ: Mark("read", Tone.GOOD),
    Sure.SECONDARY: Mark("secondary source", Tone.OPEN),
    Sure.MEMORY: Mark(_UNCONFIRMED, Tone.BAD),
    Sure.OWN: Mark("own reading", Tone.OPEN),
}
_KINDS = ("cover", "refuse", "consent", "minors", "originals", "papers", "notes")
_NOBODY = "Nobody has signed for having looked at the whole length."


def law(plan: Plan) -> tuple[Section, ...]:
    """The sections on rules and on what people said."""
    return _rules(plan), _people(plan)


def _rules(plan: Plan) -> Section:
    rows = tuple((r.name, r.rule_set.version, Digest(r.sha256)) for r in plan.rules)
    blocks: list[Block] = [Table("Rule sets in force", ("Rule set", "Version", "SHA-256"), rows, (28, 10, 62))]
    for used in plan.rules:
        blocks += _rule_set(used)
    if plan.warnings:
        blocks += [Notice("Some of these rules are not confirmed.", Tone.OPEN), Listing(plan.warnings)]
    blocks.append(Text("Where several ask for different things, the strictest holds. Nothing here is legal advice."))
    return Section("Rules", tuple(blocks))


def _rule_set(used: RuleSetUsed) -> tuple[Block, ...]:
    rules = used.rule_set
    rows = tuple(
        (kind, line.says, _authority(rules, line), _sure(line)) for kind in _KINDS for line in getattr(rules, kind)
    )
    said = Text(f"{rules.title}. Jurisdiction: {rules.jurisdiction}. Standing: {rules.standing}. Of {rules.checked}.")
    columns = ("About", "What is asked", "On whose authority", "How sure")
    return said, Table(f"What {rules.name} asks for", columns, rows, (11, 41, 31, 17))


def _authority(rules: RuleSet, line: Line) -> str:
    instrument = rules.instrument(line)
    if instrument is None:
        return "a choice of the rule set"
    return f"{instrument.title}" + (f", {line.article}" if line.article else "")


def _sure(line: Line) -> Mark:
    """How the duty is known, and the article's number where that is known otherwise."""
    mark = _SURE[line.sure]
    word = mark.word
    if line.article_sure is not None and line.article_sure is not line.sure:
        word += f"; its number: {_SURE[line.article_sure].word}"
    if line.confirmed:
        return Mark(word, mark.tone)
    return Mark(word if _UNCONFIRMED in word else f"{word}: {_UNCONFIRMED}", Tone.BAD)


def _people(plan: Plan) -> Section:
    blocks: list[Block] = [*_case(plan.case)]
    if plan.statements:
        rows = tuple((str(s.identifier), str(s.verdict), s.by, s.why) for s in plan.statements)
        columns = ("About", "Said to be", "By", "Why")
        blocks.append(Table("Said of the whole footage", columns, rows, (16, 16, 24, 44)))
    review = plan.review
    if review is None:
        blocks.append(Notice(_NOBODY, Tone.OPEN))
    elif review.decisions_sha256 != decisions_digest(plan):
        blocks.append(Notice(f"{review.by} signed on {review.on} for other decisions than these.", Tone.BAD))
    else:
        blocks.append(Notice(f"{review.by} signed on {review.on} for having looked at the whole length.", Tone.GOOD))
    return Section("What people said", tuple(blocks))


def _case(case: Case) -> tuple[Block, ...]:
    facts: list[tuple[Cell, ...]] = []
    if case.place is not None:
        facts.append(("Where it was filmed", str(case.place)))
    if case.minors is not None:
        facts.append(("Minors in it", str(case.minors)))
    if case.keep_days is not None:
        facts.append(("Originals are kept", f"{case.keep_days} days from {case.recorded or 'the release'} on"))
    facts += [(f"On paper: {paper}", reference) for paper, reference in case.papers.items()]
    blocks: list[Block] = [Table("The case", ("", ""), tuple(facts), (28, 72))] if facts else []
    if case.exceptions:
        rows = tuple((e.rules, e.article, e.authority, e.reason, str(e.until or "no end")) for e in case.exceptions)
        columns = ("Rule set", "Article left aside", "Allowed by", "Why", "Until")
        blocks.append(Table("Exceptions", columns, rows, (18, 18, 22, 28, 14)))
    return tuple(blocks)


def consent_said(consent: Consent | None) -> str:
    """A consent in a line; it names nobody."""
    if consent is None:
        return "none on record"
    said = [
        f"{consent.reference}, attested by {consent.attested_by} on {consent.on}",
        f"for {', '.join(consent.scopes)}",
    ]
    if consent.forms:
        said.append(", ".join(consent.forms))
    if consent.minor:
        said.append("a minor's")
    said.append(f"until {consent.until}" if consent.until else "no end")
    if consent.withdrawn:
        said.append(f"withdrawn on {consent.withdrawn}")
    return "; ".join(said)
