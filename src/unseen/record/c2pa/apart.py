"""C2PA manifests made and checked in a process that can reach nothing: no network, no file, whatever the library does.

Where processes cannot be given a socket (Windows) it happens in the one that asks.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from unseen.errors import TamperedError, UnexpectedError, UsageError, printable
from unseen.media.sandbox.channel import Channel, Silence
from unseen.record.c2pa.credential import Credential
from unseen.record.c2pa.statement import Verdict, only_run_out, require_recorded, sidecar_of
from unseen.record.canonical import DO_NOT_TRUST

if TYPE_CHECKING:
    from unseen.record.c2pa.notary import Reply, Request

_COMMAND = "import sys; sys.path[:] = {path!r}; from unseen.record.c2pa.notary import serve; serve({end}, {file})"
_APART = hasattr(socket, "send_fds")
_PATIENCE = 600.0  # seconds; hashing takes a second a gigabyte
_MOST_SAID = 300
_TRIAL = b"trial"
_WANTED = "C2PA wants a certificate, within its time, for signing documents or mail."


def installed() -> bool:
    """Whether c2pa-python is there."""
    return importlib.util.find_spec("c2pa") is not None


@functools.lru_cache(maxsize=4)
def refuse_unfit(credential: Credential) -> None:
    """Sign for a file of no meaning: what would go wrong after the work goes wrong before it. Raises UsageError."""
    if not installed():
        what = "C2PA manifests need c2pa-python, which is not installed"
        raise UsageError(what, next_step='Install it: pip install "unseen[c2pa]"')
    with tempfile.TemporaryFile(buffering=0) as trial:
        trial.write(_TRIAL)
        said = _made(cast(BinaryIO, trial), hashlib.sha256(_TRIAL).hexdigest(), credential, "0")
    if isinstance(said, str):
        step = f"{_WANTED} What such a chain has to be stands in docs/howto-reports.md."
        raise UsageError(f"cannot sign C2PA manifests with this certificate: {said}", next_step=step)


def make_manifest(file: Path, sha256: str, credential: Credential, version: str) -> bytes:
    """A signed manifest for the finished file with this digest, found valid for its bytes. Raises UnexpectedError."""
    with file.open("rb", buffering=0) as opened:
        said = _made(cast(BinaryIO, opened), sha256, credential, version)
    if isinstance(said, str):
        step = "Release it without a manifest, and please report this text."
        raise UnexpectedError(f"no C2PA manifest could be made, so nothing was released: {said}", next_step=step)
    return said


def check_manifest(file: Path, sha256: str, recorded: str | None) -> Verdict | None:
    """What is to be said of the manifest beside a file with this digest; None where there is and should be none.

    `recorded`: the manifest's own digest, by the record. Raises TamperedError where it is another or not valid.
    """
    sidecar = sidecar_of(file)
    manifest = require_recorded(sidecar, recorded)
    if manifest is None:
        return None if recorded is None else Verdict.MISSING
    if not installed():
        return Verdict.NOT_CHECKED
    from unseen.record.c2pa.notary import Check, Refused

    with file.open("rb", buffering=0) as opened:
        reply = _ask(Check(sha256, manifest), cast(BinaryIO, opened))
    found = (reply.what,) if isinstance(reply, Refused) else reply.faults
    if only_run_out(found):
        return Verdict.RUN_OUT
    if found:
        what = f"is no valid C2PA manifest of Unseen's for this file: {_clean('; '.join(found))}"
        raise TamperedError(what, path=sidecar, next_step=DO_NOT_TRUST)
    return Verdict.VALID


def _made(file: BinaryIO, sha256: str, credential: Credential, version: str) -> bytes | str:
    """A manifest without a fault, or what is wrong."""
    from unseen.record.c2pa.notary import Make, Refused

    reply = _ask(Make(sha256, version, credential.algorithm, credential.chain, credential.key), file)
    if isinstance(reply, Refused):
        return _clean(reply.what)
    return _clean("; ".join(reply.faults)) if reply.faults else reply.manifest


def _ask(request: Request, file: BinaryIO) -> Reply:
    from unseen.record.c2pa import notary

    if not _APART:
        return notary.answer(request, file)
    ours, theirs = socket.socketpair()
    path = [str(Path(p).absolute()) for p in sys.path]
    command = _COMMAND.format(path=path, end=theirs.fileno(), file=file.fileno())
    with ours, theirs:
        process = subprocess.Popen(  # noqa: S603 - this very interpreter, on code of our own
            [sys.executable, "-I", "-B", "-c", command],
            pass_fds=[theirs.fileno(), file.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        theirs.close()
        channel = Channel(ours)
        try:
            channel.send(notary.encode(request))
            return notary.decode_reply(channel.receive(_PATIENCE))
        except (EOFError, Silence, OSError, ValueError) as error:
            return notary.Refused(f"the process that deals with manifests broke down ({type(error).__name__})")
        finally:
            process.kill()
            process.wait()


def _clean(text: str) -> str:
    return printable(text)[:_MOST_SAID]
