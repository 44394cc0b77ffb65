"""How near outputs stay to their sources where nothing is covered, and how large they become.

    python benchmarks/quality.py FILE... [--quality small] [--find codes]

Prints a table: PSNR and SSIM of luma outside the covers (and 16 pixels around them, as far as encoders smear), over all
pictures and in the worst one, and the bytes of the coded pictures against the source's. SSIM: Wang, Bovik, Sheikh and
Simoncelli 2004, Gaussian window of 11 x 11 pixels, K1 = 0.01, K2 = 0.03.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

import unseen
from unseen.core import ColourModel, MediaKind, Picture, Plane
from unseen.cover import cover_tracks
from unseen.errors import UnseenError
from unseen.media import Limits, open_reader, open_source
from unseen.media.containers import Quality
from unseen.plan import Plan

Luma = NDArray[np.float32]
_AROUND = 16  # pixels
_BARE = 255  # a level that no cover of the default style has
_MOST = 100.0  # decibels: what is the same in every pixel


@dataclass(frozen=True, slots=True)
class Likeness:
    """Of one picture: its mean squared error in steps of 255, and its structural similarity; NaN if all is covered."""

    error: float
    ssim: float


def decibels(error: float) -> float:
    """A mean squared error as peak signal-to-noise ratio."""
    return _MOST if error <= 255**2 / 10 ** (_MOST / 10) else 10 * math.log10(255**2 / error)


def luma(picture: Picture) -> Luma:
    """Brightness in steps of 255."""
    planes = [plane.samples.astype(np.float32) / (1 << (picture.depth - 8)) for plane in picture.planes]
    if picture.model is not ColourModel.RGB:
        return planes[0]
    rgb = planes[0] if planes[0].ndim == 3 else np.stack(planes, axis=2)
    return np.asarray(rgb[..., :3] @ np.array([0.299, 0.587, 0.114], np.float32))


def bare(picture: Picture, plan: Plan) -> NDArray[np.bool_]:
    """Where nothing is covered, nor near."""
    grey = np.full((picture.height, picture.width), _BARE, np.uint8)
    cover_tracks(Picture(picture.time, picture.width, picture.height, (Plane(grey),), ColourModel.GREY), plan.covers())
    covered = (grey != _BARE).astype(np.uint8)
    return np.asarray(cv2.dilate(covered, np.ones((2 * _AROUND + 1,) * 2, np.uint8)) == 0)


def likeness(before: Luma, after: Luma, where: NDArray[np.bool_]) -> Likeness:
    """How alike two pictures are in some places."""
    if not where.any():
        return Likeness(math.nan, math.nan)
    return Likeness(float(((before - after) ** 2)[where].mean()), float(ssim(before, after)[where].mean()))


def ssim(before: Luma, after: Luma) -> Luma:
    """The structural similarity around each pixel."""

    def mean(of: Luma) -> Luma:
        return np.asarray(cv2.GaussianBlur(of, (11, 11), 1.5))

    one, other = mean(before), mean(after)
    variances = mean(before * before) - one * one + mean(after * after) - other * other
    together = mean(before * after) - one * other
    light, contrast = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    return np.asarray(
        (2 * one * other + light) * (2 * together + contrast) / ((one**2 + other**2 + light) * (variances + contrast))
    )


def compared(source: Path, output: Path, plan: Plan) -> Iterator[Likeness]:
    """Every picture of a source with its redacted one."""
    with open_source(source) as first, open_source(output) as second:
        readers = open_reader(first, Limits()), open_reader(second, Limits())
        for before, after in zip(*(reader.pictures() for reader in readers), strict=True):
            yield likeness(luma(before), luma(after), bare(before, plan))
        for reader in readers:
            reader.close()


def coded(path: Path, kind: MediaKind) -> int:
    """Bytes of the coded pictures."""
    if kind is MediaKind.PHOTO:
        return path.stat().st_size
    with path.open("rb") as file, av.open(file) as container:
        return sum(packet.size for packet in container.demux(video=0))


def row(source: Path, folder: Path, options: unseen.RedactOptions) -> str:
    """The table's line for one file."""
    try:
        done = unseen.redact(source, folder / f"out{source.suffix}", options)
    except UnseenError as error:
        return f"| {source.name} | {error.what[:60]} | | | | | | |"
    media = done.record.plan.source.media
    found = [each for each in compared(source, done.output, done.record.plan) if not math.isnan(each.ssim)]
    errors, likes = [each.error for each in found], [each.ssim for each in found]
    size = coded(done.output, media.kind) / coded(source, media.kind)
    picture = media.picture
    assert picture is not None
    shape = f"{media.container} {picture.width}x{picture.height}"
    cells = (source.name, shape, len(found), f"{decibels(float(np.mean(errors))):.1f}", f"{decibels(max(errors)):.1f}")
    return "| " + " | ".join(map(str, (*cells, f"{np.mean(likes):.4f}", f"{min(likes):.4f}", f"{size:.2f}"))) + " |"


def main() -> None:
    """Print the table as it grows."""
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--quality", type=Quality, default=Quality.HIGH, choices=list(Quality))
    parser.add_argument("--find", default="faces")
    asked = parser.parse_args()
    print("| file | kind | pictures | PSNR dB | worst | SSIM | worst | size |\n|---|---|---|---|---|---|---|---|")
    for source in asked.files:
        options = unseen.RedactOptions(find=asked.find, quality=asked.quality, accept="a measurement")
        with tempfile.TemporaryDirectory() as name:
            print(row(source, Path(name), options), flush=True)


if __name__ == "__main__":
    main()
