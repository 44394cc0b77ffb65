"""Opening an untrusted file by hand, so that its name is never code and nothing else is ever opened with it."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import stat
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from unseen.errors import InputError, StorageError, UnreadableError, UnsupportedError

STDIN = Path("-")
_CHUNK = 1 << 20


class _Cursor(io.RawIOBase):
    """A reader with a position of its own, so that several passes can share one open file.

    It asks that file for its descriptor each time: a number kept past closing may by then be another file's.
    """

    def __init__(self, file: BinaryIO, size: int, lock: threading.Lock) -> None:
        self._file, self._size, self._lock, self._position = file, size, lock, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._read_at(self._position, len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def _read_at(self, position: int, count: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._file.fileno(), count, position)
        with self._lock:
            os.lseek(self._file.fileno(), position, os.SEEK_SET)
            return os.read(self._file.fileno(), count)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("a position before the start of the file")
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        return self._position


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A regular file held open for reading; `path` names it in messages and is never opened again."""

    path: Path
    size: int
    _file: BinaryIO = field(repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def cursor(self) -> BinaryIO:
        """A new reader at the start of the file, independent of every other."""
        return cast(BinaryIO, io.BufferedReader(_Cursor(self._file, self.size, self._lock), _CHUNK))

    def descriptor(self) -> int:
        """The open file itself, to hand over to another process."""
        return self._file.fileno()

    def head(self, count: int = 4096) -> bytes:
        """The first bytes, by which its format is told."""
        return self.cursor().read(count)

    def sha256(self) -> str:
        """The digest of its bytes as they are now, as 64 hexadecimal digits."""
        digest = hashlib.sha256()
        reader = self.cursor()
        while chunk := reader.read(_CHUNK):
            digest.update(chunk)
        return digest.hexdigest()


@contextlib.contextmanager
def open_source(path: Path) -> Iterator[SourceFile]:
    """Hold a regular file (or standard input, named `-`) open for reading.

    Links, devices, pipes and folders are refused. Raises InputError or one of its kinds; StorageError where there is
    no room to keep what comes from standard input.
    """
    descriptor = _spool_stdin() if path == STDIN else _open(path)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        yield SourceFile(path, os.fstat(descriptor).st_size, cast(BinaryIO, file))


def _open(path: Path) -> int:
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        if path.is_symlink():
            raise UnsupportedError("is a symbolic link", path=path, next_step="Name the file it points to.")
        descriptor = os.open(path, flags)
    except FileNotFoundError as error:
        raise InputError("there is no such file", path=path, next_step="Check the name.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableError(reason, path=path, next_step="Check the name and your permissions.") from error
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode) or facts.st_size == 0:
        os.close(descriptor)
        what = "is empty" if stat.S_ISREG(facts.st_mode) else "is not a regular file"
        raise UnsupportedError(what, path=path, next_step="Name a photo, a video or a folder of them.")
    return descriptor


def _spool_stdin() -> int:
    """Standard input cannot be read twice: keep it in a file without a name, which goes when it is closed."""
    try:
        with tempfile.TemporaryFile() as spool:
            while chunk := _read_stdin():
                spool.write(chunk)
            spool.flush()
            if spool.tell() == 0:
                raise UnsupportedError("is empty", path=STDIN, next_step=_PIPE)
            return os.dup(spool.fileno())
    except OSError as error:
        what = f"standard input could not be kept while it is worked on: {error.strerror}"
        step = "Make room in the folder for temporary files, or name another: TMPDIR=FOLDER"
        raise StorageError(what, next_step=step) from error


_PIPE = "Pipe a photo or a video into unseen."


def _read_stdin() -> bytes:
    try:
        return os.read(0, _CHUNK)
    except OSError as error:
        raise UnreadableError(f"standard input: {error.strerror}", next_step=_PIPE) from error
