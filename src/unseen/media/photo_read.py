"""Reading photos and animated images: upright, in sRGB, without anything but their pixels."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, NoReturn

import numpy as np
from PIL import Image, JpegImagePlugin, PngImagePlugin, TiffImagePlugin

from unseen.core import (
    Colour,
    Disclosure,
    FrameTimes,
    MediaInfo,
    MediaKind,
    Picture,
    PictureFormat,
    Plane,
    Span,
    StreamInfo,
    StreamKind,
    Timestamp,
    View,
)
from unseen.core.picture import Empty
from unseen.errors import LimitError, UnreadableError, UnsupportedError
from unseen.media import heif_parts
from unseen.media.coding import Coded, Group, ParameterSets, Unfit
from unseen.media.declared_colour import HIGH_DYNAMIC_RANGE
from unseen.media.limits import Limits
from unseen.media.photo_encoding import Encoding, jpeg_quality
from unseen.media.photo_metadata import part_disclosures
from unseen.media.photo_open import COPY_AGAIN, OpenedPhoto, decoding, open_photo, over_limit, photo_format
from unseen.media.photo_parts import Part, PartKind, photo_parts, tiff_parts, with_thumbnails
from unseen.media.photo_pixels import Flattening, flattening, understood
from unseen.media.photo_structure import riff_blocks, webp_end
from unseen.media.photo_timing import Timing, is_cut_off, pages_timing, photo_timing
from unseen.plan import Isolation

MOST_BYTES = 1 << 30
"""The largest photo file that is read: it is held in memory whole, so that it cannot change while it is decoded."""

_TURNS = {
    # Clockwise quarter turns and mirroring before them, by EXIF orientation (Exif 2.32, tag 274).
    **{1: (0, False), 2: (0, True), 3: (2, False), 4: (2, True)},
    **{5: (3, True), 6: (1, False), 7: (1, True), 8: (3, False)},
}
_SUBSAMPLING = {1: "4:2:2", 2: "4:2:0"}
_REDUCED_OR_MASK = 1 | 4  #: bits of TIFF's NewSubfileType


class PhotoReader:
    """An opened photo or animated image; a media Reader.

    `file`: an opened, seekable, regular file. `name` is only for messages. Raises InputError or one of its kinds, here
    and from `views` and `pictures`.
    """

    def __init__(self, file: BinaryIO, limits: Limits, name: Path) -> None:
        self._limits, self._name = limits, name
        self._data = self._read(file)
        container = photo_format(self._data[:256])
        if container is None:
            step = "Save it as JPEG or PNG first."
            raise UnsupportedError("is not an image of a format that Unseen reads", path=name, next_step=step)
        self._container = container
        with decoding(name, limits):
            opened = open_photo(self._data, container, limits, name)
            self._check_mode(opened)
            parts = self._find_parts(opened)
            self._pages, timing = self._find_pages(opened)
            self._flattening, said = self._find_flattening(opened)
            self.encoding: Encoding | None = _encoding(opened, self._data, container, timing)
        width, height = opened.size
        self._shown = (height, width) if self._flattening.quarter_turns % 2 else (width, height)
        self._info = self._find_info(opened, parts, timing)
        self._disclosures = part_disclosures(parts)
        self._conversions = (*said, *timing.said)

    isolation = Isolation()

    @property
    def kind(self) -> MediaKind:
        return self._info.kind

    @property
    def shape(self) -> PictureFormat | None:
        return self._info.picture

    @property
    def info(self) -> MediaInfo:
        return self._info

    @property
    def disclosures(self) -> tuple[Disclosure, ...]:
        return self._disclosures

    @property
    def conversions(self) -> tuple[str, ...]:
        return self._conversions

    @property
    def main_picture(self) -> int:
        return 0

    @property
    def main_audio(self) -> None:
        """A photo makes no sound; what one carries goes."""

    def times(self) -> Iterator[Timestamp]:
        return iter(self._info.frame_times or ())

    def close(self) -> None:
        """Nothing is held open between passes."""

    def pictures(self, empty: Empty = np.empty) -> Iterator[Picture]:
        """Every picture upright: one grey plane of 8 or 16 bits, or one plane of interleaved 8-bit RGB."""
        for time, image in self._decoded(None):
            with decoding(self._name, self._limits):
                samples = self._flattening.samples(image, empty)
            rows, columns = samples.shape[:2]
            depth = 16 if samples.dtype == np.uint16 else 8
            yield Picture(time, columns, rows, (Plane(samples),), self._flattening.model, depth)

    def views(self, longest_side: int, empty: Empty = np.empty, since: Timestamp | None = None) -> Iterator[View]:
        """Every picture as RGB, its longest side at most `longest_side` pixels; never enlarged."""
        shown, turns = self._shown, self._flattening.quarter_turns
        scale = min(1.0, longest_side / max(shown))
        size = tuple(max(1, round(side * scale)) for side in (shown if turns % 2 == 0 else reversed(shown)))
        for time, image in self._decoded((size[0], size[1]), since):
            with decoding(self._name, self._limits):
                rgb = self._flattening.view(image, (size[0], size[1]), empty)
            yield View(time, rgb, scale)

    def coding(self) -> Iterator[ParameterSets | Group]:
        return iter((Group(None, unfit=Unfit.CODEC),))

    def spliced(self, copied: Sequence[Span], empty: Empty = np.empty) -> Iterator[Picture | Coded]:
        return self.pictures(empty)

    def sound(self, index: int, since: Timestamp | None = None) -> NoReturn:
        raise UnsupportedError("makes no sound", path=self._name)

    def sound_format(self, index: int) -> NoReturn:
        raise UnsupportedError("makes no sound", path=self._name)

    def _read(self, file: BinaryIO) -> bytes:
        size = file.seek(0, os.SEEK_END)
        if size > MOST_BYTES:
            step = "Save it in a compressed format first."
            raise LimitError("is larger than 1 GiB, which no photo is", path=self._name, next_step=step)
        file.seek(0)
        return file.read(size)  # as much as there is: room for the largest photo would count as memory in use

    def _decoded(
        self, at_least: tuple[int, int] | None, since: Timestamp | None = None
    ) -> Iterator[tuple[Fraction, Image.Image]]:
        """Every picture, from the one at `since` on, with its time, in the size the headers promised."""
        times = list(self._info.frame_times or ())
        if since is not None and since not in times:
            raise UnreadableError(f"has no picture at {float(since):.3f} s", path=self._name, next_step=COPY_AGAIN)
        first = 0 if since is None else times.index(since)
        with decoding(self._name, self._limits):
            opened = open_photo(self._data, self._container, self._limits, self._name)
            images = opened.pictures(self._pages[first:], at_least)
        for time in times[first:]:
            with decoding(self._name, self._limits):
                image = next(images, None)
                if image is not None and at_least is None and image.size != opened.size:
                    # A GIF picture may reach over the canvas; nothing outside it is ever shown.
                    image = image.crop((0, 0, *opened.size))
            if image is None:
                raise UnreadableError("ends before its last picture", path=self._name, next_step=COPY_AGAIN)
            yield time, image

    def _check_mode(self, opened: OpenedPhoto) -> None:
        if not understood(opened.mode):
            what = f"holds samples that Unseen does not handle (Pillow mode {opened.mode})"
            raise UnsupportedError(what, path=self._name, next_step="Save it with 8 or 16 bits a sample first.")

    def _find_parts(self, opened: OpenedPhoto) -> list[Part]:
        parts = [*with_thumbnails(opened.found), *photo_parts(self._data, self._container)]
        if isinstance(opened.image, TiffImagePlugin.TiffImageFile):
            parts += tiff_parts(opened.image, self._data)
        return parts

    def _check_frames(self, count: int) -> None:
        if count > self._limits.frames:
            raise over_limit("pictures", self._limits.frames, self._name)

    def _find_pages(self, opened: OpenedPhoto) -> tuple[tuple[int, ...], Timing]:
        """Which of the file's pictures are shown, and when."""
        if isinstance(opened.image, TiffImagePlugin.TiffImageFile):
            pages = self._tiff_pages(opened.image)
            return pages, pages_timing(len(pages))
        if is_cut_off(self._data, self._container):
            raise UnreadableError("is cut off or damaged", path=self._name, next_step=COPY_AGAIN)
        timing = photo_timing(self._data, self._container)
        self._check_frames(len(timing.durations))
        # A PNG may hold a still picture for viewers that do not play it; nobody else ever sees that.
        first = int(isinstance(opened.image, PngImagePlugin.PngImageFile) and opened.image.default_image)
        return tuple(range(first, first + max(1, len(timing.durations)))), timing

    def _tiff_pages(self, image: TiffImagePlugin.TiffImageFile) -> tuple[int, ...]:
        """The pages that are no reduced copies or masks of others."""
        shown, kinds = [], set()
        for page in itertools.count():
            self._check_frames(page)
            try:
                image.seek(page)
            except EOFError:
                break
            if page == 0 or not image.tag_v2.get(254, 0) & _REDUCED_OR_MASK:
                shown.append(page)
                kinds.add((image.size, image.mode))
        image.seek(0)
        if len(kinds) > 1:
            what = "has pages of different sizes or kinds"
            raise UnsupportedError(what, path=self._name, next_step="Split it into one file a page first.")
        return tuple(shown)

    def _find_flattening(self, opened: OpenedPhoto) -> tuple[Flattening, tuple[str, ...]]:
        flat, said = flattening(opened.mode, opened.transparent, opened.profile)
        if not opened.turned:
            turns, mirrored = _TURNS[opened.orientation]
            flat = replace(flat, quarter_turns=turns, mirrored=mirrored)
        if opened.depth > 8 and not flat.deep:
            said += (f"{opened.depth} bits a sample reduced to 8",)
        colour = self._declared_colour()
        if colour is not None and colour.transfer in HIGH_DYNAMIC_RANGE:
            said += ("high dynamic range reduced to standard: brighter than white is cut",)
        return flat, said

    def _declared_colour(self) -> Colour | None:
        declared = heif_parts.declared_colour(self._data) if self._container in ("heic", "avif") else None
        return Colour(*declared) if declared else None

    def _find_info(self, opened: OpenedPhoto, parts: list[Part], timing: Timing) -> MediaInfo:
        turns, mirrored = _TURNS[opened.orientation]
        moving = len(self._pages) > 1
        return MediaInfo(
            kind=MediaKind.ANIMATION if moving else MediaKind.PHOTO,
            container=self._container,
            streams=self._find_streams(parts),
            picture=PictureFormat(
                *self._shown,
                opened.mode,
                opened.depth,
                self._declared_colour() or Colour(full_range=True),
                quarter_turns=turns,
                mirrored=mirrored,
            ),
            frame_times=timing.frame_times() if moving else FrameTimes(Fraction(1), 0),
            duration=timing.total if moving else None,
        )

    def _find_streams(self, parts: list[Part]) -> tuple[StreamInfo, ...]:
        kinds = {PartKind.PICTURE: StreamKind.PICTURE, PartKind.CLIP: StreamKind.VIDEO}
        further = [(kinds[part.kind], part.where) for part in parts if part.kind in kinds]
        if len(further) >= self._limits.streams:
            raise over_limit("pictures and clips inside it", self._limits.streams, self._name)
        listed = [(StreamKind.VIDEO, self._container), *further]
        return tuple(StreamInfo(index, kind, codec) for index, (kind, codec) in enumerate(listed))


def _encoding(opened: OpenedPhoto, data: bytes, container: str, timing: Timing) -> Encoding:
    subsampling, quality = "4:2:0", None
    if isinstance(opened.image, JpegImagePlugin.JpegImageFile):
        subsampling = _SUBSAMPLING.get(JpegImagePlugin.get_sampling(opened.image), "4:4:4")
        quality = jpeg_quality(opened.image)
    elif container in ("heic", "avif"):
        subsampling = heif_parts.chroma(data)
    lossless = container in ("png", "gif", "tiff", "bmp") or (container == "webp" and b"VP8L" in _webp_codecs(data))
    return Encoding("4:4:4" if lossless else subsampling, lossless, timing.plays, quality)


def _webp_codecs(data: bytes) -> set[bytes]:
    blocks = list(riff_blocks(data, 12, webp_end(data)))
    inner = [i for b in blocks if b.name == "ANMF" for i in riff_blocks(b.body, 16, len(b.body))]
    return {block.name.encode("latin-1") for block in (*blocks, *inner)}
