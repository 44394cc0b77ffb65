"""unseen models."""

from __future__ import annotations

from cyclopts import App, Parameter

from unseen.cli import show
from unseen.models import built_in

app = App(
    default_parameter=Parameter(negative=()),
    help="The nets that finders look with: what they are, where they come from, whether they are whole.",
)


@app.command(name="list")
def list_models(*, json: bool = False) -> None:
    """List the models with their licences and sources.

    Parameters
    ----------
    json
        Print the model cards as JSON.
    """
    cards = built_in().cards()
    if json:
        show.emit({"models": cards})
        return
    for card in cards:
        show.say(f"{card.name} {card.version} ({card.licence}): {card.finds}")
        show.say(f"  {card.size} bytes, SHA-256 {card.sha256}")
        show.say(f"  from {card.source}")


@app.command(name="check")
def check_models(*, json: bool = False) -> None:
    """Hold every model against the digest in its card.

    Parameters
    ----------
    json
        Print the outcome as JSON.
    """
    store = built_in()
    cards = store.check()
    if json:
        show.emit({"checked": [card.name for card in cards]})
        return
    for card in cards:
        show.say(f"{card.name}: as its card says")
