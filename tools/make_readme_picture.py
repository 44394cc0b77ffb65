"""Make the README's picture: one moment of the demo clip, and the same moment of what the program made of it.

    python tools/make_readme_picture.py

The portrait in the clip is NASA's, in the public domain, as scikit-image carries it.
"""

from __future__ import annotations

import argparse
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unseen import RedactOptions, redact
from unseen.cli.demo_clip import make_clip

TARGET = Path(__file__).resolve().parent.parent / "docs" / "images" / "before-after.jpg"
MOMENT = Fraction(1)  # seconds: the face is large and near the middle
MOST_BYTES = 100_000
_GAP = 8  # pixels


def picture_at(clip: Path, moment: Fraction) -> NDArray[np.uint8]:
    """The first picture at or after a time in seconds, as RGB. Raises ValueError where the clip is shorter."""
    with clip.open("rb") as file, av.open(file, "r") as container:
        for frame in container.decode(video=0):
            if frame.pts is not None and frame.pts * Fraction(frame.time_base or 0) >= moment:
                return np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
    raise ValueError(f"{clip.name} has no picture at {moment} s")


def side_by_side(left: NDArray[np.uint8], right: NDArray[np.uint8]) -> Image.Image:
    """Two pictures of one size with a white gap between them."""
    gap = np.full((left.shape[0], _GAP, 3), 255, np.uint8)
    return Image.fromarray(np.concatenate([left, gap, right], axis=1))


def main() -> None:
    """Make the clip, redact it, and put both next to each other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", type=Path, default=TARGET)
    target: Path = parser.parse_args().target
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder, "before.mp4"), Path(folder, "after.mp4")
        make_clip(before)
        redact(before, after, RedactOptions())
        both = side_by_side(picture_at(before, MOMENT), picture_at(after, MOMENT))
    both.save(target, quality=85, optimize=True)
    size = target.stat().st_size
    if size > MOST_BYTES:
        raise SystemExit(f"{target.name} has {size} bytes, more than {MOST_BYTES}")
    print(f"{target.name}: {both.width} x {both.height}, {size} bytes")


if __name__ == "__main__":
    main()
