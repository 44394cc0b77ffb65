"""Removing originals whose time is over, and nothing else."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from unseen.batch.retention import Fate, Held, plan_of
from unseen.errors import PlanError, StorageError
from unseen.media import open_source
from unseen.record import SigningKey, Standing, compute_standing
from unseen.record.deletion import Deletion, append


@dataclass(frozen=True, slots=True)
class Removed:
    """What the releases of a removed original may be called since; `linked`: further hard links keep its bytes."""

    standing: tuple[Standing, ...]
    linked: bool


def purge(held: Held, by: str, today: datetime.date, key: SigningKey) -> Removed:
    """Remove an original that is due with the plans left over from it, and log it beside each of its records.

    The digest is read again first; `key` signs the log's lines. Raises ValueError where it is not due, PlanError where
    a file is no longer the one that was judged, TamperedError where the log is not, StorageError.
    """
    if held.fate is not Fate.DUE:
        raise ValueError(f"an original that {held.fate} is not removed")
    entries = [(release.path.parent, _entry(held, n, by, today)) for n, release in enumerate(held.releases)]
    facts = [_check(path, held.sha256) for path in held.originals]
    names = Counter((each.st_dev, each.st_ino) for each in facts)
    linked = any(each.st_nlink > names[each.st_dev, each.st_ino] for each in facts)
    for folder, entry in entries:
        append(folder, entry, key)
    for path in held.originals:
        _check(path, held.sha256)
        _unlink(path)
    for path in held.leftovers:
        if plan_of(path) == held.sha256:
            _unlink(path)
    for folder, entry in entries:
        append(folder, replace(entry, done=True), key)
    return Removed(tuple(entry.standing for _, entry in entries), linked)


def _entry(held: Held, number: int, by: str, today: datetime.date) -> Deletion:
    release = held.releases[number]
    standing, _ = compute_standing(release.record.plan, release.record.checks, today)
    return Deletion(
        original_sha256=held.sha256,
        record_sha256=_digest(release.path),
        on=today,
        by=by,
        why=held.why,
        names=len(held.originals),
        leftovers=tuple(_digest(path) for path in held.leftovers),
        standing=standing,
        done=False,
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check(path: Path, sha256: str) -> os.stat_result:
    """The file's facts, if it is still the one that was judged."""
    before = path.lstat()
    with open_source(path) as source:
        same = source.sha256() == sha256
    after = path.lstat()
    if not same or (before.st_dev, before.st_ino, before.st_mtime_ns) != (
        after.st_dev,
        after.st_ino,
        after.st_mtime_ns,
    ):
        raise PlanError("is no longer the original that was judged", path=path, next_step="Run purge again.")
    return after


def _unlink(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        what = f"cannot be removed: {error.strerror}"
        raise StorageError(what, path=path, next_step="Check the folder's permissions, and run purge again.") from error
    if hasattr(os, "O_DIRECTORY"):
        with contextlib.suppress(OSError):  # a file system that cannot: the name is gone all the same
            descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
