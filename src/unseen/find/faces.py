"""Finding faces with CenterFace, thoroughly in photos and fast in video."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from unseen.core import Finding, Kind, Region, View
from unseen.find.boxes import Boxes, no_boxes
from unseen.find.centerface import look
from unseen.find.consensus import agreed, confirmed
from unseen.find.effort import TURNED_HEAT, TURNED_WORTH, Effort, PhotoEffort, VideoEffort
from unseen.find.sheets import Look, Rgb, Sheet, laid_out, on_its_own
from unseen.models import Runtime, built_in, open_net

MODEL = "centerface"
SINGLE_AREA = 2.5e6
"""Pixels up to which the only look at a picture is one piece; memory bounds it (see `sheets`)."""


class FaceFinder:
    """Finds faces in pictures of any size. Fulfils `Finder`."""

    def __init__(self, effort: Effort, runtime: Runtime | None = None, threads: int | None = None) -> None:
        """ModelError where the weights are not what their card says, or nothing can run them."""
        store = built_in()
        card = store.card(MODEL)
        self.kinds, self.models = frozenset({Kind.FACE}), (card.used,)
        self.low, self.high = effort.low, effort.high
        self._effort = effort
        self._net = open_net(card, store.load(card), runtime, threads)

    @classmethod
    def for_photos(cls, runtime: Runtime | None = None, threads: int | None = None) -> FaceFinder:
        """Thorough: each picture at several scales, and turned. Views should be as large as the photo."""
        return cls(PhotoEffort(), runtime, threads)

    @classmethod
    def for_video(
        cls, grown: float | None = None, runtime: Runtime | None = None, threads: int | None = None
    ) -> FaceFinder:
        """Fast: each picture once.

        `grown`: how much to grow each view before looking; by default small ones are grown, which suits views that
        show whole pictures. For parts of pictures give a factor, so that all parts are looked at at one scale.
        """
        return cls(VideoEffort(grown), runtime, threads)

    def find(self, views: Sequence[View]) -> list[list[Finding]]:
        """One list of findings a view, in displayed pixels, best score first, every score at least `low`.

        Views are looked at one by one: on processors a batch takes as long as its pictures (docs/adr/0003).
        """
        return [_findings(view, self._boxes(view.rgb)) for view in views]

    def _boxes(self, rgb: Rgb) -> Boxes:
        height, width = rgb.shape[:2]
        scales = self._effort.scales(width, height)
        looks = [*map(Look, scales), *self._effort.turned(width, height)]
        alone = len(looks) == 1 and width * height * scales[0] ** 2 <= SINGLE_AREA
        sheets = [on_its_own(width, height, scales[0])] if alone else laid_out(width, height, looks)
        seen = self._seen(rgb, sheets, len(looks))
        boxes = agreed(seen[: len(scales)], scales)
        for turned in seen[len(scales) :]:
            clear = turned[turned[:, 4] >= TURNED_HEAT]
            boxes = confirmed(boxes, clear * np.array([1, 1, 1, 1, TURNED_WORTH], np.float32))
        return boxes[boxes[:, 4] >= self.low]

    def _seen(self, rgb: Rgb, sheets: Sequence[Sheet], looks: int) -> list[Boxes]:
        """What each look saw, in the picture's pixels."""
        seen: list[list[Boxes]] = [[no_boxes()] for _ in range(looks)]
        for sheet in sheets:
            for number, boxes in sheet.read(look(self._net, sheet.drawn(rgb), self._effort.faintest)):
                seen[number].append(boxes)
        return [np.concatenate(boxes) for boxes in seen]


def _findings(view: View, boxes: Boxes) -> list[Finding]:
    found = []
    for left, top, right, bottom, score in boxes.tolist():
        region = Region(left / view.scale, top / view.scale, (right - left) / view.scale, (bottom - top) / view.scale)
        found.append(Finding(Kind.FACE, view.time, region, min(1.0, score)))
    return found
