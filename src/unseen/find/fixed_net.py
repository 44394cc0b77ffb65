"""Finders whose net takes pictures of one size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from unseen.core import Finding, Kind, Quad, Region, View
from unseen.errors import ModelError
from unseen.find.boxes import iou
from unseen.find.tiles import Tile, tiles
from unseen.models import Batch, ModelCard, Net

SAME = 0.5
"""Overlap (IoU) above which two boxes are of one thing."""
MOST_PARTS = 40
"""Looks at one picture at most."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Detections:
    """What a net saw: `boxes` (n, 5) as left, top, right, bottom, score; `corners` (n, 4, 2) of tilted things, if any.

    In pixels of what the net was shown.
    """

    boxes: Floats
    corners: Floats | None = None


class Reading(Protocol):
    """How one sort of net is asked and what its outputs mean.

    `size`: columns and rows it takes; `blue_first`: the order of colours; `around`: the grey beside a picture that does
    not fill it; `low`, `high` as for finders.
    """

    @property
    def kind(self) -> Kind: ...
    @property
    def size(self) -> tuple[int, int]: ...
    @property
    def blue_first(self) -> bool: ...
    @property
    def around(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...

    def detections(self, outputs: Sequence[Batch]) -> Detections:
        """Everything with a score of at least `low`. ValueError where the outputs are of another shape."""
        ...


class FixedNetFinder:
    """Finds what one `Reading` reads out of one net. Fulfils `Finder`."""

    def __init__(self, card: ModelCard, net: Net, reading: Reading) -> None:
        self._net = net
        self._reading = reading
        self.kinds, self.models = frozenset({reading.kind}), (card.used,)
        self.low, self.high = reading.low, reading.high

    def find(self, views: Sequence[View]) -> list[list[Finding]]:
        """One list of findings a view, in displayed pixels, best score first, every score at least `low`.

        ModelError where the net does not give what is to be read.
        """
        return [self._find(view) for view in views]

    def _find(self, view: View) -> list[Finding]:
        height, width = view.rgb.shape[:2]
        found = [
            finding
            for tile in tiles(width, height, self._reading.size, MOST_PARTS)
            for finding in self._in_tile(view, tile)
        ]
        return _distinct(found)

    def _in_tile(self, view: View, tile: Tile) -> list[Finding]:
        batch = tile.drawn(view.rgb, self._reading.size, self._reading.around)
        try:
            seen = self._reading.detections(self._net.run(batch[:, ::-1].copy() if self._reading.blue_first else batch))
        except ValueError as error:
            what = f"the model {self.models[0].name} is not what its card says: {error}"
            raise ModelError(what, next_step="Remove it, or fetch it anew: unseen models get") from error
        scale = tile.scale * view.scale
        shift = np.array([tile.left, tile.top], np.float32) / np.float32(view.scale)
        found = []
        for number, (left, top, right, bottom, score) in enumerate(seen.boxes.tolist()):
            if not (right > left and bottom > top):
                continue
            quad = None if seen.corners is None else _quad(seen.corners[number] / np.float32(scale) + shift)
            upright = Region(
                left / scale + float(shift[0]),
                top / scale + float(shift[1]),
                (right - left) / scale,
                (bottom - top) / scale,
            )
            region = upright if quad is None else quad.hull
            found.append(Finding(self._reading.kind, view.time, region, min(1.0, score), quad))
        return found


def _quad(corners: Floats) -> Quad | None:
    """The corners as an outline; None where they make none."""
    try:
        first, second, third, fourth = ((float(x), float(y)) for x, y in corners)
        return Quad((first, second, third, fourth))
    except ValueError:
        return None


def _distinct(found: list[Finding]) -> list[Finding]:
    """Best first, one a thing."""
    ordered = sorted(found, key=lambda finding: -finding.score)
    boxes = np.array([(f.region.x, f.region.y, f.region.right, f.region.bottom) for f in ordered], np.float32)
    boxes = boxes.reshape(-1, 4)
    kept: list[int] = []
    for number, box in enumerate(boxes):
        if not kept or float(iou(box, boxes[kept]).max()) <= SAME:
            kept.append(number)
    return [ordered[number] for number in kept]
