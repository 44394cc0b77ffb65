"""BMP as Pillow writes it: two headers, a palette for grey, rows of pixels."""

from __future__ import annotations

from unseen.verify.structure.found import Damaged, Structure


def inspect_bmp(data: memoryview, structure: Structure) -> None:
    """Judge a whole file. Raises Damaged."""
    structure.streams, structure.pictures = ["video"], 1
    size, reserved, start, header = (int.from_bytes(data[a : a + 4], "little") for a in (2, 6, 10, 14))
    width, height = (int.from_bytes(data[a : a + 4], "little", signed=True) for a in (18, 22))
    bits, coding = int.from_bytes(data[28:30], "little"), int.from_bytes(data[30:34], "little")
    if header != 40 or coding or bits not in (1, 8, 24, 32) or width <= 0:
        raise Damaged("a kind of BMP that Unseen does not write")
    palette = 4 << bits if bits <= 8 else 0
    row = -(-width * bits // 32) * 4
    if reserved or start != 54 + palette:
        structure.hides("bytes between the headers and the picture")
    end = start + row * abs(height)
    if end > len(data) or size != end:
        raise Damaged("a picture of another length than it says")
    if end != len(data):
        structure.hides(f"{len(data) - end} bytes behind the end of the picture")
    used = -(-width * bits // 8)
    if any(bytes(data[at + used : at + row]).strip(b"\0") for at in range(start, end, row)):
        structure.hides("bytes behind the pixels of a row")
