"""Finding writing (signs, screens, papers, badges, captions) and, among it, plates: where it is, never what it says."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

import cv2
import numpy as np

from unseen.core import Finding, Kind, View
from unseen.find.lettering import Rgb, heat_of, lines_of
from unseen.find.plates import grown, plates_among
from unseen.find.tilted import Rows, findings, no_rows, once
from unseen.models import Runtime, built_in, open_net

MODEL = "ppocr-text"
FAINTEST = 0.3
"""Heat that belongs to a line (PP-OCR's own setting)."""
HIGHEST = 160
"""Pixels of a line's height, as looked at, beyond which the net sees writing in every blur: smaller scales are for
those."""
PLATE_LEAST = 0.75
"""Score below which a line is no plate; of 80 labelled plates the faintest has 0.82."""


@dataclass(frozen=True, slots=True)
class TextEffort:
    """How hard to look.

    Pictures of fewer pixels than `least_area` are grown to it, at most by `grown`; those of more than `most_area` are
    shrunk to it. Halves of that are looked at, too, until no more than `small_area` is left. `tile`: pixels a side of
    what the net looks at in one go: about 330 MB of memory for each megapixel.
    """

    low: float
    high: float
    least_area: float
    most_area: float
    grown: float
    small_area: float = 0.3e6
    tile: int = 1024

    def scales(self, width: int, height: int) -> list[float]:
        """The scales to look at a picture of this size with, the largest first."""
        area = width * height
        scale = min(self.grown, max(1.0, (self.least_area / area) ** 0.5), (self.most_area / area) ** 0.5)
        scales = [scale]
        while area * scale**2 > self.small_area:
            scale /= 2
            scales.append(scale)
        return scales


PHOTO = TextEffort(low=0.6, high=0.75, least_area=1.0e6, most_area=4.0e6, grown=2.0)
VIDEO = TextEffort(low=0.6, high=0.75, least_area=1, most_area=1.0e6, grown=1.0, small_area=1e9, tile=576)
"""One look at each picture as it comes; a clip shows its writing at many moments."""


class TextFinder:
    """Finds plates, text, or both. Fulfils `Finder`."""

    def __init__(
        self, kinds: Set[Kind], effort: TextEffort, runtime: Runtime | None = None, threads: int | None = None
    ) -> None:
        """`kinds`: plates, text or both. ModelError where the weights are not what their card says."""
        store = built_in()
        card = store.card(MODEL)
        self.kinds, self.models = frozenset(kinds & {Kind.PLATE, Kind.TEXT}), (card.used,)
        self.low, self.high = effort.low, effort.high
        self._effort = effort
        self._net = open_net(card, store.load(card), runtime, threads)

    def find(self, views: Sequence[View]) -> list[list[Finding]]:
        """One list of findings a view, tilted as the lines are, in displayed pixels, best score first."""
        return [self._find(view) for view in views]

    def _find(self, view: View) -> list[Finding]:
        lines = self._lines(view.rgb)
        plates = no_rows()
        if Kind.PLATE in self.kinds and len(lines):
            grey = np.asarray(cv2.cvtColor(view.rgb, cv2.COLOR_RGB2GRAY), np.uint8)
            like = plates_among(lines, grey) & (lines[:, 5] >= PLATE_LEAST)
            plates, lines = once(lines[like]), lines[~like]
        found = findings(Kind.PLATE, grown(plates), view)
        if Kind.TEXT in self.kinds:
            found += findings(Kind.TEXT, once(lines), view)
        return sorted(found, key=lambda finding: -finding.score)

    def _lines(self, rgb: Rgb) -> Rows:
        """What all scales see, in the picture's pixels."""
        height, width = rgb.shape[:2]
        seen = [no_rows()]
        for scale in self._effort.scales(width, height):
            lines = lines_of(heat_of(self._net, rgb, scale, self._effort.tile), scale, FAINTEST)
            seen.append(lines[(lines[:, 5] >= self.low) & (lines[:, 3] * scale <= HIGHEST)])
        return np.concatenate(seen)
