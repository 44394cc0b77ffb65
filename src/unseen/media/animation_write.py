"""Animated GIF, PNG and WebP, multi-page TIFF and AVIF sequences, written picture by picture.

Pillow's own writers merge pictures that are alike, which would change frame times, and hold all of them in memory; so
the containers are put together here from single pictures that Pillow encodes, each cut to what changed since the last.
Formats: GIF89a; W3C PNG third edition (acTL, fcTL, fdAT); RFC 9649 (ANIM, ANMF). AVIF has no such seam: its pictures
are kept compressed, without loss, until the end.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from fractions import Fraction
from typing import BinaryIO, Protocol

import numpy as np
from PIL import GifImagePlugin, Image, TiffImagePlugin

from unseen.core.picture import Samples
from unseen.errors import UsageError
from unseen.media.iso_times import without_times
from unseen.media.photo_encoding import Coder
from unseen.media.photo_structure import PNG_SIGNATURE, png_blocks

Box = tuple[int, int, int, int]  #: left, top, right, bottom


class Animation(Protocol):
    """Takes pictures one by one, with the seconds each is shown, and finishes the file."""

    def add(self, samples: Samples, duration: Fraction) -> None: ...
    def finish(self) -> None: ...


class _Changes:
    """Finds the box of a picture that differs from the one before."""

    def __init__(self) -> None:
        self._before: Samples | None = None

    def box(self, samples: Samples, grid: int = 1) -> Box:
        """The smallest box, its corner on a multiple of `grid`; one pixel where nothing changed."""
        before, self._before = self._before, samples.copy()
        if before is None:
            return 0, 0, samples.shape[1], samples.shape[0]
        differs = before != samples
        if differs.ndim == 3:
            differs = differs.any(axis=2)
        rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
        if not len(rows):
            return 0, 0, 1, 1
        left, top = int(columns[0]) // grid * grid, int(rows[0]) // grid * grid
        return left, top, int(columns[-1]) + 1, int(rows[-1]) + 1


def _ticks(duration: Fraction, tick: int, most: int) -> int:
    count = max(1, round(duration * tick))
    if count > most:
        what = f"a picture is shown for {float(duration):.0f} s, longer than the format can say"
        raise UsageError(what, next_step="Choose .png or .tif.")
    return count


class _Gif:
    def __init__(self, file: BinaryIO, size: tuple[int, int], _count: int, plays: int, _coder: Coder) -> None:
        self._file, self._changes = file, _Changes()
        file.write(b"GIF89a" + struct.pack("<HHBBB", *size, 0x70, 0, 0))
        if plays != 1:
            file.write(b"!\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<HB", max(0, plays - 1), 0))

    def add(self, samples: Samples, duration: Fraction) -> None:
        left, top, right, bottom = self._changes.box(samples)
        image = paletted(samples[top:bottom, left:right])
        milliseconds = _ticks(duration, 100, 0xFFFF) * 10
        for piece in GifImagePlugin.getdata(
            image, (left, top), duration=milliseconds, disposal=1, include_color_table=True
        ):
            self._file.write(piece)

    def finish(self) -> None:
        self._file.write(b";")


def paletted(samples: Samples) -> Image.Image:
    """The picture with at most 256 colours: its own where it has no more, so that a flat cover stays what it is."""
    if samples.ndim == 2:
        samples = np.repeat(samples[:, :, None], 3, axis=2)
    packed = (samples.astype(np.uint32) * np.array([0x10000, 0x100, 1], np.uint32)).sum(axis=2, dtype=np.uint32)
    colours, places = np.unique(packed, return_inverse=True)
    if len(colours) > 256:
        whole = Image.fromarray(np.ascontiguousarray(samples))
        few = whole.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        used, places = np.unique(np.asarray(few), return_inverse=True)  # it may make colours that no pixel gets
        palette = np.array(few.getpalette(), np.uint8).reshape(-1, 3)[used]
    else:
        palette = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1).astype(np.uint8)
    image = Image.fromarray(places.reshape(packed.shape).astype(np.uint8)).convert("P")
    image.putpalette(palette.tobytes())
    return image


class _Png:
    def __init__(self, file: BinaryIO, size: tuple[int, int], count: int, plays: int, coder: Coder) -> None:
        self._file, self._count, self._plays, self._coder = file, count, plays, coder
        self._changes, self._sequence = _Changes(), 0

    def add(self, samples: Samples, duration: Fraction) -> None:
        left, top, right, bottom = self._changes.box(samples)
        blocks = list(png_blocks(self._coder(np.ascontiguousarray(samples[top:bottom, left:right]))))
        first = self._sequence == 0
        if first:
            self._file.write(PNG_SIGNATURE)
            self._chunk(b"IHDR", blocks[0].body)
            self._chunk(b"acTL", struct.pack(">II", self._count, self._plays))
        delay = duration.limit_denominator(0xFFFF)
        _ticks(delay, delay.denominator, 0xFFFF)
        where = (right - left, bottom - top, left, top)
        self._numbered(b"fcTL", struct.pack(">IIIIHHBB", *where, delay.numerator, delay.denominator, 0, 0))
        for block in blocks:
            if block.name == "IDAT" and first:
                self._chunk(b"IDAT", block.body)
            elif block.name == "IDAT":
                self._numbered(b"fdAT", block.body)

    def finish(self) -> None:
        self._chunk(b"IEND", b"")

    def _numbered(self, name: bytes, body: bytes) -> None:
        self._chunk(name, struct.pack(">I", self._sequence) + body)
        self._sequence += 1

    def _chunk(self, name: bytes, body: bytes) -> None:
        self._file.write(struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)))


class _Webp:
    def __init__(self, file: BinaryIO, size: tuple[int, int], _count: int, plays: int, coder: Coder) -> None:
        self._file, self._coder, self._changes = file, coder, _Changes()
        moving = 0x02
        canvas = _three(size[0] - 1) + _three(size[1] - 1)
        file.write(b"RIFF\0\0\0\0WEBP")
        file.write(b"VP8X" + struct.pack("<II", 10, moving) + canvas)
        file.write(b"ANIM" + struct.pack("<IIH", 6, 0xFFFFFFFF, min(plays, 0xFFFF)))

    def add(self, samples: Samples, duration: Fraction) -> None:
        left, top, right, bottom = self._changes.box(samples, 2)
        coded = self._coder(np.ascontiguousarray(samples[top:bottom, left:right]))[12:]
        overwrite = 0x02
        place = b"".join(map(_three, (left // 2, top // 2, right - left - 1, bottom - top - 1)))
        body = place + _three(_ticks(duration, 1000, 0xFFFFFF)) + bytes([overwrite]) + coded
        self._file.write(b"ANMF" + struct.pack("<I", len(body)) + body)

    def finish(self) -> None:
        end = self._file.seek(0, io.SEEK_END)
        self._file.seek(4)
        self._file.write(struct.pack("<I", end - 8))


def _three(number: int) -> bytes:
    return number.to_bytes(3, "little")


class _Tiff:
    def __init__(self, file: BinaryIO, size: tuple[int, int], _count: int, _plays: int, coder: Coder) -> None:
        self._pages = TiffImagePlugin.AppendingTiffWriter(file)
        self._coder = coder

    def add(self, samples: Samples, duration: Fraction) -> None:
        self._pages.write(self._coder(samples))
        self._pages.newFrame()

    def finish(self) -> None:
        """Every page already is in the file."""


class _Avif:
    def __init__(self, file: BinaryIO, size: tuple[int, int], count: int, _plays: int, coder: Coder) -> None:
        self._file, self._kept, self._coder = file, io.BytesIO(), coder
        self._pages = _Tiff(self._kept, size, count, 1, Coder("tiff", {"compression": "tiff_adobe_deflate"}))
        self._milliseconds: list[int] = []

    def add(self, samples: Samples, duration: Fraction) -> None:
        self._pages.add(samples, duration)
        self._milliseconds.append(_ticks(duration, 1000, 0xFFFFFFFF))

    def finish(self) -> None:
        self._kept.seek(0)
        with TiffImagePlugin.TiffImageFile(self._kept) as pages:
            self._file.write(without_times(self._coder.sequence(pages, self._milliseconds)))


ANIMATIONS: dict[str, Callable[[BinaryIO, tuple[int, int], int, int, Coder], Animation]] = {
    "gif": _Gif,
    "png": _Png,
    "webp": _Webp,
    "tiff": _Tiff,
    "avif": _Avif,
}
"""Begins a file of several pictures: file, width and height, how many pictures, how often they play, their coder."""
