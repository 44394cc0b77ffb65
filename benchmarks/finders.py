"""Each finder's share of the time spent looking: processor seconds of a photo and of a clip, as a Markdown table.

    python benchmarks/finders.py PHOTO CLIP... [--megapixels 12] [--seconds 10]

The photo is grown or shrunk to `--megapixels` first; of each clip the first `--seconds` are looked at. Every finder
looks with as many threads as there are processors, at pictures decoded before the clock starts. Processor time counts
all threads: two processors at most halve it.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from unseen.core import Kind, View
from unseen.find import photo_finders, watchers
from unseen.media import open_media

KINDS = ({Kind.FACE}, {Kind.PLATE, Kind.TEXT}, {Kind.CODE})


def photo(path: Path, pixels: float) -> View:
    """The photo, as large as asked."""
    with open_media(path) as reader:
        (view,) = reader.views(1 << 30)
    height, width = view.rgb.shape[:2]
    scale = (pixels / (width * height)) ** 0.5
    size = (round(width * scale), round(height * scale))
    rgb = cv2.resize(view.rgb, size, interpolation=cv2.INTER_CUBIC)
    return View(view.time, np.asarray(rgb, np.uint8), 1.0)


def clip(path: Path, seconds: float) -> list[View]:
    """The first pictures of a clip as finders see them."""
    with open_media(path) as reader:
        taken = itertools.takewhile(lambda view: view.time <= seconds, reader.views(960))
        return [replace(view, rgb=view.rgb.copy()) for view in taken]


def spent(look: Callable[[View], object], views: Sequence[View]) -> tuple[float, float]:
    """Processor and wall seconds of looking at all but the first, for which nets prepare themselves."""
    look(views[0])
    start, wall = time.process_time(), time.monotonic()
    for view in views[1:]:
        look(view)
    return time.process_time() - start, time.monotonic() - wall


def table(name: str, costs: Sequence[tuple[float, float]]) -> None:
    """The lines of one file."""
    whole = sum(processor for processor, _ in costs)
    for kinds, (processor, wall) in zip(KINDS, costs, strict=True):
        found = ", ".join(kind.plural for kind in Kind if kind in kinds)
        print(f"| {name} | {found} | {processor:.2f} | {wall:.2f} | {processor / whole:.0%} |", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photo", type=Path)
    parser.add_argument("clips", type=Path, nargs="*")
    parser.add_argument("--megapixels", type=float, default=12)
    parser.add_argument("--seconds", type=float, default=10)
    args = parser.parse_args()
    print("| what | finder | processor s | wall s | share |\n|---|---|---|---|---|")
    view = photo(args.photo, args.megapixels * 1e6)
    costs = []
    for kinds in KINDS:
        (finder,) = photo_finders(kinds)
        costs.append(spent(lambda each, look=finder.find: look([each]), [view, view]))
    table(f"photo, {args.megapixels:g} megapixels", costs)
    for path in args.clips:
        views = clip(path, args.seconds)
        costs = [spent(watchers(kinds, views[0])[0].find, views) for kinds in KINDS]
        table(f"{path.name}, {float(views[-1].time):.0f} s", costs)


if __name__ == "__main__":
    main()
