"""Disturb jobs at every call that changes a file, and kill them at random moments, by hand.

    python benchmarks/crash.py                          every point of every job, each way
    python benchmarks/crash.py --jobs photo --kills 50  some jobs only; this many random kills in all
    python benchmarks/crash.py --together 40 --disks 20 rounds of four processes at once; sizes of a disk that fills up

Prints, for each job and way, how often a disturbed run ended how; whatever may not be is listed and makes it fail.
"""

from __future__ import annotations

import argparse
import collections
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

TESTS = Path(__file__).parents[1] / "tests"
sys.path[:0] = [str(TESTS / "crash"), str(TESTS / "media")]

from bench import JOBS, KINDS, SHORT_STRETCHES, Aftermath, Bench  # noqa: E402
from runner import Origin  # noqa: E402

_PROCESSES = 4
_PAGE = 4096  # bytes by which a disk in memory grows
_HELPERS = 4  # one in so many random kills hits a process that the job started instead of the job


def main() -> int:
    """Go through the jobs; 1 where anything was wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", nargs="*", default=[job.name for job in JOBS])
    parser.add_argument("--kinds", nargs="*", default=list(KINDS))
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--together", type=int, default=0)
    parser.add_argument("--disks", type=int, default=0, help="needs the right to mount")
    parser.add_argument("--no-points", action="store_true", help="random kills only")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--in", dest="folder", type=Path, help="where to work; a temporary folder otherwise")
    asked = parser.parse_args()
    counted: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    faults: list[str] = []
    began = time.monotonic()

    def note(job: str, way: str, where: str, found: Aftermath) -> None:
        counted[f"{job}, {way}"][found.outcome] += 1
        report(f"{job}, {way}, {where}", found.wrong)

    def report(where: str, wrong: Sequence[str]) -> None:
        faults.extend(wrong)
        for each in wrong:
            print(f"WRONG {where}: {each}", flush=True)

    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        root = Path(folder)
        with Origin(Bench.environment(root), SHORT_STRETCHES) as origin:
            bench = Bench(root, origin)
            chance = random.Random(asked.seed)
            jobs = [job for job in JOBS if job.name in asked.jobs]
            for job in jobs:
                points = 0 if asked.no_points else bench.points(job)
                for kind in asked.kinds:
                    for point in range(points):
                        note(job.name, kind, f"call {point}", bench.disturb(job, point, kind))
                print(f"{job.name}: {points} points, {time.monotonic() - began:.0f} s", flush=True)
            lasting = {job: bench.lasts(job) for job in jobs if asked.kills}
            for number in range(asked.kills):
                job = jobs[number % len(jobs)]
                moment = chance.uniform(0.0, lasting[job])
                helper = chance if number % _HELPERS == _HELPERS - 1 else None
                way = "random kill" if helper is None else "random kill of a helper"
                note(job.name, way, f"{moment:.3f} s", bench.kill_at(job, moment, helper))
            others = [origin.runner() for _ in range(_PROCESSES - 1)] if asked.together else []
            for number in range(asked.together):
                job = jobs[number % len(jobs)]
                codes, wrong = bench.together(job, others)
                said = ", ".join(f"{codes.count(code)} exit {code}" for code in sorted(set(codes), key=str))
                counted[f"{job.name}, {_PROCESSES} at once"][said] += 1
                report(f"{job.name}, at once, round {number}", wrong)
            for other in others:
                other.close()
            for number in range(asked.disks):
                job = jobs[number % len(jobs)]
                room = _PAGE * (1 + number // len(jobs))
                note(job.name, "full disk", f"{room} bytes", bench.fill_up(job, room))
            bench.close()
    total = sum(sum(each.values()) for each in counted.values())
    print(json.dumps({"disturbed": total, "wrong": len(faults), "seconds": round(time.monotonic() - began)}))
    for name, outcomes in counted.items():
        print(f"{name:>34}: " + "; ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
