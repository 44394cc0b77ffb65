"""unseen rules."""

from __future__ import annotations

from cyclopts import App, Parameter

from unseen import rules
from unseen.cli import show

app = App(
    default_parameter=Parameter(negative=()),
    help="The rule sets that a release can be held to. Nothing here is legal advice.",
)


@app.command(name="list")
def list_rules(*, json: bool = False) -> None:
    """List the rule sets.

    Parameters
    ----------
    json
        Print them as JSON.
    """
    sets = [rules.load(name)[0] for name in rules.names()]
    if json:
        show.emit({"rules": sets})
        return
    for each in sets:
        show.say(f"{each.name} {each.version}: {each.title}")


@app.command(name="show")
def show_rules(name: str, /, *, json: bool = False) -> None:
    """Show what one rule set asks for.

    Parameters
    ----------
    name
        As `unseen rules list` names it.
    json
        Print it as JSON.
    """
    each, digest = rules.load(name)
    if json:
        show.emit({"rules": each, "sha256": digest})
        return
    show.say(f"{each.name} {each.version}: {each.title}")
    show.say(f"  covers: {', '.join(each.cover.styles)}; padding at least {each.cover.least_padding}")
    show.say(f"  checks that have to pass: {', '.join(map(str, each.release.required_checks))}")
    show.say(f"  SHA-256 {digest}")
