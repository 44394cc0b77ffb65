"""What copying saves where a fixed camera films mostly nobody, as a ratio to the plain transcode of the same file.

    python benchmarks/copying.py FOOTAGE [--empty 2] [--passing 7] [--sizes 768x432,1920x1080] [--seconds 120]
                                 [--rounds 3] [--redact "--find faces"] [--keep FOLDER]

Makes a clip out of a fixed camera's footage for each size: its picture at the second --empty, in which nobody stands,
with a sensor's noise anew in each, and in every twenty seconds two of the footage, from the second --passing on; H.264,
with a key frame every two seconds. All runs are made in turn, as benchmarks/speed.py makes them, and told in the same
table. --keep says where the clips stay.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from speed import TRANSCODE, Cost, measure, median, row

NOISE = 1.5  # standard deviation in steps of 255
FIELDS = 16
EVERY, PASSING = 20, 2  # seconds


def looked_at(footage: Path, size: tuple[int, int]) -> tuple[list[NDArray[np.uint8]], int]:
    """Every picture of the footage in that size, and how many there are a second."""
    with av.open(str(footage)) as container:
        stream = container.streams.video[0]
        rate = round(stream.average_rate or 25)
        return [f.reformat(*size, format="rgb24").to_ndarray() for f in container.decode(stream)], rate


def mostly_nobody(
    empty: NDArray[np.uint8], passing: list[NDArray[np.uint8]], rate: int, seconds: int
) -> Iterator[NDArray[np.uint8]]:
    """The empty picture with noise, and from the seventh of every twenty seconds on two seconds of the others."""
    rng = np.random.default_rng(7)
    still = empty.astype(np.int16)
    fields = [rng.normal(0, NOISE, empty.shape).round().astype(np.int16) for _ in range(FIELDS)]
    shown = 0
    for number in range(seconds * rate):
        if 0 <= number % (EVERY * rate) - 7 * rate < PASSING * rate:
            yield passing[shown % len(passing)]
            shown += 1
        else:
            yield np.clip(still + fields[int(rng.integers(FIELDS))], 0, 255).astype(np.uint8)


def write(out: Path, pictures: Iterator[NDArray[np.uint8]], size: tuple[int, int], rate: int) -> None:
    """Encode as a camera might."""
    with av.open(str(out), "w") as container:
        options = {"preset": "medium", "crf": "23", "g": str(2 * rate), "sc_threshold": "0"}
        stream = container.add_stream("libx264", rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")))
        container.mux(stream.encode(None))


def compared(clip: Path, rounds: int, more: list[str]) -> dict[str, Cost]:
    """The medians of the plain transcode and of the whole job without copying and with it."""
    costs: dict[str, list[Cost]] = {}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            plain, out, copied = (str(Path(folder, f"{name}.mp4")) for name in ("plain", "out", "copied"))
            redact = [sys.executable, "-m", "unseen", "redact", str(clip), "--json", *more]
            runs = {
                "plain transcode": [sys.executable, "-c", TRANSCODE, str(clip), plain],
                "unseen redact": [*redact, "-o", out],
                "with --copy-untouched": [*redact, "-o", copied, "--copy-untouched"],
            }
            for name, command in runs.items():
                costs.setdefault(name, []).append(measure(command))
    return {name: median(found) for name, found in costs.items()}


def main() -> None:
    """Measure every size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("footage", type=Path)
    parser.add_argument("--empty", type=int, default=2, help="the second at which nobody is in the footage")
    parser.add_argument("--passing", type=int, default=7, help="the second from which on somebody is")
    parser.add_argument("--sizes", default="768x432,1920x1080")
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--redact", default="--find faces", help="options of unseen redact")
    parser.add_argument("--keep", type=Path, help="write the clips there, or take them from there")
    args = parser.parse_args()
    print("| clip | what | wall s | processor s | wall ratio | processor ratio | peak MB |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for text in args.sizes.split(","):
            width, _, height = text.partition("x")
            size = (int(width), int(height))
            clip = Path(args.keep or folder, f"quiet-{text}.mp4")
            if not clip.exists():
                clip.parent.mkdir(parents=True, exist_ok=True)
                pictures, rate = looked_at(args.footage, size)
                empty, passing = pictures[args.empty * rate], pictures[args.passing * rate :]
                write(clip, mostly_nobody(empty, passing, rate, args.seconds), size, rate)
            costs = compared(clip, args.rounds, shlex.split(args.redact))
            for name, cost in costs.items():
                print(row(clip, name, cost, costs["plain transcode"]), flush=True)


if __name__ == "__main__":
    main()
