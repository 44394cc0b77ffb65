"""Share of a face's pictures that one box, drawn in the middle and followed both ways, covers.

    python benchmarks/follow.py PANS/ [--tracks 3]

PANS: clips of a camera that pans over photos with known faces, and tracks.json with each face's box in every picture
(`{"clips": [{"file", "tracks": [{"boxes": {"picture": [x, y, width, height]}}]}]}`). A picture counts as covered where
at least 95 % of the face's box lies inside the cover, padded as by default; the share at 85 % is printed, too.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np

from unseen.core import Kind, MediaInfo, Region, Track, clock_of
from unseen.media import Reader, open_media
from unseen.plan import Cover
from unseen.review.follow import followed

ENOUGH, NEARLY = 0.95, 0.85
SHORTEST = 20  # pictures that a face has to be there for


def quiet(step: str, done: int, total: int | None) -> None:
    """No progress."""


def measure(reader: Reader, media: MediaInfo, boxes: dict[int, Region]) -> tuple[list[float], Track]:
    """The share of the face that is covered in each picture, and what came of following."""
    numbers = sorted(boxes)
    middle = numbers[len(numbers) // 2]
    track = followed(reader, media, (middle, boxes[middle], Kind.FACE, "face-1"), quiet)
    assert media.frame_times is not None
    clock = clock_of(media.frame_times)
    shares = []
    for number in numbers:
        region, face = track.region_at(clock.time(number)), boxes[number]
        shares.append(0.0 if region is None else region.padded(Cover().padding).overlap(face) / face.area)
    return shares, track


def main() -> None:
    """Print a line a track and the sum."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pans", type=Path)
    parser.add_argument("--tracks", type=int, default=3, help="of each clip, the longest")
    asked = parser.parse_args()
    all_shares: list[list[float]] = []
    seconds, sizes = [], []
    for clip in json.loads((asked.pans / "tracks.json").read_text())["clips"]:
        tracks = sorted(clip["tracks"], key=lambda t: -len(t["boxes"]))[: asked.tracks]
        with open_media(asked.pans / clip["file"]) as reader:
            media = reader.info
            for each in tracks:
                if len(each["boxes"]) < SHORTEST:
                    continue
                boxes = {int(n): Region(*box) for n, box in each["boxes"].items()}
                began = time.monotonic()
                shares, track = measure(reader, media, boxes)
                seconds.append(time.monotonic() - began)
                all_shares.append(shares)
                found = np.mean([k.region.area for k in track.keyframes]) / np.mean([b.area for b in boxes.values()])
                sizes.append(found)
                covered = sum(share >= ENOUGH for share in shares)
                print(f"{clip['file']}: {covered} of {len(shares)} pictures, {found:.2f} times its area")
    every = np.concatenate(all_shares)
    print(f"{len(all_shares)} tracks, {len(every)} pictures")
    for enough in (ENOUGH, NEARLY):
        whole = np.mean([min(shares) >= enough for shares in all_shares])
        print(f"at least {enough:.0%} covered: {np.mean(every >= enough):.4f} of pictures, {whole:.3f} of whole tracks")
    print(f"area of the box to that of the face: median {np.median(sizes):.2f}; {np.median(seconds):.2f} s a track")


if __name__ == "__main__":
    main()
