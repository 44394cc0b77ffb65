"""What the whole job costs, as a ratio to the plain transcode of the same file with the same encoder settings.

    python benchmarks/speed.py CLIP... [--rounds 5] [--with "deface --replacewith solid -o {out} {clip}"]

Both run in turn in the same process environment, each in a process of its own; medians of the rounds. `--with` adds
another program to compare with. Prints a Markdown table: wall and processor seconds, ratios, peak memory.
"""

from __future__ import annotations

import argparse
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

TRANSCODE = """
import sys
from pathlib import Path
from unseen.media import open_media
from unseen.media.containers import Quality
from unseen.media.output import OutputFile
from unseen.plan import StreamAction
with open_media(Path(sys.argv[1])) as reader, open(sys.argv[2], "w+b") as out:
    form = OutputFile(reader, Path(sys.argv[2]).suffix, codec=None, quality=Quality.HIGH, sound=StreamAction.SILENCE)
    form.write_all(out, reader.pictures())
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the clock, seconds of processor time, peak resident memory in MB."""

    wall: float
    processor: float
    memory: float


def measure(command: list[str]) -> Cost:
    """Run a command to its end; it has to succeed."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"failed: {shlex.join(command)}")
    return Cost(time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def median(costs: list[Cost]) -> Cost:
    """The median of each figure on its own."""
    return Cost(*(statistics.median(getattr(c, name) for c in costs) for name in ("wall", "processor", "memory")))


def row(clip: Path, name: str, cost: Cost, plain: Cost) -> str:
    """One line of the table."""
    ratios = f"{cost.wall / plain.wall:.2f} | {cost.processor / plain.processor:.2f}"
    return f"| {clip.name} | {name} | {cost.wall:.2f} | {cost.processor:.2f} | {ratios} | {cost.memory:.0f} |"


def main() -> None:
    """Measure every clip."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--with", dest="other", help="another program's command line, with {clip} and {out}")
    args = parser.parse_args()
    print("| clip | what | wall s | processor s | wall ratio | processor ratio | peak MB |")
    print("|---|---|---|---|---|---|---|")
    for clip in args.clips:
        costs: dict[str, list[Cost]] = {}
        for _ in range(args.rounds):
            with tempfile.TemporaryDirectory() as folder:
                plain, out, other = (Path(folder) / f"{n}{clip.suffix}" for n in ("plain", "out", "other"))
                runs = {
                    "plain transcode": [sys.executable, "-c", TRANSCODE, str(clip), str(plain)],
                    "unseen redact": [sys.executable, "-m", "unseen", "redact", str(clip), "-o", str(out), "--json"],
                }
                if args.other:
                    runs["other"] = shlex.split(args.other.format(clip=clip, out=other))
                for name, command in runs.items():
                    costs.setdefault(name, []).append(measure(command))
        for name, found in costs.items():
            print(row(clip, name, median(found), median(costs["plain transcode"])), flush=True)


if __name__ == "__main__":
    main()
