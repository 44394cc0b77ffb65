"""The history of a folder: each record names the one before, so that none can go missing unseen.

A small signed file in the folder says how long the history is and what its last record is; without it the newest
records could be taken away. It is written before a record gets its name (what is about to come) and after (what is
there), so that whatever is killed in between, the next release knows where it stands.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from unseen.errors import PlanError, UnseenError
from unseen.media.publish import draft, publish_alone
from unseen.plan import dumps, loads
from unseen.record.canonical import as_written
from unseen.record.keys import SigningKey
from unseen.record.record import SUFFIX, Link, ReleaseRecord, Replaced, read_record
from unseen.record.signature import Signature, signed, signer

CHAIN = ".unseen-chain.json"
SCHEMA = "unseen.chain/1"


@dataclass(frozen=True, slots=True)
class Pending:
    """A record about to get its name: the name, percent-encoded since it can be any bytes, and its SHA-256."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a folder's history: how many records it has had, and the SHA-256 of the last one's bytes.

    `removals`, `last_removal`: how many lines its log of removed originals has had, and the SHA-256 of the last.
    """

    length: int = 0
    last: str | None = None
    removals: int = 0
    last_removal: str | None = None
    pending: Pending | None = None
    signature: Signature | None = None
    schema: str = SCHEMA


class Sealing:
    """Puts one record at the end of its folder's history. Only for whoever holds the folder to itself meanwhile."""

    def __init__(self, record: ReleaseRecord, path: Path, key: SigningKey) -> None:
        self._path, self._key = path, key
        self._before: bytes | None = None
        self._head = Head()
        self.record = record

    def seal(self) -> bytes:
        """The record's final bytes, with its place in the history and its signature. Raises UnseenError."""
        self._before = _read(self._path.with_name(CHAIN))
        head = recovered(self._path.parent)
        link = Link(head.length + 1, head.last, _replaced(self._path))
        self.record = signed(replace(self.record, link=link), self._key)
        data = dumps(self.record)
        found = hashlib.sha256(data).hexdigest()
        self._write(replace(head, pending=Pending(quote(os.fsencode(self._path.name)), found)))
        self._head = replace(head, length=head.length + 1, last=found)
        return data

    def settle(self) -> None:
        """Say that the record is there, after it and its file have got their names."""
        self._write(self._head)

    def forget(self) -> None:
        """Put back what was there before the record was sealed."""
        if self._before is None:
            self._path.with_name(CHAIN).unlink(missing_ok=True)
        else:
            _put(self._path.parent, self._before)

    def _write(self, head: Head) -> None:
        write_head(self._path.parent, head, self._key)


def write_head(folder: Path, head: Head, key: SigningKey) -> None:
    """Say where a folder's history stands. Only for whoever holds the folder to itself. Raises StorageError."""
    _put(folder, dumps(signed(head, key)))


def _put(folder: Path, data: bytes) -> None:
    with draft(folder / CHAIN) as paper:
        paper.file.write(data)
        publish_alone(paper, replace=True)


def read_head(folder: Path) -> Head | None:
    """What the folder's file says, or None where there is none. Raises PlanError, TamperedError that name it."""
    path = folder / CHAIN
    data = _read(path)
    if data is None:
        return None
    try:
        signer(as_written(data))
        return loads(Head, data, SCHEMA)
    except UnseenError as error:
        step = "See what is wrong: unseen verify FOLDER. To begin a new history, move the file away."
        raise type(error)(error.what, path=path, next_step=step) from error


def recovered(folder: Path) -> Head:
    """Where the history stands, whatever was killed: what was about to come counts if it came."""
    head = read_head(folder)
    if head is None:
        return _by_records(folder)
    if head.pending is None:
        return head
    came = folder / os.fsdecode(unquote_to_bytes(head.pending.name))
    if came.with_name(came.name.removesuffix(SUFFIX)).is_file() and _digest(came) == head.pending.sha256:
        return replace(head, length=head.length + 1, last=head.pending.sha256, pending=None)
    return replace(head, pending=None)


def _by_records(folder: Path) -> Head:
    """The end of a history whose file is gone, as its records tell it."""
    last = Head()
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        link = _link(path)
        if link is not None and link.number > last.length:
            last = Head(link.number, _digest(path))
    return last


def _replaced(path: Path) -> tuple[Replaced, ...]:
    """The places in the history of the records that had this name before."""
    link, found = _link(path), _digest(path)
    if link is None or found is None:
        return ()
    return (*link.replaces, Replaced(link.number, found))


def _link(path: Path) -> Link | None:
    try:
        return read_record(path.read_bytes()).link
    except (OSError, PlanError, UnseenError):
        return None


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _digest(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
