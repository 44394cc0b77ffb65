"""Damage seeds for a long time, by hand: `python benchmarks/fuzz.py 16000`.

Prints what became of them, the slowest and the largest, and keeps every file that shows a fault of Unseen's own.
"""

from __future__ import annotations

import argparse
import collections
import json
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).parents[1] / "tests"
sys.path[:0] = [str(TESTS / "fuzz"), str(TESTS / "media")]

from damage import damaged  # noqa: E402
from judge import Verdict, read, release  # noqa: E402
from seeds import seeds  # noqa: E402

from unseen.media.sandbox.session import Session  # noqa: E402

_peak = [0]


def _watch_memory() -> None:
    """Note each worker's largest resident size, in KiB, before it is ended."""
    end = Session.end

    def noting(session: Session) -> int:
        try:
            status = Path(f"/proc/{session._process}/status").read_text()
            _peak[0] = max(_peak[0], *(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line))
        except (OSError, TypeError):
            pass
        return end(session)

    Session.end = noting  # type: ignore[method-assign]


def main() -> None:
    """Go through the numbers from --start; the same number is always the same file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--release", type=int, default=20, help="the whole job for one in so many")
    parser.add_argument("--seconds", type=float, default=1e9, help="stop after so long")
    parser.add_argument("--faults", type=Path, default=Path("faults"))
    asked = parser.parse_args()
    _watch_memory()
    counted: collections.Counter[str] = collections.Counter()
    slowest: list[tuple[float, str, str]] = []
    began, done = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder:
        made = seeds(Path(folder))
        names = sorted(made)
        for number in range(asked.start, asked.start + asked.count):
            if time.monotonic() - began > asked.seconds:
                break
            name = names[number % len(names)]
            rng = random.Random(number)
            data = damaged(made[name], list(made.values()), rng)
            path, out = Path(folder) / f"in{Path(name).suffix}", Path(folder) / "out" / f"out{Path(name).suffix}"
            out.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
            whole = number % asked.release == 0
            try:
                verdict = release(path, out) if whole else read(path)
            except Exception as error:  # noqa: BLE001 - a fault, to be kept and told
                verdict = Verdict("CRASH", 0, repr(error), fault=True)
            done += 1
            counted[f"{'job' if whole else 'read'} {verdict.outcome}"] += 1
            slowest = sorted([*slowest, (round(verdict.seconds, 2), f"{number} {name}", verdict.said)], reverse=True)[
                :5
            ]
            if verdict.fault:
                asked.faults.mkdir(exist_ok=True)
                (asked.faults / f"{number}-{name}").write_bytes(data)
                print(f"FAULT {number} {name}: {verdict.outcome}: {verdict.said}", flush=True)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = {
        "files": done,
        "last": asked.start + done,
        "seconds": round(time.monotonic() - began),
        "outcomes": counted,
    }
    report |= {"largest worker, MiB": _peak[0] >> 10, "this process, MiB": own >> 10, "slowest": slowest}
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
