"""The log of removed originals: signed lines that are only ever added, each naming the digest of the one before.

The folder's history says how many there are and what the last one is, so that none can be taken away from the end.
"""

from __future__ import annotations

import datetime
import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from unseen.errors import PlanError, StorageError, TamperedError
from unseen.media.publish import only_one
from unseen.record.canonical import DO_NOT_TRUST
from unseen.record.chain import read_head, recovered, write_head
from unseen.record.keys import SigningKey
from unseen.record.signature import Signature, signed, signer
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
    signature: Signature | None = None
    schema: str = SCHEMA


def read_log(folder: Path) -> tuple[Deletion, ...]:
    """The deletions of a folder, in order, none where there is no log.

    Raises PlanError where a line cannot be read, TamperedError where one was changed, is missing or is not signed.
    """
    lines = _lines(folder)
    found = tuple(_entry(folder, number, line) for number, line in enumerate(lines, start=1))
    digests = [None, *(hashlib.sha256(line).hexdigest() for line in lines)]
    for number, (entry, before) in enumerate(zip(found, digests, strict=False), start=1):
        if entry.previous != before:
            raise _tampered(folder, f"line {number} does not follow the line before it")
    head = read_head(folder)
    removals, last = (head.removals, head.last_removal) if head is not None else (0, None)
    if not removals <= len(lines) <= removals + 1:  # one more: whoever wrote it was killed before it was counted
        raise _tampered(folder, f"the folder's history knows of {removals} lines, and there are {len(lines)}")
    if digests[removals] != last:
        raise _tampered(folder, f"line {removals} is not the one that was written")
    return found


def append(folder: Path, entry: Deletion, key: SigningKey) -> None:
    """Add a signed line to the log of a folder and force it to the disk.

    Raises PlanError, TamperedError, StorageError.
    """
    path = folder / LOG
    try:
        with only_one(folder):
            count = len(read_log(folder))
            lines = _lines(folder)
            previous = hashlib.sha256(lines[-1]).hexdigest() if lines else None
            line = msgspec.json.encode(signed(replace(entry, previous=previous), key))
            if lines:  # as the log stands, also where whoever wrote its last line could not count it any more
                write_head(folder, replace(recovered(folder), removals=count, last_removal=previous), key)
            with path.open("ab") as file:
                file.write(line + b"\n")
                file.flush()
                os.fsync(file.fileno())
            last = hashlib.sha256(line).hexdigest()
            write_head(folder, replace(recovered(folder), removals=count + 1, last_removal=last), key)
    except OSError as error:
        what = f"cannot be written: {error.strerror}"
        raise StorageError(what, path=path, next_step="Check the folder and its permissions.") from error


def _lines(folder: Path) -> list[bytes]:
    try:
        with (folder / LOG).open("rb") as file:
            return file.read(_MOST).splitlines()
    except FileNotFoundError:
        return []


def _entry(folder: Path, number: int, line: bytes) -> Deletion:
    try:
        entry = msgspec.json.decode(line, type=Deletion, strict=True)
        signer(msgspec.json.decode(line))
    except (msgspec.DecodeError, ValueError) as error:
        what, step = f"line {number} is damaged: {error}", "Do not trust this log; find out who changed it."
        raise PlanError(what, path=folder / LOG, next_step=step) from error
    except TamperedError as error:
        raise _tampered(folder, f"line {number} {error.what}") from error
    if entry.schema != SCHEMA:
        raise _tampered(folder, f"line {number} is of another kind: {entry.schema!r}")
    return entry


def _tampered(folder: Path, what: str) -> TamperedError:
    return TamperedError(what, path=folder / LOG, next_step=DO_NOT_TRUST)
