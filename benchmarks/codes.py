"""How many codes are covered: 200 made by script, of eight symbologies, each in a way that makes it hard to find.

    python benchmarks/codes.py                 print how many are covered, by symbology, size and hardship
    python benchmarks/codes.py --write FOLDER  write the pictures, too, with what was found drawn into them

A code counts as covered where at least 85 % of it lies under covers with the default padding. The pictures are made
with zxing-cpp, from a fixed seed: nothing is downloaded.
"""

from __future__ import annotations

import argparse
import collections
import itertools
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image

from unseen.core import Quad, View
from unseen.find.codes import CodeFinder

Rgb = NDArray[np.uint8]
FORMATS = ("QRCode", "DataMatrix", "Aztec", "PDF417", "MaxiCode", "Code128", "EAN13", "Code39")
HARDSHIPS = ("plain", "tilted", "perspective", "blurred", "inverted", "on a screen")
SIZES = (40, 60, 90, 140, 220, 400)
"""Pixels of a code's shorter side, without the white around it, as long as the longer fits `LONGEST`."""
LONGEST = 560
COUNT = 200
COVERED = 0.85
WIDTH, HEIGHT = 960, 640


@dataclass(frozen=True)
class Sample:
    """A picture with one code in it; `corners` of the code itself, (4, 2)."""

    symbology: str
    size: int
    hardship: str
    rgb: Rgb
    corners: NDArray[np.float64]


def samples(count: int = COUNT, seed: int = 4) -> list[Sample]:
    """The test set, the same each time."""
    rng = np.random.default_rng(seed)
    kinds = itertools.cycle(itertools.product(HARDSHIPS, SIZES, FORMATS))
    step = 7  # shares no factor with the number of combinations, so that a part of them holds every kind
    chosen = itertools.islice(itertools.islice(kinds, 0, None, step), count)
    return [_sample(symbology, size, hardship, rng) for hardship, size, symbology in chosen]


def _sample(symbology: str, size: int, hardship: str, rng: np.random.Generator) -> Sample:
    code, quiet = _drawn(symbology, rng)
    if hardship == "inverted":
        code = 255 - code
    height, width = code.shape
    inner_height, inner_width = height - 2 * quiet, width - 2 * quiet
    scale = min(size / min(inner_height, inner_width), LONGEST / max(inner_height, inner_width))
    angle = float(rng.uniform(0, 360)) if hardship == "tilted" else float(rng.uniform(-6, 6))
    middle = rng.uniform((WIDTH * 0.35, HEIGHT * 0.4), (WIDTH * 0.65, HEIGHT * 0.6))
    place = _placed(width, height, scale, angle, middle)
    if hardship == "perspective":
        place = place + rng.uniform(-0.18, 0.18, (4, 2)) * size
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    turn = cv2.getPerspectiveTransform(corners.astype(np.float32), place.astype(np.float32))
    inner = np.array([[quiet, quiet], [width - quiet, quiet], [width - quiet, height - quiet], [quiet, height - quiet]])
    truth = cv2.perspectiveTransform(inner[None].astype(np.float64), turn)[0]
    rgb = _background(rng)
    rgb = _pasted(rgb, code, turn, screen=hardship == "on a screen")
    if hardship == "blurred":
        rgb = cv2.GaussianBlur(rgb, (0, 0), 0.6 + size / 160)
    noisy = rgb + rng.normal(0, 4, rgb.shape)
    return Sample(symbology, size, hardship, np.clip(noisy, 0, 255).astype(np.uint8), truth)


def _drawn(symbology: str, rng: np.random.Generator) -> tuple[Rgb, int]:
    """A code, black on white, and the pixels of white around it."""
    text = "".join(map(str, rng.integers(0, 10, 12 if symbology == "EAN13" else 14)))
    barcode = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, symbology))
    image = np.asarray(zxingcpp.write_barcode_to_image(barcode, scale=4, add_quiet_zones=False, add_hrt=False))
    image = image[:, :, 0] if image.ndim == 3 else image
    quiet = 16
    return np.pad(image, quiet, constant_values=255), quiet


