"""Text for a PDF in a font that is embedded; what the font lacks is spelled out, never left out."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from unseen.errors import printable

PLAIN, BOLD = "Vera", "VeraBd"
_ASCII = range(32, 127)


def register() -> None:
    """Make the fonts that come in reportlab's wheel known to it."""
    folder = Path(reportlab.__file__).parent / "fonts"
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))


def marked_up(text: str, font: str) -> str:
    """Text as a paragraph's markup, in which it cannot be markup itself."""
    known = getattr(pdfmetrics.getFont(font).face, "charToGlyph", _ASCII)
    return escape("".join(c if ord(c) in known else f"\\u{{{ord(c):x}}}" for c in printable(text)))
