"""The side that uses c2pa-python: locked up before it is told anything, it answers one request and ends.

When it signs it is given the file's digest and not its pictures, so nothing of them can get into what is signed; the
file comes as an open descriptor, for the check of what was signed.
"""

from __future__ import annotations

import io
import json
import os
import socket
from typing import BinaryIO, cast

import c2pa
import msgspec

from unseen.media.sandbox import jail
from unseen.media.sandbox.channel import Channel
from unseen.record.c2pa.statement import SETTINGS, definition, faults

_ANY = "application/octet-stream"
"""To the library the file is bytes: it parses no media."""
_MEMORY = 1 << 30
"""The library hashes in pieces of 256 MiB, two at a time (c2pa-rs 0.91: at most 679 MiB for 3 GB, all told)."""
_SECONDS_A_GIGABYTE = 60
_HEAD_START = 60


class Make(msgspec.Struct, frozen=True, tag=True):
    """Sign a manifest for the file with this digest, and check it against the open file."""

    sha256: str
    version: str
    algorithm: str
    chain: bytes
    key: bytes


class Check(msgspec.Struct, frozen=True, tag=True):
    """Check a manifest against the open file, which has this digest."""

    sha256: str
    manifest: bytes


class Made(msgspec.Struct, frozen=True, tag=True):
    """`faults`: what is wrong with the manifest, empty where nothing is."""

    manifest: bytes
    faults: tuple[str, ...]


class Refused(msgspec.Struct, frozen=True, tag=True):
    what: str


Request = Make | Check
Reply = Made | Refused


def encode(message: Request | Reply) -> bytes:
    """A message's bytes."""
    return msgspec.msgpack.encode(message)


def decode_reply(data: bytes) -> Reply:
    """The other way round. Raises ValueError."""
    reply: Reply = msgspec.msgpack.decode(data, type=Reply)
    return reply


def serve(end: int, file: int) -> None:
    """Be the process: lock up, answer what comes over the socket `end` about the open `file`, and end."""
    with socket.socket(fileno=end) as ours, os.fdopen(file, "rb", buffering=0) as opened:
        # Loaded now, and what the library loads late with it: in the jail nothing can be.
        answer(Check("00", b"none"), io.BytesIO())
        size = os.fstat(file).st_size
        jail.enter(jail.Allowance(_MEMORY, _HEAD_START + (_SECONDS_A_GIGABYTE * size >> 30)))
        channel = Channel(ours)
        request: Request = msgspec.msgpack.decode(channel.receive(), type=Request)
        channel.send(encode(answer(request, cast(BinaryIO, opened))))


def answer(request: Request, file: BinaryIO) -> Reply:
    """Make or check a manifest, in this very process."""
    try:
        context = c2pa.Context(c2pa.Settings.from_dict(SETTINGS))
        made = _signed(request, context) if isinstance(request, Make) else request.manifest
        return Made(made, _faults(made, request.sha256, file, context))
    except Exception as error:  # noqa: BLE001 - whatever a hostile manifest brings about is that manifest's fault
        return Refused(f"{type(error).__name__}: {error}")


def _signed(request: Make, context: c2pa.Context) -> bytes:
    # No time-stamp authority: nobody is asked, and the manifest does not say when.
    info = c2pa.C2paSignerInfo(request.algorithm, request.chain, request.key, None)
    said = definition(request.sha256, request.version)
    with c2pa.Signer.from_info(info) as signer, c2pa.Builder(said, context) as builder:
        builder.set_no_embed()
        return bytes(builder.sign(signer, _ANY, io.BytesIO(), io.BytesIO()))


def _faults(manifest: bytes, sha256: str, file: BinaryIO, context: c2pa.Context) -> tuple[str, ...]:
    file.seek(0)
    with c2pa.Reader(_ANY, file, manifest_data=manifest, context=context) as reader:
        return faults(json.loads(reader.detailed_json()), sha256)
