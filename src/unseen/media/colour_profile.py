"""Colours as sRGB, whatever profile the picture carries, so that the output needs none."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageCms

_STEP = 17  #: of the colours a profile is tried on: 16 values a channel
_SAME = 2  #: levels of 255 within which two colours pass for the same
_SPACES = {"RGB": "RGB ", "L": "GRAY", "CMYK": "CMYK"}
_BROKEN = (ImageCms.PyCMSError, OSError, ValueError, TypeError)


@dataclass(frozen=True, slots=True)
class ToSrgb:
    """How samples of one mode (`RGB`, `L` or `CMYK`) become sRGB; `said` is what that changes, in words, or empty."""

    said: str = ""
    transform: ImageCms.ImageCmsTransform | None = None

    def __call__(self, image: Image.Image) -> Image.Image:
        """The picture in sRGB: grey stays one channel, everything else becomes RGB."""
        grey = image.mode == "L"
        if self.transform is None:
            return image if grey or image.mode == "RGB" else image.convert("RGB")
        changed = ImageCms.applyTransform(image, self.transform)
        if changed is None:
            raise ValueError("the colour profile could not be applied")
        return changed.getchannel(1) if grey else changed


def to_srgb(profile: bytes | None, mode: str) -> ToSrgb:
    """The way from `mode` through its embedded ICC profile to sRGB.

    A damaged or unfitting profile is left aside, and said. A profile that changes no colour by more than `_SAME`
    levels counts as sRGB.
    """
    plain = "CMYK converted to RGB without a profile: its colours are approximate" if mode == "CMYK" else ""
    if not profile:
        return ToSrgb(plain)
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space != _SPACES[mode]:
            return ToSrgb(plain or "the colour profile does not fit the picture; its colours are taken as sRGB")
        transform = ImageCms.buildTransform(
            source,
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        if mode != "CMYK" and _changes_nothing(ToSrgb("", transform), mode):
            return ToSrgb()
    except _BROKEN:
        return ToSrgb("the colour profile is damaged; colours are taken as they are")
    colours = "CMYK" if mode == "CMYK" else "colours"
    return ToSrgb(f"{colours} converted to sRGB from the colour space that the file declares", transform)


def _changes_nothing(way: ToSrgb, mode: str) -> bool:
    levels = np.arange(0, 256, _STEP, dtype=np.uint8)
    if mode == "L":
        swatch = levels[None, :]
    else:
        swatch = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(16, -1, 3)
    changed = np.asarray(way(Image.fromarray(swatch)))
    return bool(np.abs(changed.astype(int) - swatch).max() <= _SAME)
