"""Each finder's share of the time spent looking: processor seconds of a photo and of a clip, as a Markdown table.

    python benchmarks/finders.py PHOTO CLIP... [--megapixels 12] [--seconds 10]

The photo is grown or shrunk to `--megapixels` first; of each clip the first `--seconds` are looked at and listened to.
Every finder looks with as many threads as there are processors, at pictures decoded before the clock starts, by itself;
a job looks at a photo with all of them side by side, which the last line of the photo shows. Processor time counts all
threads: two processors at most halve it.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from unseen.core import Kind, SoundBlock, View
from unseen.find import observers, photo_finders, watchers
from unseen.find.finder import Finder
from unseen.find.observer import Observer
from unseen.find.voices import RATE, VoiceFinder
from unseen.looking import timed
from unseen.media import open_media
from unseen.media.resample import resampled

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


def sound(path: Path, seconds: float) -> list[SoundBlock]:
    """The first sound of a clip as the finder of voices hears it; empty where there is none."""
    with open_media(path) as reader:
        if reader.main_audio is None:
            return []
        blocks = resampled(reader.sound(reader.main_audio), RATE)
        return list(itertools.takewhile(lambda block: block.time <= seconds, blocks))


def clocked(work: Callable[[], object]) -> tuple[float, float]:
    """Processor and wall seconds of it."""
    start, wall = time.process_time(), time.monotonic()
    work()
    return time.process_time() - start, time.monotonic() - wall


def spent(look: Callable[[View], object], views: Sequence[View]) -> tuple[float, float]:
    """Processor and wall seconds of looking at all but the first, for which nets prepare themselves."""
    look(views[0])
    return clocked(lambda: [look(view) for view in views[1:]])


def table(name: str, costs: Mapping[str, tuple[float, float]]) -> None:
    """The lines of one file."""
    whole = sum(processor for processor, _ in costs.values())
    for found, (processor, wall) in costs.items():
        print(f"| {name} | {found} | {processor:.2f} | {wall:.2f} | {processor / whole:.0%} |", flush=True)


def named(kinds: Set[Kind]) -> str:
    """Kinds in words."""
    return ", ".join(kind.plural for kind in Kind if kind in kinds)


def _alone(finder: Finder, view: View) -> None:
    finder.find([view])


def _observed(observer: Observer, views: Sequence[View]) -> None:
    for view in views:
        observer.add(view)
    observer.finish()


def of_photo(view: View) -> Iterator[tuple[str, tuple[float, float]]]:
    """What each finder costs in a photo."""
    for kinds in KINDS:
        (finder,) = photo_finders(kinds)
        yield named(kinds), spent(partial(_alone, finder), [view, view])


def of_clip(path: Path, views: Sequence[View], seconds: float) -> Iterator[tuple[str, tuple[float, float]]]:
    """What each finder costs in a clip."""
    for kinds in KINDS:
        yield named(kinds), spent(watchers(kinds, views[0])[0].find, views)
    yield "bodies", clocked(partial(_observed, observers({Kind.BODY})[0], views))
    if blocks := sound(path, seconds):
        yield "voices", clocked(lambda: VoiceFinder().find(blocks))


def side_by_side(view: View) -> float:
    """Wall seconds of all finders of a photo at once, ready before."""
    finders = [photo_finders(kinds)[0] for kinds in KINDS]
    with ThreadPoolExecutor(len(finders)) as pool:
        look = partial(pool.map, lambda finder: finder.find([view]), finders)
        list(look())
        return clocked(lambda: list(look()))[1]


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
    name = f"photo, {args.megapixels:g} megapixels"
    table(name, dict(of_photo(view)))
    print(f"| {name} | all, side by side | | {side_by_side(view):.2f} | |", flush=True)
    for path in args.clips:
        views = list(timed(iter(clip(path, args.seconds))))
        table(f"{path.name}, {float(views[-1].time):.0f} s", dict(of_clip(path, views, args.seconds)))


if __name__ == "__main__":
    main()
