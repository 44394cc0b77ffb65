"""Locking a process up before it touches an untrusted byte: whatever it is made to do, it can reach nothing.

Call `enter` in a process that has one thread and has imported all it needs: Landlock and seccomp bind the thread that
calls them and those that it starts later, and afterwards nothing can be opened or loaded.
"""

from __future__ import annotations

import contextlib
import enum
import os
import signal
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from unseen.media.sandbox import landlock, seccomp
from unseen.media.sandbox.system import checked, libc
from unseen.plan import Isolation

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_OPEN_FILES = 64
_GRACE = 5  # seconds between the two limits of processor time


class Layer(enum.StrEnum):
    """What a jail is made of, strongest first."""

    SECCOMP = "seccomp"  #: system calls: an allow-list, with neither open, write, socket, fork, exec nor kill
    LANDLOCK = "landlock"  #: no file system; from Linux 6.7 no TCP, from 6.12 no signals out
    RLIMITS = "rlimits"  #: memory, processor time, open files; no file may grow, no core is dumped


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a jailed process may use: bytes of memory beyond what it has now, and seconds of processor time."""

    memory: int
    seconds: int


def enter(allowance: Allowance, layers: Iterable[Layer] = Layer) -> Isolation:
    """Lock this process up for good and say which layers hold, and which could not be had and why.

    `layers`: fewer than all only to show what each one does.
    """
    held, missing = [], []
    if sys.platform == "linux":
        checked(libc().prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0))
        checked(libc().prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0))
        checked(libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    # The limits first: the filter also refuses to change them.
    for layer in (Layer.RLIMITS, Layer.LANDLOCK, Layer.SECCOMP):
        try:
            if layer not in layers:
                raise OSError("left out")
            _install(layer, allowance)
        except (OSError, ImportError, AttributeError, ValueError) as error:
            missing.append(f"{layer}: {getattr(error, 'strerror', None) or error}")
        else:
            held.append(str(layer))
    return Isolation(tuple(reversed(held)), tuple(reversed(missing)))


def _install(layer: Layer, allowance: Allowance) -> None:
    if layer is Layer.RLIMITS:
        _limit(allowance)
    elif sys.platform != "linux":
        raise OSError(f"not on {sys.platform}")
    elif layer is Layer.LANDLOCK:
        landlock.install()
    else:
        seccomp.install()


def _limit(allowance: Allowance) -> None:
    import resource  # not there on Windows

    wanted = {
        resource.RLIMIT_CPU: allowance.seconds,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_AS: _memory_now() + allowance.memory,
    }
    if sys.platform != "linux":
        # Linux counts threads, which decoders need, and those of the user's other programs; there seccomp forbids it.
        wanted[resource.RLIMIT_NPROC] = 0
    for kind, value in wanted.items():
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # At the soft limit of time comes a signal of its own, at the hard one the same as for want of memory.
        last = value + _GRACE if kind == resource.RLIMIT_CPU and hard == resource.RLIM_INFINITY else value
        resource.setrlimit(kind, (value, last))


def _memory_now() -> int:
    """Bytes of address space in use; 0 where the system does not say."""
    with contextlib.suppress(OSError):
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    return 0
