"""What a folder's records say together: whether its history is whole, and each record and file as it was released."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from unseen.errors import UnseenError, printable
from unseen.record.c2pa import require_recorded, sidecar_of
from unseen.record.canonical import as_written
from unseen.record.chain import CHAIN, read_head, recovered
from unseen.record.deletion import LOG, read_log
from unseen.record.keys import PublicKey
from unseen.record.record import SUFFIX, Link, ReleaseRecord, read_record
from unseen.record.signature import signer


@dataclass(frozen=True, slots=True)
class History:
    """`releases` that are whole, the `keys` that signed them, and what is wrong in words."""

    releases: int
    keys: tuple[PublicKey, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    sha256: str
    link: Link
    record: ReleaseRecord


def read_history(folder: Path, key: PublicKey | None = None) -> History:
    """Hold every record of a folder, its file's digest and the chain they form against each other.

    `key`: the one that has to have signed all of them. Raises OSError where the folder cannot be read.
    """
    entries: list[_Entry] = []
    keys: dict[PublicKey, None] = {}
    faults: list[str] = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        name = printable(path.name)
        try:
            entry, by = _entry(path)
        except UnseenError as error:
            faults.append(f"{name}: {error.what}")
            continue
        keys[by] = None
        if key is not None and by != key:
            faults.append(f"{name}: signed by another key, {by.fingerprint}")
        faults += [f"{name}: {fault}" for fault in _output_faults(path, entry.record)]
        entries.append(entry)
    faults += _chain_faults(folder, entries)
    faults += _removal_faults(folder)
    return History(len(entries), tuple(keys), tuple(faults))


def _entry(path: Path) -> tuple[_Entry, PublicKey]:
    data = path.read_bytes()
    record = read_record(data)
    by = signer(as_written(data))
    link = record.link or Link(0, None)
    return _Entry(path.name, hashlib.sha256(data).hexdigest(), link, record), by


def _output_faults(path: Path, record: ReleaseRecord) -> Iterator[str]:
    output = path.with_name(path.name.removesuffix(SUFFIX))
    try:
        with output.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != record.output.sha256:
                yield "its file is not the one that was released"
    except FileNotFoundError:
        yield "its file is gone"
    sidecar = sidecar_of(output)
    if record.c2pa_sha256 is not None and not sidecar.is_file():
        yield "its C2PA manifest is gone"
        return
    try:
        require_recorded(sidecar, record.c2pa_sha256)
    except UnseenError as error:
        yield f"{printable(sidecar.name)} {error.what}"


def _removal_faults(folder: Path) -> Iterator[str]:
    """What is wrong with the log of removed originals."""
    try:
        read_log(folder)
    except UnseenError as error:
        if error.path == os.fspath(folder / LOG):  # the history's own file is held against its signature elsewhere
            yield f"{LOG}: {error.what}"


def _chain_faults(folder: Path, entries: list[_Entry]) -> Iterator[str]:
    """Numbers that are missing or there twice, and records that do not name the one before."""
    try:
        head = recovered(folder)
        if read_head(folder) is None:
            yield f"{CHAIN}: is gone, so that nobody can tell whether the newest records are missing"
    except UnseenError as error:
        yield f"{CHAIN}: {error.what}"
        return
    replaced = {gone.number: gone.sha256 for entry in entries for gone in entry.link.replaces}
    known: dict[int, str] = {}
    for entry in sorted(entries, key=lambda e: e.link.number):
        if entry.link.number in known:
            yield f"{printable(entry.name)}: is number {entry.link.number} of the history, as another record is"
        known.setdefault(entry.link.number, entry.sha256)
    for number in range(1, max([head.length, *known]) + 1):
        if number not in known and number not in replaced:
            yield f"number {number} of the history is missing"
    known = replaced | known
    for entry in entries:
        before = known.get(entry.link.number - 1)
        if entry.link.number > 1 and before is not None and before != entry.link.previous:
            yield f"{printable(entry.name)}: names another record before it than the one that is there"
    if head.last is not None and head.last not in known.values():
        yield "the last record of the history is not the one that was released last"
