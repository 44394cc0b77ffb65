"""unseen purge."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from unseen.batch import Fate, Held, purge, survey
from unseen.cli import show
from unseen.errors import ExitCode, UnseenError, printable
from unseen.record import own_key

_NOT_WIPED = (
    "Removing a file takes its name away and does not wipe it: the bytes can stay on an SSD or a memory card until "
    "they are written over, and in snapshots, backups, synced folders and the recorder itself. Look there too."
)


def command(
    folders: list[Path],
    /,
    *,
    delete: bool = False,
    by: str = "operator",
    key_file: Path | None = None,
    json: bool = False,
) -> int:
    """List originals that the rules of their releases want removed by now; with --delete, remove them.

    An original is known by its digest in the record of a release. It is due where its maximum is reached and no minimum
    holds it, and goes with the plans made for it.

    Parameters
    ----------
    folders
        Folders that hold originals, releases and their records.
    delete
        Remove what is due. Nothing is asked; what was removed is said, and logged beside the records.
    by
        Who removes, for the log.
    key_file
        The file of the key that signs the log, where it is not the usual one; made where there is none.
    json
        Print one JSON document for machines.
    """
    today = datetime.datetime.now(tz=datetime.UTC).date()
    found = survey(folders, today)
    facts = []
    code = ExitCode.INPUT if found.damaged else ExitCode.OK
    for held in found.held:
        removed = False
        if not json:
            _tell(held)
        if delete and held.fate is Fate.DUE:
            try:
                done = purge(held, by, today, own_key(key_file))
            except UnseenError as error:
                show.complain(error)
                code = ExitCode(error.exit_code)
            else:
                removed = True
                if not json:
                    _tell_removed(held, done.standing, linked=done.linked)
        facts.append(_facts(held, removed=removed))
    for path in found.damaged:
        show.warn(f"unseen: {printable(path)}: this record cannot be read, so nobody can judge its original")
    if json:
        show.emit({"originals": facts, "damaged": [printable(path) for path in found.damaged]})
    elif delete and any(fact["removed"] for fact in facts):
        show.say(_NOT_WIPED)
    elif not delete and any(held.fate is Fate.DUE for held in found.held):
        show.say("Nothing was removed. To remove what is due: unseen purge --delete")
    elif not found.held:
        show.say("No original of any release is in there.")
    return code


def _tell(held: Held) -> None:
    for path in held.originals:
        show.say(f"{printable(path)}: {held.fate}" + "".join(f", {why}" for why in held.why))
    for path in held.leftovers:
        show.say(f"  with it: {printable(path)}")


def _tell_removed(held: Held, standing: tuple[str, ...], *, linked: bool) -> None:
    show.say(f"  removed: {len(held.originals)} original, {len(held.leftovers)} plans")
    for release, word in zip(held.releases, standing, strict=True):
        show.say(f"  {printable(release.output)} may now be called: {word}")
    if linked:
        show.warn("  its bytes have another name (a hard link) outside these folders, and stay")


def _facts(held: Held, *, removed: bool) -> dict[str, Any]:
    return {
        "originals": [printable(path) for path in held.originals],
        "sha256": held.sha256,
        "records": [printable(release.path) for release in held.releases],
        "leftovers": [printable(path) for path in held.leftovers],
        "fate": held.fate,
        "why": held.why,
        "removed": removed,
    }
