"""unseen redact."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from unseen import batch
from unseen.batch import Job, Outcome
from unseen.cli import show
from unseen.core import Progress
from unseen.errors import ExitCode, printable
from unseen.media import open_media
from unseen.options import RedactOptions
from unseen.plan import StreamAction
from unseen.record.c2pa import sidecar_of

_DEFAULTS = RedactOptions()


def command(
    inputs: list[Path],
    /,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
    resume: bool = False,
    rename: bool = False,
    dry_run: bool = False,
    json: bool = False,
    options: Annotated[RedactOptions, Parameter(name="*")] = _DEFAULTS,
) -> int:
    """Find everyone, cover them, audit the finished file, and release it with its record.

    Parameters
    ----------
    inputs
        Photos, videos, sound recordings or folders of them; - is standard input.
    output
        The output file; or a folder, where there are several inputs.
    resume
        Skip what an earlier run has released already from the same inputs.
    rename
        Name outputs by counting, 0001.jpg and so on, in one folder: names of files and folders give things away, too.
        Write down which is which before you need it: nothing here says it later.
    dry_run
        Look, say what would be done, and write nothing.
    json
        Print one JSON document for machines.
    """
    jobs = batch.plan_jobs(inputs, output, rename=rename)
    show.warn_of(options.warnings)
    if dry_run:
        return _dry_run(jobs, options, json=json)
    outcomes = []
    with ExitStack() as stack:

        def progress_of(job: Job) -> Progress:
            stack.close()
            return stack.enter_context(show.progress(printable(job.source.name), shown=not json))

        for outcome in batch.run(jobs, options, resume=resume, progress_of=progress_of):
            stack.close()
            outcomes.append(outcome)
            if not json:
                _tell(outcome)
    if json:
        show.emit({"files": [_facts(o) for o in outcomes]})
    elif len(jobs) > 1:
        show.say(_summary(outcomes, len(jobs)))
    return batch.worst(outcomes)


def _summary(outcomes: list[Outcome], asked: int) -> str:
    released = sum(o.released is not None for o in outcomes)
    left_out = sum(o.left_out for o in outcomes)
    others = f" {left_out} left out: no photo or video." if left_out else ""
    return f"{released} of {asked - left_out} files released, {asked - left_out - released} not.{others}"


def _tell(outcome: Outcome) -> None:
    if outcome.left_out:
        show.say(f"{printable(outcome.job.source)}: left out, no photo or video")
        return
    if outcome.error is not None:
        show.complain(outcome.error)
        return
    released = outcome.released
    assert released is not None  # noqa: S101 - no error and not left out, so it was released
    source, output = printable(outcome.job.source), printable(released.output)
    if outcome.earlier:
        show.say(f"{source}: released already as {output}")
        return
    record = released.record
    passed = sum(c.passed for c in record.checks)
    show.say(f"{source} -> {output}")
    covered = show.counted(track.kind for track in record.plan.covered())
    found = f"{covered} covered" if covered else "nothing found: look for yourself"
    if record.plan.source.media.sound is not None:
        found = f"sound: {next(s.why for s in record.plan.streams if s.action is not StreamAction.REMOVE)}"
    if record.plan.silences:
        found += f", {len(record.plan.silenced())} stretches silenced"
    show.say(f"  {found}; {passed} of {len(record.checks)} checks passed; standing: {record.standing}")
    for check in record.checks:
        if not check.passed:
            show.say(f"  check {check.number} {check.status}: {check.title} ({check.detail})")
    for line in show.copied(record.plan):
        show.say(f"  {line}")
    show.say(f"  record: {printable(released.record_path)}")
    if record.c2pa_sha256 is not None:
        show.say(f"  C2PA manifest: {printable(sidecar_of(released.output))}")


def _facts(outcome: Outcome) -> dict[str, Any]:
    facts: dict[str, Any] = {"source": printable(outcome.job.source)}
    if outcome.left_out:
        return facts | {"left_out": True, "exit_code": int(ExitCode.OK)}
    if outcome.error is not None:
        return facts | show.error_facts(outcome.error)
    released = outcome.released
    assert released is not None  # noqa: S101 - no error and not left out, so it was released
    return facts | {
        "output": printable(released.output),
        "record": printable(released.record_path),
        "earlier": outcome.earlier,
        "covered": len(released.record.plan.covered()),
        "copying": released.record.plan.copying,
        "standing": released.record.standing,
        "checks": released.record.checks,
        "exit_code": int(ExitCode.OK),
    }


def _dry_run(jobs: list[Job], options: RedactOptions, *, json: bool) -> int:
    said = []
    for job in (job for job in jobs if job.media):
        with open_media(job.source, options.limits, require_sandbox=options.require_sandbox) as reader:
            info = reader.info
        pictures = len(info.frame_times) if info.frame_times is not None else 0
        said.append({"source": printable(job.source), "output": printable(job.output), "pictures": pictures})
        if not json:
            how = f"{options.style} covers" if info.picture is not None else f"sound: {options.audio}"
            show.say(f"{printable(job.source)} ({info.kind}, {show.shape(info)}) -> {printable(job.output)}, {how}")
    if json:
        show.emit({"would": said})
    return ExitCode.OK
