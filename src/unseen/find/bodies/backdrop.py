"""What stands still behind everything: a scene's background out of samples of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from unseen.find.bodies.sample import Floats, Mask, Plane, Sample, slope
from unseen.find.bodies.sorting import sort_first_axis

_LOOKS = 51
"""Samples a background is made of, evenly spread: more change it little and cost a second a minute."""
_CROWD = 0.4
"""Share of the samples that have to agree on a pixel. A median (0.5) needs a place to be free most of the time."""
_MOST_NOISE = 5
"""Grey levels of noise that are believed: more is somebody walking by."""
_STEEP = 8
"""Grey levels over two pixels from which on an edge is more than noise."""
_STEEPEST = 20
"""Grey levels more, beyond which one edge counts no more than another."""
_SAME = 14
"""Grey levels within which a place counts as the same."""
_ABOUT = (5, 5)
"""Columns and rows within which an edge is in the same place: a shaking camera moves it by as much."""
_LEAST_TEXTURE = 0.005
"""Share of a picture that has to be edges for a moving camera to show at all."""
_OUTLIERS = 30.0, 20.0, 12.0
"""Grey levels beyond which a pixel has no say in how the light changed, look by look."""
_GAINS = 0.3, 3.5
"""What a switch or a camera's exposure may do to the light."""
_THINNED = 6
"""Every n-th pixel in both directions says how the light changed."""


@dataclass(frozen=True, slots=True)
class Backdrop:
    """`luma` (rows, columns), `chroma` (rows / 2, columns / 2, 2), `noise` (rows, columns) of luma in grey levels."""

    luma: Plane
    chroma: Plane
    noise: Plane


def backdrop_of(samples: Sequence[Sample]) -> Backdrop:
    """The values most samples agree on once all have one light: the middle of the shortest interval that holds enough.

    The shorth with less than half of the data (Andrews et al., Robust Estimates of Location, 1972): a place counts as
    empty even where people hide it most of the time, as long as they do not all look the same.
    """
    step = max(1, len(samples) // _LOOKS)
    chosen = samples[step // 2 :: step] or samples
    reference = chosen[len(chosen) // 2].luma
    lights = [light_between(s.luma, reference) for s in chosen]
    luma, noise = _agreed(np.stack([light.on_luma(s.luma) for light, s in zip(lights, chosen, strict=True)]))
    chroma, _ = _agreed(np.stack([light.on_chroma(s.chroma) for light, s in zip(lights, chosen, strict=True)]))
    return Backdrop(luma, chroma, np.minimum(noise, np.uint8(_MOST_NOISE)))


def _agreed(stack: Plane) -> tuple[Plane, Plane]:
    """The middle of the shortest interval along the first axis, and half its length; sorts the stack."""
    sort_first_axis(stack)
    reach = max(0, math.ceil(_CROWD * len(stack)) - 1)
    first = (stack[reach:] - stack[: len(stack) - reach]).argmin(0)[None]
    low, high = (np.take_along_axis(stack, first + at, 0)[0].astype(np.uint16) for at in (0, reach))
    return ((low + high + 1) // 2).astype(np.uint8), ((high - low + 1) // 2).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Light:
    """How one picture's light becomes another's: luma times `gain` plus `offset`, colours times `gain`."""

    gain: float
    offset: float

    def on_luma(self, luma: Plane) -> Plane:
        return _mapped(luma, np.arange(256) * self.gain + self.offset)

    def on_chroma(self, chroma: Plane) -> Plane:
        return _mapped(chroma, (np.arange(256) - 128) * self.gain + 128)


def _mapped(plane: Plane, levels: NDArray[np.floating]) -> Plane:
    return np.asarray(cv2.LUT(plane, np.clip(levels, 0, 255).round().astype(np.uint8)), np.uint8)


def light_between(luma: Plane, other: Plane) -> Light:
    """The light that makes of one picture the other, fitted to all that is not too different then.

    Least squares on what an offset alone, or a gain alone, brings near, whichever brings nearer more.
    """
    thin = np.s_[::_THINNED, ::_THINNED]
    x, y = (plane[thin].astype(np.float32).ravel() for plane in (luma, other))
    middle = float(np.median(y)), max(1.0, float(np.median(x)))
    starts = Light(1.0, float(np.median(y - x))), Light(float(np.clip(middle[0] / middle[1], *_GAINS)), 0.0)
    light = max(starts, key=lambda start: np.count_nonzero(_near(start, x, y, _OUTLIERS[-1])))
    for outlier in _OUTLIERS:
        near = _near(light, x, y, outlier)
        if np.count_nonzero(near) < 0.25 * len(x):
            break
        mean_x, mean_y = float(x[near].mean()), float(y[near].mean())
        spread = float(x[near].var())
        shared = float(((x[near] - mean_x) * (y[near] - mean_y)).mean())
        gain = float(np.clip(shared / spread, *_GAINS)) if spread >= 1 else 1.0
        light = Light(gain, mean_y - gain * mean_x)
    return light


def _near(light: Light, x: Floats, y: Floats, outlier: float) -> Mask:
    return np.asarray(np.abs(np.float32(light.gain) * x + np.float32(light.offset) - y) < outlier, np.bool_)


def lit_as(backdrop: Backdrop, luma: Plane) -> Backdrop:
    """The background under another picture's light."""
    light = light_between(backdrop.luma, luma)
    return replace(backdrop, luma=light.on_luma(backdrop.luma), chroma=light.on_chroma(backdrop.chroma))


def alike(luma: Plane, other: Plane) -> float:
    """How much the edges of two pictures lie in the same places, whatever their light: their correlation, -1 to 1.

    1 where neither has enough of a texture to say.
    """
    edges = [np.clip(slope(plane).astype(np.float32) - _STEEP, 0, _STEEPEST) for plane in (luma, other)]
    if max(np.count_nonzero(plane) for plane in edges) < _LEAST_TEXTURE * luma.size:
        return 1.0
    one, two = (cv2.blur(plane, _ABOUT) - plane.mean() for plane in edges)
    return float((one * two).sum() / max(1e-6, float((one * one).sum() * (two * two).sum()) ** 0.5))


def holds(backdrop: Backdrop, luma: Plane, where: Mask) -> bool:
    """Whether the background shows, at most of `where`, what a picture shows there."""
    return bool(where.any()) and float((cv2.absdiff(backdrop.luma, luma)[where] < _SAME).mean()) > 0.6


def mended(backdrop: Backdrop, earlier: Backdrop, where: Mask) -> Backdrop:
    """The background with what was there earlier put in at `where`."""
    return Backdrop(
        np.where(where, earlier.luma, backdrop.luma),
        np.where(where[::2, ::2, None], earlier.chroma, backdrop.chroma),
        np.where(where, earlier.noise, backdrop.noise),
    )
