"""What is before the background in one sample."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from unseen.find.bodies.backdrop import Backdrop
from unseen.find.bodies.sample import Mask, Plane, Sample, slope

LUMA = 11
"""Grey levels by which luma has to differ, or"""
_NOISES = 4
"""this multiple of the place's noise where that is more."""
_CHROMA = 7
"""Levels by which Cr or Cb has to differ: clothes as bright as the wall behind them still have a colour."""
_SURE = 2
"""Times as much somewhere in a body, so that faint ripples that touch nothing stay out."""
_SURE_PIXELS = 8
_LEAST_PIXELS = 18
_JOIN = (5, 9)
"""Columns and rows of gaps closed: a pale shirt before a pale wall cuts bodies in two, heads lie above their trunks."""
_CLEAREST = 64
"""Grey levels of difference, on average, of what is seen as clearly as can be."""
_SHADE = 0.4
"""A shadow leaves at least this share of the light, and"""
_LIKENESS = 0.9
"""what it falls on shows through with at least this correlation, where"""
_TEXTURE = 3.0
"""there is a texture of so many grey levels to show through. Elsewhere a grey coat and a shadow look alike: covered."""
_WINDOW = (7, 7)

Box = tuple[int, int, int, int]  #: left, top, right, bottom in sample pixels


@dataclass(frozen=True, slots=True)
class Silhouette:
    """A thing before the background, and how clearly it is seen, 0 to 1."""

    box: Box
    score: float


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything before the background in one sample: things, and the mask of their pixels."""

    things: tuple[Silhouette, ...]
    mask: Mask


def standing_before(lit: Backdrop, sample: Sample) -> Standing:
    """What differs from a background that is lit as the sample is."""
    away = cv2.absdiff(sample.luma, lit.luma)
    least = np.maximum(np.uint8(LUMA), lit.noise * np.uint8(_NOISES))
    tinted, clearly_tinted = _tinted(lit, sample)
    weak = cv2.medianBlur(((away > least) | tinted).view(np.uint8), 3)
    if not weak.any():
        return Standing((), weak.view(np.bool_))
    weak = _without(_shadow(lit, sample, weak) & ~tinted, weak)
    sure = ((away > _SURE * least) | clearly_tinted) & (weak > 0)
    joined = cv2.morphologyEx(weak, cv2.MORPH_CLOSE, np.ones(_JOIN[::-1], np.uint8))
    count, labels, facts, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    body = weak > 0
    seen = np.bincount(labels[body], minlength=count)
    clear = np.bincount(labels[body], away[body], minlength=count) / np.maximum(seen, 1) / _CLEAREST
    kept = (np.bincount(labels[sure], minlength=count) >= _SURE_PIXELS) & (seen >= _LEAST_PIXELS)
    kept[0] = False
    things = tuple(
        Silhouette((x, y, x + w, y + h), round(float(min(1.0, clear[n])), 3))
        for n in np.flatnonzero(kept)
        for x, y, w, h in [facts[n, :4].tolist()]
    )
    return Standing(things, kept[labels] & body)


def _tinted(lit: Backdrop, sample: Sample) -> tuple[Mask, Mask]:
    """Where the colour differs, and where it does clearly."""
    red, blue = cv2.split(cv2.absdiff(sample.chroma, lit.chroma))
    rows, columns = sample.luma.shape
    tint = cv2.resize(cv2.max(red, blue), (columns, rows), interpolation=cv2.INTER_NEAREST)
    return tint > _CHROMA, tint > _SURE * _CHROMA


def _shadow(lit: Backdrop, sample: Sample, weak: Plane) -> Mask:
    """Where the background shows through, darker, with its texture."""
    shade = np.zeros(weak.shape, np.bool_)
    left, top, width, height = cv2.boundingRect(weak)
    part = np.s_[max(0, top - 4) : top + height + 4, max(0, left - 4) : left + width + 4]
    seen, behind = sample.luma[part].astype(np.float32), lit.luma[part].astype(np.float32)
    darker = (seen < behind) & (seen > _SHADE * behind)
    mean_seen, mean_behind = cv2.blur(seen, _WINDOW), cv2.blur(behind, _WINDOW)
    var_behind = cv2.blur(behind * behind, _WINDOW) - mean_behind**2
    darker &= var_behind > _TEXTURE**2
    if darker.any():
        var_seen = cv2.blur(seen * seen, _WINDOW) - mean_seen**2
        both = cv2.blur(seen * behind, _WINDOW) - mean_seen * mean_behind
        shade[part] = darker & (both > _LIKENESS * np.sqrt(np.maximum(var_seen * var_behind, 1e-3)))
    return shade


def _without(shadow: Mask, weak: Plane) -> Plane:
    """What is left when a shadow is taken off, without its rim, in which light and shade are too mixed to compare."""
    if not shadow.any():
        return weak
    rest = np.where(shadow, np.uint8(0), weak)
    thick = cv2.morphologyEx(rest, cv2.MORPH_OPEN, np.ones(_WINDOW, np.uint8))
    near = cv2.dilate(shadow.astype(np.uint8), np.ones(_WINDOW, np.uint8))
    return np.asarray(np.where((near > 0) & (thick == 0), np.uint8(0), rest), np.uint8)


def is_left_behind(lit: Backdrop, sample: Sample, standing: Standing, box: Box) -> bool:
    """Whether what differs inside `box` may be a hole in the background, and not a thing before it.

    A thing's outline is an edge of the picture it stands in. Where the background has that edge at least nearly as
    strongly, somebody was taken for background, and the place is empty now.
    """
    left, top, right, bottom = box
    part = np.s_[max(0, top - 3) : max(0, bottom + 3), max(0, left - 3) : max(0, right + 3)]
    body = standing.mask[part].astype(np.uint8)
    if not body.any():
        return True
    outline = cv2.morphologyEx(body, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    behind, seen = slope(np.ascontiguousarray(lit.luma[part])), slope(np.ascontiguousarray(sample.luma[part]))
    return float(behind[outline].mean()) > 0.7 * float(seen[outline].mean())
