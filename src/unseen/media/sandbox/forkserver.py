"""A process that has read nothing untrusted and copies itself for each file: a fresh, warm worker in milliseconds.

It is started once, by its own command line and not by forking, because the process that asks may have threads. It has
only one itself, so that its copies are sound. When the process that started it ends, however, it ends too, and the
kernel ends its copies.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Protocol

from unseen.errors import SandboxError
from unseen.media.sandbox import worker
from unseen.media.sandbox.channel import Channel, Silence, pair

_START, _END = b"start", b"end "
_PATIENCE = 60.0  # seconds for a start or end, on a machine that has much else to do
_COMMAND = """
import sys, types
sys.path[:] = {path!r}
sys.modules["unseen"] = types.ModuleType("unseen")
sys.modules["unseen"].__path__ = [{home!r}]
from unseen.media.sandbox import forkserver
forkserver.{main}({end})
"""
"""The package stands in for itself: its own start would load every room, nets and all, and only `media` decodes."""
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class Workers(Protocol):
    """Where workers come from. Raises SandboxError where none can be had."""

    def start(self) -> tuple[int, Channel]:
        """A new worker's process id, and the channel to it."""
        ...

    def end(self, process: int) -> int:
        """Kill a worker, unless it has ended; what it ended with, as `Popen.returncode`."""
        ...


def workers() -> Workers | None:
    """Where workers come from in this process; None where the system cannot hand open files over."""
    global _workers
    if not hasattr(os, "fork") or not hasattr(socket, "send_fds"):
        return None
    with _lock:
        if _workers is None:
            # Elsewhere a fork without exec is not sound: macOS's own libraries refuse to work in the copy.
            _workers = ForkServer() if sys.platform == "linux" else FreshProcesses()
        return _workers


class ForkServer:
    """Workers as copies of one warm process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Channel | None = None

    def start(self) -> tuple[int, Channel]:
        ours, theirs = pair()
        with self._lock, theirs:
            answer = self._ask(_START, [theirs.fileno()])
        return int(answer), ours

    def end(self, process: int) -> int:
        with self._lock:
            if self._channel is None:  # it ended, and its workers with it
                return -signal.SIGKILL
            return int(self._ask(_END + str(process).encode()))

    def stop(self) -> None:
        """End it, and with it every worker."""
        with self._lock:
            self._drop()

    def forget(self) -> None:
        """In a forked copy of this process: it belongs to the original."""
        self._lock, self._process, self._channel = threading.Lock(), None, None

    def _ask(self, question: bytes, descriptors: list[int] | None = None) -> bytes:
        channel = self._running()
        try:
            channel.send(question, descriptors or ())
            return channel.receive(_PATIENCE)
        except BaseException as error:
            self._drop()  # its next answer would be to this question
            if isinstance(error, (EOFError, OSError, ValueError, Silence)):
                what = f"the process that starts decoders is gone ({type(error).__name__})"
                raise SandboxError(what, next_step=_AGAIN) from error
            raise

    def _drop(self) -> None:
        if self._channel is not None and self._process is not None:
            self._channel.close()
            self._process.kill()
            self._process.wait()
        self._channel = self._process = None

    def _running(self) -> Channel:
        if self._process is not None and self._process.poll() is not None:
            self._drop()
        if self._channel is None:
            self._process, self._channel = _launch("serve")
        return self._channel


class FreshProcesses:
    """Workers as new processes: slower to start, and sound on every system."""

    def __init__(self) -> None:
        self._running: dict[int, subprocess.Popen[bytes]] = {}

    def start(self) -> tuple[int, Channel]:
        process, channel = _launch("work")
        self._running[process.pid] = process
        return process.pid, channel

    def end(self, process: int) -> int:
        running = self._running.pop(process)
        running.kill()
        return running.wait()

    def stop(self) -> None:
        """End every worker."""
        for process in list(self._running):
            self.end(process)

    def forget(self) -> None:
        """In a forked copy of this process: they belong to the original."""
        self._running = {}


_AGAIN = "Run the same command again; if it stays, please report it with this text."
_lock = threading.Lock()
_workers: ForkServer | FreshProcesses | None = None


@atexit.register
def stop() -> None:
    """End every worker of this process."""
    if _workers is not None:
        _workers.stop()


def _forget() -> None:
    if _workers is not None:
        _workers.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def _launch(main: str) -> tuple[subprocess.Popen[bytes], Channel]:
    ours, theirs = pair()
    path, home = [str(Path(p).absolute()) for p in sys.path], str(Path(__file__).parents[2])
    command = _COMMAND.format(path=path, home=home, main=main, end=theirs.fileno())
    try:
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - this very interpreter, on code of our own
                [sys.executable, "-I", "-B", "-c", command],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **dict.fromkeys(_ONE_THREAD, "1")},  # one thread more would escape the jail
                start_new_session=True,  # Ctrl-C is for the process that asked
            )
    except (OSError, ValueError) as error:
        ours.close()
        step = "Close other programs, and run the same command again."
        raise SandboxError(f"the process that starts decoders cannot be started: {error}", next_step=step) from error
    return process, ours


def work(end: int) -> None:
    """Be a fresh worker."""
    worker.prepare()
    worker.serve(Channel(socket.socket(fileno=end)))


def serve(end: int) -> None:
    """Be the fork server: start and end workers until whoever asks is gone."""
    channel = Channel(socket.socket(fileno=end))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    worker.prepare()
    gc.collect()
    gc.freeze()  # what is shared with the copies stays shared
    children: set[int] = set()
    with contextlib.suppress(EOFError):
        while True:
            question, theirs = channel.receive_with_file()
            if question == _START and theirs is not None:
                answer = _fork(channel, theirs)
                children.add(answer)
            else:
                answer = _finish(int(question.removeprefix(_END)), children)
            channel.send(str(answer).encode())


def _fork(channel: Channel, theirs: int) -> int:
    process = os.fork()
    if process == 0:
        status = 1
        try:
            channel.close()
            worker.serve(Channel(socket.socket(fileno=theirs)))
            status = 0
        finally:
            os._exit(status)
    os.close(theirs)
    return process


def _finish(process: int, children: set[int]) -> int:
    # A child that has ended keeps its number until it is waited for, so no other process can be hit.
    if process not in children:
        return -signal.SIGKILL
    children.remove(process)
    os.kill(process, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
