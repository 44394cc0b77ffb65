"""Share of a face's pictures that one box, drawn in the middle and followed both ways, covers.

    python benchmarks/follow.py PANS/ [--tracks 3]

PANS: clips of a camera that pans over photos with known faces, and tracks.json with each face's box in every picture
(`{"clips": [{"file", "tracks": [{"boxes": {"picture": [x, y, width, height]}}]}]}`). A picture counts as covered where
at least 95 % of the face's box lies inside the cover, padded as by default.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np

from unseen.core import Kind, MediaInfo, Region, Track
from unseen.media import Reader, open_media
from unseen.plan import Cover
from unseen.review.clock import clock_of
from unseen.review.follow import followed

ENOUGH = 0.95
SHORTEST = 20  # pictures that a face has to be there for


def quiet(step: str, done: int, total: int | None) -> None:
    """No progress."""


def measure(reader: Reader, media: MediaInfo, boxes: dict[int, Region]) -> tuple[int, int, Track]:
    """Pictures covered, pictures in all, and what came of following."""
    numbers = sorted(boxes)
    middle = numbers[len(numbers) // 2]
    track = followed(reader, media, (middle, boxes[middle], Kind.FACE, "face-1"), quiet)
    assert media.frame_times is not None
    clock = clock_of(media.frame_times)
    covered = 0
    for number in numbers:
        region = track.region_at(clock.time(number))
        if region is not None:
            covered += region.padded(Cover().padding).overlap(boxes[number]) >= ENOUGH * boxes[number].area
    return covered, len(numbers), track


def main() -> None:
    """Print a line a track and the sum."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pans", type=Path)
    parser.add_argument("--tracks", type=int, default=3, help="of each clip, the longest")
    asked = parser.parse_args()
    shares, seconds, sizes = [], [], []
    covered_in_all = there_in_all = 0
    for clip in json.loads((asked.pans / "tracks.json").read_text())["clips"]:
        tracks = sorted(clip["tracks"], key=lambda t: -len(t["boxes"]))[: asked.tracks]
        with open_media(asked.pans / clip["file"]) as reader:
            media = reader.info
            for each in tracks:
                if len(each["boxes"]) < SHORTEST:
                    continue
                boxes = {int(n): Region(*box) for n, box in each["boxes"].items()}
                began = time.monotonic()
                covered, there, track = measure(reader, media, boxes)
                seconds.append(time.monotonic() - began)
                shares.append(covered / there)
                covered_in_all, there_in_all = covered_in_all + covered, there_in_all + there
                found = np.mean([k.region.area for k in track.keyframes]) / np.mean([b.area for b in boxes.values()])
                sizes.append(found)
                print(f"{clip['file']}: {covered} of {there} pictures, {found:.2f} times its area, {seconds[-1]:.2f} s")
    print(f"{len(shares)} tracks: {covered_in_all / there_in_all:.4f} of {there_in_all} pictures")
    print(f"tracks wholly covered: {np.mean(np.array(shares) == 1):.3f}; worst {min(shares):.3f}")
    print(f"area of the box to that of the face: median {np.median(sizes):.2f}; {np.median(seconds):.2f} s a track")


if __name__ == "__main__":
    main()
