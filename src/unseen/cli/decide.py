"""Decisions about a plan that are taken on the command line."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from unseen.errors import UsageError
from unseen.options import ReviewOptions
from unseen.plan import (
    Action,
    Consent,
    Decision,
    Plan,
    Review,
    Statement,
    Verdict,
    decisions_digest,
    read_consent,
)
from unseen.rules import Identifier

_NOBODY = ReviewOptions().by
_NO_REASON = "(none given)"


@dataclass(frozen=True, kw_only=True)
class Decisions:
    """What is decided without opening the page.

    Parameters
    ----------
    cover
        Cover this track, or silence this stretch, after all. Repeat for several.
    consent
        The consent of whoever is in the tracks that --keep names: a .toml or .json file.
    state
        What you saw of something that identifies people, in the whole footage: faces, bodies, plates, text, codes,
        voices, clothing, place or gait, then =absent, =covered or =left. Repeat for several.
    sign
        You have looked at the whole length, and sign for the decisions as they now stand.
    """

    cover: tuple[str, ...] = ()
    consent: Path | None = None
    state: tuple[str, ...] = ()
    sign: bool = False

    def any(self, options: ReviewOptions) -> bool:
        """Whether anything is decided here."""
        return bool(options.keep or self.cover or self.consent or self.state or self.sign)


def decided(plan: Plan, decisions: Decisions, options: ReviewOptions) -> Plan:
    """The plan with these decisions. Raises UsageError where one lacks its reason, its name or its track."""
    if decisions.consent is not None and not options.keep:
        raise UsageError("a consent is bound to a track", next_step="Name the track that stays visible: --keep")
    given = read_consent(decisions.consent) if decisions.consent is not None else None
    by, why = options.by, options.because or _NO_REASON
    plan = _decide(plan, options.keep, Decision(Action.KEEP, by, why), given)
    plan = _decide(plan, decisions.cover, Decision(Action.COVER, by, why))
    for statement in decisions.state:
        plan = plan.state(_statement(statement, by, options.because))
    return _sign(plan, by) if decisions.sign else plan


def today() -> datetime.date:
    """The day on which it is decided."""
    return datetime.datetime.now(tz=datetime.UTC).date()


def _decide(plan: Plan, tracks: Sequence[str], decision: Decision, consent: Consent | None = None) -> Plan:
    if tracks and decision.why == _NO_REASON:
        raise UsageError("a decision needs a reason", next_step='Add one: --because "asked for access to her own data"')
    for track in tracks:
        try:
            plan = plan.decide(track, decision, consent)
        except KeyError as error:
            known = ", ".join([p.track.id for p in plan.tracks] + [s.id for s in plan.silences]) or "none"
            raise UsageError(f"the plan has no track {track!r}", next_step=f"It has: {known}") from error
    return plan


def _statement(text: str, by: str, because: str) -> Statement:
    """A statement written as `plates=absent`."""
    what, _, verdict = text.partition("=")
    if not because:
        raise UsageError("a statement needs a reason", next_step='Add one: --because "played to the end, twice"')
    try:
        return Statement(Identifier(what), Verdict(verdict), _named(by), because)
    except ValueError as error:
        said = f"{', '.join(Identifier)}; then ={', ='.join(Verdict)}"
        raise UsageError(f"{text!r} is not a statement", next_step=f"Use one of: {said}") from error


def _sign(plan: Plan, by: str) -> Plan:
    return replace(plan, review=Review(_named(by), today(), decisions_digest(plan)))


def _named(by: str) -> str:
    if by == _NOBODY:
        raise UsageError("it is not said who signs", next_step='Add your name: --by "R. Eviewer"')
    return by
