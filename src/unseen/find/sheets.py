"""Pictures laid out for a net: cut into pieces, at several scales and turns, side by side on sheets of few sizes.

A net has to prepare itself for every new input size (0.1 to 0.3 s and some megabytes a size on OpenVINO), and needs
about 220 MB of working memory for each megapixel. Sheets keep both bounded for pictures of any shape and size.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from unseen.find.boxes import Boxes
from unseen.find.centerface import STEP
from unseen.models import Batch

SIDE = 1024
"""The most pixels of a sheet's width and height."""
SHEET_STEP = 64
"""Sheets that are not full are cut to multiples of this."""
MARGIN = 48
"""Pixels of a piece around its core: what surrounds a face helps to see it, and it is whole in one piece up to twice
this size; larger ones are seen whole at a smaller scale."""
GAP = 32
"""Black pixels between pieces on a sheet."""

Rgb = NDArray[np.uint8]
Rectangle = tuple[int, int, int, int]  #: left, top, right, bottom in the picture's pixels


@dataclass(frozen=True, slots=True)
class Look:
    """One way to look at a whole picture: shrunk or grown by `scale`, then turned by quarter `turns` to the left."""

    scale: float
    turns: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a picture as one look sees it; `width`, `height` as laid out, in sheet pixels.

    `crop`: what is seen; `core`: what it answers for, in the picture's pixels. Cores of a look tile the picture, the
    outermost reach beyond it, since a face cut off by the picture's edge can have its middle outside.
    """

    look: int
    turns: int
    crop: Rectangle
    core: tuple[float, float, float, float]
    width: int
    height: int

    def drawn(self, rgb: Rgb) -> Rgb:
        """The piece's pixels, (height, width, 3)."""
        left, top, right, bottom = self.crop
        size = (self.width, self.height) if self.turns % 2 == 0 else (self.height, self.width)
        shrinks = size[0] < right - left or size[1] < bottom - top
        kind = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        part = cv2.resize(rgb[top:bottom, left:right], size, interpolation=kind)
        return np.asarray(np.rot90(part, self.turns), np.uint8)

    def own(self, boxes: Boxes) -> Boxes:
        """Those of `boxes` (pixels from the piece's corner) whose middle is in its core, in the picture's pixels."""
        left, top, right, bottom = self.crop
        x, y = _turned_back(boxes, self.turns, self.width, self.height)
        wide, high = (self.width, self.height) if self.turns % 2 == 0 else (self.height, self.width)
        x = left + x * np.float32((right - left) / wide)
        y = top + y * np.float32((bottom - top) / high)
        placed: Boxes = np.stack([x.min(0), y.min(0), x.max(0), y.max(0), boxes[:, 4]], axis=1).astype(np.float32)
        middle_x, middle_y = x.mean(0), y.mean(0)
        inside = (middle_x >= self.core[0]) & (middle_x < self.core[2])
        inside &= (middle_y >= self.core[1]) & (middle_y < self.core[3])
        return np.asarray(placed[inside], np.float32)


@dataclass(frozen=True, slots=True)
class Placed:
    """A piece with its top left corner at `x`, `y` of a sheet."""

    piece: Piece
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the net looks at in one go, in pixels."""

    width: int
    height: int
    placed: tuple[Placed, ...]

    def drawn(self, rgb: Rgb) -> Batch:
        """As the net takes it: (1, 3, rows, columns), red first, 0 to 255, black where no piece is."""
        batch: Batch = np.zeros((1, 3, self.height, self.width), np.float32)
        for at in self.placed:
            part = at.piece.drawn(rgb)
            batch[0, :, at.y : at.y + at.piece.height, at.x : at.x + at.piece.width] = part.transpose(2, 0, 1)
        return batch

    def read(self, boxes: Boxes) -> Iterator[tuple[int, Boxes]]:
        """Boxes found on the sheet, as each piece owns them: the number of its look, boxes in the picture's pixels."""
        for at in self.placed:
            yield at.piece.look, at.piece.own(boxes - np.array([at.x, at.y, at.x, at.y, 0], np.float32))


