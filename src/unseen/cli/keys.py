"""unseen keys."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App, Parameter

from unseen.cli import show
from unseen.errors import printable
from unseen.record import key_file, own_key

app = App(
    default_parameter=Parameter(negative=()),
    help="The key that signs your records: what others need to tell that a record is yours.",
)


@app.command(name="show")
def show_key(*, key_file: Path | None = None, json: bool = False) -> None:
    """Show the public key, which anybody may have; it is made where there is none yet.

    Parameters
    ----------
    key_file
        The key's file, where it is not the usual one.
    json
        Print the key as JSON.
    """
    path = key_file or _usual()
    public = own_key(path).public
    if json:
        show.emit({"public_key": str(public), "fingerprint": public.fingerprint, "file": printable(path)})
        return
    show.say(str(public))
    show.say(f"fingerprint {public.fingerprint}")
    show.say(f"file {printable(path)}: whoever reads it can sign in your name")


_usual = key_file
