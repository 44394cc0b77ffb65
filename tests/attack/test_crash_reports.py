"""What breaks down leaves no memory behind, in which there are pictures."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from make import Clip, write_clip

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
_WAIT = 60


def core_limit(process: int) -> str:
    """How large a core file of a process can be, as the kernel says."""
    limits = Path(f"/proc/{process}/limits").read_text("ascii")
    return next(line.split()[4] for line in limits.splitlines() if line.startswith("Max core file size"))


def children(process: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        for child in path.read_text("ascii").split():
            found += [int(child), *children(int(child))]
    return found


def allow_cores() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))


@pytest.mark.skipif(resource.getrlimit(resource.RLIMIT_CORE)[1] == 0, reason="this machine dumps no core anyway")
def test_no_process_of_a_job_dumps_core(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", Clip(ticks=range(3000)))
    command = [sys.executable, "-m", "unseen", "redact", str(clip), "-o", str(tmp_path / "out.mp4")]
    job = subprocess.Popen(command, cwd=tmp_path, preexec_fn=allow_cores, stderr=subprocess.PIPE)
    try:
        until = time.monotonic() + _WAIT
        while len(children(job.pid)) < 2 and time.monotonic() < until:  # what starts decoders, and a decoder
            time.sleep(0.01)
        family = [job.pid, *children(job.pid)]
        assert len(family) > 2
        assert {core_limit(process) for process in family} == {"0"}
    finally:
        job.send_signal(signal.SIGSEGV)
        job.communicate(timeout=_WAIT)
    assert not [path for path in tmp_path.iterdir() if "core" in path.name]


@pytest.mark.skipif(resource.getrlimit(resource.RLIMIT_CORE)[1] == 0, reason="this machine dumps no core anyway")
def test_a_process_that_may_dump_core_is_seen() -> None:
    """The saboteur: the limit of any other program here."""
    with subprocess.Popen([sys.executable, "-c", "input()"], preexec_fn=allow_cores, stdin=subprocess.PIPE) as other:
        assert core_limit(other.pid) != "0"
        other.communicate(b"\n")
