"""A report as PDF, for printing and filing; the HTML page is the accessible one."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Grid

from unseen.errors import printable
from unseen.record.report.codes import QUIET, modules
from unseen.record.report.glyphs import BOLD, PLAIN, marked_up, register
from unseen.record.report.paper import (
    Bars,
    Block,
    Cell,
    Codes,
    Digest,
    Legend,
    Levels,
    Listing,
    Look,
    Mark,
    Notice,
    Paper,
    Section,
    Table,
    Text,
    Tone,
    Where,
)

_MARGIN = 16 * mm
_WIDTH = A4[0] - 2 * _MARGIN
_INK, _GREY, _RULE = HexColor("#1a1a1a"), HexColor("#4a4a4a"), HexColor("#c9c9c9")
_TONES = {Tone.GOOD: HexColor("#1b5e20"), Tone.OPEN: HexColor("#7a4f00"), Tone.BAD: HexColor("#a01616")}
_GROUNDS = {Tone.GOOD: HexColor("#eef6ef"), Tone.OPEN: HexColor("#fdf4e3"), Tone.BAD: HexColor("#fdecea")}
_LOOKS = {
    Look.FOUND: (HexColor("#1f3a5f"), 1.0),
    Look.GUESSED: (HexColor("#6b87ab"), 0.4),
    Look.DRAWN: (HexColor("#5b2a86"), 1.0),
    Look.KEPT: (HexColor("#c2570c"), 1.0),
}
_BAR = 7  # points of height of a timeline
_LEVELS = 20
_CODE = 32 * mm
_PAD = 4
_ROOM = 45 * mm  # of the page that a section's head needs below it to stay on it


def _style(name: str, size: float, *, bold: bool = False, **more: Any) -> ParagraphStyle:
    common: dict[str, Any] = {"fontName": BOLD if bold else PLAIN, "fontSize": size}
    common |= {"leading": size * 1.35, "textColor": _INK, "wordWrap": "CJK", "splitLongWords": 1}
    return ParagraphStyle(name, **{**common, **more})


_TITLE = _style("title", 16, bold=True)
_SUBTITLE = _style("subtitle", 9, textColor=_GREY, spaceAfter=4)
_HEAD = _style("head", 12, bold=True, spaceBefore=14, spaceAfter=4)
_BODY = _style("body", 9, spaceBefore=3, spaceAfter=3, wordWrap=None)
_ITEM = _style("item", 9, leftIndent=10, firstLineIndent=-8, wordWrap=None)
_CAPTION = _style("caption", 9, bold=True, wordWrap=None)
_CELL = _style("cell", 8)
_STRONG = _style("strong", 8, bold=True)
_DIGEST = _style("digest", 7, fontName="Courier")
_COLUMN = _style("column", 8, bold=True, textColor=_GREY, wordWrap=None)


def to_pdf(paper: Paper) -> bytes:
    """The document, tagged with title and language; the same paper always gives the same bytes."""
    register()
    file = io.BytesIO()
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), _MARGIN)
    about = {"title": printable(paper.title), "author": "unseen", "lang": "en"}
    document = SimpleDocTemplate(file, pagesize=A4, invariant=1, **about, **margins)
    story: list[Any] = [_paragraph(paper.title, _TITLE), Spacer(1, 3), _paragraph(paper.subtitle, _SUBTITLE)]
    for number, section in enumerate(paper.sections, start=1):
        story += _section(number, section)
    document.build(story, onFirstPage=_footer(paper.title), onLaterPages=_footer(paper.title))
    return file.getvalue()


def _footer(title: str) -> Any:
    short = title if len(title) <= 60 else title[:59] + "\N{HORIZONTAL ELLIPSIS}"

    def draw(canvas: Any, document: Any) -> None:
        line = _paragraph(f"{short} - page {document.page}", _SUBTITLE)
        line.wrapOn(canvas, _WIDTH, _MARGIN)
        line.drawOn(canvas, _MARGIN, 8 * mm)

    return draw


def _paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(marked_up(text, style.fontName), style)


def _section(number: int, section: Section) -> Iterator[Any]:
    yield CondPageBreak(_ROOM)
    yield _paragraph(f"{number}. {section.title}", _HEAD)
    for block in section.blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[Any]:
    match block:
        case Text():
            yield _paragraph(block.text, _BODY)
        case Notice():
            yield CondPageBreak(_ROOM / 2)
            yield _notice(block)
        case Listing():
            for line in block.lines:
                yield _paragraph(f"\N{EN DASH} {line}", _ITEM)
        case Table():
            yield CondPageBreak(_ROOM / 2)
            yield _grid(block)
        case Legend():
            yield _legend(block)
        case Codes():
            yield Spacer(1, 6)
            yield _codes(block)
        case Where():
            yield _where(block)
            yield _paragraph(block.said, _SUBTITLE)


def _notice(notice: Notice) -> Grid:
    ink = _TONES[notice.tone]
    text = _paragraph(notice.text, _style("notice", 10, bold=True, textColor=ink, wordWrap=None))
    looks = [("BACKGROUND", (0, 0), (-1, -1), _GROUNDS[notice.tone]), ("LINEBEFORE", (0, 0), (0, -1), 4, ink)]
    pads = [(f"{side}PADDING", (0, 0), (-1, -1), 8) for side in ("TOP", "BOTTOM", "LEFT", "RIGHT")]
    return Grid([[text]], colWidths=[_WIDTH], style=[*looks, *pads], spaceBefore=6, spaceAfter=6)


def _grid(table: Table) -> Grid:
    widths = [_WIDTH * share / sum(table.shares) for share in table.shares]
    headed = any(table.columns)
    rows: list[list[Any]] = [[_paragraph(table.caption, _CAPTION), *[""] * (len(widths) - 1)]]
    if headed:
        rows.append([_paragraph(column, _COLUMN) for column in table.columns])
    for cells in table.rows:
        row = [_cell(cells[0], widths[0], _STRONG)]
        rows.append(row + [_cell(cell, width, _CELL) for cell, width in zip(cells[1:], widths[1:], strict=True)])
    every = (0, 0), (-1, -1)
    looks: list[Any] = [("LINEBELOW", *every, 0.4, _RULE), ("VALIGN", *every, "TOP"), ("LEFTPADDING", *every, 0)]
    looks += [("RIGHTPADDING", *every, _PAD), ("TOPPADDING", *every, 2.5), ("BOTTOMPADDING", *every, 2.5)]
    looks.append(("SPAN", (0, 0), (-1, 0)))
    return Grid(rows, colWidths=widths, style=looks, repeatRows=1 + headed, spaceAfter=6, hAlign="LEFT")


def _cell(cell: Cell, width: float, style: ParagraphStyle) -> Any:
    if isinstance(cell, str):
        return _paragraph(cell, style)
    if isinstance(cell, Mark):
        return _paragraph(cell.word, _style("mark", 8, bold=True, textColor=_TONES[cell.tone]))
    if isinstance(cell, Digest):
        return _paragraph(cell.text, _DIGEST)
    if isinstance(cell, Levels):
        return [_levels(cell, width - _PAD), _paragraph(cell.said, _CELL)]
    return _bars(cell, width - _PAD)


def _box(x: float, y: float, width: float, height: float, colour: Any) -> Rect:
    return Rect(x, y, width, height, fillColor=colour, strokeColor=None, strokeWidth=0)


def _bars(bars: Bars, width: float) -> Drawing:
    made = Drawing(width, _BAR + 2)
    made.add(_box(0, _BAR / 2, width, 0.4, _RULE))
    for start, end, look in bars.stretches:
        made.add(_stretch(start * width, (end - start) * width, look))
    return made


def _levels(levels: Levels, width: float) -> Drawing:
    made = Drawing(width, _LEVELS)
    made.add(_box(0, 0, width, 0.4, _RULE))
    step = width / len(levels.shares)
    for number, share in enumerate(levels.shares):
        if share:
            made.add(_box(number * step, 0, step * 1.02, share * _LEVELS, _LOOKS[Look.FOUND][0]))
    return made


def _stretch(x: float, width: float, look: Look) -> Rect:
    colour, share = _LOOKS[look]
    return _box(x, _BAR * (1 - share) / 2, width, _BAR * share, colour)


def _legend(legend: Legend) -> Grid:
    row: list[Any] = []
    for look in legend.looks:
        sample = Drawing(20, _BAR + 2)
        sample.add(_stretch(0, 20, look))
        row += [sample, _paragraph(str(look), _CELL)]
    widths = [26, 100] * len(legend.looks)
    return Grid([row], colWidths=widths, hAlign="LEFT", style=[("LEFTPADDING", (0, 0), (-1, -1), 0)])


def _where(where: Where) -> Drawing:
    scale = 80 * mm / max(where.width, where.height)
    width, height = where.width * scale, where.height * scale
    made = Drawing(width, height)
    frame = _box(0, 0, width, height, HexColor("#f2f2f2"))
    frame.strokeColor, frame.strokeWidth = _RULE, 0.5
    made.add(frame)
    for x, y, wide, high in where.boxes:
        made.add(_box(x * scale, height - (y + high) * scale, wide * scale, high * scale, _LOOKS[Look.FOUND][0]))
    return made


def _codes(codes: Codes) -> Grid:
    cells = [[_code(text), _paragraph(label, _CELL)] for label, text in codes.entries]
    across = 4
    rows = [cells[at : at + across] for at in range(0, len(cells), across)]
    rows[-1] += [[] for _ in range(across - len(rows[-1]))]
    return Grid(rows, colWidths=[_WIDTH / across] * across, style=[("LEFTPADDING", (0, 0), (-1, -1), 0)])


def _code(text: str) -> Drawing:
    rows = modules(text)
    step = _CODE / (len(rows) + 2 * QUIET)
    made = Drawing(_CODE, _CODE)
    for down, row in enumerate(rows, start=QUIET + 1):
        for across, dark in enumerate(row, start=QUIET):
            if dark:
                made.add(_box(across * step, _CODE - down * step, step * 1.02, step * 1.02, _INK))
    return made
