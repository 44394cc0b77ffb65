"""Putting a finished file at its destination: whole and audited, or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from unseen.errors import DestinationExistsError, StorageError

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows keeps no stale locks: an open file cannot be removed there
    fcntl = None  # type: ignore[assignment]

_MARK = ".unseen-part"
_live: set[Path] = set()


def abandon() -> None:
    """Remove every draft of this process: for a process that has to end at once."""
    for path in list(_live):
        path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Draft:
    """An unfinished file beside its destination: only its owner can read it, and nothing else has its name."""

    path: Path
    destination: Path
    file: BinaryIO

    def sync(self) -> None:
        """Force the bytes to the disk. Raises StorageError where that fails."""
        with storage_errors(self.destination):
            self.file.flush()
            os.fsync(self.file.fileno())


@contextlib.contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn what the file system says into a StorageError that names the destination."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        step = "Make room, then run the same command again." if full else "Check the folder and its permissions."
        raise StorageError(f"cannot be written: {error.strerror}", path=path, next_step=step) from error


@contextlib.contextmanager
def draft(destination: Path) -> Iterator[Draft]:
    """A new draft for `destination`, removed at the end if it was not published. Sweeps what a killed run left.

    Raises StorageError where the folder cannot be written.
    """
    with storage_errors(destination):
        folder = destination.parent
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        # The ending stays, so that whoever opens the draft sees the same kind of file.
        path = folder / f".{secrets.token_hex(8)}{_MARK}{destination.suffix}"
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
        for name in ("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"):
            flags |= getattr(os, name, 0)
        descriptor = os.open(path, flags, 0o600)
    with os.fdopen(descriptor, "w+b") as file:
        _live.add(path)
        try:
            _lock(file)
            yield Draft(path, destination, file)
        finally:
            path.unlink(missing_ok=True)
            _live.discard(path)


def publish(ready: Draft, record: Draft, *, replace: bool) -> None:
    """Give a draft and its record their final names, the record first: a file that has its name is accompanied.

    Nothing is replaced unless told, but a record without its file is what a killed run left, and goes.
    Raises DestinationExistsError, StorageError.
    """
    ready.sync()
    record.sync()
    with storage_errors(ready.destination), _only_one(ready.destination.parent):
        if replace:
            ready.destination.unlink(missing_ok=True)
        else:
            refuse_existing(ready.destination)
        for each in (record, ready):
            os.chmod(each.path, 0o666 & ~_umask())  # noqa: PTH101 - as any file that the user makes
        os.replace(record.path, record.destination)  # noqa: PTH105
        _link(ready.path, ready.destination)
    _sync_folder(ready.destination.parent)


def publish_alone(ready: Draft, *, replace: bool) -> None:
    """Give one draft its final name. Raises DestinationExistsError, StorageError."""
    ready.sync()
    with storage_errors(ready.destination):
        if replace:
            os.replace(ready.path, ready.destination)  # noqa: PTH105
        else:
            _link(ready.path, ready.destination)
    _sync_folder(ready.destination.parent)


def refuse_existing(destination: Path) -> None:
    """Raise DestinationExistsError where something has the name already."""
    if os.path.lexists(destination):
        step = "Choose another name, or allow it: --overwrite"
        raise DestinationExistsError("is already there", path=destination, next_step=step)


def _link(path: Path, destination: Path) -> None:
    """`link` fails where the name is taken: there is no moment between looking and writing."""
    try:
        os.link(path, destination)
    except FileExistsError:
        refuse_existing(destination)
        raise
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK):
            raise
        # FAT and some network file systems know no links: reserve the name, then move over the reservation.
        with open(destination, "xb"):  # noqa: PTH123
            pass
        os.replace(path, destination)  # noqa: PTH105


@contextlib.contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """One process at a time publishes into a folder, so that no output ends up beside another's record."""
    if fcntl is None:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a file system without locks: `link` still refuses a taken name
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    """Make the new name durable; a file system that cannot is not a failure: the file is whole and in place."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _lock(file: BinaryIO) -> None:
    """Held as long as the process lives: a draft that can be locked belongs to nobody any more."""
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _sweep(folder: Path) -> None:
    for path in folder.glob(f".*{_MARK}*"):
        if fcntl is None or path.is_symlink() or not path.is_file():
            continue
        with contextlib.suppress(OSError), path.open("rb") as stale:
            fcntl.flock(stale, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
