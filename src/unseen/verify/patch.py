"""The planned covers of one picture, in its pixels."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from unseen.core import ColourModel, Picture, Quad, Region
from unseen.plan import Cover, Plan, Style
from unseen.verify.schedule import Spot

Box = tuple[int, int, int, int]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Patch:
    """One cover: the name of its track, the `box` around it (left, top, right, bottom), and what of that it covers.

    `mask`: rows by columns of the box, for tilted covers; None where all of the box is covered.
    """

    track: str
    box: Box
    mask: Mask | None = None
    style: Style = Style.SOLID

    @property
    def least_side(self) -> int:
        """Pixels across at its narrowest."""
        left, top, right, bottom = self.box
        return min(right - left, bottom - top) if self.mask is None else 2 * int(depths(self.mask).max())


def depths(mask: Mask) -> NDArray[np.float32]:
    """How deep each sample lies in a cover: 1 at its rim, 0 outside; diagonal steps count as one."""
    return np.asarray(cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_C, 3)[1:-1, 1:-1], np.float32)


def own_styles(plan: Plan) -> dict[str, Style]:
    """The style of every track whose decision names one."""
    return {p.track.id: p.decision.style for p in plan.tracks if p.decision.style is not None}


def patches(spots: list[Spot], picture: Picture, cover: Cover, own: Mapping[str, Style]) -> list[Patch]:
    """Covers in whole pixels, out to the cover's grid; in YUV to even ones, so that no chroma sample is half covered.

    Tilted things are covered with upright boxes where the cover can be undone. `own`: see `own_styles`.
    """
    across, down = (math.lcm(step, cover.grid) for step in picture.grid)
    if picture.model is ColourModel.YUV:
        across, down = math.lcm(across, 2), math.lcm(down, 2)
    found = []
    for track, outline in spots:
        hull = outline.hull if isinstance(outline, Quad) else outline
        box = hull.pixels(picture.width, picture.height, (across, down))
        if box is None:
            continue
        style = own.get(track, cover.style)
        if isinstance(outline, Region) or not style.irreversible:
            found.append(Patch(track, box, None, style))
        elif rows := outline.boxes(picture.width, picture.height, (across, down)):
            found.append(Patch(track, box, _mask(box, rows), style))
    return found


def _mask(box: Box, rows: list[Box]) -> Mask:
    mask = np.zeros((box[3] - box[1], box[2] - box[0]), bool)
    for left, top, right, bottom in rows:
        mask[top - box[1] : bottom - box[1], left - box[0] : right - box[0]] = True
    return mask
