"""Eleven ways out of the process that decodes, tried from inside it; and the same without a layer, to see it work."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from unseen.media.sandbox import landlock, seccomp
from unseen.media.sandbox.jail import Layer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the layers are Linux's")
PROBES = Path(__file__).with_name("probes.py")
FILES = {"read a sibling", "read home", "read /etc", "write"}
SOCKETS = {"TCP", "UDP", "UNIX socket"}
PROCESSES = {"fork", "exec", "kill", "ptrace"}
ALL = FILES | SOCKETS | PROCESSES


def _has_landlock() -> bool:
    try:
        return landlock.abi() >= 1
    except OSError:
        return False


needs_landlock = pytest.mark.skipif(sys.platform == "linux" and not _has_landlock(), reason="no Landlock here")


def got(folder: Path, *layers: Layer) -> dict[str, str]:
    """What each attempt got in a jail of these layers."""
    (folder / "sibling").write_bytes(b"secret")
    (folder / "home").mkdir(exist_ok=True)
    (folder / "home" / "notes").write_bytes(b"secret")
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        (folder / "socket").unlink(missing_ok=True)
        here = Path.cwd()
        os.chdir(folder)  # a socket's path may have no more than about a hundred characters
        try:
            unix.bind("socket")
        finally:
            os.chdir(here)
        unix.listen()
        command = [sys.executable, PROBES, ".", ",".join(layers), str(tcp.getsockname()[1])]
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        said = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    assert not said.stderr
    return dict(line.split(": ", 1) for line in said.stdout.splitlines())


def entered(tried: dict[str, str]) -> set[str]:
    assert set(tried) == ALL
    return {name for name, what in tried.items() if not what.startswith("denied")}


@needs_landlock
def test_from_the_whole_jail_nothing_is_reached(tmp_path: Path) -> None:
    assert entered(got(tmp_path, *Layer)) == set()


def test_without_a_jail_everything_is_reached(tmp_path: Path) -> None:
    """The attempts themselves work: otherwise their failing would say nothing."""
    if os.geteuid() != 0 and Path("/proc/sys/kernel/yama/ptrace_scope").exists():
        pytest.skip("tracing the parent is forbidden to everybody here")
    assert entered(got(tmp_path)) == ALL


def test_without_the_filter_processes_and_sockets_are_reached(tmp_path: Path) -> None:
    """The saboteur of the system call filter."""
    reached = entered(got(tmp_path, Layer.LANDLOCK, Layer.RLIMITS))
    assert reached >= {"fork", "UDP"}


def test_the_filter_alone_keeps_everything_in(tmp_path: Path) -> None:
    assert entered(got(tmp_path, Layer.SECCOMP)) == set()


@needs_landlock
def test_landlock_alone_keeps_files_in(tmp_path: Path) -> None:
    reached = entered(got(tmp_path, Layer.LANDLOCK))
    assert not reached & (FILES | {"exec"})


def test_the_limits_alone_keep_little_in(tmp_path: Path) -> None:
    reached = entered(got(tmp_path, Layer.RLIMITS))
    assert "write" not in reached
    assert reached >= {"read a sibling", "read home", "read /etc", "fork"}


@pytest.mark.parametrize(
    ("waste", "ending"),
    [("while True: pass", -signal.SIGXCPU), ("bytearray(1 << 30)", 7), ("bytearray(1 << 20)", 0)],
)
def test_a_jail_holds_time_and_memory(waste: str, ending: int) -> None:
    program = f"""
import os
from unseen.media.sandbox.jail import Allowance, enter
enter(Allowance(256 << 20, 1))
try:
    {waste}
except MemoryError:
    os._exit(7)
"""
    assert subprocess.run([sys.executable, "-c", program], timeout=60).returncode == ending


def test_the_room_opens_where_there_is_no_c_library() -> None:
    program = """
import ctypes
def none(*_, **__): raise TypeError("no C library of this name")
real, ctypes.CDLL = ctypes.CDLL, lambda name, *a, **k: none() if name is None else real(name, *a, **k)
import unseen.media
"""
    assert not subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60).stderr


def test_the_filter_refuses_calls_that_came_later_than_it() -> None:
    """An allow-list: what it does not know is refused, on both kinds of machine."""
    for machine in ("x86_64", "aarch64"):
        steps = seccomp.program(machine, 1234)
        for number in (425, 437, 9999):  # io_uring_setup, openat2, none yet
            assert verdict(steps, machine, number) == ("errno", 1)
        assert verdict(steps, machine, seccomp.MACHINES[machine].clone3) == ("errno", 38)


def test_the_filter_knows_threads_from_processes() -> None:
    thread, process, in_namespace = 0x3D0F00, 0x1200011, 0x3D0F00 | 0x10000000
    for machine in ("x86_64", "aarch64"):
        steps = seccomp.program(machine, 1234)
        clone = seccomp.MACHINES[machine].clone
        assert verdict(steps, machine, clone, thread)[0] == "allow"
        assert verdict(steps, machine, clone, process) == ("errno", 1)
        assert verdict(steps, machine, clone, in_namespace) == ("errno", 1)


def test_the_filter_lets_no_new_code_in() -> None:
    read_write, with_code = 3, 7
    for machine in ("x86_64", "aarch64"):
        steps = seccomp.program(machine, 1234)
        for call in (seccomp.MACHINES[machine].mmap, seccomp.MACHINES[machine].mprotect):
            assert verdict(steps, machine, call, 0, 0, read_write)[0] == "allow"
            assert verdict(steps, machine, call, 0, 0, with_code) == ("errno", 13)


def test_the_filter_signals_only_its_own_process() -> None:
    for machine in ("x86_64", "aarch64"):
        steps = seccomp.program(machine, 1234)
        signal_to = seccomp.MACHINES[machine].tgkill
        assert verdict(steps, machine, signal_to, 1234)[0] == "allow"
        assert verdict(steps, machine, signal_to, 1) == ("errno", 1)


def test_calls_of_another_architecture_end_the_process() -> None:
    x86, arm = seccomp.MACHINES["x86_64"].audit, seccomp.MACHINES["aarch64"].audit
    for machine, other in (("x86_64", arm), ("aarch64", x86), ("x86_64", 0x40000003)):
        assert run(seccomp.program(machine, 1), other, 0, ())[0] == "kill"
    x32 = 0x40000000
    assert verdict(seccomp.program("x86_64", 1), "x86_64", x32 | 1)[0] == "kill"


def verdict(steps: seccomp.Program, machine: str, number: int, *arguments: int) -> tuple[str, int]:
    return run(steps, seccomp.MACHINES[machine].audit, number, arguments)


def run(steps: seccomp.Program, architecture: int, number: int, arguments: tuple[int, ...]) -> tuple[str, int]:
    """Carry the filter out as the kernel does (Documentation/networking/filter.rst)."""
    data = {0: number, 4: architecture} | {16 + 8 * n: value & 0xFFFFFFFF for n, value in enumerate(arguments)}
    held, at = 0, 0
    while True:
        code, yes, no, operand = steps[at]
        at += 1
        if code == 0x20:
            held = data.get(operand, 0)
        elif code == 0x06:
            kind = {0x7FFF0000: "allow", 0x80000000: "kill", 0x00050000: "errno"}[operand & 0xFFFF0000]
            return kind, operand & 0xFFFF
        else:
            taken = {0x15: held == operand, 0x35: held >= operand, 0x45: bool(held & operand)}[code]
            at += yes if taken else no
