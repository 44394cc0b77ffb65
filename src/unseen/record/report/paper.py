"""What a report is made of: sections of text, tables and drawings, with nothing said about how they look."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Tone(enum.StrEnum):
    """What a mark means; renderers give each a sign and a colour, never a colour alone."""

    GOOD = "good"
    BAD = "bad"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Mark:
    """A word that stands out."""

    word: str
    tone: Tone


class Look(enum.StrEnum):
    """What a stretch of a timeline shows."""

    FOUND = "found"
    GUESSED = "taken to be there"
    DRAWN = "drawn by a person"
    KEPT = "left by decision"


@dataclass(frozen=True, slots=True)
class Bars:
    """A line of time from 0 to 1 with stretches on it; `said` is what it shows, in words."""

    stretches: tuple[tuple[float, float, Look], ...]
    said: str


@dataclass(frozen=True, slots=True)
class Levels:
    """How much there is in equal parts of a line of time, each as a share of the most; `said` in words."""

    shares: tuple[float, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Where:
    """An empty picture of `width` x `height` with boxes (x, y, width, height) where covers are; `said` in words."""

    width: int
    height: int
    boxes: tuple[tuple[float, float, float, float], ...]
    said: str


@dataclass(frozen=True, slots=True)
class Digest:
    """Sixty-four digits that have to fit a line."""

    text: str


Cell = str | Mark | Bars | Levels | Digest


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A paragraph that stands out."""

    text: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Listing:
    """Short lines of equal standing."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under column headings; `shares` of the page's width, one a column; the first cell heads its row."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    shares: tuple[int, ...]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows) or len(self.shares) != len(self.columns):
            raise ValueError("a table has as many cells in each row as columns")


@dataclass(frozen=True, slots=True)
class Legend:
    """What the looks of a timeline mean."""

    looks: tuple[Look, ...]


@dataclass(frozen=True, slots=True)
class Codes:
    """Machine-readable codes: each a caption and the text in it."""

    entries: tuple[tuple[str, str], ...]


Block = Text | Notice | Listing | Table | Legend | Codes | Where


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole report. `title` and everything else is text as it is: whoever renders it escapes it."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
