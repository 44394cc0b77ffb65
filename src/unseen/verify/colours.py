"""Which sample values a planned fill may have, worked out from the plan alone."""

from __future__ import annotations

from unseen.core import ColourModel, Picture

_WEIGHTS = {
    1: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    6: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
    10: (0.2627, 0.0593),
}
"""Weights of red and blue in luma by matrix code point, ITU-T H.273 table 4."""
_UNSAID = (6, 1)  # a player assumes BT.601 or BT.709 where the file does not say

Fill = tuple[float, ...]


def fills(rgb: tuple[int, int, int], picture: Picture) -> tuple[Fill, ...]:
    """The value of each channel, luma first, in samples of the picture's depth.

    More than one where the file leaves the meaning of its samples to the player. ValueError for a matrix outside H.273
    that Unseen does not write.
    """
    if picture.model is ColourModel.RGB:
        top = (1 << picture.depth) - 1
        grey = (_luma(rgb, 6, picture.depth, True),) * 3  # some formats show a grey picture as a coloured one
        return tuple(c / 255 * top for c in rgb), grey
    if picture.model is ColourModel.GREY:
        ranges = (picture.full_range, True) if not picture.full_range else (True,)
        return tuple((_luma(rgb, 6, picture.depth, full),) for full in ranges) + tuple(
            (_luma(rgb, 1, picture.depth, full),) for full in ranges
        )
    matrices = _UNSAID if picture.matrix == 2 else (picture.matrix,)
    if not set(matrices) <= set(_WEIGHTS):
        raise ValueError(f"matrix {picture.matrix} is not one that Unseen writes")
    found = (_yuv(rgb, matrix, picture.depth, picture.full_range) for matrix in matrices)
    return tuple(dict.fromkeys(tuple(round(v, 3) for v in fill) for fill in found))  # greys mean the same in all


def _luma(rgb: tuple[int, int, int], matrix: int, depth: int, full_range: bool) -> float:
    red, blue = _WEIGHTS[matrix]
    share = (red * rgb[0] + (1 - red - blue) * rgb[1] + blue * rgb[2]) / 255
    return share * ((1 << depth) - 1) if full_range else (16 + 219 * share) * (1 << (depth - 8))


def _yuv(rgb: tuple[int, int, int], matrix: int, depth: int, full_range: bool) -> Fill:
    """Y, Cb, Cr by ITU-T H.273 equations 41 to 43 and 26 to 31."""
    red, blue = _WEIGHTS[matrix]
    r, g, b = (c / 255 for c in rgb)
    luma = red * r + (1 - red - blue) * g + blue * b
    chroma = ((b - luma) / (2 * (1 - blue)), (r - luma) / (2 * (1 - red)))
    middle, reach = 1 << (depth - 1), (1 << depth) - 1 if full_range else 224 * (1 << (depth - 8))
    return (_luma(rgb, matrix, depth, full_range), *(middle + reach * c for c in chroma))
