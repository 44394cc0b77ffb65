"""What somebody who has taken a decoder over would try, one attempt a process, each in a jail of some layers.

Run as a program: `probes.py FOLDER LAYER,LAYER... PORT` says one line an attempt, `name: what it got`.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from unseen.media.sandbox import jail

SECRET = b"the sibling's secret"


def _read(path: Path) -> str:
    with path.open("rb") as file:
        file.read(1)
    return "got in"


def _write(folder: Path) -> str:
    (folder / "written").write_bytes(b"x")
    return "got in"


def _connect(port: int) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
        tcp.connect(("127.0.0.1", port))
    return "got in"


def _datagram() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.sendto(b"x", ("127.0.0.1", 9))
    return "got in"


def _unix(folder: Path) -> str:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as end:
        end.connect(os.fsencode(folder / "socket"))
    return "got in"


def _fork() -> str:
    child = os.fork()
    if child == 0:
        os._exit(0)
    return "got in"


def _exec() -> str:
    os.execv("/bin/true", ["true"])
    return "returned"


def _kill() -> str:
    os.kill(os.getppid(), signal.SIGCONT)
    return "got in"


def _ptrace() -> str:
    attach, detach = 16, 17
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(attach, os.getppid(), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    os.waitpid(os.getppid(), 0)
    libc.ptrace(detach, os.getppid(), 0, 0)
    return "got in"


def attempts(folder: Path, port: int) -> dict[str, Callable[[], str]]:
    """Eleven ways out."""
    return {
        "read a sibling": lambda: _read(folder / "sibling"),
        "read home": lambda: _read(folder / "home" / "notes"),
        "read /etc": lambda: _read(Path("/etc/passwd")),
        "write": lambda: _write(folder),
        "TCP": lambda: _connect(port),
        "UDP": _datagram,
        "UNIX socket": lambda: _unix(folder),
        "fork": _fork,
        "exec": _exec,
        "kill": _kill,
        "ptrace": _ptrace,
    }


def in_jail(attempt: Callable[[], str], layers: list[jail.Layer]) -> str:
    """What an attempt got, made by a child of this process in a jail of these layers."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        if layers:
            jail.enter(jail.Allowance(1 << 30, 10), layers)
        try:
            got = attempt()
        except OSError as error:
            got = f"denied ({error.strerror})"
        theirs.send(got.encode())
        os._exit(0)
    theirs.close()
    with ours:
        got = ours.recv(200).decode()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return got or ("got in" if status == 0 else f"ended with {status}")


def main(folder: Path, layers: list[jail.Layer], port: int) -> None:
    for name, attempt in attempts(folder, port).items():
        sys.stdout.write(f"{name}: {in_jail(attempt, layers)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), [jail.Layer(name) for name in sys.argv[2].split(",") if name], int(sys.argv[3]))