def laid_out(width: int, height: int, looks: Sequence[Look]) -> list[Sheet]:
    """A picture of `width` x `height` pixels, cut up for all looks, each piece put where it first fits.

    Pieces lie in rows, the highest first, so that every later one is at most as high as any row.
    """
    rows: list[list[Placed]] = []
    sheets: list[list[list[Placed]]] = []
    for piece in sorted(_pieces(width, height, looks), key=lambda p: (-p.height, -p.width)):
        row = next((row for row in rows if _end(row[-1]) + piece.width <= SIDE), None)
        if row is not None:
            row.append(Placed(piece, _end(row[-1]), row[0].y))
            continue
        sheet = next((sheet for sheet in sheets if _below(sheet) + piece.height <= SIDE), None)
        if sheet is None:
            sheet = []
            sheets.append(sheet)
        rows.append([Placed(piece, 0, _below(sheet))])
        sheet.append(rows[-1])
    return [_sheet(list(itertools.chain.from_iterable(sheet)), SHEET_STEP) for sheet in sheets]


def on_its_own(width: int, height: int, scale: float) -> Sheet:
    """A picture as one piece on a sheet of its own size, for clips, where all pictures have the same."""
    (piece,) = _pieces(width, height, [Look(scale)], math.inf)
    return _sheet([Placed(piece, 0, 0)], STEP)


def _sheet(placed: list[Placed], step: int) -> Sheet:
    right = max(at.x + at.piece.width for at in placed)
    bottom = max(at.y + at.piece.height for at in placed)
    return Sheet(-(-right // step) * step, -(-bottom // step) * step, tuple(placed))


def _end(placed: Placed) -> int:
    return placed.x + placed.piece.width + GAP


def _below(rows: list[list[Placed]]) -> int:
    return rows[-1][0].y + rows[-1][0].piece.height + GAP if rows else 0


def _pieces(width: int, height: int, looks: Sequence[Look], side: float = SIDE) -> Iterator[Piece]:
    for index, look in enumerate(looks):
        columns, rows = _cuts(width, look.scale, side), _cuts(height, look.scale, side)
        for (left, right, first_x, last_x), (top, bottom, first_y, last_y) in itertools.product(columns, rows):
            across, down = (max(1, min(round(n * look.scale), side)) for n in (right - left, bottom - top))
            size = (across, down) if look.turns % 2 == 0 else (down, across)
            core = (first_x, first_y, last_x, last_y)
            yield Piece(index, look.turns, (left, top, right, bottom), core, *map(int, size))


def _cuts(length: int, scale: float, side: float) -> Iterator[tuple[int, int, float, float]]:
    """Along one side: where each piece starts and ends, and where its core does; all pieces are equally long."""
    inner = length * scale
    count = 1 if inner <= side else math.ceil((inner - 2 * MARGIN) / (side - 2 * MARGIN))
    step = (inner - 2 * MARGIN) / count / scale
    around = MARGIN / scale
    beyond = GAP / 2 / scale
    for index in range(count):
        first, last = index == 0, index == count - 1
        start = 0 if first else math.floor(index * step)
        end = length if last else math.ceil((index + 1) * step + 2 * around)
        core_start = -beyond if first else index * step + around
        core_end = length + beyond if last else (index + 1) * step + around
        yield start, end, core_start, core_end


def _turned_back(boxes: Boxes, turns: int, width: int, height: int) -> tuple[Boxes, Boxes]:
    """Both edges' x and y, each (2, boxes), before the piece of `width` x `height` was turned to the left."""
    x, y = boxes[:, [0, 2]].T, boxes[:, [1, 3]].T
    if turns == 1:
        return height - y, x
    if turns == 2:
        return width - x, height - y
    if turns == 3:
        return y, width - x
    return x, y
