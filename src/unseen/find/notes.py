"""What was found so far in a clip, kept beside its output while the job runs: a job that is killed goes on from there.

One file for each stretch of pictures, in a hidden folder that only its owner can enter. It holds what plans hold of
things found, places and scores, and no picture. Each file names the one before it, and the first what all of it is
true of, by their SHA-256; what does not fit is not believed, and looked at again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from unseen.core import Finding, Timestamp
from unseen.errors import ExitCode, PlanError, UnseenError
from unseen.media.publish import draft, publish_alone, storage_errors
from unseen.plan import BlindSpot, dumps, loads

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no such locks, and takes no notes
    fcntl = None  # type: ignore[assignment]

SCHEMA = "unseen.looked/1"
_MARK = ".unseen-looked"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO

Seen = tuple[tuple[Finding, ...], ...]
"""What was found in one picture: one group for each watcher."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was found in some pictures from the one at `start` on, and what could not be looked for there.

    `before` is the `digest` of the stretch before it, or that of what all notes are true of; `digest` its own.
    """

    number: int
    start: Timestamp
    before: str
    pictures: tuple[Seen, ...]
    blind_spots: tuple[BlindSpot, ...]
    digest: str = ""
    schema: str = SCHEMA

    def sealed(self) -> Stretch:
        """The same with its digest, as it will be read: a whole number that stands for a fraction is one then."""
        read = loads(Stretch, dumps(replace(self, digest="")), SCHEMA)
        return replace(read, digest=hashlib.sha256(dumps(read)).hexdigest())


class Notes:
    """The notes of one job. Nothing is on the disk before the first stretch is kept."""

    def __init__(self, out: Path, of: object = None) -> None:
        """`of`: what they are true of, as far as it is known before the clip is looked at."""
        self._folder, self._of = folder_of(out), of
        self._lock: int | None = None
        self._last = ""

    def begin(self, of: object) -> None:
        """Say what else they are true of: together, everything that decides what is found."""
        self._last = hashlib.sha256(dumps((self._of, of))).hexdigest()
        self._enter()

    def recall(self, number: int, start: Timestamp, pictures: int) -> Stretch | None:
        """The notes on a stretch of so many pictures, asked for in order; None where there are none to believe."""
        if self._lock is None:
            return None
        try:
            found = loads(Stretch, self._file(number).read_bytes(), SCHEMA)
        except (OSError, PlanError, ValueError):
            return None
        said = (found.number, found.start, found.before, len(found.pictures))
        if said != (number, start, self._last, pictures) or found.sealed() != found:
            return None
        self._last = found.digest
        return found

    def keep(self, stretch: Stretch) -> None:
        """Put a stretch on the disk, behind the ones before it. Raises StorageError."""
        with storage_errors(self._folder):
            self._make()
        if self._lock is None:
            return
        sealed = replace(stretch, before=self._last).sealed()
        self._last = sealed.digest
        with draft(self._file(stretch.number)) as ready:
            ready.file.write(dumps(sealed))
            publish_alone(ready, replace=True)

    def discard(self) -> None:
        """Take them off the disk."""
        if self._lock is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def close(self) -> None:
        """Leave the folder to others."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _file(self, number: int) -> Path:
        return self._folder / f"{number:06}.json"

    def _make(self) -> None:
        if self._lock is None and fcntl is not None:
            self._folder.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                self._folder.mkdir(mode=0o700)
            self._enter()

    def _enter(self) -> None:
        """Lock the folder, if it is there, nobody else's, and no other process works in it."""
        if fcntl is None:
            return
        try:
            descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return
        facts = os.fstat(descriptor)
        with contextlib.suppress(OSError):
            if facts.st_uid == os.geteuid() and not facts.st_mode & _OTHERS:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.path.samestat(facts, self._folder.lstat()):  # not discarded before the lock was had
                    self._lock = descriptor
                    return
        os.close(descriptor)


def folder_of(out: Path) -> Path:
    """Where the notes for an output lie."""
    return out.with_name(f".{hashlib.sha256(os.fsencode(out.name)).hexdigest()[:16]}{_MARK}")


@contextlib.contextmanager
def notes_for(out: Path, of: object) -> Iterator[Notes]:
    """Notes for the job that makes `out`: they stay where the same command, run again, would go on with them."""
    notes = Notes(out, of)
    try:
        yield notes
        notes.discard()
    except UnseenError as error:
        if error.exit_code is not ExitCode.STORAGE:
            notes.discard()
        raise
    finally:
        notes.close()


def forget(out: Path) -> None:
    """Discard what a killed job has left for an output that is there, unless another process works on it."""
    notes = Notes(out)
    notes.begin(None)
    notes.discard()
    notes.close()
