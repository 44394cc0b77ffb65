"""Clips that are alike but for their length or for how many people are in view."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import av
import cv2
import numpy as np

import unseen
from unseen.media import open_media

WIDTH, HEIGHT, RATE, PICTURES = 640, 360, 25, 125
COLUMNS, ROWS = 4, 4
"""Each face has a cell of its own to move in, so that none hides another."""
TALL = 64
"""Pixels of a face's crop, with half its size around it."""
SURE, LEAST = 0.7, 48
"""Score and pixels of a face that is taken."""
_ENCODER = {"crf": "18", "preset": "veryfast"}
Rgb = np.ndarray


def repeated(clip: Path, count: int, out: Path) -> Path:
    """The pictures of a clip so many times, encoded anew."""
    with open_media(clip) as reader:
        once = [view.rgb.copy() for view in reader.views(1 << 30)]
    return written(itertools.chain(*itertools.repeat(once, count)), out)


def faces_of(photos: Sequence[Path], count: int) -> list[Rgb]:
    """So many crops of faces out of photos, all of one height; the first ones again where there are too few."""
    crops: list[Rgb] = []
    for photo in photos:
        plan = unseen.find(photo, unseen.FindOptions(find="faces"))
        with open_media(photo) as reader:
            (view,) = reader.views(1 << 30)
        for planned in plan.tracks:
            region = planned.track.keyframes[0].region
            box = region.padded(0.5).pixels(view.rgb.shape[1], view.rgb.shape[0])
            if box and (planned.track.best_score or 0) >= SURE and min(region.width, region.height) >= LEAST:
                crop = view.rgb[box[1] : box[3], box[0] : box[2]]
                width = round(TALL * crop.shape[1] / crop.shape[0])
                crops.append(cv2.resize(crop, (min(width, 80), TALL), interpolation=cv2.INTER_AREA))
    if not crops:
        raise SystemExit("no sure face in these photos")
    return list(itertools.islice(itertools.cycle(crops), count))


def crowd(faces: Sequence[Rgb], out: Path) -> Path:
    """Five seconds before a fixed camera in which each face walks to and fro in its cell, four by four."""
    return written(_walking(faces), out)


def _walking(faces: Sequence[Rgb]) -> Iterator[Rgb]:
    random = np.random.default_rng(3)
    wall = cv2.resize(random.uniform(60, 150, (9, 16)), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)[..., None]
    cell = (WIDTH // COLUMNS, HEIGHT // ROWS)
    for n in range(PICTURES):
        picture = np.clip(wall + random.normal(0, 2, (HEIGHT, WIDTH, 3)), 0, 255).astype(np.uint8)
        for k, face in enumerate(faces[: COLUMNS * ROWS]):
            height, width = face.shape[:2]
            way = (1 - np.cos(2 * np.pi * (n / 50 + k / 7))) / 2
            left = k % COLUMNS * cell[0] + round(way * (cell[0] - width))
            top = k // COLUMNS * cell[1] + round((cell[1] - height) * (k % 3) / 2)
            round_it = cv2.ellipse(np.zeros((height, width), np.uint8), _ellipse(width, height), 1, -1)[..., None]
            under = picture[top : top + height, left : left + width]
            picture[top : top + height, left : left + width] = np.where(round_it, face, under)
        yield picture


def _ellipse(width: int, height: int) -> tuple[tuple[float, float], tuple[float, float], float]:
    return (width / 2, height / 2), (width * 0.95, height * 0.95), 0.0


def written(pictures: Iterable[Rgb], out: Path) -> Path:
    """The pictures as H.264 in MP4."""
    with av.open(out, "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options=_ENCODER)
        for n, rgb in enumerate(pictures):
            if not n:
                stream.height, stream.width = (side // 2 * 2 for side in rgb.shape[:2])
                stream.pix_fmt = "yuv420p"
            even = np.ascontiguousarray(rgb[: stream.height, : stream.width])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(even, format="rgb24")))
        container.mux(stream.encode())
    return out
