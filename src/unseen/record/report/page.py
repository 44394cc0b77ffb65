"""A report as one HTML page: no script, nothing fetched, every text escaped by the serialiser."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from xml.etree import ElementTree

from unseen.errors import printable
from unseen.record.report.codes import QUIET, modules
from unseen.record.report.paper import (
    Bars,
    Block,
    Cell,
    Codes,
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
    Where,
)

_SIGNS = {"good": "\N{CHECK MARK}", "bad": "\N{MULTIPLICATION X}", "open": "\N{EN DASH}"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_CLASSES = {Look.FOUND: "found", Look.GUESSED: "guessed", Look.DRAWN: "drawn", Look.KEPT: "kept"}
_HEIGHTS = {Look.FOUND: (1, 8), Look.GUESSED: (3.5, 3), Look.DRAWN: (1, 8), Look.KEPT: (1, 8)}  # top and height of 10
_WIDTH = 500  # of a timeline, in its own units
_MAP = 320  # of the longer side of a map, in its own units

Element = ElementTree.Element


def to_html(paper: Paper) -> bytes:
    """The page, UTF-8. What is in `paper` can hold any character: markup becomes text, and controls are spelled out."""
    body = _node("main")
    body.append(_node("h1", paper.title))
    body.append(_node("p", paper.subtitle, {"class": "subtitle"}))
    body.extend(_section(number, section) for number, section in enumerate(paper.sections, start=1))
    head = _node("head")
    head.append(_node("meta", None, {"charset": "utf-8"}))
    head.append(_node("meta", None, {"http-equiv": "Content-Security-Policy", "content": _POLICY}))
    head.append(_node("meta", None, {"name": "viewport", "content": "width=device-width, initial-scale=1"}))
    head.append(_node("meta", None, {"name": "robots", "content": "noindex"}))
    head.append(_node("title", paper.title))
    style = resources.files(__package__).joinpath("report.css").read_text("utf-8")
    head.append(_node("style", style))
    page = _node("html", None, {"lang": "en"})
    wrapped = _node("body")
    wrapped.append(body)
    page.extend([head, wrapped])
    written: bytes = ElementTree.tostring(page, "utf-8", method="html")
    return b"<!DOCTYPE html>\n" + written + b"\n"


def _node(tag: str, text: str | None = None, attributes: dict[str, str] | None = None) -> Element:
    """An element; its text and attributes are escaped when the page is written, and hold nothing unprintable."""
    made = Element(tag, {name: _plain(value) for name, value in (attributes or {}).items()})
    made.text = text if tag == "style" else None if text is None else _plain(text)
    return made


def _plain(text: str) -> str:
    return printable(text)


def _section(number: int, section: Section) -> Element:
    made = _node("section", None, {"aria-labelledby": f"s{number}"})
    made.append(_node("h2", f"{number}. {section.title}", {"id": f"s{number}"}))
    for block in section.blocks:
        made.append(_block(block))
    return made


def _block(block: Block) -> Element:
    match block:
        case Text():
            return _node("p", block.text)
        case Notice():
            return _node("p", block.text, {"class": f"notice {block.tone}"})
        case Listing():
            made = _node("ul")
            made.extend(_node("li", line) for line in block.lines)
            return made
        case Table():
            return _table(block)
        case Legend():
            return _legend(block)
        case Codes():
            return _codes(block)
        case Where():
            return _where(block)


def _table(table: Table) -> Element:
    made = _node("table")
    made.append(_node("caption", table.caption))
    columns = _node("colgroup")
    columns.extend(_node("col", None, {"style": f"width: {share}%"}) for share in table.shares)
    made.append(columns)
    if any(table.columns):
        head, row = _node("thead"), _node("tr")
        row.extend(_node("th", column, {"scope": "col"}) for column in table.columns)
        head.append(row)
        made.append(head)
    body = _node("tbody")
    for cells in table.rows:
        row = _node("tr")
        row.append(_cell(cells[0], "th", {"scope": "row"}))
        row.extend(_cell(cell, "td", {}) for cell in cells[1:])
        body.append(row)
    made.append(body)
    return made


def _cell(cell: Cell, tag: str, attributes: dict[str, str]) -> Element:
    if isinstance(cell, str):
        return _node(tag, cell, attributes)
    made = _node(tag, None, attributes)
    if isinstance(cell, Mark):
        made.append(_node("span", f"{_SIGNS[cell.tone]} {cell.word}", {"class": f"mark {cell.tone}"}))
    elif isinstance(cell, Bars):
        made.append(_bars(cell))
    elif isinstance(cell, Levels):
        made.extend([_levels(cell), _node("span", cell.said, {"class": "said"})])
    else:
        made.append(_node("code", cell.text))
    return made


def _picture(width: float, height: float, said: str, kind: str) -> Element:
    """An SVG picture with its meaning in words."""
    box = {"viewBox": f"0 0 {width:g} {height:g}", "role": "img", "aria-label": said, "class": kind}
    return _node("svg", None, {"xmlns": "http://www.w3.org/2000/svg", **box})


def _box(x: float, y: float, width: float, height: float, kind: str) -> Element:
    place = {"x": x, "y": y, "width": width, "height": height}
    return _node("rect", None, {"class": kind, **{name: f"{round(value, 2):g}" for name, value in place.items()}})


def _bars(bars: Bars) -> Element:
    made = _picture(_WIDTH, 10, bars.said, "bars")
    made.set("preserveAspectRatio", "none")
    made.append(_box(0, 4.75, _WIDTH, 0.5, "axis"))
    made.extend(_stretch(start, end, look) for start, end, look in bars.stretches)
    return made


def _levels(levels: Levels) -> Element:
    made = _picture(_WIDTH, 24, levels.said, "levels")
    made.set("preserveAspectRatio", "none")
    made.append(_box(0, 23.5, _WIDTH, 0.5, "axis"))
    step = _WIDTH / len(levels.shares)
    made.extend(_box(n * step, 23 * (1 - s), step, 23 * s, "found") for n, s in enumerate(levels.shares) if s)
    return made


def _stretch(start: float, end: float, look: Look) -> Element:
    top, height = _HEIGHTS[look]
    return _box(start * _WIDTH, top, max(end - start, 0) * _WIDTH, height, _CLASSES[look])


def _legend(legend: Legend) -> Element:
    made = _node("p", None, {"class": "legend"})
    for look in legend.looks:
        sample = _picture(30, 10, "", "swatch")
        sample.set("aria-hidden", "true")
        sample.append(_stretch(0, 30 / _WIDTH, look))
        sample.tail = f" {look}"
        made.append(sample)
    return made


def _where(where: Where) -> Element:
    scale = _MAP / max(where.width, where.height)
    width, height = where.width * scale, where.height * scale
    made = _node("figure", None, {"class": "where"})
    drawing = _picture(width, height, where.said, "map")
    drawing.append(_box(0, 0, width, height, "frame"))
    drawing.extend(_box(x * scale, y * scale, w * scale, h * scale, "found") for x, y, w, h in where.boxes)
    made.extend([drawing, _node("figcaption", where.said)])
    return made


def _codes(codes: Codes) -> Element:
    made = _node("div", None, {"class": "codes"})
    for label, text in codes.entries:
        figure = _node("figure")
        rows = modules(text)
        side = len(rows) + 2 * QUIET
        drawing = _picture(side, side, f"QR code of {text}", "code")
        drawing.append(_node("path", None, {"d": "".join(_dark(rows))}))
        figure.extend([drawing, _node("figcaption", label)])
        made.append(figure)
    return made


def _dark(rows: list[list[bool]]) -> Iterator[str]:
    for y, row in enumerate(rows, start=QUIET):
        for x, dark in enumerate(row, start=QUIET):
            if dark:
                yield f"M{x} {y}h1v1h-1z"
