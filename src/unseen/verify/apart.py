"""The audit in a process of its own: what a hostile or unlucky file does to it is a failed audit and nothing more.

The process is started while the file is still being written, and asked again for the next one. With a clip of larger
pictures it ends, for they take much memory; with the largest it starts late, too, for writing those does as well. It
ends when whoever asked is gone: then nobody holds the other end of its socket. Where processes cannot be given a socket
(Windows), the audit runs in the one that asks.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import quote, unquote_to_bytes

from unseen.core import MediaInfo, MediaKind
from unseen.errors import AuditFailedError
from unseen.media import Limits, SourceFile
from unseen.plan import Plan, dumps, loads
from unseen.verify.audit import audit
from unseen.verify.report import AuditReport

SCHEMA = "unseen.audit/1"
_HEAD = struct.Struct(">cI")
_PROGRESS, _REPORT, _FAULT = b"p", b"r", b"f"
_SMALL = 200_000  # pixels of a clip's picture: beside the net's own memory those of such a clip are little
_LARGE = 1920 * 1088  # beyond which an encoder that works ahead takes more memory than all else
_EVERY = 0.05  # seconds between two words about progress
_COMMAND = "import sys; sys.path[:] = {path!r}; from unseen.verify.apart import serve; serve({end})"
_APART = hasattr(socket, "send_fds")


@dataclass(frozen=True, slots=True)
class Question:
    """What to audit: `output` and, where there is one with a name, `source`; a source without one comes open.

    Both are percent-encoded, since a name can be any bytes. `limits` hold for the source.
    """

    output: str
    plan: Plan
    source: str | None
    limits: Limits
    schema: str = SCHEMA


@dataclass(frozen=True, slots=True)
class Answer:
    report: AuditReport
    schema: str = SCHEMA


def audit_apart(
    output: Path,
    plan: Plan,
    *,
    source: Path | SourceFile | None,
    on_frame: Callable[[], None] | None = None,
    limits: Limits | None = None,
) -> AuditReport:
    """As `audit`, in the audit's own process. Raises AuditFailedError where that process breaks down."""
    if not _APART:
        return audit(output, plan, source=source, on_frame=on_frame, limits=limits)
    opened = source if isinstance(source, SourceFile) else None
    named = _written(source) if isinstance(source, Path) else None
    question = Question(_written(output), plan, named, limits or Limits())
    return _auditor.ask(question, opened, on_frame or _nothing)


def warm(media: MediaInfo) -> None:
    """Start the process, so that it is ready when the file to audit is; not for the largest clips."""
    if _APART and (media.kind is MediaKind.PHOTO or _pixels(media) <= _LARGE):
        _auditor.start()


class _Auditor:
    """The process and the socket to it; one question at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._end: socket.socket | None = None

    def start(self) -> socket.socket:
        if self._end is not None and self._process is not None and self._process.poll() is None:
            return self._end
        self.stop()
        ours, theirs = socket.socketpair()
        path = [str(Path(p).absolute()) for p in sys.path]
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - this very interpreter, on code of our own
                [sys.executable, "-I", "-B", "-c", _COMMAND.format(path=path, end=theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the process that asked
            )
        self._end = ours
        return ours

    def ask(self, question: Question, source: SourceFile | None, on_frame: Callable[[], None]) -> AuditReport:
        with self._lock:
            try:
                end = self.start()
                data = dumps(question)
                opened = [] if source is None else [source.descriptor()]
                socket.send_fds(end, [_HEAD.pack(_REPORT, len(data))], opened)
                end.sendall(data)
                report = self._answer(end, on_frame)
            except (OSError, EOFError) as error:
                how = self.stop()
                raise _broken(f"the process that audits ended before it was done ({how})") from error
            except BaseException:
                self.stop()
                raise
            if _took_much(question.plan.source.media):
                self.stop()
            return report

    def _answer(self, end: socket.socket, on_frame: Callable[[], None]) -> AuditReport:
        while True:
            kind, data = _receive(end)
            if kind == _PROGRESS:
                for _ in range(int(data)):
                    on_frame()
            elif kind == _REPORT:
                return loads(Answer, data, SCHEMA).report
            else:
                raise _broken(f"the audit broke down: {data.decode('utf-8', 'replace')}")

    def stop(self) -> str:
        """End the process; gives how it ended."""
        process, end = self._process, self._end
        self._process = self._end = None
        if end is not None:
            end.close()
        if process is None:
            return "it had not begun"
        with contextlib.suppress(subprocess.TimeoutExpired):
            return f"exit status {process.wait(0.2)}"
        process.kill()
        process.wait()
        return "it did not answer"

    def forget(self) -> None:
        """In a copy of this process: what was started is the original's."""
        if self._end is not None:
            self._end.close()
        if self._process is not None:
            self._process.returncode = 0  # not ours to wait for
        self._lock, self._process, self._end = threading.Lock(), None, None


