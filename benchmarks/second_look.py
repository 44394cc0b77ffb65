"""What the audit's second look catches, and how often it cries wolf.

    python benchmarks/second_look.py LABELS.json SOURCES/ OUTPUTS/

OUTPUTS holds photos released from SOURCES under the same names, each with its record. For each labelled face that a
cover hides, that one cover is left out and the second look is asked; for each output as it is, whether it raises an
alarm. A finding counts for a face where it overlaps it by three tenths of the smaller of the two. Prints a Markdown
table by size, the longer side of a label in pixels; files whose name starts with one of `--apart` have their own.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from unseen.core import Region
from unseen.media.source import open_source
from unseen.plan import loads
from unseen.record import SCHEMA, SUFFIX, ReleaseRecord
from unseen.verify.second_eyes import SecondEyes

SIZES = (0, 16, 24, 32, 48, 10_000)


def pixels(path: Path) -> np.ndarray:
    """The photo as a person sees it."""
    with open_source(path) as source, Image.open(source.cursor(), formats=("JPEG", "PNG")) as picture:
        return np.array(ImageOps.exif_transpose(picture).convert("RGB"))


def share(one: Region, other: Region) -> float:
    """Of the smaller of the two, how much they have in common."""
    return one.overlap(other) / min(one.area, other.area)


def regions(eyes: SecondEyes, picture: np.ndarray) -> list[Region]:
    """What the second look finds."""
    found = eyes.find(np.ascontiguousarray(picture))
    return [Region(float(a), float(b), float(c - a) or 1.0, float(d - b) or 1.0) for a, b, c, d, _ in found]


def uncovered(bare: np.ndarray, covered: np.ndarray, covers: list[Region], without: Region) -> np.ndarray:
    """The output with one cover left out, the others drawn over it as they were."""
    picture = covered.copy()
    height, width = picture.shape[:2]
    for cover in [without, *(c for c in covers if c is not without)]:
        box = cover.pixels(width, height, (16, 16))
        if box is not None:
            place = (slice(box[1], box[3]), slice(box[0], box[2]))
            picture[place] = bare[place] if cover is without else covered[place]
    return picture


def bin_of(label: Region) -> str:
    """The label's row in the table."""
    longer = max(label.width, label.height)
    low, high = next((a, b) for a, b in itertools.pairwise(SIZES) if a <= longer < b)
    return f"{low} to {high - 1} px" if high < SIZES[-1] else f"{low} px and more"


def judge(eyes: SecondEyes, entry: dict[str, Any], sources: Path, outputs: Path) -> tuple[Counter[str], int]:
    """How many faces of each size were left out and caught, and how many alarms the output raises as it is."""
    name = Path(entry["file"]).name
    bare, covered = pixels(sources / name), pixels(outputs / name)
    plan = loads(ReleaseRecord, (outputs / (name + SUFFIX)).read_bytes(), SCHEMA).plan
    tracks = plan.covered()
    covers = [t.keyframes[0].region.padded(plan.cover.padding) for t in tracks]
    counts: Counter[str] = Counter()
    for label in (Region(*box) for box in entry["faces"]):
        hidden = [c for c in covers if c.overlap(label) > 0.5 * label.area]
        if hidden:
            best = max(hidden, key=label.iou)
            seen = regions(eyes, uncovered(bare, covered, covers, best))
            counts[bin_of(label) + " left out"] += 1
            counts[bin_of(label) + " caught"] += any(share(label, region) > 0.3 for region in seen)
    known = [Region(*box) for box in (*entry["faces"], *entry["ignore"])]
    alarms = [r for r in regions(eyes, covered) if not any(share(r, k) > 0.3 for k in known)]
    return counts, len(alarms)


def main() -> None:
    """Judge every labelled photo and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path)
    parser.add_argument("sources", type=Path)
    parser.add_argument("outputs", type=Path)
    parser.add_argument("--apart", nargs="*", default=["mask_"], help="first letters of files counted by themselves")
    args = parser.parse_args()
    eyes, start = SecondEyes.open(), time.process_time()
    groups: dict[bool, Counter[str]] = {False: Counter(), True: Counter()}
    photos = alarmed = alarms = 0
    for entry in json.loads(args.labels.read_text("utf-8"))["images"]:
        name = Path(entry["file"]).name
        if not (args.outputs / (name + SUFFIX)).exists():
            continue
        counts, wolf = judge(eyes, entry, args.sources, args.outputs)
        groups[name.startswith(tuple(args.apart))] += counts
        photos, alarmed, alarms = photos + 1, alarmed + bool(wolf), alarms + wolf
    for apart, counts in groups.items():
        print(f"\n{' '.join(args.apart) if apart else 'all others'}\n\n| face | left out | caught |\n|---|---|---|")
        for low in SIZES[:-1]:
            row = bin_of(Region(0, 0, low or 1, low or 1))
            print(f"| {row} | {counts[row + ' left out']} | {counts[row + ' caught']} |")
    print(f"\n{photos} outputs as they are: {alarms} false alarms in {alarmed} of them")
    print(f"{time.process_time() - start:.0f} s of processor time")


if __name__ == "__main__":
    main()
