"""The log of originals that were removed: lines that are only ever added, each naming the digest of the one before."""

from __future__ import annotations

import datetime
import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from unseen.errors import PlanError, StorageError
from unseen.record.standing import Standing

SCHEMA = "unseen.deletion/1"
LOG = "unseen-deletions.jsonl"
_MOST = 64 << 20


@dataclass(frozen=True, slots=True)
class Deletion:
    """That an original is about to be removed or, where `done`, was.

    `record_sha256` is of the record's file. `names`: how many files held the original. `leftovers`: digests of plans
    that went with it. `why`: the articles whose maximum was reached. `standing`: what the release may be called since.
    `previous`: the digest of the line before, None in the first.
    """

    original_sha256: str
    record_sha256: str
    on: datetime.date
    by: str
    why: tuple[str, ...]
    names: int
    leftovers: tuple[str, ...]
    standing: Standing
    done: bool
    previous: str | None = None
    schema: str = SCHEMA


def read_log(folder: Path) -> tuple[Deletion, ...]:
    """The deletions of a folder, in order, none where there is no log. Raises PlanError where a line is missing."""
    path = folder / LOG
    try:
        with path.open("rb") as file:
            data = file.read(_MOST)
    except FileNotFoundError:
        return ()
    found: list[Deletion] = []
    before = None
    for line in data.splitlines():
        try:
            entry = msgspec.json.decode(line, type=Deletion, strict=True)
        except (msgspec.DecodeError, ValueError) as error:
            raise _broken(path, f"line {len(found) + 1} is damaged: {error}") from error
        if entry.schema != SCHEMA or entry.previous != before:
            raise _broken(path, f"line {len(found) + 1} does not follow the line before it")
        found.append(entry)
        before = hashlib.sha256(line).hexdigest()
    return tuple(found)


def _broken(path: Path, what: str) -> PlanError:
    return PlanError(what, path=path, next_step="Do not trust this log; find out who changed it.")


def append(folder: Path, entry: Deletion) -> None:
    """Add a line to the log of a folder and force it to the disk. Raises PlanError, StorageError."""
    path = folder / LOG
    read_log(folder)
    try:
        with path.open("a+b") as file:
            file.seek(0)
            lines = file.read(_MOST).splitlines()
            previous = hashlib.sha256(lines[-1]).hexdigest() if lines else None
            file.write(msgspec.json.encode(replace(entry, previous=previous)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        what = f"cannot be written: {error.strerror}"
        raise StorageError(what, path=path, next_step="Check the folder and its permissions.") from error
