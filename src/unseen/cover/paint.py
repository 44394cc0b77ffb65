"""Drawing covers straight into a picture's own planes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable

import cv2
import numpy as np

from unseen.core import ColourModel, Outline, Picture, Quad, Track
from unseen.core.picture import Samples
from unseen.cover.fill import fill_values
from unseen.plan import Cover, Style

MAX_CELLS = 4
"""Cells across the longer side of a mosaic or blur: 6 x 7 cells are still recognised by machines in 96 % of a 40-person
set (McPherson et al. 2016), no count is proven safe, and both styles are labelled accordingly."""


def cover_tracks(picture: Picture, tracks: Iterable[Track], cover: Cover) -> None:
    """Cover every track that is there at the picture's time, in place."""
    for track in tracks:
        outline = track.outline_at(picture.time)
        if outline is not None:
            cover_outline(picture, outline, cover)


def cover_outline(picture: Picture, outline: Outline, cover: Cover) -> None:
    """Cover one outline, grown by the cover's padding and outwards to its grid and whole chroma samples, in place.

    Covers that can be undone hide the whole hull of something tilted: cells of a mosaic are upright.
    """
    across, down = (math.lcm(step, cover.grid) for step in picture.grid)
    if picture.model is ColourModel.YUV:
        across, down = math.lcm(across, 2), math.lcm(down, 2)  # so that an encoder that halves chroma mixes nothing in
    padded = outline.padded(cover.padding)
    if isinstance(padded, Quad) and cover.style is Style.SOLID:
        boxes = padded.boxes(picture.width, picture.height, (across, down))
    else:
        upright = padded.hull if isinstance(padded, Quad) else padded
        box = upright.pixels(picture.width, picture.height, (across, down))
        boxes = [box] if box is not None else []
    fills = fill_values(picture, cover.rgb)
    for box, (plane, fill) in itertools.product(boxes, list(zip(picture.planes, fills, strict=True))):
        left, top, right, bottom = box
        rows = slice(top // plane.down, math.ceil(bottom / plane.down))
        columns = slice(left // plane.across, math.ceil(right / plane.across))
        inside = plane.samples[rows, columns]
        inside[...] = fill if cover.style is Style.SOLID else _coarse(inside, cover.style)


def _coarse(samples: Samples, style: Style) -> Samples:
    """The same area with at most `MAX_CELLS` values along its longer side."""
    rows, columns = samples.shape[:2]
    share = MAX_CELLS / max(rows, columns)
    cells = (max(1, math.ceil(columns * share)), max(1, math.ceil(rows * share)))
    means = cv2.resize(np.ascontiguousarray(samples), cells, interpolation=cv2.INTER_AREA)
    smooth = cv2.INTER_LINEAR if style is Style.BLUR else cv2.INTER_NEAREST
    return cv2.resize(means, (columns, rows), interpolation=smooth).reshape(samples.shape)
