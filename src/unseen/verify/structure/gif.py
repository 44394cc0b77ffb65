"""GIF89a: opaque pictures inside their canvas, only colours that they have, times, one loop count, nothing behind."""

from __future__ import annotations

from unseen.verify.structure.found import Damaged, Structure
from unseen.verify.structure.lzw import colours_used

_LOOP = b"NETSCAPE2.0"
_TRANSPARENT = 1


def inspect_gif(data: memoryview, structure: Structure) -> None:
    """Judge a whole file. Raises Damaged."""
    structure.streams, structure.pictures = ["video"], 0
    canvas = (int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little"))
    at = _behind_table(data[10], 13)
    shared, shared_use = bytes(data[13:at]), set[int]()
    while data[at] != 0x3B:
        if data[at] == 0x21:
            content, end = _blocks(data, at + 2)
            _extension(data[at + 1], content, structure)
        elif data[at] == 0x2C:
            left, top, width, height = (int.from_bytes(data[at + n : at + n + 2], "little") for n in (1, 3, 5, 7))
            if left + width > canvas[0] or top + height > canvas[1]:
                structure.hides("a picture that reaches over the canvas")
            start = _behind_table(data[at + 9], at + 10)
            content, end = _blocks(data, start + 1)
            used, left = colours_used(b"".join(content), data[start])
            if left:
                structure.hides(f"{left} bytes behind a picture's codes")
            if palette := bytes(data[at + 10 : start]):
                _palette(palette, used, structure)
            else:
                shared_use |= used
            structure.pictures += 1
        else:
            raise Damaged("a block of no known kind")
        at = end
    _palette(shared, shared_use, structure)
    if at + 1 != len(data):
        structure.hides(f"{len(data) - at - 1} bytes behind the end of the file")


def _extension(label: int, content: list[bytes], structure: Structure) -> None:
    if label == 0xF9 and [len(c) for c in content] == [4]:
        if content[0][0] & _TRANSPARENT:
            structure.hides("a transparent colour")
        return
    if label == 0xFF and content[:1] == [_LOOP] and len(content) == 2 and len(content[1]) == 3:
        return
    if label in (0xFE, 0xFF):
        structure.discloses("a comment" if label == 0xFE else "application data")
    else:
        structure.hides(f"an extension of type {label:02X}")


def _palette(palette: bytes, used: set[int], structure: Structure) -> None:
    """A colour that no pixel has could carry anything."""
    unused = [at for at in range(len(palette) // 3) if at not in used and palette[3 * at : 3 * at + 3].strip(b"\0")]
    if unused:
        structure.hides(f"{len(unused)} colours that no pixel has")


def _behind_table(flags: int, at: int) -> int:
    """A colour table, where there is one, has 3 bytes for each of 2 to 256 colours."""
    return at + (3 << (flags & 7) + 1 if flags & 0x80 else 0)


def _blocks(data: memoryview, at: int) -> tuple[list[bytes], int]:
    """The sub-blocks up to their terminator, and where that ends."""
    content = []
    while size := data[at]:
        content.append(bytes(data[at + 1 : at + 1 + size]))
        at += 1 + size
    return content, at + 1
