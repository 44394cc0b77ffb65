"""Putting a finished file at its destination: whole and audited, or not at all."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from unseen.errors import DestinationExistsError, StorageError, UsageError

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows keeps no stale locks: an open file cannot be removed there
    fcntl = None  # type: ignore[assignment]

_MARK = ".unseen-part"
_DRAFT = re.compile(rf"\.[0-9a-f]{{16}}{re.escape(_MARK)}(\..*)?", re.DOTALL)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_LINKS = (errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS)
_NO_TIME = 315_532_800_000_000_000
"""Nanoseconds to the start of 1980, the first moment that ZIP and FAT can say: when somebody worked is not told."""
_live: set[Path] = set()


def abandon() -> None:
    """Remove every draft of this process: for a process that has to end at once."""
    for path in list(_live):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Draft:
    """An unfinished file beside its destination: only its owner can read it, and nothing else has its name."""

    path: Path
    destination: Path
    file: BinaryIO
    disk: _DraftFile

    def sync(self) -> None:
        """Force the bytes to the disk. Raises StorageError where that fails, or a write did before."""
        with storage_errors(self.destination):
            self.file.flush()
            if self.disk.failed is not None:
                raise self.disk.failed
            os.fsync(self.file.fileno())


@contextlib.contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn what the file system says into a StorageError that names the destination."""
    try:
        yield
    except OSError as error:
        full = error.errno in _FULL
        step = "Make room, then run the same command again." if full else "Check the folder and its permissions."
        raise StorageError(f"cannot be written: {error.strerror}", path=path, next_step=step) from error


@contextlib.contextmanager
def draft(destination: Path) -> Iterator[Draft]:
    """A new draft for `destination`, removed at the end if it was not published. Sweeps what a killed run left.

    Raises StorageError where the folder cannot be written.
    """
    folder = destination.parent
    with storage_errors(destination):
        folder.mkdir(parents=True, exist_ok=True)
        sweep(folder)
    while True:
        # The ending stays, so that whoever opens the draft sees the same kind of file.
        path = folder / f".{secrets.token_hex(8)}{_MARK}{destination.suffix}"
        _live.add(path)
        try:
            disk = _DraftFile(path, destination)
            with cast(BinaryIO, io.BufferedRandom(disk)) as file:
                if _lock(file, path):
                    yield Draft(path, destination, file, disk)
                    return
        finally:
            with contextlib.suppress(OSError):  # what cannot be removed now is swept by the next run
                path.unlink(missing_ok=True)
            _live.discard(path)


class _DraftFile(io.FileIO):
    """A new file of its own; whoever fills it, through whatever library, sees the disk's complaint as StorageError.

    Once: a muxer that goes on after it is not told again, since only one can be carried through it. `failed` is it.
    """

    def __init__(self, path: Path, destination: Path) -> None:
        self._destination = destination
        self.failed: StorageError | None = None
        with storage_errors(destination):
            super().__init__(path, "x+", opener=_create)

    def write(self, data: Any, /) -> int:
        if self.failed is not None:
            return memoryview(data).nbytes
        try:
            with storage_errors(self._destination):
                return super().write(data)
        except StorageError as error:
            self.failed = error
            raise


