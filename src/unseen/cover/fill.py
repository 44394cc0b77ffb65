"""The constant that a solid cover is made of, in the samples of the picture it goes into."""

from __future__ import annotations

from unseen.core import ColourModel, Picture

_LUMA = {1: (0.2126, 0.0722), 4: (0.30, 0.11), 5: (0.299, 0.114), 6: (0.299, 0.114), 7: (0.212, 0.087)}
_LUMA |= {9: (0.2627, 0.0593), 10: (0.2627, 0.0593)}
"""Kr and Kb by matrix code point (ITU-T H.273, table 4)."""
_SD_ROWS = 576
"""Where a file declares no matrix, players take BT.601 up to this many rows and BT.709 above."""


def fill_values(picture: Picture, rgb: tuple[int, int, int]) -> tuple[tuple[int, ...], ...]:
    """One tuple of sample values a plane for the colour `rgb` (0 to 255 each) in the picture's own coding."""
    top = (1 << picture.depth) - 1
    if picture.model is ColourModel.RGB:
        values = tuple(round(c / 255 * top) for c in rgb)
        return (values,) if len(picture.planes) == 1 else tuple((v,) for v in values)
    kr, kb = _coefficients(picture)
    red, green, blue = (c / 255 for c in rgb)
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    chroma = ((blue - luma) / (2 * (1 - kb)), (red - luma) / (2 * (1 - kr)))
    if picture.full_range:
        first = round(luma * top)
        rest = tuple(min(top, round(c * top + (top + 1) / 2)) for c in chroma)
    else:
        unit = 1 << (picture.depth - 8)
        first = round((16 + 219 * luma) * unit)
        rest = tuple(round((128 + 224 * c) * unit) for c in chroma)
    if picture.model is ColourModel.GREY:
        return ((first,),)
    return ((first,), *((c,) for c in rest))


def _coefficients(picture: Picture) -> tuple[float, float]:
    known = _LUMA.get(picture.matrix)
    return known or _LUMA[6 if picture.height <= _SD_ROWS else 1]