def _took_much(media: MediaInfo) -> bool:
    """Whether so much memory went into an audit that its process is better started anew."""
    return media.kind is not MediaKind.PHOTO and _pixels(media) > _SMALL


def _pixels(media: MediaInfo) -> int:
    return media.picture.width * media.picture.height if media.picture is not None else 0


_auditor = _Auditor()
atexit.register(_auditor.stop)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_auditor.forget)


def _written(path: Path) -> str:
    return quote(os.fsencode(path.absolute()))


def _read(name: str) -> Path:
    return Path(os.fsdecode(unquote_to_bytes(name)))


def _nothing() -> None:
    pass


def _broken(what: str) -> AuditFailedError:
    step = "Nothing was written. Run it again; if it stays, please report it with this text."
    return AuditFailedError(what, next_step=step)


def _receive(end: socket.socket) -> tuple[bytes, bytes]:
    kind, length = _HEAD.unpack(_exactly(end, _HEAD.size))
    return kind, _exactly(end, length)


def _exactly(end: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = end.recv(min(count - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def serve(descriptor: int) -> None:
    """Be the audit's process: answer questions until nobody asks any more."""
    with socket.socket(fileno=descriptor) as end, contextlib.suppress(EOFError, OSError):
        while True:
            head, given, _, _ = socket.recv_fds(end, _HEAD.size, 1)
            if not head:
                return
            head += _exactly(end, _HEAD.size - len(head))
            data = _exactly(end, _HEAD.unpack(head)[1])
            kind, answer = _audited(end, data, given)
            end.sendall(_HEAD.pack(kind, len(answer)) + answer)


def _audited(end: socket.socket, data: bytes, given: list[int]) -> tuple[bytes, bytes]:
    with contextlib.ExitStack() as stack:
        try:
            question = loads(Question, data, SCHEMA)
            source: Path | SourceFile | None = _read(question.source) if question.source is not None else None
            if given:
                file = stack.enter_context(os.fdopen(given[0], "rb", buffering=0))
                source = SourceFile(Path("-"), os.fstat(given[0]).st_size, cast(BinaryIO, file))
            count = _Counter(end)
            report = audit(_read(question.output), question.plan, source=source, on_frame=count, limits=question.limits)
            count.say()
        except Exception as error:  # noqa: BLE001 - whatever it is, the audit has not passed
            return _FAULT, f"{type(error).__name__}: {error}".encode()
        return _REPORT, dumps(Answer(report))


class _Counter:
    """Says now and then how many pictures more were looked at; where nobody listens any more, the audit ends here."""

    def __init__(self, end: socket.socket) -> None:
        self._end, self._more, self._said = end, 0, 0.0

    def __call__(self) -> None:
        self._more += 1
        if time.monotonic() - self._said >= _EVERY:
            self.say()

    def say(self) -> None:
        word = str(self._more).encode()
        self._end.sendall(_HEAD.pack(_PROGRESS, len(word)) + word)
        self._more, self._said = 0, time.monotonic()
