"""What the whole job costs, as a ratio to the plain transcode of the same file with the same encoder settings.

    python benchmarks/speed.py CLIP... [--rounds 5] [--redact "--find faces"] [--with "deface -o {out} {clip}"]
                                       [--json OUT.json] [--plot OUT.svg]
    python benchmarks/speed.py CLIP --lengths 1 2 4 8 ...             the clip one after the other so many times
    python benchmarks/speed.py PHOTO... --people 0 1 2 4 8 16 ...     so many faces of the photos, each on its way

The transcode decodes and encodes with PyAV and does nothing else. All run in turn in one environment, each in a process
of its own; figures are medians of the rounds. `--with` adds another program. Processor time and memory are those of a
process and all that it starts, sampled ten times a second from /proc (Linux); memory shared between processes counts
once (proportional set size). Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from crowds import crowd, faces_of, repeated
from plots import COLOURS, drawn

TICK = os.sysconf("SC_CLK_TCK")
SAMPLE_EVERY = 0.1
"""Seconds between two samples."""
TRANSCODE = """
import sys
import av
from unseen.media.av_write import ENCODERS
from unseen.media.containers import Quality, VideoCodec

with av.open(sys.argv[1]) as source, av.open(sys.argv[2], "w") as out:
    pictures = source.streams.video[0]
    pictures.thread_type = "AUTO"
    names = {codec.value: encoder for codec, encoder in ENCODERS.items()}
    encoder = names.get(pictures.codec_context.name, ENCODERS[VideoCodec.H264])
    stream = out.add_stream(encoder.name, rate=pictures.average_rate, options=encoder.settings(Quality.HIGH))
    stream.width, stream.height, stream.pix_fmt = pictures.width, pictures.height, "yuv420p"
    stream.time_base = stream.codec_context.time_base = pictures.time_base
    for frame in source.decode(pictures):
        frame.pict_type = 0  # the encoder's choice, not the source's
        out.mux(stream.encode(frame if frame.format.name == "yuv420p" else frame.reformat(format="yuv420p")))
    out.mux(stream.encode())
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the clock, seconds of processor time, peak memory in MB."""

    wall: float
    processor: float
    memory: float


def family(pid: int) -> Iterator[int]:
    """A process and all that it started and that still run."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            named = children.read_text().split()
        except OSError:
            continue
        for child in named:
            yield from family(int(child))


