"""How a picture is compressed: the way its source was, as far as that is known, and without loss to the eye."""

from __future__ import annotations

import copy
import functools
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pillow_heif
from PIL import Image, JpegImagePlugin

from unseen.core.picture import Samples

_VISUALLY_LOSSLESS = 95
_SCALE = {"jpeg": 1.0, "webp": 0.99, "avif": 0.95, "heic": 0.68}
"""What a container's own quality is to JPEG's, so that one number means about the same loss everywhere. At 95, over
seven street photos with flat black and white covers: JPEG 49, WebP 44, AVIF 45, HEIC 45 dB on average, none below 39;
at most 17, 15, 6 and 7 steps of 255 off in the outermost luma samples of a cover, 6, 6, 2 and 3 from the third on."""
_STANDARD = range(80, 101)  #: JPEG qualities a source may hand on; below, covers would ring visibly
_WEBP_EFFORT = {"method": 4}
_SRGB = {"color_primaries": 1, "transfer_characteristics": 13, "matrix_coefficients": 6, "full_range_flag": 1}
"""sRGB in BT.601 coefficients with the full range (ITU-T H.273), which is what JPEG means too."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """`subsampling` of the chroma; `lossless`; `plays`: how often an animation plays in a row, 0 for ever.

    `quality`: a JPEG's, where it has exactly the standard's tables of one; writing it with the same tables again loses
    least and keeps its size.
    """

    subsampling: str = "4:2:0"
    lossless: bool = False
    plays: int = 0
    quality: int | None = None


@functools.cache
def _standard_tables() -> dict[tuple[tuple[int, ...], ...], int]:
    """The quantisation tables that libjpeg derives from ITU-T T.81 annex K, and the quality each stands for."""
    found = {}
    for quality in _STANDARD:
        sink = io.BytesIO()
        Image.new("RGB", (8, 8)).save(sink, "JPEG", quality=quality)
        sink.seek(0)
        found[_tables(JpegImagePlugin.JpegImageFile(sink))] = quality
    return found


def _tables(image: JpegImagePlugin.JpegImageFile) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(table) for _, table in sorted(image.quantization.items()))


def jpeg_quality(image: JpegImagePlugin.JpegImageFile) -> int | None:
    """The quality from 80 to 100 whose standard tables an opened JPEG has, or None."""
    return _standard_tables().get(_tables(image))


@dataclass(frozen=True, slots=True)
class Coder:
    """Turns the samples of one picture into a file of its own. `options` are those of Pillow or pillow-heif."""

    container: str
    options: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def like(cls, container: str, quality: int | None, encoding: Encoding) -> Coder:
        """A coder that resembles the source's; `quality` 1 to 100, None for the container's visually lossless one."""
        asked = quality or _VISUALLY_LOSSLESS
        if container == "jpeg" and quality is None and encoding.quality is not None:
            asked = encoding.quality
        level = max(1, round(asked * _SCALE.get(container, 1)))
        chroma = {"quality": level, "subsampling": encoding.subsampling}
        if container == "jpeg":
            return cls(container, {**chroma, "optimize": True})
        if container == "webp" and encoding.lossless:
            return cls(container, {**_WEBP_EFFORT, "lossless": True})
        if container == "webp":
            return cls(container, {**_WEBP_EFFORT, "quality": level})
        if container == "heic":
            return cls(container, {**chroma, **_SRGB, "save_nclx_profile": True, "enc_params": {"preset": "ultrafast"}})
        if container == "avif":
            return cls(container, chroma)
        return cls(container, {"compression": "tiff_adobe_deflate"} if container == "tiff" else {})

    def __call__(self, samples: Samples) -> bytes:
        """The file's bytes: made from the bare array, so that they hold nothing else."""
        sink = io.BytesIO()
        if self.container == "heic":
            rows, columns = samples.shape[:2]
            mode = "RGB" if samples.ndim == 3 else "L"
            options = copy.deepcopy(self.options)  # the library adds to its encoder parameters
            pillow_heif.encode(mode, (columns, rows), samples.tobytes(), sink, **options)
        else:
            image = Image.fromarray(samples)
            image.save(sink, self.container, **self._fitting(image.mode))
        return sink.getvalue()

    def sequence(self, pages: Image.Image, milliseconds: Sequence[int]) -> bytes:
        """One file of every picture that `pages` can seek to, each shown for its own time."""
        sink = io.BytesIO()
        options = self._fitting(pages.mode)
        pages.save(sink, self.container, save_all=True, duration=list(milliseconds), **options)
        return sink.getvalue()

    def _fitting(self, mode: str) -> dict[str, Any]:
        """The options for pictures of this Pillow mode: grey has no chroma to subsample."""
        if mode == "L" and "subsampling" in self.options:
            return {**self.options, "subsampling": "4:0:0" if self.container == "avif" else "4:4:4"}
        return self.options
