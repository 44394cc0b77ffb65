"""unseen review."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from unseen.cli import show
from unseen.cli.decide import Decisions, decided, today
from unseen.errors import UsageError, printable
from unseen.media.documents import load_plan, write_document
from unseen.options import ReviewOptions
from unseen.plan import Plan, dumps
from unseen.plan.duties import shortfalls
from unseen.review import doubts, is_plan, places

_DEFAULTS = ReviewOptions()
_NOTHING = Decisions()


def command(
    target: Path,
    /,
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    list_: Annotated[bool, Parameter(name="--list")] = False,
    json: bool = False,
    decisions: Annotated[Decisions, Parameter(name="*")] = _NOTHING,
    options: Annotated[ReviewOptions, Parameter(name="*")] = _DEFAULTS,
) -> None:
    """Check what was found, correct it and release it, in the browser; or decide about a plan on the command line.

    Nothing leaves the machine: the page is served to this machine's own browser, and ends when it is closed.

    Parameters
    ----------
    target
        A photo, a video, a sound recording, a folder of them, or a plan that `unseen find` wrote.
    output
        Where the release goes; by default beside the input, with -redacted in its name. The plan lies beside it.
    list_
        Only print the doubtful places of a plan.
    json
        Print them as JSON.
    """
    on_terminal = list_ or json or decisions.any(options)
    if on_terminal and not is_plan(target):
        raise UsageError("is not a plan", path=target, next_step="Make one: unseen find FILE -o PLAN")
    if on_terminal:
        _decide(target, decisions, options, json=json)
    else:
        _open(target, output, options)


def _decide(path: Path, decisions: Decisions, options: ReviewOptions, *, json: bool) -> None:
    """Take what is decided, and print what is doubtful then."""
    document = load_plan(path)
    changed = decided(document, decisions, options)
    if changed != document:
        write_document(path, dumps(changed), overwrite=True)
    if json:
        found, missing = doubts(changed), shortfalls(changed, today())
        show.emit({"tracks": len(changed.tracks), "doubts": found, "missing": missing})
    else:
        _print(path, changed)


def _print(path: Path, plan: Plan) -> None:
    found = doubts(plan)
    kept = len(plan.tracks) - len(plan.covered())
    spoken = f"{len(plan.silences)} stretches of sound to silence, " if plan.silences else ""
    show.say(f"{printable(path)}: {len(plan.tracks)} tracks, {kept} kept visible, {spoken}{len(found)} doubtful places")
    for doubt in found:
        start, end = float(doubt.span.start), float(doubt.span.end)
        show.say(f"  {doubt.track_id or 'the file'}  {start:.3f} to {end:.3f} s: {doubt.reason}")
    for said in shortfalls(plan, today()):
        show.say(f"  missing: {printable(said)}")


def _open(target: Path, output: Path | None, options: ReviewOptions) -> None:
    """Serve the page until it is closed."""
    # No other command needs a web server, and each would be a fifth of a second later for it.
    from unseen.review.desk import Desk
    from unseen.review.serve import Server

    desk = Desk(places(target, output, options.source), options)
    server = Server(desk, options.port, options.stay)
    show.warn_of(options.warnings)
    with server.running():
        desk.look_at_all()
        show.say(f"Review of {printable(target)}, for one browser of this machine, good for one use:")
        show.say(f"  {server.link}")
        if not options.no_browser:
            webbrowser.open(server.link)
        try:
            server.wait()
        except KeyboardInterrupt:
            show.say("Ended. Every decision is saved.")
            return
    show.say("The page was closed, and the review has ended. Every decision is saved.")
