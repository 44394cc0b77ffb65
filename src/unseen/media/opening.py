"""Opening an untrusted file for reading: in a locked-up process wherever the system has a way to."""

from __future__ import annotations

import sys

from unseen.errors import SandboxError
from unseen.media.limits import Limits
from unseen.media.reader import Reader
from unseen.media.readers import reader_of
from unseen.media.sandbox import SandboxedReader, workers
from unseen.media.source import SourceFile


def open_reader(source: SourceFile, limits: Limits, *, require_sandbox: bool = False) -> Reader:
    """The reader for what the file's first bytes say it is.

    `require_sandbox`: refuse to read it where the process that parses it is not locked up in every way. Raises
    InputError or one of its kinds, SandboxError.
    """
    source_of_workers = workers()
    if source_of_workers is None:
        if require_sandbox:
            raise _lacking(f"{sys.platform} has no way to lock a decoder up here")
        return reader_of(source, limits)
    reader = SandboxedReader(source, limits, source_of_workers)
    if require_sandbox and not reader.isolation.full:
        reader.close()
        raise _lacking("; ".join(reader.isolation.missing))
    return reader


def _lacking(what: str) -> SandboxError:
    step = "Use Linux 5.13 or newer, outside of containers that forbid Landlock or seccomp; or allow less."
    return SandboxError(f"the sandbox that you ask for cannot be had: {what}", next_step=step)
