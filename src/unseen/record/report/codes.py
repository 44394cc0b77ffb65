"""Text as a QR code."""

from __future__ import annotations

from reportlab.graphics.barcode.qrencoder import QR8bitByte, QRCode, QRErrorCorrectLevel

QUIET = 4  # modules of white on each side (ISO/IEC 18004, 5.3.8)


def modules(text: str) -> list[list[bool]]:
    """The dark modules of a QR code, row by row, without the quiet zone; 15 % of it may be damaged."""
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(QR8bitByte(text.encode()))
    code.make()
    size = range(code.getModuleCount())
    return [[bool(code.isDark(row, column)) for column in size] for row in size]
