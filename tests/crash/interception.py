"""Every call by which a process changes files, told before it happens to whoever watches, who may let it fail or kill.

The kernel does the telling: a seccomp filter with a listener (seccomp_unotify(2), Linux 5.5) holds for a process and
all that it starts, whatever library makes the call. Numbers and structures: linux/seccomp.h, asm/unistd.h.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import platform
import struct
from dataclasses import dataclass
from pathlib import Path

_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _TELL = 0x7FFF0000, 0x7FC00000
_NO_NEW_PRIVS, _FILTER, _NEW_LISTENER = 38, 1, 1 << 3
_RECEIVE, _SEND = 0xC0502100, 0xC0182101  # SECCOMP_IOCTL_NOTIF_RECV and _SEND
_CONTINUE = 1
_TOLD, _ANSWER = struct.Struct("=QIIiIQ6Q"), struct.Struct("=QqiI")
_HERE = -100  # AT_FDCWD

SECCOMP = {"x86_64": 317, "aarch64": 277}
CALLS = {
    # name: (number, which argument is the path or, for `write` and its like, the descriptor)
    "x86_64": {
        **{"write": (1, 0), "pwrite64": (18, 0), "writev": (20, 0), "fsync": (74, 0), "fdatasync": (75, 0)},
        **{"ftruncate": (77, 0), "openat": (257, 1), "mkdir": (83, 0), "mkdirat": (258, 1), "rmdir": (84, 0)},
        **{"rename": (82, 1), "renameat": (264, 3), "renameat2": (316, 3), "link": (86, 1), "linkat": (265, 3)},
        **{"unlink": (87, 0), "unlinkat": (263, 1), "chmod": (90, 0), "fchmod": (91, 0), "fchmodat": (268, 1)},
        **{"utimensat": (280, 1)},
    },
    "aarch64": {
        **{"write": (64, 0), "pwrite64": (68, 0), "writev": (66, 0), "fsync": (82, 0), "fdatasync": (83, 0)},
        **{"ftruncate": (46, 0), "openat": (56, 1), "mkdirat": (34, 1)},
        **{"renameat": (38, 3), "renameat2": (276, 3), "linkat": (37, 3)},
        **{"unlinkat": (35, 1), "fchmod": (52, 0), "fchmodat": (53, 1), "utimensat": (88, 1)},
    },
}
BY_DESCRIPTOR = frozenset({"write", "pwrite64", "writev", "fsync", "fdatasync", "ftruncate", "fchmod"})
_IN_FOLDER = frozenset({"openat", "mkdirat", "renameat", "renameat2", "linkat", "unlinkat", "fchmodat", "utimensat"})


def available() -> bool:
    """Whether this machine can tell."""
    return platform.system() == "Linux" and platform.machine() in CALLS


def watch_me() -> int:
    """From now on every call of this process and its children is told; gives the descriptor to listen at.

    Raises OSError where the kernel cannot, or where another listener is there already.
    """
    machine = platform.machine()
    steps = [(_LOAD, 0, 0, 0)]
    for name, (number, _) in CALLS[machine].items():
        if name == "openat":  # of the many files that are opened, those that may be made
            tell = [(_LOAD, 0, 0, 16 + 8 * 2), (_ANY_BIT, 0, 1, os.O_CREAT), (_RETURN, 0, 0, _TELL)]
            tell += [(_RETURN, 0, 0, _ALLOW)]
        else:
            tell = [(_RETURN, 0, 0, _TELL)]
        steps += [(_EQUAL, 0, len(tell), number), *tell]
    code = b"".join(struct.pack("=HBBI", *step) for step in [*steps, (_RETURN, 0, 0, _ALLOW)])
    buffer = ctypes.create_string_buffer(code, len(code))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs")
    listener = libc.syscall(SECCOMP[machine], _FILTER, _NEW_LISTENER, header)
    if listener < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return int(listener)


@dataclass(frozen=True, slots=True)
class Call:
    """A call that waits for its answer: its name, the file it is about where that is known, and who makes it."""

    name: str
    path: str
    process: int
    number: int  #: of the question, for the answer


def next_call(listener: int) -> Call | None:
    """Wait for the next call. None where the caller was gone before it could be read."""
    buffer = bytearray(_TOLD.size)
    try:
        fcntl.ioctl(listener, _RECEIVE, buffer)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.EINTR):
            return None
        raise
    number, thread, _, nr, _, _, *arguments = _TOLD.unpack(buffer)
    name, at = next((n, a) for n, (known, a) in CALLS[platform.machine()].items() if known == nr)
    return Call(name, _path(name, thread, arguments, at), _process_of(thread), number)


def answer(listener: int, call: Call, error: int = 0) -> None:
    """Let a call go on, or fail with an error number."""
    reply = _ANSWER.pack(call.number, 0, -error, 0 if error else _CONTINUE)
    try:
        fcntl.ioctl(listener, _SEND, bytearray(reply))
    except OSError as problem:
        if problem.errno != errno.ENOENT:  # it was killed meanwhile
            raise


def _process_of(thread: int) -> int:
    """The process that a thread is one of, for the kernel tells the thread; itself where it is gone."""
    try:
        facts = Path(f"/proc/{thread}/status").read_text().splitlines()
    except OSError:
        return thread
    return next(int(fact.split()[1]) for fact in facts if fact.startswith("Tgid:"))


def _path(name: str, process: int, arguments: list[int], at: int) -> str:
    try:
        if name in BY_DESCRIPTOR:
            return os.readlink(f"/proc/{process}/fd/{arguments[at] & 0xFFFFFFFF}")
        given = _text(process, arguments[at]) if arguments[at] else ""
        folder = ctypes.c_int(arguments[at - 1] & 0xFFFFFFFF).value if name in _IN_FOLDER else _HERE
        base = os.readlink(f"/proc/{process}/cwd" if folder == _HERE else f"/proc/{process}/fd/{folder}")
        return os.path.normpath(os.path.join(base, given))
    except OSError:
        return ""


def _text(process: int, address: int) -> str:
    """A name in another process's memory, up to its end."""
    found = bytearray()
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        while b"\0" not in found and len(found) < 4096:
            memory.seek(address + len(found))
            found += memory.read(min(256, 4096 - (address + len(found)) % 4096))  # not into a page that is not there
    return os.fsdecode(bytes(found).partition(b"\0")[0])
