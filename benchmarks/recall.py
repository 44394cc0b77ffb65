"""Faces and plates of labelled photos that are covered, by size, and what is covered needlessly.

    python benchmarks/recall.py PICTURES/ --labels LABELS.json [--plans FOLDER] [--plot OUT.svg]

LABELS: `{"images": [{"file", "faces": [[x, y, width, height]], "plates", "ignore", "complete"}]}` in displayed pixels;
`complete` names what is labelled wholly, `ignore` holds places that count for nothing. A label counts as covered from
85 % of its box on, as leaking below 30 %. What is covered outside of all labels and half their size around them is
needless, where both faces and plates are labelled wholly. Each photo is looked at once, with the default padding; what
higher thresholds would have covered is reckoned from the scores. `--plans` keeps the plans, and takes those that are
there. Prints Markdown tables; `--plot` draws both.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from plots import COLOURS, drawn

import unseen
from unseen.core import Region
from unseen.errors import UnseenError
from unseen.plan import Plan, dumps

KINDS = {"faces": "face", "plates": "plate"}
SIZES = (0, 12, 16, 24, 32, 48, 80, 10**6)
"""Pixels of a label's lesser side."""
THRESHOLDS = (0.0, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
COVERED, BARE, AROUND = 0.85, 0.30, 0.5
FEWEST = 5
"""Labels of a range of sizes that are enough for a point of the plot."""


@dataclass(frozen=True, slots=True)
class Photo:
    """Its size, the labels of each kind, places that count for nothing, and covers with kind and score."""

    size: tuple[int, int]
    labels: dict[str, list[Region]]
    ignored: list[Region]
    complete: bool
    covers: list[tuple[str, float, Region]]


def planned(path: Path, name: str, plans: Path | None) -> Plan:
    """The photo's plan, looked for only once where plans are kept."""
    kept = None if plans is None else plans / (name.replace("/", "-") + ".json")
    if kept is not None and kept.exists():
        return unseen.read_plan(kept.read_bytes())
    plan = unseen.find(path, unseen.FindOptions(find=",".join(KINDS)))
    if kept is not None:
        kept.write_bytes(dumps(plan))
    return plan


def read(entry: dict[str, Any], pictures: Path, plans: Path | None) -> Photo | None:
    """One photo and what would be covered in it; None where it is refused, which leaks nothing."""
    try:
        plan = planned(pictures / entry["file"], entry["file"], plans)
    except UnseenError as error:
        print(f"{entry['file']} is not delivered: {error}")
        return None
    covers = []
    for track, cover in plan.covers():
        region = track.region_at(track.span.start)
        assert region is not None
        covers.append((str(track.kind), track.best_score or 1.0, region.padded(cover.padding)))
    labels = {kind: [Region(*box[:4]) for box in entry[kind]] for kind in KINDS}
    ignored = [Region(*box[:4]) for box in entry["ignore"]]
    shape = plan.source.media.picture
    assert shape is not None
    return Photo((shape.width, shape.height), labels, ignored, set(KINDS) <= set(entry["complete"]), covers)


def mask(photo: Photo, threshold: float, kind: str | None = None) -> np.ndarray:
    """Which pixels are covered by what scores so much, of one kind or of all."""
    covered = np.zeros(photo.size[::-1], bool)
    for name, score, region in photo.covers:
        box = region.pixels(*photo.size)
        if box and score >= threshold and kind in (None, name):
            covered[box[1] : box[3], box[0] : box[2]] = True
    return covered


def share(covered: np.ndarray, label: Region) -> float:
    """Of a label's box."""
    box = label.pixels(covered.shape[1], covered.shape[0])
    return 1.0 if box is None else float(covered[box[1] : box[3], box[0] : box[2]].mean())


def needless(photo: Photo, covered: np.ndarray) -> float:
    """Share of the picture that is covered where no label is near."""
    rest = covered.copy()
    for label in [*photo.ignored, *(each for boxes in photo.labels.values() for each in boxes)]:
        box = label.padded(AROUND).pixels(*photo.size)
        if box:
            rest[box[1] : box[3], box[0] : box[2]] = False
    return float(rest.mean())


def by_size(photos: Sequence[Photo], kind: str) -> dict[int, list[float]]:
    """The covered share of every label, by the lower end of its range of sizes."""
    found: dict[int, list[float]] = {}
    for photo in photos:
        covered = mask(photo, 0)
        for label in photo.labels[kind]:
            low = max(size for size in SIZES if size <= min(label.width, label.height))
            found.setdefault(low, []).append(share(covered, label))
    return dict(sorted(found.items()))


def over_thresholds(photos: Sequence[Photo], kind: str) -> list[tuple[float, float, float]]:
    """For each threshold the share of labels covered and the mean share of the picture covered needlessly."""
    points = []
    for threshold in THRESHOLDS:
        covered, needlessly = [], []
        for photo in photos:
            drawn_over = mask(photo, threshold, KINDS[kind])
            covered += [share(drawn_over, label) >= COVERED for label in photo.labels[kind]]
            needlessly += [needless(photo, drawn_over)] if photo.complete else []
        points.append((threshold, float(np.mean(covered)), float(np.mean(needlessly))))
    return points


def span(low: int) -> str:
    """A range of sizes in words."""
    high = SIZES[SIZES.index(low) + 1]
    return f"{low} and more" if high == SIZES[-1] else f"{low} to {high - 1}"


def plot(
    sizes: dict[str, dict[int, list[float]]], curves: dict[str, list[tuple[float, float, float]]], out: Path
) -> None:
    """Left: covered labels by size. Right: covered labels against needless cover, over the threshold."""
    ranges = [span(low) for low in SIZES[:-1]]
    with drawn(out, 2) as (left, right):
        for (kind, found), colour in zip(sizes.items(), COLOURS, strict=False):
            enough = {low: values for low, values in found.items() if len(values) >= FEWEST}
            places = [SIZES.index(low) for low in enough]
            shares = [100 * float(np.mean(np.array(values) >= COVERED)) for values in enough.values()]
            left.plot(places, shares, "o-", color=colour, label=kind, linewidth=1)
        for (kind, points), colour in zip(curves.items(), COLOURS, strict=False):
            right.plot([100 * p[2] for p in points], [100 * p[1] for p in points], ".-", color=colour, label=kind)
        left.set_xticks(range(len(ranges)), ranges, rotation=30)
        left.set_ylim(0, 104)
        right.set_ylim(0, 104)
        left.set_xlabel("lesser side, pixels")
        right.set_xlabel("share of the picture covered needlessly, %")
        left.set_ylabel("covered, %")
        right.set_ylabel("covered, %")


def main() -> None:
    """Measure every labelled photo."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--plans", type=Path)
    parser.add_argument("--plot", type=Path)
    args = parser.parse_args()
    if args.plans:
        args.plans.mkdir(exist_ok=True)
    entries = json.loads(args.labels.read_text("utf-8"))["images"]
    photos = [photo for entry in entries if (photo := read(entry, args.pictures, args.plans)) is not None]
    print(f"{len(photos)} photos of {len(entries)}\n")
    print("| what | lesser side, pixels | labels | covered, % | partly | leaking |\n|---|---|---|---|---|---|")
    sizes = {kind: by_size(photos, kind) for kind in KINDS}
    for kind, found in sizes.items():
        everything = np.concatenate([np.array(values) for values in found.values()])
        for name, shares in [*((span(low), np.array(values)) for low, values in found.items()), ("all", everything)]:
            bare, partly = int((shares < BARE).sum()), int(((shares >= BARE) & (shares < COVERED)).sum())
            print(f"| {kind} | {name} | {len(shares)} | {100 * (shares >= COVERED).mean():.1f} | {partly} | {bare} |")
    whole = [needless(photo, mask(photo, 0)) for photo in photos if photo.complete]
    print(
        f"\nNeedlessly covered: {np.mean(whole):.1%} of the picture on average, {len(whole)} photos labelled wholly.\n"
    )
    curves = {kind: over_thresholds(photos, kind) for kind in KINDS}
    print("| threshold | " + " | ".join(f"{kind} covered, % | needlessly, %" for kind in KINDS) + " |")
    print("|---|" + "---|---|" * len(KINDS))
    for row in zip(*curves.values(), strict=True):
        print(f"| {row[0][0]} | " + " | ".join(f"{100 * p[1]:.1f} | {100 * p[2]:.2f}" for p in row) + " |")
    if args.plot:
        plot(sizes, curves, args.plot)


if __name__ == "__main__":
    main()