def _placed(width: int, height: int, scale: float, angle: float, middle: NDArray[np.float64]) -> NDArray[np.float64]:
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    half = np.array([[-width, -height], [width, -height], [width, height], [-width, height]]) * scale / 2
    return half @ np.array([[cos, sin], [-sin, cos]]) + middle


def _background(rng: np.random.Generator) -> Rgb:
    """Blurred patches of colour with some edges: nothing that looks like a code."""
    coarse = cv2.resize(
        rng.integers(50, 200, (5, 8, 3)).astype(np.uint8), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC
    )
    for _ in range(6):
        x, y = rng.integers(0, WIDTH), rng.integers(0, HEIGHT)
        size = rng.integers(40, 240, 2)
        colour = [int(value) for value in rng.integers(30, 220, 3)]
        cv2.rectangle(coarse, (int(x), int(y)), (int(x + size[0]), int(y + size[1])), colour, -1)
    return np.asarray(cv2.GaussianBlur(coarse, (0, 0), 1.5), np.uint8)


def _pasted(rgb: Rgb, code: Rgb, turn: NDArray[np.float64], *, screen: bool) -> Rgb:
    """The code in its place; on a screen it glows bluish, behind fine lines and a reflection."""
    height, width = code.shape
    ink, paper = (np.array([30, 30, 34]), np.array([225, 222, 214]))
    if screen:
        ink, paper = np.array([24, 30, 48]), np.array([198, 214, 245])
    coloured = (ink + (paper - ink) * (code[:, :, None] / 255.0)).astype(np.uint8)
    size = rgb.shape[1::-1]
    drawn = cv2.warpPerspective(coloured, turn, size, flags=cv2.INTER_AREA)
    if np.hypot(*turn[:2, 0]) < 0.5:
        shrunk = cv2.GaussianBlur(coloured, (0, 0), 0.4 / float(np.hypot(*turn[:2, 0])))
        drawn = cv2.warpPerspective(shrunk, turn, size, flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(np.full((height, width), 255, np.uint8), turn, size)[:, :, None] / 255.0
    if screen:
        rows = 1 + 0.06 * np.sin(np.arange(rgb.shape[0]) * 2.1)[:, None, None]
        gleam = 22 * np.clip(np.cos((np.arange(rgb.shape[1]) - 400) / 180), 0, 1)[None, :, None]
        drawn = np.clip(drawn * rows + gleam, 0, 255)
    return np.asarray(rgb * (1 - mask) + drawn * mask, np.uint8)


def covered_share(sample: Sample, outlines: list[Quad], padding: float = 0.2) -> float:
    """The share of the code that lies under covers."""
    truth = np.zeros(sample.rgb.shape[:2], np.uint8)
    cv2.fillConvexPoly(truth, np.round(sample.corners).astype(np.int32), 1)
    under = np.zeros_like(truth)
    for outline in outlines:
        for left, top, right, bottom in outline.padded(padding).boxes(WIDTH, HEIGHT):
            under[top:bottom, left:right] = 1
    return float((truth & under).sum() / max(1, truth.sum()))


def main() -> None:
    """Measure, and say how many."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path, help="a folder for the pictures")
    args = parser.parse_args()
    finder = CodeFinder()
    hits: dict[str, list[bool]] = collections.defaultdict(list)
    for number, sample in enumerate(samples()):
        (found,) = finder.find([View(Fraction(0), sample.rgb)])
        quads = [finding.quad for finding in found if finding.quad is not None]
        share = covered_share(sample, quads)
        for name in ("all", sample.symbology, f"{sample.size} px", sample.hardship):
            hits[name].append(share >= COVERED)
        if args.write:
            drawn = sample.rgb.copy()
            for quad in quads:
                cv2.polylines(drawn, [np.round(quad.corners).astype(np.int32)], True, (255, 0, 0), 2)
            verdict = "covered" if share >= COVERED else "missed"
            name = f"{verdict}-{number:03}-{sample.symbology}-{sample.size}-{sample.hardship}.png".replace(" ", "-")
            Image.fromarray(drawn).save(args.write / name)
    for name, found in hits.items():
        print(f"{name:12} {sum(found):3} of {len(found):3} covered ({sum(found) / len(found):.1%})")


if __name__ == "__main__":
    main()
