"""Whether the samples under a solid cover are its fill, within what their codec explains."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unseen.core import Picture, Plane
from unseen.verify.colours import Fill, fills
from unseen.verify.patch import Box, Mask, Patch, depths
from unseen.verify.playback import VIDEO_DECODERS, Shot


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a codec may pull samples away from a fill, as root mean squares in 8-bit steps.

    One for each ring counted from the cover's rim inwards: the outermost sample, the next three, the next four, the
    rest. A codec smears what lies *outside* the cover a little into its rim; it knows nothing of what was under it.
    `chroma_rim`: samples at the rim of chroma that are not judged, where a viewer's decoder blends neighbouring chroma.
    """

    rings: tuple[float, float, float, float]
    chroma_rim: int = 0


RINGS = (0, 1, 4, 8)
EXACT = Tolerance((1, 1, 1, 1))
PALETTE = Tolerance((8, 8, 8, 8))
STILL = Tolerance((16, 14, 10, 5), chroma_rim=2)
MOVING = Tolerance((32, 20, 12, 6))
"""Measured over photos, noise and moving stripes with black and red fills of 8 to 64 pixels a side, worst case of any
region: x264 crf 18 gives 14, 9, 3, 1; x265 crf 20 21, 11, 6, 4; VP9 crf 24 10, 7, 3, 1; SVT-AV1 crf 25 18, 8, 4, 4; a
photo at x264 crf 30 25, 15, 9, 2. JPEG at quality 80 gives 11, 10, 7, 1 in luma and 12 in chroma behind its rim of 2;
WebP, AVIF and HEIF at quality 75 and more stay below. An uncovered face gives 40 and more in all four."""

_LOSSLESS = frozenset({"PNG", "TIFF", "BMP"})
_TO_YCC = np.array([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])


def tolerance_of(shot: Shot) -> Tolerance:
    """What the picture's codec is allowed."""
    if shot.codec in VIDEO_DECODERS:
        return MOVING
    if shot.codec == "TIFF" and shot.shared_chroma:
        return STILL
    return EXACT if shot.codec in _LOSSLESS else PALETTE if shot.codec == "GIF" else STILL


def unlike_fill(shot: Shot, patch: Patch, rgb: tuple[int, int, int]) -> str | None:
    """What is wrong with a planned solid cover, or None where it is its fill."""
    tolerance = tolerance_of(shot)
    reasons = [_against(shot.picture, patch, fill, tolerance) for fill in fills(rgb, shot.picture)]
    return None if None in reasons else reasons[0]


def _against(picture: Picture, patch: Patch, fill: Fill, tolerance: Tolerance) -> str | None:
    step = float(1 << (picture.depth - 8))
    for number, plane in enumerate(picture.planes):
        samples = under(plane, patch.box)
        mask = patch.mask[:: plane.down, :: plane.across] if patch.mask is not None else None
        if samples.ndim == 3:
            return _against_rgb(samples, mask, fill, tolerance, step)
        rim = tolerance.chroma_rim if number else 0
        if reason := _ring_fault((samples.astype(np.float32) - fill[number]) / np.float32(step), mask, rim, tolerance):
            return f"plane {number} {reason}"
    return None


def _against_rgb(
    samples: NDArray[np.number], mask: Mask | None, fill: Fill, tolerance: Tolerance, step: float
) -> str | None:
    """Interleaved channels: as they are where the codec is lossless, as luma and chroma where it stored those."""
    if samples.shape[2] == 4 and np.where(_all(mask), samples[..., 3], np.inf).min() != round(255 * step):
        return "is not opaque"
    off = (samples[..., :3].astype(np.float32) - np.array(fill, np.float32)) / np.float32(step)
    if tolerance.chroma_rim:
        off = off @ _TO_YCC.T.astype(np.float32)
    for number in range(3):
        rim = tolerance.chroma_rim if number else 0
        if reason := _ring_fault(off[..., number], mask, rim, tolerance):
            return f"channel {number} {reason}"
    return None


def _all(mask: Mask | None) -> Mask | bool:
    return True if mask is None else mask


def under(plane: Plane, box: Box) -> NDArray[np.number]:
    """The plane's samples that lie wholly or partly under `box`."""
    left, top, right, bottom = box
    rows = slice(top // plane.down, -(-bottom // plane.down))
    return plane.samples[rows, left // plane.across : -(-right // plane.across)]


def _inside(off: NDArray[np.float32], margin: int) -> NDArray[np.float32]:
    rows, columns = off.shape
    return off[margin : max(margin, rows - margin), margin : max(margin, columns - margin)]


def _ring_fault(off: NDArray[np.float32], mask: Mask | None, rim: int, tolerance: Tolerance) -> str | None:
    """Judge each ring by its root mean square distance from the fill, without the outermost `rim` samples."""
    rings = _rings(_inside(off, rim)) if mask is None else _tilted_rings(off, mask, rim)
    for parts, allowed in zip(rings, tolerance.rings, strict=True):
        size = sum(part.size for part in parts)
        energy = sum(float(np.einsum("ij,ij->", part, part)) for part in parts)
        rms = (energy / size) ** 0.5 if size else 0.0
        if rms > allowed:
            return f"is {rms:.1f} of 255 away from the fill, and {allowed:g} is the most its codec explains"
    return None


def _tilted_rings(off: NDArray[np.float32], mask: Mask, rim: int) -> Iterator[list[NDArray[np.float32]]]:
    """The rings of a tilted cover: how deep a sample lies is its way to the nearest that is not covered."""
    depth = depths(mask) - rim
    for outer, inner in itertools.pairwise((*RINGS, np.inf)):
        yield [off[(depth > outer) & (depth <= inner)][None]]


def _rings(off: NDArray[np.float32]) -> Iterator[list[NDArray[np.float32]]]:
    """Each ring as its four sides, from the rim inwards, and the middle: every sample once."""
    for outer_edge, inner_edge in itertools.pairwise(RINGS):
        width, outer = inner_edge - outer_edge, _inside(off, outer_edge)
        rows, columns = outer.shape
        between = outer[width : max(width, rows - width)]
        sides = [between[:, :width], between[:, max(width, columns - width) :]]
        yield [outer[:width], outer[max(width, rows - width) :], *sides]
    yield [_inside(off, RINGS[-1])]