def processor_seconds(pid: int) -> float:
    """Of one process without its children, which are counted for themselves (proc_pid_stat(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / TICK


def megabytes(pid: int) -> float:
    """Memory of one process, its share of what it shares with others (proc_pid_smaps(5), Pss)."""
    found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def measure(command: list[str]) -> Cost:
    """Run a command to its end; it has to succeed."""
    start, spent, most = time.monotonic(), dict[int, float](), 0.0
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        memory = 0.0
        for pid in family(process.pid):
            try:
                spent[pid] = processor_seconds(pid)
                memory += megabytes(pid)
            except OSError:  # it ended between being listed and being read
                continue
        most = max(most, memory)
        time.sleep(SAMPLE_EVERY)
    if process.returncode:
        raise SystemExit(f"failed: {shlex.join(command)}")
    return Cost(time.monotonic() - start, sum(spent.values()), most)


def median(costs: list[Cost]) -> Cost:
    """The median of each figure on its own."""
    return Cost(*(statistics.median(getattr(c, name) for c in costs) for name in ("wall", "processor", "memory")))


def row(clip: Path, name: str, cost: Cost, plain: Cost) -> str:
    """One line of the table."""
    ratios = f"{cost.wall / plain.wall:.2f} | {cost.processor / plain.processor:.2f}"
    return f"| {clip.name} | {name} | {cost.wall:.2f} | {cost.processor:.2f} | {ratios} | {cost.memory:.0f} |"


def compared(clip: Path, args: argparse.Namespace) -> dict[str, Cost]:
    """The medians of all that is compared, by name."""
    costs: dict[str, list[Cost]] = {}
    for _ in range(args.rounds):
        with tempfile.TemporaryDirectory() as folder:
            plain, out, other = (Path(folder, f"{n}{clip.suffix}") for n in ("plain", "out", "other"))
            redact = [sys.executable, "-m", "unseen", "redact", str(clip), "-o", str(out), "--json"]
            runs = {
                "plain transcode": [sys.executable, "-c", TRANSCODE, str(clip), str(plain)],
                "unseen redact": [*redact, *shlex.split(args.redact)],
            }
            if args.other:
                runs["other"] = shlex.split(args.other.format(clip=clip, out=other))
            for name, command in runs.items():
                costs.setdefault(name, []).append(measure(command))
    return {name: median(found) for name, found in costs.items()}


def plot_ratios(found: dict[str, dict[str, Cost]], out: Path) -> None:
    """A bar for each clip and program: wall time as a ratio to the plain transcode."""
    bars = [
        (f"{clip}: {name}", cost.wall / costs["plain transcode"].wall, name)
        for clip, costs in found.items()
        for name, cost in costs.items()
    ]
    colours = {"plain transcode": "#808890", "unseen redact": COLOURS[0]}
    with drawn(out) as (axes,):
        names, ratios, kinds = zip(*reversed(bars), strict=True)
        axes.barh(names, ratios, color=[colours.get(kind, COLOURS[1]) for kind in kinds])
        axes.set_xlabel("times the plain transcode, by the clock")


def plot_growth(found: dict[str, dict[str, Cost]], numbers: Sequence[int], what: str, out: Path) -> None:
    """Processor time against how long a clip is, or how many are in view."""
    with drawn(out) as (axes,):
        for name, colour in zip(next(iter(found.values())), COLOURS, strict=False):
            spent = [costs[name].processor for costs in found.values()]
            axes.plot(numbers, spent, "o-", color=colour, label=name, linewidth=1)
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=0)
        axes.set_xlabel(what)
        axes.set_ylabel("processor time, seconds")


def clips_of(args: argparse.Namespace, folder: Path) -> list[Path]:
    """What to measure: the clips given, or those made of them."""
    if args.lengths:
        return [repeated(args.clips[0], count, folder / f"{count}x.mp4") for count in args.lengths]
    if args.people is not None:
        faces = faces_of(args.clips, max(args.people))
        return [crowd(faces[:count], folder / f"{count} people.mp4") for count in args.people]
    return list(args.clips)


def main() -> None:
    """Measure every clip."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--redact", default="", help="further options of unseen redact")
    parser.add_argument("--with", dest="other", help="another program's command line, with {clip} and {out}")
    parser.add_argument("--lengths", nargs="+", type=int, help="repeat the one clip so many times")
    parser.add_argument("--people", nargs="+", type=int, help="make clips of so many faces of the photos given")
    parser.add_argument("--json", type=Path, help="write the medians there")
    parser.add_argument("--plot", type=Path, help="draw them there, as SVG or PNG")
    args = parser.parse_args()
    print("| clip | what | wall s | processor s | wall ratio | processor ratio | peak MB |")
    print("|---|---|---|---|---|---|---|")
    found: dict[str, dict[str, Cost]] = {}
    with tempfile.TemporaryDirectory() as made:
        for clip in clips_of(args, Path(made)):
            found[clip.name] = compared(clip, args)
            for name, cost in found[clip.name].items():
                print(row(clip, name, cost, found[clip.name]["plain transcode"]), flush=True)
    if args.json:
        rows = {clip: {name: asdict(cost) for name, cost in costs.items()} for clip, costs in found.items()}
        args.json.write_text(json.dumps(rows, indent=1), "utf-8")
    if args.plot and (args.lengths or args.people is not None):
        what = "times the clip's length" if args.lengths else "people in view"
        plot_growth(found, args.lengths or args.people, what, args.plot)
    elif args.plot:
        plot_ratios(found, args.plot)


if __name__ == "__main__":
    main()
