"""A process that runs the command line, job after job, every change of a file being told.

Started as a script it is the process that all of these are copies of, with everything imported.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from interception import Call, answer, next_call, watch_me

WAIT = 120.0
Verdict = int | signal.Signals | None
"""What is to become of a call: an error number, a signal that ends the job instead, or nothing."""


@dataclass(slots=True)
class Watch:
    """Decides about each call on files under `root`; `calls` are those that came."""

    root: Path
    decide: Callable[[int, Call], Verdict]
    calls: list[Call] = field(default_factory=list)

    def about(self, call: Call) -> Verdict:
        if not Path(call.path).is_relative_to(self.root):
            return None
        self.calls.append(call)
        return self.decide(len(self.calls) - 1, call)


class Runner:
    """One process that runs jobs."""

    def __init__(self, line: socket.socket, process: int, listener: int) -> None:
        self._line, self.process, self._listener = line, process, listener
        self._watch: Watch | None = None
        self._guard = threading.Thread(target=self._answer, daemon=True)
        self._guard.start()

    def start(self, arguments: list[str], watch: Watch | None = None) -> None:
        self._watch = watch
        self._line.sendall(json.dumps(arguments).encode() + b"\n")

    def ended(self) -> tuple[int | None, str]:
        """The job's exit code and what it said on its standard error; None where it was killed."""
        self._line.settimeout(WAIT)
        said = b""
        while not said.endswith(b"\n"):
            with contextlib.suppress(ConnectionResetError):
                if part := self._line.recv(1 << 16):
                    said += part
                    continue
            self.close()
            return None, ""
        self._watch = None
        code, text = json.loads(said)
        return code, text

    def run(self, arguments: list[str], watch: Watch | None = None) -> tuple[int | None, str]:
        self.start(arguments, watch)
        return self.ended()

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)

    def kill_helper(self, chance: random.Random) -> None:
        """Kill one of the processes that the job started, where there is one."""
        found = descendants(self.process)
        if found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(found), signal.SIGKILL)

    def close(self) -> None:
        """End it; all it started ends by itself, and the listening with the last of these."""
        self._line.close()
        self._guard.join(WAIT)

    def _answer(self) -> None:
        waiting = select.poll()
        waiting.register(self._listener, select.POLLIN)
        while not any(what & select.POLLHUP for _, what in waiting.poll()):
            call = next_call(self._listener)
            if call is None:
                continue
            verdict = self._watch.about(call) if self._watch is not None else None
            if isinstance(verdict, signal.Signals):
                self.kill()
            else:
                answer(self._listener, call, verdict or 0)
        os.close(self._listener)


def descendants(process: int) -> list[int]:
    """What a process started, and what that started."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found, waiting = [], [process]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return sorted(found)


class Origin:
    """What runners are copies of."""

    def __init__(self, environment: dict[str, str], sabotage: str = "") -> None:
        """`sabotage`: what is done to the program before it runs, as Python."""
        self._ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, str(Path(__file__)), str(theirs.fileno()), sabotage]
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], env=os.environ | environment, stdin=subprocess.DEVNULL
            )

    def runner(self) -> Runner:
        """A new one. Raises OSError where the kernel does not let it be watched."""
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._ours, [b"+"], [theirs.fileno()])
        ours.settimeout(WAIT)
        told, listeners, _, _ = socket.recv_fds(ours, 16, 1)
        if not listeners:
            raise OSError(int(told or b"0"), "calls cannot be watched here")
        return Runner(ours, int(told), listeners[0])

    def close(self) -> None:
        self._ours.close()
        self._process.wait(WAIT)

    def __enter__(self) -> Origin:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


def _serve(end: int, sabotage: str) -> None:
    """Be the origin: copy this process as often as asked."""
    import unseen.cli  # noqa: F401 - before any copy is made

    exec(sabotage, {})  # of the tests' own
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=end) as line:
        while True:
            told, given, _, _ = socket.recv_fds(line, 1, 1)
            if not told:
                return
            if os.fork() == 0:
                line.close()
                os._exit(_copy(socket.socket(fileno=given[0])))
            os.close(given[0])


def _copy(line: socket.socket) -> int:
    """Be a runner: one line of arguments after the other."""
    from unseen.media.sandbox import forkserver
    from unseen.verify import apart

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with line:
        try:
            listener = watch_me()
        except OSError as error:
            line.sendall(str(error.errno).encode())
            return 1
        socket.send_fds(line, [str(os.getpid()).encode()], [listener])
        os.close(listener)
        for arguments in _lines(line):
            line.sendall(json.dumps(_run(arguments)).encode() + b"\n")
    forkserver.stop()
    apart._auditor.stop()
    return 0


def _lines(line: socket.socket) -> Iterator[list[str]]:
    with line.makefile("rb") as file:
        for each in file:
            yield json.loads(each)


def _run(arguments: list[str]) -> tuple[int, str]:
    import io

    from unseen.cli import run

    said = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
        code = run(arguments)
    return int(code), said.getvalue()


if __name__ == "__main__":
    _serve(int(sys.argv[1]), sys.argv[2])
