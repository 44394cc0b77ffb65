"""Which lines of writing may be a number plate: by their shape and their strokes alone, for nothing is read.

A plate is one short line of large, upright, evenly spaced letters. Seen along the line, those alternate between ink and
ground many times for their height, and change more along the line than across it; shop signs in running hand, several
lines taken for one, badges with two letters and stripes on a road do not. The letters are bold; handwriting is not.
Measured on 80 labelled plates of 79 photos: at least 14 changes, 4.3 for each height of the line, 1.1 times as much
change along as across, 0.25 of the letters' rows in ink. What is too small to tell is taken for a plate.
"""

from __future__ import annotations

import itertools
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from unseen.find.tilted import Rows

SHORTEST, LONGEST = 1.1, 6.5
"""Length of a plate's line over its height: two-line plates and two lines read as one to the longest European ones."""
CHANGES = 8
"""Changes between ink and ground along the line: three letters make about as many."""
CHANGES_A_HEIGHT = 3.75
ALONG = 1.0
"""Change along the line over change across it."""
BOLD = 0.18
"""Share of their rows that letters cover, or their ground where that is less; a pen's cover 0.11."""
SMALL = 8
"""Pixels of a line's height below which its strokes cannot be told apart."""
PART = 0.05
"""Share of a box of several lines that one like a plate's takes at least for the box to be a plate's."""
BESIDE, ABOVE = 0.2, 0.4
"""Heights of the line by which a plate reaches beyond its letters, beside and above or below them."""

_HEIGHT = 24  # pixels to which a line is shrunk or grown before its strokes are counted
_CORE = slice(5, 19)  # of those, without what is above and below the letters
_LETTERS = (_CORE, slice(6, -6))  # nor what is beside them
_MANY = 70  # per cent: rows of letters have most changes where no bar of a letter runs along
_MOST = 2000  # pixels: no line longer than this times its height of 24 is looked at

Grey = NDArray[np.uint8]


def plates_among(lines: Rows, grey: Grey) -> NDArray[np.bool_]:
    """Which of `lines` may be plates of a picture, (rows, columns)."""
    rows = lines.tolist()
    alike = [_like_a_plate(row, grey) for row in rows]
    inner = list(itertools.compress(rows, alike))
    around = [_shaped(row) and any(_holds(row, each) for each in inner) for row in rows]
    return np.array([any(said) for said in zip(alike, around, strict=True)], bool)


def grown(lines: Rows) -> Rows:
    """Lines of letters grown to the plates around them."""
    plates = lines.copy()
    plates[:, 2] += 2 * BESIDE * lines[:, 3]
    plates[:, 3] += 2 * ABOVE * lines[:, 3]
    return plates


def _shaped(line: list[float]) -> bool:
    return SHORTEST <= line[2] / line[3] <= LONGEST


def _holds(line: list[float], inner: list[float]) -> bool:
    """Whether several lines read as one hold another that is a good part of them: a plate that also names its state."""
    turn = math.radians(line[4])
    right, down = inner[0] - line[0], inner[1] - line[1]
    along, across = right * math.cos(turn) + down * math.sin(turn), down * math.cos(turn) - right * math.sin(turn)
    inside = abs(along) <= line[2] / 2 and abs(across) <= line[3] / 2
    return inside and inner[2] * inner[3] >= PART * line[2] * line[3]


def _like_a_plate(line: list[float], grey: Grey) -> bool:
    length, height = line[2:4]
    if not _shaped(line):
        return False
    if height < SMALL:
        return True
    strip = _strip(line, grey)
    _, ink = cv2.threshold(strip, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    changes = np.percentile(np.abs(np.diff(ink[_CORE].astype(np.int8), axis=1)).sum(1), _MANY)
    core = strip[_CORE].astype(np.float32)
    along, across = (float(np.abs(np.diff(core, axis=axis)).mean()) for axis in (1, 0))
    enough = changes >= max(CHANGES, CHANGES_A_HEIGHT * length / height)
    return bool(enough and along >= ALONG * across and _is_bold(strip[_LETTERS]))


def _is_bold(letters: Grey) -> bool:
    _, ink = cv2.threshold(np.ascontiguousarray(letters), 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return BOLD <= float(ink.mean()) <= 1 - BOLD


def _strip(line: list[float], grey: Grey) -> Grey:
    """The line cut out upright, `_HEIGHT` pixels high."""
    x, y, length, height, angle = line[:5]
    scale = _HEIGHT / height
    columns = min(_MOST, max(4, math.ceil(length * scale)))
    turn = cv2.getRotationMatrix2D((x, y), angle, scale) + np.array([[0, 0, columns / 2 - x], [0, 0, _HEIGHT / 2 - y]])
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    strip = cv2.warpAffine(grey, turn, (columns, _HEIGHT), flags=kind, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(strip, np.uint8)
