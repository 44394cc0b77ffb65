"""Tilted rectangles as arrays: a row each of centre x and y, length, height, angle in degrees, and score from 0 to 1.

Heights are the lesser side, angles lie between -90 and 90.
"""

from __future__ import annotations

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from unseen.core import Finding, Kind, Quad, View

Rows = NDArray[np.float32]
Rectangle = tuple[tuple[float, float], tuple[float, float], float]

SAME = 0.85
"""Share of a rectangle inside a larger one from which on both are of the same thing."""


def no_rows() -> Rows:
    return np.empty((0, 6), np.float32)


def around(points: MatLike) -> tuple[float, float, float, float, float]:
    """The rectangle of least area around points: x, y, length, height, angle."""
    (x, y), (length, height), angle = cv2.minAreaRect(points)
    if length < height:
        length, height, angle = height, length, angle - 90
    return x, y, length, height, (angle + 90) % 180 - 90


def rectangle(row: list[float]) -> Rectangle:
    """A row as OpenCV takes it."""
    return (row[0], row[1]), (row[2], row[3]), row[4]


def once(rows: Rows) -> Rows:
    """Without any rectangle that lies in a larger one, which gets the better score of both."""
    kept: list[list[float]] = []
    for row in sorted(rows.tolist(), key=lambda row: -row[2] * row[3]):
        larger = next((other for other in kept if _share_inside(row, other) >= SAME), None)
        if larger is None:
            kept.append(row)
        else:
            larger[5] = max(larger[5], row[5])
    return np.array(kept, np.float32).reshape(-1, 6)


def findings(kind: Kind, rows: Rows, view: View) -> list[Finding]:
    """What was seen at `rows` of a view, in displayed pixels."""
    found = []
    for row in rows.tolist():
        corners = cv2.boxPoints(rectangle(row)) / view.scale
        one, two, three, four = ((round(float(x), 1), round(float(y), 1)) for x, y in corners)
        quad = Quad((one, two, three, four))
        found.append(Finding(kind, view.time, quad.hull, min(1.0, row[5]), quad))
    return found


def _share_inside(row: list[float], other: list[float]) -> float:
    reach = (row[2] + other[2]) / 2 + row[3] + other[3]
    if abs(row[0] - other[0]) > reach or abs(row[1] - other[1]) > reach:
        return 0.0
    _, points = cv2.rotatedRectangleIntersection(rectangle(row), rectangle(other))
    return cv2.contourArea(cv2.convexHull(points)) / (row[2] * row[3]) if points is not None else 0.0
