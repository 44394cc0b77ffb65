"""Whether a plan meets the rules in force, and what is missing where it does not."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from unseen.core import MediaKind, StreamKind
from unseen.errors import RuleError, UsageError
from unseen.plan.case import Case, Consent, Minors, Statement, Verdict
from unseen.plan.document import decisions_digest
from unseen.plan.plan import Action, Plan, PlannedTrack, StreamAction
from unseen.rules import Form, Identifier, Requirements, RuleSet, combine

_SILENT = (StreamAction.SILENCE, StreamAction.REMOVE)


def requirements(plan: Plan) -> Requirements:
    """What the rule sets of a plan ask for together, less what its exceptions lift. Raises UsageError."""
    return asked_of((used.rule_set for used in plan.rules), plan.case)


def asked_of(sets: Iterable[RuleSet], case: Case) -> Requirements:
    """The same before there is a plan. Raises UsageError."""
    return combine(sets, (e.lifted for e in case.exceptions))


def admit(asked: Requirements, case: Case) -> None:
    """Refuse, before anybody looks at the footage, what may not be processed or cannot be judged.

    Raises UsageError where the rules ask for an answer that was not given, RuleError where they refuse the place.
    """
    if asked.refuse and case.place is None:
        raise _not_said("where the footage was made", asked.refuse[0].cite, "--place elsewhere")
    if asked.minors and case.minors is None:
        line = asked.minors[0]
        what = f"whether anybody in it may be younger than {line.line.under}"
        raise _not_said(what, line.cite, "--minors yes, no or unknown")
    refusal = asked.refuses(case.place) if case.place is not None else None
    if refusal is not None:
        what = f"footage of this place ({case.place}) is refused by {refusal}: {refusal.line.says}"
        raise RuleError(what, next_step="It was not processed, and nothing was written.")


def _not_said(what: str, cite: str, option: str) -> UsageError:
    return UsageError(f"it is not said {what}, and {cite} asks for it", next_step=f"Say it: {option}")


def check_cover(asked: Requirements, case: Case, style: str, padding: float) -> None:
    """Raise UsageError where the rules do not allow covers of this style and padding."""
    asked.check_cover(style, padding)
    for cited in asked.minors:
        if case.minors is not Minors.NO and style not in cited.line.styles:
            what = (
                f"somebody in it may be younger than {cited.line.under}, and {cited} then does not allow {style} covers"
            )
            raise UsageError(what, next_step=f"Use --style {', '.join(cited.line.styles)}.")


def missing_papers(asked: Requirements, case: Case, today: datetime.date) -> Iterator[str]:
    """What the rules ask for on paper that the case does not have, a sentence each."""
    for cited in asked.papers:
        for paper in cited.line.papers:
            if paper not in case.papers:
                yield f"{cited} asks for this on paper: {paper} ({cited.line.says})"
    for exception in case.exceptions:
        if exception.until is not None and exception.until < today:
            yield f"the exception to {exception.article} of {exception.rules} ended on {exception.until}"
    yield from _retention_faults(asked, case.keep_days)


def _retention_faults(asked: Requirements, days: int | None) -> Iterator[str]:
    stated = next((c for c in asked.originals if c.line.stated), None)
    if days is None:
        if stated is not None:
            yield f"{stated} asks how long originals are kept: keep_days ({stated.line.says})"
        return
    least, most = asked.keep_at_least, asked.keep_at_most
    if least is not None and days < least[0]:
        yield f"{least[1]} keeps originals at least {least[0]} days, and the case says {days}"
    if most is not None and days > most[0]:
        yield f"{most[1]} keeps originals at most {most[0]} days, and the case says {days}"


def unreviewed(asked: Requirements, plan: Plan | None) -> Iterator[str]:
    """The rule sets that ask for a person to sign for the whole length, where nobody did for these decisions."""
    if plan is not None and plan.review is not None and plan.review.decisions_sha256 == decisions_digest(plan):
        return
    for name in asked.review:
        yield f"{name} asks for a person who has looked at the whole length and signs for these decisions"


@dataclass(frozen=True, slots=True)
class Looked:
    """What finders look for, what of it they see only in part, and what people say about it.

    `voices_left`: whether sound of the source stays. `seen`: whether there are pictures to look at.
    """

    looked_for: Collection[Identifier]
    in_part: Collection[Identifier | None] = ()
    statements: tuple[Statement, ...] = ()
    voices_left: bool = False
    seen: bool = True


def looked_at(plan: Plan) -> Looked:
    """The same of a plan."""
    return Looked(
        plan.looked_for,
        [spot.identifier for spot in plan.blind_spots],
        plan.statements,
        voices_left=not _voices_covered(plan),
        seen=plan.source.media.kind is not MediaKind.AUDIO,
    )


def not_looked_for(asked: Requirements, looked: Looked) -> Iterator[str]:
    """What the rules want covered that no finder looked for everywhere and no person answers for."""
    stated = {s.identifier: s for s in looked.statements}
    for identifier, cited in asked.identifiers.items():
        if identifier is Identifier.VOICES:
            done = not looked.voices_left
        else:
            done = not looked.seen or (identifier in looked.looked_for and identifier not in looked.in_part)
        statement = stated.get(identifier)
        if statement is not None and statement.verdict is Verdict.LEFT:
            yield f"{cited} asks for {identifier} to be covered, and {statement.by} says that some are left"
        elif statement is None and not done:
            where = " everywhere" if identifier in looked.looked_for else ""
            yield f"{cited} asks for {identifier} to be covered, and nobody looked for them{where}"


def _voices_covered(plan: Plan) -> bool:
    """Whether no voice is left: no sound at all, or none but where every voice that was looked for is silenced."""
    left = {s.action for s in plan.streams if s.kind is StreamKind.AUDIO} - set(_SILENT)
    kept = any(silence.decision.action is Action.KEEP for silence in plan.silences)
    in_part = Identifier.VOICES in {spot.identifier for spot in plan.blind_spots}
    found = Identifier.VOICES in plan.looked_for and not in_part
    return not left or (left == {StreamAction.REDACT} and found and not kept)


def missing_consents(asked: Requirements, plan: Plan, today: datetime.date) -> Iterator[str]:
    """For each track that stays visible and each voice that stays audible, what is wrong with its consent."""
    for kept in plan.kept():
        for said in _consent_faults(asked, plan.case, kept, today):
            yield f"track {kept.track.id} stays visible, and {said}"
    for silence in plan.silences:
        if asked.consent and silence.decision.action is Action.KEEP:
            yield f"{silence.id} stays audible, and {asked.consent[0]} asks for a consent, which no sound can have here"


def _consent_faults(asked: Requirements, case: Case, kept: PlannedTrack, today: datetime.date) -> Iterator[str]:
    consent = kept.consent
    if consent is not None and (fault := consent.fault(today)):
        yield f"the consent {consent.reference} {fault}"
        return
    for cited in asked.consent:
        if consent is None:
            yield f"{cited} asks for a consent: {cited.line.says}"
        elif not set(cited.line.scopes) & set(consent.scopes):
            yield f"the consent {consent.reference} is not for {' or '.join(cited.line.scopes)}, which {cited} asks for"
        elif lacking := _lacking(cited.line.forms, consent):
            yield f"the consent {consent.reference} is not {lacking}, which {cited} asks for"
    for line in asked.minors:
        if case.minors is Minors.NO:
            continue
        if consent is None:
            yield f"{line} asks for a consent that says whether it is a minor's: {line.line.says}"
        elif consent.minor and (lacking := _lacking(line.line.forms, consent)):
            yield f"the consent {consent.reference} is not {lacking}, which {line} asks for"


def _lacking(forms: tuple[Form, ...], consent: Consent) -> str:
    return " and ".join(form for form in forms if form not in consent.forms)


def shortfalls(plan: Plan, today: datetime.date) -> tuple[str, ...]:
    """Everything that the rules in force ask for and a plan does not have, a sentence each. Raises UsageError."""
    asked = requirements(plan)
    return (
        *missing_papers(asked, plan.case, today),
        *not_looked_for(asked, looked_at(plan)),
        *missing_consents(asked, plan, today),
        *unreviewed(asked, plan),
    )


def check(plan: Plan, today: datetime.date) -> Requirements:
    """What a plan has to meet, if it meets it.

    Raises UsageError where a question is not answered or the covers are not allowed, RuleError that names everything
    else the rules in force find missing.
    """
    asked = requirements(plan)
    admit(asked, plan.case)
    for style in sorted(plan.styles()):
        check_cover(asked, plan.case, style, plan.cover.padding)
    demand(shortfalls(plan, today))
    return asked


def demand(missing: Iterable[str]) -> None:
    """Raise RuleError where anything is missing."""
    said = "; ".join(missing)
    if said:
        step = "Bring what is missing (--papers, unseen review), or hold it to other rules."
        raise RuleError(f"rules in force are not met: {said}", next_step=step)


def warnings(asked: Requirements) -> tuple[str, ...]:
    """A sentence for each rule in force that is not confirmed."""
    return tuple(
        f"not confirmed, have a person check it: {cited} ({_how_sure(cited.line.sure, cited.line.article_sure)})"
        for cited in asked.unconfirmed
    )


def _how_sure(sure: str, article: str | None) -> str:
    return f"the duty: {sure}" + (f"; the article's number: {article}" if article else "")
