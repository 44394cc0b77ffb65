"""Reading and writing the documents that commands are given and give."""

from __future__ import annotations

import os
from pathlib import Path

from unseen.errors import LimitError, PlanError, TamperedError
from unseen.media import open_source
from unseen.media.publish import draft, publish_alone, refuse_existing
from unseen.plan import Plan, read_plan
from unseen.record import ReleaseRecord, read_record
from unseen.record.report import DisclosureLog, read_log
from unseen.sample import Answers, read_answers

_MOST = 256 << 20


def read_document(path: Path) -> bytes:
    """The bytes of a plan or record. Raises InputError or one of its kinds."""
    with open_source(path) as source:
        if source.size > _MOST:
            raise LimitError("is too large to be a plan or record", path=path, next_step="Use a file Unseen wrote.")
        return source.cursor().read()


def load_plan(path: Path) -> Plan:
    """A plan from its file. Raises PlanError that names it."""
    try:
        return read_plan(read_document(path))
    except PlanError as error:
        raise PlanError(error.what, path=path, next_step=error.next_step) from error


def load_record(path: Path) -> ReleaseRecord:
    """A record from its file. Raises PlanError or TamperedError that names it."""
    try:
        return read_record(read_document(path))
    except (PlanError, TamperedError) as error:
        raise type(error)(error.what, path=path, next_step=error.next_step) from error


def load_answers(path: Path) -> Answers:
    """Answers to a sample from their file. Raises PlanError that names it."""
    try:
        return read_answers(read_document(path))
    except PlanError as error:
        raise PlanError(error.what, path=path, next_step=error.next_step) from error


def load_log(path: Path) -> DisclosureLog:
    """The log of disclosures from its file, empty where there is none yet. Raises PlanError that names it."""
    if not os.path.lexists(path):
        return DisclosureLog()
    try:
        return read_log(read_document(path))
    except PlanError as error:
        raise PlanError(error.what, path=path, next_step=error.next_step) from error


def write_document(path: Path, data: bytes, *, overwrite: bool) -> None:
    """Write a document whole or not at all. Raises DestinationExistsError, StorageError."""
    if not overwrite:
        refuse_existing(path)
    with draft(path) as ready:
        ready.file.write(data)
        publish_alone(ready, replace=overwrite)
