"""The system calls that decoding needs, and a filter that lets a process make no other (Linux, seccomp-BPF).

The program is small enough to be put together here: libseccomp would be a system library that users have to install.
Format: struct sock_filter of linux/filter.h, struct seccomp_data and return values of linux/seccomp.h.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from dataclasses import dataclass

from unseen.media.sandbox.system import checked, libc

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in seccomp_data; each argument has 8 bytes, the low half first
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_X32 = 0x40000000  # calls of the x32 ABI carry the same architecture and this bit
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_PR_SET_NAME = 15
_PROT_EXEC = 4
_F_DUPFD_CLOEXEC = 1030
_CLONE_THREAD = 0x00010000
_THREAD_FLAGS = 0x007D0F00  # what glibc and musl start a thread with (pthread_create.c): memory, files, signals shared

_COMMON = {
    # The calls that are always allowed: memory, threads, clocks, and reading and answering over open descriptors.
    # Neither `write` nor `open` is among them: answers go out by `sendto` over the one socket there is.
    "x86_64": {
        **{"futex": 202, "madvise": 28, "munmap": 11, "mremap": 25, "brk": 12, "sched_yield": 24},
        **{"sendto": 44, "recvfrom": 45, "sendmsg": 46, "recvmsg": 47, "poll": 7, "ppoll": 271},
        **{"read": 0, "pread64": 17, "lseek": 8, "fstat": 5, "close": 3},
        **{"rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "sigaltstack": 131, "restart_syscall": 219},
        **{"clock_gettime": 228, "clock_getres": 229, "clock_nanosleep": 230, "nanosleep": 35, "gettimeofday": 96},
        **{"set_robust_list": 273, "rseq": 334, "set_tid_address": 218, "membarrier": 324, "gettid": 186},
        **{"getpid": 39, "getppid": 110, "getrandom": 318, "getrusage": 98, "sysinfo": 99, "uname": 63},
        **{"sched_getaffinity": 204, "sched_getscheduler": 145, "sched_getparam": 143, "getcpu": 309},
        **{"exit": 60, "exit_group": 231},
    },
    "aarch64": {
        **{"futex": 98, "madvise": 233, "munmap": 215, "mremap": 216, "brk": 214, "sched_yield": 124},
        **{"sendto": 206, "recvfrom": 207, "sendmsg": 211, "recvmsg": 212, "ppoll": 73},
        **{"read": 63, "pread64": 67, "lseek": 62, "fstat": 80, "close": 57},
        **{"rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139, "sigaltstack": 132, "restart_syscall": 128},
        **{"clock_gettime": 113, "clock_getres": 114, "clock_nanosleep": 115, "nanosleep": 101, "gettimeofday": 169},
        **{"set_robust_list": 99, "rseq": 293, "set_tid_address": 96, "membarrier": 283, "gettid": 178},
        **{"getpid": 172, "getppid": 173, "getrandom": 278, "getrusage": 165, "sysinfo": 179, "uname": 160},
        **{"sched_getaffinity": 123, "sched_getscheduler": 120, "sched_getparam": 121, "getcpu": 168},
        **{"exit": 93, "exit_group": 94},
    },
}


@dataclass(frozen=True, slots=True)
class Machine:
    """A processor's name for the kernel (linux/audit.h) and its numbers of the calls that depend on arguments."""

    audit: int
    mmap: int
    mprotect: int
    clone: int
    clone3: int
    prctl: int
    tgkill: int
    fcntl: int


MACHINES = {
    "x86_64": Machine(0xC000003E, mmap=9, mprotect=10, clone=56, clone3=435, prctl=157, tgkill=234, fcntl=72),
    "aarch64": Machine(0xC00000B7, mmap=222, mprotect=226, clone=220, clone3=435, prctl=167, tgkill=131, fcntl=25),
}

Program = list[tuple[int, int, int, int]]


def install() -> None:
    """Filter the calls of this thread and of every one it starts. Raises OSError where the kernel has no such filter.

    The process has to have promised to gain no privileges (no_new_privs).
    """
    machine = platform.machine()
    if machine not in MACHINES:
        raise OSError(errno.ENOSYS, f"no filter for {machine}")
    code = b"".join(struct.pack("=HBBI", *step) for step in program(machine, os.getpid()))
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer))
    checked(libc().prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.create_string_buffer(header, len(header)), 0, 0))


def program(name: str, process: int) -> Program:
    """The filter for a machine; `process` is the only one that signals may be sent to, as `abort` does."""
    machine = MACHINES[name]
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, machine.audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if name == "x86_64":
        steps += [(_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _KILL)]
    for number in _COMMON[name].values():
        steps += _when(number, [(_RETURN, 0, 0, _ALLOW)])
    for number in (machine.mmap, machine.mprotect):  # no new code, so nothing is loaded either
        steps += _when(number, [*_argument(2), (_ANY_BIT, 0, 1, _PROT_EXEC), *_refuse(errno.EACCES), *_allow()])
    threads_only = [
        *_argument(0),
        (_ANY_BIT, 2, 0, 0xFFFFFFFF & ~_THREAD_FLAGS),
        (_ANY_BIT, 0, 1, _CLONE_THREAD),
        *_allow(),
    ]
    steps += _when(machine.clone, [*threads_only, *_refuse(errno.EPERM)])
    steps += _when(machine.clone3, _refuse(errno.ENOSYS))  # its flags lie in memory; the C library then takes `clone`
    steps += _when(machine.prctl, [*_argument(0), (_EQUAL, 0, 1, _PR_SET_NAME), *_allow(), *_refuse(errno.EPERM)])
    steps += _when(machine.tgkill, [*_argument(0), (_EQUAL, 0, 1, process), *_allow(), *_refuse(errno.EPERM)])
    copies = [*_argument(1), (_EQUAL, 0, 1, _F_DUPFD_CLOEXEC), *_allow(), *_refuse(errno.EPERM)]
    steps += _when(machine.fcntl, copies)
    return steps + _refuse(errno.EPERM)


def _when(number: int, then: Program) -> Program:
    """Take `then`, which has to end in a return, where the loaded call is `number`."""
    return [(_EQUAL, 0, len(then), number), *then]


def _argument(index: int) -> Program:
    return [(_LOAD, 0, 0, _ARGUMENTS + 8 * index)]


def _allow() -> Program:
    return [(_RETURN, 0, 0, _ALLOW)]


def _refuse(error: int) -> Program:
    return [(_RETURN, 0, 0, _ERRNO | error)]
