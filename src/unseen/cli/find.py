"""unseen find."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from unseen import pipeline
from unseen.cli import show
from unseen.errors import printable
from unseen.media.documents import write_document
from unseen.options import FindOptions
from unseen.plan import dumps

_DEFAULTS = FindOptions()


def command(
    source: Path,
    /,
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    overwrite: bool = False,
    json: bool = False,
    options: Annotated[FindOptions, Parameter(name="*")] = _DEFAULTS,
) -> None:
    """Only look: write a plan that says what was found and what would become of it.

    Parameters
    ----------
    source
        A photo, a video or a sound recording.
    output
        The plan's file; without it the plan goes to standard output.
    overwrite
        Replace a plan that is already there.
    json
        Print the plan on standard output, also where it is written to a file.
    """
    show.warn_of(options.warnings)
    with show.progress(printable(source.name), shown=not json) as progress:
        plan = pipeline.find(source, options, progress)
    if output is not None:
        write_document(output, dumps(plan), overwrite=overwrite)
    if json or output is None:
        show.emit(plan)
    else:
        found = show.counted(planned.track.kind for planned in plan.tracks) or "nothing"
        show.say(f"{printable(source)}: {found} found. Plan: {printable(output)}")
        show.say(f"  Check it: unseen review {printable(output)}")
