"""One tree of errors: each says what happened, to which file, what to do next, and which exit code it means."""

from __future__ import annotations

import enum
import os
from typing import ClassVar


class ExitCode(enum.IntEnum):
    """What the process says when it ends; docs/errors.md explains each."""

    OK = 0
    USAGE = 2
    INPUT = 3
    REVIEW = 4
    AUDIT = 5
    STORAGE = 6


def printable(name: str | os.PathLike[str]) -> str:
    """A file name that is safe on a terminal and in a log: control and undecodable characters escaped."""
    text = os.fspath(name)
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


class UnseenError(Exception):
    """Anything Unseen refuses or fails to do.

    `what` happened, to which `path`, and the `next_step` that helps; all three are shown to the user.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.INPUT

    def __init__(self, what: str, *, path: str | os.PathLike[str] | None = None, next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.path = None if path is None else os.fspath(path)
        self.next_step = next_step

    def __str__(self) -> str:
        where = f"{printable(self.path)}: " if self.path is not None else ""
        return f"{where}{self.what}"


class UsageError(UnseenError):
    """The request itself cannot be carried out as written."""

    exit_code = ExitCode.USAGE


class DestinationExistsError(UsageError):
    """Something is already at the destination and replacing it was not asked for."""


class InputError(UnseenError):
    """The input is missing, unreadable, broken, unsupported or over a limit."""


class UnreadableError(InputError):
    """The input could not be opened or decoded to its end."""


class UnsupportedError(InputError):
    """The input is understood well enough to know that Unseen does not handle it."""


class LimitError(InputError):
    """The input asks for more pixels, frames, streams or time than the limits allow."""


class PlanError(InputError):
    """A plan or record is damaged, from a newer version, or does not belong to this file."""


class ModelError(InputError):
    """A model is missing, or is not the file its card names."""


class ReviewNeededError(UnseenError):
    """A person has to look before this can be released."""

    exit_code = ExitCode.REVIEW


class RuleError(ReviewNeededError):
    """A rule in force forbids the release, or asks for something that a person has to bring."""


class AuditFailedError(UnseenError):
    """The finished bytes did not pass the audit; nothing was put at the destination."""

    exit_code = ExitCode.AUDIT


class TamperedError(UnseenError):
    """A file, plan or record is not as it was released, or nobody can tell whether it is."""

    exit_code = ExitCode.AUDIT


class UnexpectedError(InputError):
    """A fault of Unseen's own, met while handling this input; nothing was released."""


class SandboxError(UnseenError):
    """Decoders cannot be locked up as asked on this machine, or cannot be started."""

    exit_code = ExitCode.STORAGE


class StorageError(UnseenError):
    """No space, no permission, or the file system failed."""

    exit_code = ExitCode.STORAGE
