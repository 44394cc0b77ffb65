"""unseen apply."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from unseen import pipeline
from unseen.cli import show
from unseen.errors import printable
from unseen.media.documents import load_plan
from unseen.options import ApplyOptions
from unseen.record.c2pa import sidecar_of

_DEFAULTS = ApplyOptions()


def command(
    plan: Path,
    source: Path,
    /,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
    json: bool = False,
    options: Annotated[ApplyOptions, Parameter(name="*")] = _DEFAULTS,
) -> None:
    """Cover what a plan says, audit the finished file, and release it with its record.

    Parameters
    ----------
    plan
        The plan, as `unseen find` wrote it and a person may have changed it.
    source
        The file the plan was made for.
    output
        The output file.
    json
        Print the record on standard output.
    """
    document = load_plan(plan)
    show.warn_of(document.warnings)
    with show.progress(printable(source.name), shown=not json) as progress:
        released = pipeline.apply(document, source, output, options, progress)
    if json:
        show.emit(released.record)
    else:
        show.say(f"{printable(source)} -> {printable(released.output)}, standing: {released.record.standing}")
        for line in show.copied(released.record.plan):
            show.say(f"  {line}")
        show.say(f"  record: {printable(released.record_path)}")
        if released.record.c2pa_sha256 is not None:
            show.say(f"  C2PA manifest: {printable(sidecar_of(released.output))}")
