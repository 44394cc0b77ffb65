"""Documents read like any other untrusted file, and written whole or not at all."""

from __future__ import annotations

from pathlib import Path

from unseen.errors import LimitError, PlanError
from unseen.media.publish import draft, publish_alone, refuse_existing
from unseen.media.source import open_source
from unseen.plan import Plan, read_plan

_MOST = 256 << 20


def read_document(path: Path) -> bytes:
    """The bytes of a plan or record. Raises InputError or one of its kinds."""
    with open_source(path) as source:
        if source.size > _MOST:
            raise LimitError("is too large to be a plan or record", path=path, next_step="Use a file Unseen wrote.")
        return source.cursor().read()


def load_plan(path: Path) -> Plan:
    """A plan from its file. Raises InputError or one of its kinds, PlanError that names it."""
    try:
        return read_plan(read_document(path))
    except PlanError as error:
        raise PlanError(error.what, path=path, next_step=error.next_step) from error


def write_document(path: Path, data: bytes, *, overwrite: bool) -> None:
    """Write a document whole or not at all. Raises DestinationExistsError, StorageError."""
    if not overwrite:
        refuse_existing(path)
    with draft(path) as ready:
        ready.file.write(data)
        publish_alone(ready, replace=overwrite)
