"""Finding codes: QR, Data Matrix, Aztec, PDF417, MaxiCode and bar codes, also those that nobody can decode any more.

Three pairs of eyes: zxing-cpp for matrix codes, with those whose checksum fails; OpenCV's bar detector for bars too
fine or too short to be read; and the texture that all codes share for what both miss. What a code says is looked at by
nobody: of what zxing-cpp gives, only the corners are used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from unseen.core import Finding, Kind, View
from unseen.find.code_texture import Grey, code_like
from unseen.find.tilted import around, findings, no_rows, once
from unseen.plan import ModelUsed

DECODED, DAMAGED, BARS, ALIKE = 1.0, 0.7, 0.6, 0.45
"""Scores: a code that says something, one that does not any more, bars, and what has the texture of a code."""
MOST_AREA = 4.0e6
"""Pixels to which larger pictures are shrunk for bars and texture; zxing-cpp sees all, and shrinks by itself."""
LEAST_CHANGES = 12
"""Changes from dark to light or back along bars: the shortest codes have over 40, of which blur leaves some; stripes of
flags, fences and blinds that are as wide have fewer."""
THINNEST = 0.2
"""Height over length that a bar code has at least: zxing-cpp gives the one line of it that it read."""


class CodeFinder:
    """Finds codes in pictures of any size. Fulfils `Finder`."""

    kinds = frozenset({Kind.CODE})
    models: tuple[ModelUsed, ...] = ()
    low, high = ALIKE, BARS

    def __init__(self) -> None:
        self._bars = cv2.barcode.BarcodeDetector()

    def find(self, views: Sequence[View]) -> list[list[Finding]]:
        """One list of findings a view, tilted as the codes are, in displayed pixels, best score first."""
        return [self._find(view) for view in views]

    def _find(self, view: View) -> list[Finding]:
        grey = np.asarray(cv2.cvtColor(view.rgb, cv2.COLOR_RGB2GRAY), np.uint8)
        height, width = grey.shape
        scale = min(1.0, (MOST_AREA / grey.size) ** 0.5)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        smaller = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA) if scale < 1 else grey, np.uint8)
        seen = np.array([*_decoded(grey)], np.float32).reshape(-1, 6)
        less = np.concatenate([no_rows(), *(np.array([row], np.float32) for row in self._barred(smaller))])
        less = np.concatenate([less, code_like(smaller, ALIKE)])
        less[:, :4] /= scale
        found = findings(Kind.CODE, once(np.concatenate([seen, less])), view)
        return sorted(found, key=lambda finding: -finding.score)

    def _barred(self, grey: Grey) -> Iterator[list[float]]:
        """Where bars are that nothing may be able to read."""
        some, corners = self._bars.detect(grey)
        for quad in corners if some else ():
            x, y, length, height, angle = around(np.asarray(quad, np.float32))
            if height >= 1 and changes_along(grey, (x, y, length, height, angle)) >= LEAST_CHANGES:
                yield [x, y, length, height, angle, BARS]


def changes_along(grey: Grey, box: tuple[float, float, float, float, float]) -> int:
    """How often it changes between darker and lighter than its mean along the middle of a tilted box, either way.

    `box`: middle x, y, length, height in pixels, angle in degrees.
    """
    x, y, length, height, angle = box
    size = (max(2, round(length)), max(2, round(height)))
    turn = cv2.getRotationMatrix2D((x, y), angle, 1.0)
    turn[:, 2] += np.array([size[0] / 2 - x, size[1] / 2 - y])
    straight = cv2.warpAffine(grey, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return max(_changes(straight.mean(0)), _changes(straight.mean(1)))


def _changes(profile: NDArray[np.float64]) -> int:
    return int(np.count_nonzero(np.diff(profile > profile.mean())))


def _decoded(grey: Grey) -> Iterator[list[float]]:
    """Where zxing-cpp sees a code, whole or damaged."""
    for code in zxingcpp.read_barcodes(grey, return_errors=True):
        at = code.position
        corners = [(point.x, point.y) for point in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)]
        x, y, length, height, angle = around(np.array(corners, np.float32))
        if length >= 1:
            yield [x + 0.5, y + 0.5, length, max(height, THINNEST * length), angle, DECODED if code.valid else DAMAGED]
