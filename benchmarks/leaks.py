"""Faces that leak out of moving clips against the share of the picture that is covered, and what leaks have in common.

    python benchmarks/leaks.py CLIPS... [--plans FOLDER] [--plot OUT.svg] [--peer NAME=LEAKS,SHARE]...

CLIPS are folders of clips with a tracks.json that says where each face is in every picture (`{"clips": [{"file",
"tracks": [{"boxes": {"picture": [x, y, width, height]}}]}]}`, in displayed pixels). A face leaks that is covered less
than 30 % in any one picture: one clear picture undoes a clip. Each clip is looked at once, for faces only; covers are
then grown and shrunk about their middles, and made to last longer on both sides. At a scale of 1 they are as large as
what was found; the default padding makes that 1.4. `--plans` keeps the plans, and takes those that are there. `--peer`
is another program's point, both in percent. Prints Markdown tables; `--plot` draws the curve.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from plots import COLOURS, drawn

import unseen
from unseen.core import Region, Track
from unseen.media import open_media
from unseen.plan import Plan, dumps

SCALES = (0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8)
LONGER = (0, 5, 12)
"""Pictures by which covers last longer on both sides."""
DEFAULT = 1.4
BARE, WHOLE = 0.30, 0.85
"""Shares of a face: below the first it leaks, from the second on it is covered."""
RIM, SOON = 2, 5
"""Pixels from the picture's edge that touch it; pictures after a face's first, before its last, or around a gap."""


@dataclass(frozen=True, slots=True)
class Clip:
    """Its size, the tracks' boxes in each picture (x, y, width, height), the faces' boxes, and how sharp those are."""

    name: str
    size: tuple[int, int]
    tracks: list[dict[int, Region]]
    faces: list[dict[int, Region]]
    sharp: list[dict[int, float]]
    pictures: int


@dataclass(frozen=True, slots=True)
class Sighting:
    """One face in one picture: the share of it that is covered, and what may explain that."""

    covered: float
    size: float
    speed: float
    sharpness: float
    at_the_rim: bool
    at_an_end: bool
    at_a_gap: bool


def planned(path: Path, plans: Path | None) -> Plan:
    """The clip's plan, looked for only once where plans are kept."""
    kept = None if plans is None else plans / f"{path.parent.name}-{path.stem}.json"
    if kept is not None and kept.exists():
        return unseen.read_plan(kept.read_bytes())
    plan = unseen.find(path, unseen.FindOptions(find="faces"))
    if kept is not None:
        kept.write_bytes(dumps(plan))
    return plan


def read(path: Path, entry: dict[str, Any], plans: Path | None) -> Clip:
    """Everything about one clip that does not depend on how covers are grown."""
    plan = planned(path, plans)
    faces = [{int(n): Region(*box) for n, box in track["boxes"].items()} for track in entry["tracks"]]
    sharp: list[dict[int, float]] = [{} for _ in faces]
    with open_media(path) as reader:
        for n, view in enumerate(reader.views(1 << 30)):
            size = (view.rgb.shape[1], view.rgb.shape[0])
            edges = np.abs(cv2.Laplacian(cv2.cvtColor(view.rgb, cv2.COLOR_RGB2GRAY), cv2.CV_32F))
            for boxes, found in zip(faces, sharp, strict=True):
                if n in boxes and (inside := boxes[n].pixels(*size)):
                    left, top, right, bottom = inside
                    found[n] = float(edges[top:bottom, left:right].mean())
    assert plan.source.media.frame_times is not None
    times = list(plan.source.media.frame_times)
    tracks = [
        {n: region for n, time in enumerate(times) if (region := track.region_at(time))} for track in covers(plan)
    ]
    return Clip(path.stem, size, tracks, faces, sharp, len(times))


def covers(plan: Plan) -> Iterator[Track]:
    """What is covered, solid or not."""
    return (track for track, _ in plan.covers())


def grown(region: Region, scale: float) -> Region:
    """The region scaled about its middle."""
    (x, y), width, height = region.centre, region.width * scale, region.height * scale
    return Region(x - width / 2, y - height / 2, width, height)


def lasting(track: dict[int, Region], longer: int, pictures: int) -> dict[int, Region]:
    """The same track, its first and last box held for longer."""
    first, last = min(track), max(track)
    before = dict.fromkeys(range(max(0, first - longer), first), track[first])
    return before | track | dict.fromkeys(range(last + 1, min(pictures, last + 1 + longer)), track[last])


def masks(clip: Clip, scale: float, longer: int = 0) -> Iterator[np.ndarray]:
    """Which pixels are covered, picture by picture."""
    tracks = [lasting(track, longer, clip.pictures) for track in clip.tracks if track]
    for n in range(clip.pictures):
        mask = np.zeros(clip.size[::-1], bool)
        for track in tracks:
            box = grown(track[n], scale).pixels(*clip.size, (2, 2)) if n in track else None
            if box:
                mask[box[1] : box[3], box[0] : box[2]] = True
        yield mask


def share(mask: np.ndarray, face: Region) -> float:
    """Of the face's box, as far as it is in the picture."""
    box = face.pixels(mask.shape[1], mask.shape[0])
    return 1.0 if box is None else float(mask[box[1] : box[3], box[0] : box[2]].mean())


def measured(clips: Sequence[Clip], scale: float, longer: int = 0) -> tuple[int, int, float]:
    """Faces that leak, pictures of faces that do, and the mean share of the picture that is covered."""
    leaking, pictures, areas = 0, 0, []
    for clip in clips:
        bare = [0] * len(clip.faces)
        for n, mask in enumerate(masks(clip, scale, longer)):
            areas.append(mask.mean())
            for k, face in enumerate(clip.faces):
                bare[k] += n in face and share(mask, face[n]) < BARE
        leaking += sum(map(bool, bare))
        pictures += sum(bare)
    return leaking, pictures, float(np.mean(areas))


