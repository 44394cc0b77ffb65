"""unseen review."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path
from typing import Any

from unseen.cli import show
from unseen.cli.files import load_plan, write_document
from unseen.errors import UsageError, printable
from unseen.plan import (
    Action,
    Consent,
    Decision,
    Plan,
    Review,
    Statement,
    Verdict,
    decisions_digest,
    dumps,
    read_consent,
)
from unseen.plan.duties import shortfalls
from unseen.review import doubts
from unseen.rules import Identifier

_NOBODY = "reviewer"
_NO_REASON = "(none given)"


def command(
    plan: Path,
    /,
    *,
    keep: list[str] | None = None,
    cover: list[str] | None = None,
    consent: Path | None = None,
    state: list[str] | None = None,
    sign: bool = False,
    because: str = "",
    by: str = _NOBODY,
    json: bool = False,
) -> None:
    """Check a plan: the doubtful places first; keep a track visible or cover it again; answer and sign for the whole.

    Parameters
    ----------
    plan
        A plan that `unseen find` wrote. Decisions are written back to it.
    keep
        Leave this track visible, or this stretch of speech audible (say why with --because). Repeat for several.
    cover
        Cover this track, or silence this stretch, after all. Repeat for several.
    consent
        The consent of whoever is in the tracks that --keep names: a .toml or .json file.
    state
        What you saw of something that identifies people, in the whole footage: faces, bodies, plates, text, codes,
        voices, clothing, place or gait, then =absent, =covered or =left. Repeat for several.
    sign
        You have looked at the whole length, and sign for the decisions as they now stand.
    because
        The reason for these decisions, kept in the plan and the record.
    by
        Who decides.
    json
        Print the doubtful places as JSON.
    """
    document = load_plan(plan)
    if consent is not None and not keep:
        raise UsageError("a consent is bound to a track", next_step="Name the track that stays visible: --keep")
    given = read_consent(consent) if consent is not None else None
    changed = _decide(document, keep or [], Decision(Action.KEEP, by, because or _NO_REASON), given)
    changed = _decide(changed, cover or [], Decision(Action.COVER, by, because or _NO_REASON))
    for statement in state or []:
        changed = changed.state(_statement(statement, by, because))
    if sign:
        changed = _sign(changed, by)
    if changed != document:
        write_document(plan, dumps(changed), overwrite=True)
    found, missing = doubts(changed), shortfalls(changed, _today())
    if json:
        show.emit({"tracks": len(changed.tracks), "doubts": found, "missing": missing})
        return
    kept = len(changed.tracks) - len(changed.covered())
    spoken = f"{len(changed.silences)} stretches of sound to silence, " if changed.silences else ""
    show.say(
        f"{printable(plan)}: {len(changed.tracks)} tracks, {kept} kept visible, {spoken}{len(found)} doubtful places"
    )
    for doubt in found:
        start, end = float(doubt.span.start), float(doubt.span.end)
        show.say(f"  {doubt.track_id}  {start:.3f} to {end:.3f} s: {doubt.reason}")
    for said in missing:
        show.say(f"  missing: {printable(said)}")


def _today() -> datetime.date:
    return datetime.datetime.now(tz=datetime.UTC).date()


def _decide(plan: Plan, tracks: list[str], decision: Decision, consent: Consent | None = None) -> Plan:
    if tracks and decision.why == _NO_REASON:
        raise UsageError("a decision needs a reason", next_step='Add one: --because "asked for access to her own data"')
    for track in tracks:
        try:
            plan = plan.decide(track, decision, consent)
        except KeyError as error:
            ids = [p.track.id for p in plan.tracks] + [s.id for s in plan.silences]
            known: Any = ", ".join(ids) or "none"
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
    return replace(plan, review=Review(_named(by), _today(), decisions_digest(plan)))


def _named(by: str) -> str:
    if by == _NOBODY:
        raise UsageError("it is not said who signs", next_step='Add your name: --by "R. Eviewer"')
    return by
