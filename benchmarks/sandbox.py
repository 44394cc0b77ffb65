"""What locking the decoder up costs: the whole job with and without, taking turns in one run.

    python benchmarks/sandbox.py FILE... --rounds 3

Each turn is a process of its own over all files, start included; its processor time counts every process that it
started.
"""

from __future__ import annotations

import argparse
import os
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
    """Print each turn and, at the end, the ratio of the sums."""
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    sums = {"with": [0.0, 0.0], "without": [0.0, 0.0]}
    for number in range(asked.rounds):
        for how in sorted(sums, reverse=bool(number % 2)):
            wall, used = turn(how, asked.files)
            sums[how][0] += wall
            sums[how][1] += used
            print(f"{how:>7}: {wall:6.2f} s, processor {used:6.2f} s", flush=True)
    for name, index in (("wall", 0), ("processor", 1)):
        print(f"{name}: with / without = {sums['with'][index] / sums['without'][index]:.3f}")


if __name__ == "__main__":
    main()
