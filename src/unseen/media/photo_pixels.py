"""A decoded photo, of whatever mode, as plain upright samples in sRGB."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unseen.core.picture import ColourModel, Empty, Samples
from unseen.media.colour_profile import ToSrgb, to_srgb
from unseen.media.turns import placed, upright

_GREY = frozenset({"1", "L", "LA", "La"})
_DEEP = frozenset({"I;16", "I;16L", "I;16B", "I;16N"})
_KNOWN = _GREY | _DEEP | {"P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "LAB", "HSV"}


def understood(mode: str) -> bool:
    """Whether pictures of this Pillow mode can be delivered."""
    return mode in _KNOWN


@dataclass(frozen=True, slots=True)
class Flattening:
    """How every picture of a file becomes samples.

    `model`: grey pictures stay grey, with 16 bits where `deep`. `colours`: the way to sRGB. `quarter_turns`,
    `mirrored`: from the decoded to the displayed picture.
    """

    model: ColourModel
    deep: bool
    colours: ToSrgb
    quarter_turns: int = 0
    mirrored: bool = False

    def samples(self, image: Image.Image, empty: Empty = np.empty) -> Samples:
        """(rows, columns) for grey, (rows, columns, 3) for RGB; uint8, or uint16 where deep; upright, writable."""
        if self.deep:
            decoded: Samples = np.asarray(image).astype(np.uint16)
        else:
            decoded = np.asarray(self._shown(image))
        return placed(upright(decoded, self.quarter_turns, self.mirrored), empty)

    def view(self, image: Image.Image, size: tuple[int, int], empty: Empty = np.empty) -> NDArray[np.uint8]:
        """The picture as RGB of this size, in pixels before turning; upright."""
        if self.deep:
            image = Image.fromarray((np.asarray(image).astype(np.uint16) >> 8).astype(np.uint8))
        shown = self._shown(image).convert("RGB")
        if shown.size != size:
            shown = shown.resize(size, Image.Resampling.BOX, reducing_gap=2.0)
        return placed(upright(np.asarray(shown), self.quarter_turns, self.mirrored), empty)

    def _shown(self, image: Image.Image) -> Image.Image:
        """The picture in sRGB, on white where it is transparent."""
        alpha = None
        if image.has_transparency_data:
            image = image.convert("LA" if image.mode in _GREY else "RGBA")
            alpha = image.getchannel("A")
            image = image.convert("L" if image.mode == "LA" else "RGB")
        shown = self.colours(_plain(image))
        if self.model is ColourModel.RGB and shown.mode != "RGB":
            shown = shown.convert("RGB")
        if alpha is None:
            return shown
        return Image.composite(shown, Image.new(shown.mode, shown.size, "white"), alpha)


def flattening(mode: str, transparent: bool, profile: bytes | None) -> tuple[Flattening, tuple[str, ...]]:
    """How pictures of this Pillow mode and colour profile become samples, and what that changes, in words."""
    said = []
    deep = mode in _DEEP
    if transparent:
        said.append("transparent parts are shown on white: what lies hidden under them is not kept")
    colours = to_srgb(profile, plain_mode(mode))
    if deep:
        colours = ToSrgb("the colour profile of a 16-bit grey picture is not applied" if colours.transform else "")
    if colours.said:
        said.append(colours.said)
    return Flattening(ColourModel.GREY if deep or mode in _GREY else ColourModel.RGB, deep, colours), tuple(said)


def plain_mode(mode: str) -> str:
    """The mode a colour profile of such a picture speaks of: `L`, `CMYK` or `RGB`."""
    return "L" if mode in _GREY or mode in _DEEP else "CMYK" if mode == "CMYK" else "RGB"


def _plain(image: Image.Image) -> Image.Image:
    mode = plain_mode(image.mode)
    return image if image.mode == mode else image.convert(mode)
