"""Messages between a process and the worker it does not trust: whole, in order, never longer than allowed."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Sequence

MOST_BYTES = 64 << 20
"""The longest message: the times of two million pictures, each with a gap of its own, take half of it."""
_LENGTH = 4


class Silence(Exception):  # noqa: N818 - not an error by itself: whoever waits says what it means
    """Nothing came within the time given."""


class Channel:
    """One end of a socket pair. A peer that ended raises EOFError; one that breaks the framing, ValueError."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def fileno(self) -> int:
        return self._end.fileno()

    def close(self) -> None:
        self._end.close()

    def send(self, message: bytes, descriptors: Sequence[int] = ()) -> None:
        """Send a message, and with it copies of open files. Raises EOFError."""
        framed = len(message).to_bytes(_LENGTH, "big") + message
        try:
            sent = socket.send_fds(self._end, [framed], list(descriptors)) if descriptors else 0
            if sent < len(framed):
                self._end.sendall(framed[sent:])
        except (BrokenPipeError, ConnectionResetError) as error:
            raise EOFError from error

    def receive(self, seconds: float | None = None) -> bytes:
        """The next message; descriptors that came with it are not taken. Raises EOFError, Silence, ValueError."""
        until = None if seconds is None else time.monotonic() + seconds
        length = int.from_bytes(self._exactly(_LENGTH, until), "big")
        return self._exactly(self._allowed(length), until)

    def receive_with_file(self) -> tuple[bytes, int | None]:
        """The next message and the open file that came with it, for a worker that trusts its peer."""
        start, descriptors, _, _ = socket.recv_fds(self._end, _LENGTH, 1)
        if not start:
            raise EOFError
        start += self._exactly(_LENGTH - len(start), None) if len(start) < _LENGTH else b""
        length = int.from_bytes(start, "big")
        return self._exactly(self._allowed(length), None), descriptors[0] if descriptors else None

    def _allowed(self, length: int) -> int:
        if length > MOST_BYTES:
            raise ValueError(f"a message of {length} bytes")
        return length

    def _exactly(self, count: int, until: float | None) -> bytes:
        parts = []
        while count:
            if until is not None:  # whoever waits for ever is a worker, and may not even ask for that
                self._end.settimeout(max(0.001, until - time.monotonic()))
            try:
                part = self._end.recv(min(count, 1 << 20))
            except TimeoutError as error:
                raise Silence from error
            except ConnectionResetError as error:
                raise EOFError from error
            if not part:
                raise EOFError
            parts.append(part)
            count -= len(part)
        return b"".join(parts)


def pair() -> tuple[Channel, socket.socket]:
    """A channel and the other end of it, which a child process may inherit."""
    ours, theirs = socket.socketpair()
    os.set_inheritable(theirs.fileno(), True)
    return Channel(ours), theirs
