"""unseen verify."""

from __future__ import annotations

from pathlib import Path

from unseen import pipeline
from unseen.cli import show
from unseen.cli.files import load_record
from unseen.errors import ExitCode, printable
from unseen.plan import duties


def command(output: Path, /, *, record: Path | None = None, source: Path | None = None, json: bool = False) -> int:
    """Audit a finished file again, anywhere, later.

    Parameters
    ----------
    output
        The finished file.
    record
        Its record; by default the one beside it.
    source
        The original: with it, the checks that compare against it are made too.
    json
        Print the checks on standard output.
    """
    document = load_record(record or pipeline.record_path_of(output))
    with show.progress(printable(output.name), shown=not json) as progress:
        report = pipeline.verify(output, document, source, progress)
    required = set(duties.requirements(document.plan).required_checks)
    if source is None:
        required -= pipeline.CHECKS_THAT_NEED_THE_SOURCE
    passed = report.passed(required)
    if json:
        show.emit({"passed": passed, "checks": report.checks})
    else:
        for check in report.checks:
            show.say(f"{check.number:>3}  {check.status:<12} {check.title}: {check.detail}")
        show.say("Every required check passed." if passed else "This file did not pass: do not publish it.")
    return ExitCode.OK if passed else ExitCode.AUDIT