def sightings(clip: Clip) -> Iterator[Sighting]:
    """Every face in every picture, covered as by default."""
    for n, mask in enumerate(masks(clip, DEFAULT)):
        for face, sharp in zip(clip.faces, clip.sharp, strict=True):
            if n not in face:
                continue
            here, before = face[n], face.get(n - 1, face.get(n + 1, face[n]))
            size = min(here.width, here.height)
            rim = (here.x, here.y, clip.size[0] - here.right, clip.size[1] - here.bottom)
            around = [m for m in range(n - SOON, n + SOON + 1) if min(face) <= m <= max(face)]
            yield Sighting(
                share(mask, here),
                size,
                float(np.hypot(*np.subtract(here.centre, before.centre))) / size,
                sharp.get(n, 0.0),
                min(rim) <= RIM,
                n - min(face) < SOON or max(face) - n < SOON,
                any(m not in face for m in around),
            )


def common(seen: list[Sighting]) -> list[str]:
    """The lines of a table: what pictures of faces that leak are like, and what others are like."""
    groups = {
        "all": seen,
        f"covered less than {WHOLE:.0%}": [each for each in seen if each.covered < WHOLE],
        f"leaking, less than {BARE:.0%}": [each for each in seen if each.covered < BARE],
    }
    lines = ["| faces in pictures | " + " | ".join(groups) + " |", "|---|" + "---|" * len(groups)]

    def row(name: str, *cells: str) -> None:
        lines.append(f"| {name} | " + " | ".join(cells) + " |")

    def middle(name: str) -> list[str]:
        return [f"{np.median([getattr(e, name) for e in g]):.2g}" if g else "" for g in groups.values()]

    def part(name: str) -> list[str]:
        return [f"{np.mean([getattr(e, name) for e in g]):.0%}" if g else "" for g in groups.values()]

    row("how many", *(str(len(g)) for g in groups.values()))
    row("lesser side, pixels, median", *middle("size"))
    row("way since the picture before, sizes, median", *middle("speed"))
    row("sharpness (mean Laplacian), median", *middle("sharpness"))
    row("at the picture's rim", *part("at_the_rim"))
    row(f"first or last {SOON} pictures", *part("at_an_end"))
    row(f"within {SOON} pictures of being hidden", *part("at_a_gap"))
    return lines


def plot(curves: dict[int, list[tuple[float, float, float]]], peers: dict[str, tuple[float, float]], out: Path) -> None:
    """Faces that leak against the share of the picture, in percent; a line for each lengthening."""
    with drawn(out) as (axes,):
        for (longer, points), colour in zip(curves.items(), COLOURS, strict=False):
            name = f"{longer} pictures longer" if longer else "covers last as planned"
            axes.plot([p[2] for p in points], [p[1] for p in points], ".-", color=colour, label=name, linewidth=1)
            for scale, leaks, area in points:
                if scale == DEFAULT and not longer:
                    axes.plot(area, leaks, "o", color=colour, label="default")
        for name, (leaks, area) in peers.items():
            axes.plot(area, leaks, "x", color=COLOURS[-1])
            right = area > max(a for _, a in peers.values()) / 2
            offset, side = ((-6, -3), "right") if right else ((6, -3), "left")
            axes.annotate(name, (area, leaks), textcoords="offset points", xytext=offset, ha=side, fontsize=8)
        axes.set_yscale("symlog", linthresh=1)
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=-0.1)
        axes.set_yticks([0, 0.5, 1, 2, 5, 10, 20, 50], ["0", "0.5", "1", "2", "5", "10", "20", "50"])
        axes.set_xlabel("share of the picture covered, %")
        axes.set_ylabel("faces that leak in any picture, %")


def main() -> None:
    """Measure the clips of every folder together."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--plans", type=Path)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--peer", action="append", default=[], help="NAME=LEAKS,SHARE in percent")
    args = parser.parse_args()
    if args.plans:
        args.plans.mkdir(exist_ok=True)
    clips = []
    for folder in args.folders:
        entries = json.loads((folder / "tracks.json").read_text("utf-8"))["clips"]
        clips += [read(folder / entry["file"], entry, args.plans) for entry in entries]
    faces, pictures = sum(len(c.faces) for c in clips), sum(len(f) for c in clips for f in c.faces)
    print(f"{len(clips)} clips, {faces} faces, {pictures} pictures of a face\n")
    print("| scale | longer, pictures | faces that leak | % | pictures that leak, % | share of the picture, % |")
    print("|---|---|---|---|---|---|")
    curves: dict[int, list[tuple[float, float, float]]] = {}
    for longer in LONGER:
        for scale in SCALES:
            leaking, bare, area = measured(clips, scale, longer)
            curves.setdefault(longer, []).append((scale, 100 * leaking / faces, 100 * area))
            cells = (f"{leaking}", f"{leaking / faces:.1%}", f"{bare / pictures:.3%}", f"{area:.1%}")
            print(f"| {scale} | {longer} | " + " | ".join(cells).replace("%", "") + " |", flush=True)
    print("\n" + "\n".join(common([each for clip in clips for each in sightings(clip)])))
    if args.plot:
        pairs = (text.partition("=") for text in args.peer)
        peers = {name: (float(v.split(",")[0]), float(v.split(",")[1])) for name, _, v in pairs}
        plot(curves, peers, args.plot)


if __name__ == "__main__":
    main()
