"""unseen models."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from unseen.cli import show
from unseen.errors import UsageError
from unseen.models import ModelCard, built_in, choices, fetch, optional

app = App(
    default_parameter=Parameter(negative=()),
    help="The nets that finders look with: what they are, where they come from, whether they are whole.",
)


@app.command(name="list")
def list_models(*, json: bool = False) -> None:
    """List the models with their licences and sources: those that come with Unseen, and those that can be fetched.

    Parameters
    ----------
    json
        Print the model cards as JSON.
    """
    there, more = built_in().cards(), choices(optional())
    installed = {name for name, card in more.items() if card in optional().installed()}
    if json:
        fetched = [{"choice": name, "installed": name in installed, "card": card} for name, card in more.items()]
        show.emit({"models": there, "optional": fetched})
        return
    for card in there:
        _describe(card, "comes with Unseen")
    for name, card in more.items():
        _describe(card, "installed" if name in installed else f"not installed; fetch it: unseen models get {name}")


def _describe(card: ModelCard, state: str) -> None:
    show.say(f"{card.name} {card.version} ({card.licence}): {card.finds}; {state}")
    show.say(f"  {card.size} bytes, SHA-256 {card.sha256}")
    show.say(f"  from {card.source}")


@app.command(name="get")
def get_models(*names: Annotated[str, Parameter(name="NAME")]) -> None:
    """Fetch optional models, the only thing Unseen does over a network. Each is checked against its card's SHA-256.

    Parameters
    ----------
    names
        Which: see `unseen models list`.
    """
    store = optional()
    known = choices(store)
    wrong = [name for name in names if name not in known]
    if wrong or not names:
        what = f"there is no model to fetch called {wrong[0]!r}" if wrong else "no model is named"
        raise UsageError(what, next_step=f"There are: {', '.join(known)}.")
    for name in names:
        card = known[name]
        show.say(f"{name}: {card.name} {card.version} ({card.licence}), {card.size} bytes from {card.address}")
        path = fetch(card, store)
        show.say(f"  as its card says, and put here: {path}")


@app.command(name="check")
def check_models(*, json: bool = False) -> None:
    """Hold every model that is there against the digest in its card.

    Parameters
    ----------
    json
        Print the outcome as JSON.
    """
    cards = (*built_in().check(), *optional().check())
    if json:
        show.emit({"checked": [card.name for card in cards]})
        return
    for card in cards:
        show.say(f"{card.name}: as its card says")
