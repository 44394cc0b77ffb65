"""Text for a PDF in fonts that have its characters; what no font has is spelled out, never left out."""

from __future__ import annotations

import itertools
from pathlib import Path
from xml.sax.saxutils import escape

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

from unseen.errors import printable

PLAIN, BOLD = "Vera", "VeraBd"
_CHINESE, _JAPANESE, _KOREAN = "STSong-Light", "HeiseiKakuGo-W5", "HYSMyeongJo-Medium"
_BLOCKS = (  # Unicode blocks, and the font every PDF reader has or fetches for them (ISO 32000-1, 9.7.5.2)
    (0x3040, 0x30FF, _JAPANESE),
    (0xAC00, 0xD7A3, _KOREAN),
    (0x3000, 0x303F, _CHINESE),
    (0x4E00, 0x9FFF, _CHINESE),
    (0xFF00, 0xFFEF, _CHINESE),
)


_ASCII = range(32, 127)


def register() -> None:
    """Make the fonts known to reportlab. Vera comes in its wheel; the others are named, not embedded."""
    folder = Path(reportlab.__file__).parent / "fonts"
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
    for name in (_CHINESE, _JAPANESE, _KOREAN):
        pdfmetrics.registerFont(UnicodeCIDFont(name))


def marked_up(text: str, font: str) -> str:
    """Text as a paragraph's markup: escaped, and runs of other scripts in their font."""
    runs = itertools.groupby(printable(text), key=_font_of)
    return "".join(_run("".join(run), other, font) for other, run in runs)


def _font_of(character: str) -> str:
    """The font for a character: the empty name for the paragraph's own, or where no font has it."""
    code = ord(character)
    return next((font for first, last, font in _BLOCKS if first <= code <= last), "")


def _run(text: str, other: str, font: str) -> str:
    if other:
        return f'<font name="{other}">{escape(text)}</font>'
    known = getattr(pdfmetrics.getFont(font).face, "charToGlyph", _ASCII)
    return escape("".join(c if ord(c) in known else f"\\u{{{ord(c):x}}}" for c in text))
