"""Where a plan's covers are in a picture: as outlines for the page to draw, and as pixels."""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unseen.core import Keyframe, MediaKind, Origin, Quad, Timestamp, Track
from unseen.core.quad import Outline, PixelBox
from unseen.cover import chroma_grid, coarse, cover_boxes
from unseen.plan import Action, Plan, PlannedTrack, Style

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Shown:
    """One track in one picture: what was found, how it came to be known, its cover's style and the boxes it takes."""

    planned: PlannedTrack
    outline: Outline
    origin: Origin
    score: float | None
    style: Style
    boxes: tuple[PixelBox, ...]

    @property
    def hull(self) -> PixelBox | None:
        """The box around all that the cover takes; None where that is outside the picture."""
        if not self.boxes:
            return None
        left, top, right, bottom = zip(*self.boxes, strict=True)
        return min(left), min(top), max(right), max(bottom)


def shown_at(plan: Plan, time: Timestamp) -> Iterator[Shown]:
    """Every track that is there at `time`, kept ones too."""
    picture = plan.source.media.picture
    if picture is None:
        return
    still = plan.source.media.kind in (MediaKind.PHOTO, MediaKind.ANIMATION)
    grid = (1, 1) if still else chroma_grid((1, 1))
    for planned in plan.tracks:
        track = planned.track
        if time in track.span and (outline := track.outline_at(time)) is not None:
            origin, score = _known_by(track, time)
            cover = plan.cover_of(planned)
            boxes = cover_boxes(outline, cover, (picture.width, picture.height), grid)
            yield Shown(planned, outline, origin, score, cover.style, tuple(boxes))


def _known_by(track: Track, time: Timestamp) -> tuple[Origin, float | None]:
    """What the keyframe at or before `time` says, with the lesser score of those around it."""
    after = bisect.bisect_left(track.keyframes, time, key=lambda k: k.time)
    near = track.keyframes[after]
    if near.time == time:
        return near.origin, near.score
    before: Keyframe = track.keyframes[after - 1]
    scores = [k.score for k in (before, near) if k.score is not None]
    return before.origin, min(scores, default=None)


def draw_covers(rgb: Pixels, plan: Plan, time: Timestamp, scale: float) -> Pixels:
    """A copy of a view with every cover as it will be; `scale` is its pixels per displayed pixel."""
    drawn = rgb.copy()
    rows, columns = rgb.shape[:2]
    covered = [shown for shown in shown_at(plan, time) if shown.planned.decision.action is Action.COVER]
    for shown in sorted(covered, key=lambda each: each.style.irreversible):
        for left, top, right, bottom in shown.boxes:
            down = slice(math.floor(top * scale), min(rows, math.ceil(bottom * scale)))
            across = slice(math.floor(left * scale), min(columns, math.ceil(right * scale)))
            inside = drawn[down, across]
            if inside.size:
                solid = shown.style is Style.SOLID
                inside[...] = plan.cover.rgb if solid else coarse(inside, shown.style)
    return drawn


def box_of(outline: Outline) -> tuple[float, float, float, float]:
    """Left, top, width and height of the upright box around an outline."""
    hull = outline.hull if isinstance(outline, Quad) else outline
    return hull.x, hull.y, hull.width, hull.height
