"""unseen review."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from unseen.cli import show
from unseen.cli.files import load_plan, write_document
from unseen.errors import UsageError, printable
from unseen.plan import Action, Decision, Plan, dumps
from unseen.review import doubts


def command(
    plan: Path,
    /,
    *,
    keep: list[str] | None = None,
    cover: list[str] | None = None,
    because: str = "",
    by: str = "reviewer",
    json: bool = False,
) -> None:
    """Check a plan: the doubtful places first; keep a track visible or cover it again.

    Parameters
    ----------
    plan
        A plan that `unseen find` wrote. Decisions are written back to it.
    keep
        Leave this track visible (say why with --because). Repeat for several.
    cover
        Cover this track after all. Repeat for several.
    because
        The reason for these decisions, kept in the plan and the record.
    by
        Who decides.
    json
        Print the doubtful places as JSON.
    """
    document = load_plan(plan)
    changed = _decide(document, keep or [], Action.KEEP, by, because)
    changed = _decide(changed, cover or [], Action.COVER, by, because)
    if changed != document:
        write_document(plan, dumps(changed), overwrite=True)
    found = doubts(changed)
    if json:
        show.emit({"tracks": len(changed.tracks), "doubts": found})
        return
    kept = len(changed.tracks) - len(changed.covered())
    show.say(f"{printable(plan)}: {len(changed.tracks)} tracks, {kept} kept visible, {len(found)} doubtful places")
    for doubt in found:
        start, end = float(doubt.span.start), float(doubt.span.end)
        show.say(f"  {doubt.track_id}  {start:.3f} to {end:.3f} s: {doubt.reason}")


def _decide(plan: Plan, tracks: list[str], action: Action, by: str, because: str) -> Plan:
    if tracks and not because:
        raise UsageError("a decision needs a reason", next_step='Add one: --because "asked for access to her own data"')
    for track in tracks:
        try:
            plan = plan.decide(track, Decision(action, by, because))
        except KeyError as error:
            known: Any = ", ".join(p.track.id for p in plan.tracks) or "none"
            raise UsageError(f"the plan has no track {track!r}", next_step=f"It has: {known}") from error
    return plan
