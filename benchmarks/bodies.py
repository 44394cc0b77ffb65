"""How much of the moving people before a fixed camera is covered, with truth built from the clip itself.

    python benchmarks/bodies.py CLIP... [--pictures FOLDER]

Truth: what differs by more than `FAR` levels from the median of the clip's pictures, in patches of at least
`PATCH` pixels, at full size. A median holds whoever stands in one place for most of the clip; such a clip counts that
place as a person whenever it is empty. Prints a Markdown table: pictures that show people, share of them with at least
97 % of those pixels covered, the worst of them, share of all pixels that is covered, and needlessly so (not within a
body's surroundings), processor time a picture. `--pictures` draws some of them: truth red, covers' edges yellow.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from unseen.core import Track, View
from unseen.find.bodies import FixedCameraBodies
from unseen.media import Limits, open_media

FAR = 45
PATCH = 120
ENOUGH = 0.97
PADDING = 0.2
NEAR = 12  # pixels around a body that a cover may take without being needless
SIDE = 960

Mask = NDArray[np.bool_]


def views(clip: Path) -> list[View]:
    """All pictures of a short clip, as finders see them."""
    with open_media(clip, Limits()) as reader:
        return list(reader.views(SIDE))


def truth(view: View, median: NDArray[np.int16]) -> Mask:
    """The pixels of moving people."""
    far = (np.abs(view.rgb.astype(np.int16) - median).max(2) > FAR).astype(np.uint8)
    far = cv2.morphologyEx(far, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, labels, facts, _ = cv2.connectedComponentsWithStats(far, connectivity=8)
    large = facts[:, 4] >= PATCH
    large[0] = False
    return np.asarray(large[labels], np.bool_)


def covered(view: View, tracks: tuple[Track, ...]) -> Mask:
    """The pixels of a view that covers lie on."""
    rows, columns = view.rgb.shape[:2]
    mask = np.zeros((rows, columns), np.bool_)
    for track in tracks:
        region = track.region_at(view.time)
        box = region.padded(PADDING).pixels(round(columns / view.scale), round(rows / view.scale)) if region else None
        if box is not None:
            left, top, right, bottom = (round(edge * view.scale) for edge in box)
            mask[top:bottom, left:right] = True
    return mask


def measure(clip: Path, folder: Path | None) -> str:
    """One clip's line of the table."""
    shown = views(clip)
    start = time.process_time()
    eye = FixedCameraBodies()
    for view in shown:
        eye.add(view)
    found = eye.finish()
    cost = (time.process_time() - start) / len(shown) * 1000
    median = np.median([view.rgb for view in shown[::3]], axis=0).astype(np.int16)
    shares, whole, needless = [], [], []
    for number, view in enumerate(shown):
        people, mask = truth(view, median), covered(view, found.tracks)
        near = cv2.dilate(people.astype(np.uint8), np.ones((2 * NEAR + 1,) * 2, np.uint8)) > 0
        whole.append(mask.mean())
        needless.append((mask & ~near).mean())
        if people.any():
            shares.append((people & mask).sum() / people.sum())
        if folder is not None and number % max(1, len(shown) // 8) == 0:
            draw(folder / f"{clip.stem}-{number:05}.png", view, people, mask)
    good = np.mean(np.array(shares) >= ENOUGH)
    blind = "; ".join(spot.what for spot in found.blind_spots)
    figures = f"{len(shares)} of {len(shown)} | {good:.1%} | {min(shares):.1%} | {np.mean(whole):.1%}"
    return f"| {clip.name} | {figures} | {np.mean(needless):.1%} | {cost:.1f} ms | {blind} |"


def draw(path: Path, view: View, people: Mask, mask: Mask) -> None:
    """One picture with its truth and the edges of its covers."""
    rgb = view.rgb.copy()
    rgb[people] = rgb[people] // 2 + np.array([127, 0, 0], np.uint8)
    rgb[cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0] = (255, 255, 0)
    path.write_bytes(cv2.imencode(".png", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))[1].tobytes())


def main() -> None:
    """Measure each clip given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path, nargs="+", metavar="CLIP")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="where to draw some pictures")
    args = parser.parse_args()
    if args.pictures is not None:
        args.pictures.mkdir(parents=True, exist_ok=True)
    print(f"| clip | with people | {ENOUGH:.0%} covered | worst | covered | needless | cost | blind spots |")
    print("|---|---|---|---|---|---|---|---|")
    for clip in args.clips:
        print(measure(clip, args.pictures))


if __name__ == "__main__":
    main()
