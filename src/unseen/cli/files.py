"""Reading the documents that commands are given."""

from __future__ import annotations

import os
from pathlib import Path

from unseen.errors import PlanError, TamperedError
from unseen.media.documents import read_document
from unseen.record import ReleaseRecord, read_record
from unseen.record.report import DisclosureLog, read_log
from unseen.sample import Answers, read_answers


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