def _create(path: str, flags: int) -> int:
    for name in ("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    return os.open(path, flags, 0o600)


class Paper(Protocol):
    """What goes with a file: written when it is clear what was published before it, settled when it is there."""

    def seal(self) -> bytes:
        """The bytes to publish beside the file."""
        ...

    def settle(self) -> None:
        """The file and its paper have their names."""
        ...

    def forget(self) -> None:
        """They have not got them."""
        ...


def publish(
    ready: Draft, record: Draft, paper: Paper, *, replace: bool, beside: Mapping[Path, Draft | None] | None = None
) -> None:
    """Give a draft and its record their final names, the record first: a file that has its name is accompanied.

    Nothing is replaced unless told, but a record without its file is what a killed run left, and goes. `paper` is
    sealed into `record` and settled while no other process publishes into the folder. `beside` are further names that
    go with the file, each with its draft, or with None where whatever is left there goes.
    Raises DestinationExistsError, StorageError, and whatever the paper raises before anything has its name.
    """
    others = beside or {}
    for each in (ready, *filter(None, others.values())):
        each.sync()
    refuse_unusable(ready.destination, record.destination, *others)
    with storage_errors(ready.destination), only_one(ready.destination.parent):
        if not replace:
            refuse_existing(ready.destination)
        try:
            record.file.write(paper.seal())
            record.sync()
            _name(ready, record, others, replace=replace)
        except BaseException:
            with contextlib.suppress(StorageError):  # what was about to come and did not is passed over anyway
                paper.forget()
            raise
        with contextlib.suppress(StorageError):  # the next release finds out by itself that this one came
            paper.settle()
    _sync_folder(ready.destination.parent)


def _name(ready: Draft, record: Draft, others: Mapping[Path, Draft | None], *, replace: bool) -> None:
    for each in (record, *filter(None, others.values()), ready):
        with contextlib.suppress(OSError):  # as any file that the user makes, where the file system has modes
            os.chmod(each.path, 0o666 & ~_umask())  # noqa: PTH101
        with contextlib.suppress(OSError):
            os.utime(each.path, ns=(_NO_TIME, _NO_TIME))
    with _put_back(ready.destination, record.destination, *others) as named:
        if replace:
            ready.destination.unlink(missing_ok=True)
        os.replace(record.path, record.destination)  # noqa: PTH105
        named.append(record.destination)
        for path, other in others.items():
            path.unlink(missing_ok=True)
            if other is not None:
                _link(other.path, path)
                named.append(path)
        _link(ready.path, ready.destination)


@contextlib.contextmanager
def _put_back(destination: Path, *beside: Path) -> Iterator[list[Path]]:
    """Where the block fails, what it added to the list goes, and what had these names before has them again.

    Nothing is put back beside a file that another program gave the destination's name meanwhile.
    """
    before = {path: path.with_name(f".{secrets.token_hex(8)}{_MARK}{path.suffix}") for path in (*beside, destination)}
    named: list[Path] = []
    for path, second in list(before.items()):
        try:
            os.link(path, second, follow_symlinks=False)
        except OSError:  # nothing was there, or the file system has no links
            del before[path]
    try:
        yield named
    except BaseException:
        for path in named:  # beside another's file it would claim that file
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        if not os.path.lexists(destination) or _is_still(destination, before):
            with contextlib.suppress(OSError):
                for path, second in before.items():
                    if not _is_still(path, before):
                        os.link(second, path, follow_symlinks=False)
        raise
    finally:
        for second in before.values():
            with contextlib.suppress(OSError):
                second.unlink(missing_ok=True)


def _is_still(path: Path, before: Mapping[Path, Path]) -> bool:
    """Whether what has a name is what had it before."""
    try:
        return os.path.samestat(path.lstat(), before[path].lstat())
    except (KeyError, OSError):
        return False


def publish_alone(ready: Draft, *, replace: bool) -> None:
    """Give one draft its final name. Raises DestinationExistsError, StorageError."""
    ready.sync()
    with storage_errors(ready.destination):
        if replace:
            os.replace(ready.path, ready.destination)  # noqa: PTH105
        else:
            _link(ready.path, ready.destination)
    _sync_folder(ready.destination.parent)


def refuse_unusable(*destinations: Path) -> None:
    """Raise UsageError where no file can ever have this name: it is too long, or a folder has it."""
    for path in destinations:
        try:
            folder = path.is_dir() and not path.is_symlink()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise UsageError(f"cannot be written: {reason}", path=path, next_step="Choose another name.") from error
        if folder:
            raise UsageError("is a folder", path=path, next_step="Choose another name.")


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
        if error.errno not in _NO_LINKS:
            raise
        # FAT and some network file systems know no links. To reserve the name first would leave an empty file there if
        # the process were killed; without that, only another program could take the name in between.
        refuse_existing(destination)
        os.replace(path, destination)  # noqa: PTH105


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
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


def _lock(file: BinaryIO, path: Path) -> bool:
    """Held as long as the process lives: a draft that can be locked belongs to nobody any more.

    False where another run took the new draft for left over in the moment before it was locked.
    """
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks: nobody can sweep there either
    return path.exists()


def sweep(folder: Path) -> None:
    """Remove the drafts in a folder that no process holds any more."""
    for path in folder.glob(f".*{_MARK}*"):
        if fcntl is None or not _DRAFT.fullmatch(path.name) or path.is_symlink() or not path.is_file():
            continue
        with contextlib.suppress(OSError), path.open("rb") as stale:
            fcntl.flock(stale, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
