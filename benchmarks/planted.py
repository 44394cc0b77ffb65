"""Every planted leak, released to every format it can go to: whether it is found before, and is there after.

    python benchmarks/planted.py          all of them, some minutes
    python benchmarks/planted.py V1 P3      these vectors

A row is a vector: in how many files of each format it was found, and what became of it in how many outputs of each.
Tests take the output formats in turn.
"""

from __future__ import annotations

import argparse
import collections
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).parents[1] / "tests"
sys.path[:0] = [str(TESTS / "attack"), str(TESTS / "media")]

import finished_media as made  # noqa: E402
from leak_catalogue import VECTORS  # noqa: E402
from leaks import PLANTED, Leak, canaries, is_private, renditions  # noqa: E402
from test_leak_vectors import CLIPS, PHOTOS, SOUNDS, planted  # noqa: E402

import unseen  # noqa: E402
from unseen.errors import UnseenError  # noqa: E402
from unseen.verify import audit  # noqa: E402

_ZONE = "24,16,32,32"
_FORMATS = {"P": PHOTOS, "V": CLIPS, "A": SOUNDS}


def seen(path: Path) -> bool:
    """Whether a canary can be read from a file, or the private colour seen in any picture that can be got out of it."""
    return bool(canaries(path.read_bytes())) or any(map(is_private, renditions(path)))


def detected(each: Leak, path: Path, plan: unseen.Plan) -> bool:
    """Whether the audit finds the leak in a finished file; so has the search, unless structure alone shows it."""
    return bool(each.checks & set(made.failed_numbers(audit(path, plan, source=None)))) and (each.quiet or seen(path))


def main() -> int:
    """Print the table as it grows; 1 where a leak was not found before or is there after."""
    parser = argparse.ArgumentParser()
    parser.add_argument("vectors", nargs="*")
    asked = parser.parse_args()
    began, sums, wrong = time.monotonic(), collections.Counter[str](), []
    print("| | leak | " + " | ".join(["planted in", "released to"]) + " |\n|---|---|---|---|")
    for vector in VECTORS:
        here = [each for each in PLANTED if each.vector == vector.name]
        if not here or (asked.vectors and vector.name not in asked.vectors):
            continue
        before, after = collections.Counter[str](), collections.Counter[str]()
        for each in here:
            for kind in each.formats:
                with tempfile.TemporaryDirectory() as name:
                    folder = Path(name)
                    path, plan = planted(each, kind, folder, folder)
                    before[kind] += detected(each, path, plan)
                    sums["planted"] += 1
                    if not detected(each, path, plan):
                        wrong.append(f"{vector.name} {each.name} in {kind} was not found")
                    if each.shown:
                        continue
                    for ending in _FORMATS[vector.name[0]]:
                        found = leaks_into(path, folder / f"out.{ending}", vector.name)
                        after[f"{ending}: {found}"] += 1
                        sums[found] += 1
                        if found != "clean":
                            wrong.append(f"{vector.name} {each.name} from {kind} to {ending}: {found}")
        said = ", ".join(f"{key} x{count}" for key, count in before.items())
        done = ", ".join(f"{key} x{count}" for key, count in after.items())
        print(f"| {vector.name} | {vector.what} | {said} | {done} |", flush=True)
    print(dict(sums), f"{time.monotonic() - began:.0f} s")
    for each in wrong:
        print("WRONG", each)
    return 1 if wrong else 0


def leaks_into(path: Path, out: Path, vector: str) -> str:
    """What became of the leak in an output of another format."""
    zones = () if vector.startswith("A") else (_ZONE,)
    try:
        plan = unseen.find(path, unseen.FindOptions(find="codes", cover_zone=zones))
        done = unseen.apply(plan, path, out, unseen.ApplyOptions())
    except UnseenError as error:
        return f"refused ({type(error).__name__}: {error.what})"
    return "leaks" if seen(out) or canaries(done.record_path.read_bytes()) else "clean"


if __name__ == "__main__":
    sys.exit(main())
