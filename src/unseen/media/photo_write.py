"""Writing photos and animated images from bare samples: nothing but pixels and times can reach the file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from fractions import Fraction
from typing import BinaryIO

import numpy as np

from unseen.core import MediaInfo, Picture
from unseen.core.picture import Samples
from unseen.errors import UsageError
from unseen.media.animation_write import ANIMATIONS, Animation
from unseen.media.photo_encoding import Coder, Encoding

PHOTO_SUFFIXES: dict[str, tuple[str, ...]] = {
    "jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "png": (".png", ".apng"),
    "webp": (".webp",),
    "tiff": (".tif", ".tiff"),
    "heic": (".heic", ".heif", ".hif"),
    "avif": (".avif", ".avifs"),
    "gif": (".gif",),
    "bmp": (".bmp",),
}
"""The file endings of each container that is written, the usual one first."""

_LONGEST = {"jpeg": 65_500, "webp": 16_383, "gif": 65_535, "heic": 16_384, "avif": 65_535}
DEEP = frozenset({"png", "tiff"})  #: containers that keep 16-bit grey


class PhotoWriter:
    """Writes the pictures of one file, in order; `close` finishes it.

    `file`: empty, readable and writable. `container`: a key of PHOTO_SUFFIXES. `info`: the source's size and times.
    `quality`: 1 to 100, or None for visually lossless. `encoding`: how the source was compressed. The same pictures
    always give the same bytes. Raises UsageError where the container cannot hold them; OSError comes from `file` alone.
    """

    def __init__(
        self,
        file: BinaryIO,
        container: str,
        info: MediaInfo,
        quality: int | None = None,
        encoding: Encoding = Encoding(),  # noqa: B008 - frozen
    ) -> None:
        if container not in PHOTO_SUFFIXES or info.picture is None or info.frame_times is None:
            raise UsageError(f"{container} is not an image format that Unseen writes", next_step="Use .jpg or .png.")
        self._file, self._container, self._encoding = file, container, encoding
        self._coder = Coder.like(container, quality, encoding)
        self._durations = _durations(info)
        self._left = len(info.frame_times)
        longest = max(info.picture.width, info.picture.height)
        if longest > _LONGEST.get(container, longest):
            what = f"{container} cannot hold a picture {longest} pixels long"
            raise UsageError(what, next_step="Choose .png or .tif.")
        self._animation: Animation | None = None
        if self._left > 1:
            self._animation = self._start(info)

    def _start(self, info: MediaInfo) -> Animation:
        make = ANIMATIONS.get(self._container)
        if make is None or info.picture is None:
            what = f"{self._container} holds one picture, and the source has {self._left}"
            raise UsageError(what, next_step="Choose the source's own format, or .gif, .webp or .png.")
        return make(
            self._file, (info.picture.width, info.picture.height), self._left, self._encoding.plays, self._coder
        )

    def write(self, picture: Picture) -> None:
        """Add the next picture: one plane of grey or RGB samples. ValueError where there are more than `info` says."""
        if self._left == 0:
            raise ValueError("more pictures than the file was begun for")
        self._left -= 1
        samples = _storable(picture.planes[0].samples, self._container)
        if self._animation is not None:
            self._animation.add(samples, next(self._durations))
        else:
            self._file.write(self._coder(samples))

    def close(self) -> None:
        """Finish the file and leave its position at the end. ValueError where pictures are missing."""
        if self._left:
            raise ValueError(f"{self._left} pictures are missing")
        if self._animation is not None:
            self._animation.finish()
        self._file.seek(0, io.SEEK_END)
        self._file.flush()


def _storable(samples: Samples, container: str) -> Samples:
    """Samples of a depth that the container holds, not shared with the picture."""
    if samples.dtype == np.uint16 and container not in DEEP:
        return (samples >> 8).astype(np.uint8)
    return np.ascontiguousarray(samples)


def _durations(info: MediaInfo) -> Iterator[Fraction]:
    """How long each picture is shown; the last one to the end of the file."""
    times = list(info.frame_times or ())
    end = info.duration if info.duration is not None and info.duration > times[-1] else None
    for now, after in zip(times, [*times[1:], end], strict=True):
        yield after - now if after is not None else (now - times[-2] if len(times) > 1 else Fraction(1, 10))
