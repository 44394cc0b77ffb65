"""What locking the decoder up costs: the whole job with and without, taking turns in one run.

    python benchmarks/sandbox.py FILE... --rounds 5

Each turn is a process of its own over all files, start included; its processor time counts every process that it
started. The machine's load is printed beside each turn: under load the clock says little, the processor's time more.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

_JOB = """
import sys
from pathlib import Path
from unseen import RedactOptions, redact
from unseen.media import opening
if sys.argv[1] == "without":
    opening.workers = lambda: None
for number, name in enumerate(sys.argv[3:]):
    source = Path(name)
    redact(source, Path(sys.argv[2]) / f"{number}{source.suffix}", RedactOptions())
"""


def turn(how: str, files: list[str]) -> tuple[float, float]:
    """Seconds by the clock and of processor time."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        job = subprocess.Popen([sys.executable, "-c", _JOB, how, folder, *files])
        _, status, used = os.wait4(job.pid, 0)
        job.returncode = os.waitstatus_to_exitcode(status)
        if job.returncode:
            raise SystemExit(f"the job failed with {job.returncode}")
        return time.monotonic() - began, used.ru_utime + used.ru_stime


def main() -> None:
    """Print each turn and, at the end, medians and the median of the rounds' ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    taken: dict[str, list[tuple[float, float]]] = {"with": [], "without": []}
    for number in range(asked.rounds):
        for how in sorted(taken, reverse=bool(number % 2)):
            taken[how].append(turn(how, asked.files))
            wall, used = taken[how][-1]
            print(f"{how:>7}: {wall:6.2f} s, processor {used:6.2f} s, load {os.getloadavg()[0]:.1f}", flush=True)
    for name, index in (("wall", 0), ("processor", 1)):
        one, other = ([turn[index] for turn in taken[how]] for how in ("with", "without"))
        ratio = statistics.median(a / b for a, b in zip(one, other, strict=True))
        middle = f"{statistics.median(one):.2f} s with, {statistics.median(other):.2f} s without"
        print(f"{name}: median {middle}; median of the ratios {ratio:.3f}")


if __name__ == "__main__":
    main()
