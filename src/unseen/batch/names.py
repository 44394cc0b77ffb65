"""Which files a job is about, and where each one's output goes."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from unseen.errors import InputError, UsageError, printable
from unseen.media.sniff import is_media
from unseen.media.source import STDIN
from unseen.record import SUFFIX


@dataclass(frozen=True, slots=True)
class Job:
    """One input and the output it is to become; `media` is False for a file of a folder that is nothing of the kind."""

    source: Path
    output: Path
    media: bool = True


def plan_jobs(inputs: Sequence[Path], out: Path, *, rename: bool = False) -> list[Job]:
    """One job a file. Folders are searched and mirrored below `out`; a single file may name its output.

    `rename`: outputs are counted instead, in one folder, so that no name of a file or folder goes on. Raises UsageError
    where two inputs would become the same output or an output would replace an input.
    """
    if not inputs:
        raise UsageError("there is no input", next_step="unseen redact IN -o OUT")
    into_folder = rename or len(inputs) > 1 or _is_folder(inputs[0]) or _is_folder(out)
    if not into_folder:
        jobs = [Job(inputs[0], out)]
    elif STDIN in inputs:
        raise UsageError("standard input needs an output file, not a folder", next_step="unseen redact - -o OUT.jpg")
    else:
        jobs = [job for path in inputs for job in _jobs_below(path, out)]
    if rename:
        jobs = list(_counted(jobs, out))
    _refuse_clashes(jobs)
    return jobs


def _counted(jobs: list[Job], out: Path) -> Iterator[Job]:
    """The same jobs, their outputs named 0001, 0002, ...; what is no media gets no number."""
    number = itertools.count(1)
    for job in jobs:
        yield replace(job, output=out / f"{next(number):04}{job.source.suffix.lower()}") if job.media else job


def _is_folder(path: Path) -> bool:
    try:
        return path != STDIN and path.is_dir()
    except OSError:  # a name that no file can have: whoever opens it says so
        return False


def _jobs_below(path: Path, out: Path) -> Iterable[Job]:
    if not _is_folder(path):
        yield Job(path, out / path.name)
        return
    found = False
    for file in sorted(path.rglob("*")):
        hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
        inside_output = file.is_relative_to(out) and not path.is_relative_to(out)
        if file.is_file() and not hidden and not inside_output and not file.name.endswith(SUFFIX):
            found = True
            yield Job(file, out / file.relative_to(path), _claims_to_be_media(file))
    if not found:
        raise InputError("holds no file", path=path, next_step="Name a photo, a video or a folder of them.")


def _claims_to_be_media(path: Path) -> bool:
    try:
        return is_media(path)
    except OSError:  # whoever opens it says why it cannot be read
        return True


def _refuse_clashes(jobs: list[Job]) -> None:
    sources = {job.source.resolve() for job in jobs if job.source != STDIN}
    taken: dict[Path, Path] = {}
    for job in jobs:
        if job.output.resolve() in sources:
            raise UsageError(
                "the output would replace an input", path=job.output, next_step="Name another file or folder with -o."
            )
        other = taken.setdefault(job.output, job.source)
        if other != job.source:
            what = f"would be the output of both {printable(other)} and {printable(job.source)}"
            raise UsageError(what, path=job.output, next_step="Run them one by one, or into two folders.")
