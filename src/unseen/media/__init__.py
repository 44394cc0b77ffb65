"""Untrusted files in, faithful files out: opening, decoding, encoding and publishing photos, video and sound."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from unseen.media.av_file import AvFile
from unseen.media.av_read import AvReader
from unseen.media.limits import Limits
from unseen.media.photo_open import photo_format
from unseen.media.photo_read import PhotoReader
from unseen.media.reader import Reader
from unseen.media.sound_read import SoundReader, holds_only_sound
from unseen.media.source import SourceFile, open_source

__all__ = [
    "AnyReader",
    "AvReader",
    "Limits",
    "PhotoReader",
    "Reader",
    "SoundReader",
    "SourceFile",
    "open_media",
    "open_reader",
    "open_source",
]

AnyReader = PhotoReader | AvReader | SoundReader
"""What `open_reader` gives."""


def open_reader(source: SourceFile, limits: Limits) -> AnyReader:
    """The reader for what the file's first bytes say it is. Raises InputError or one of its kinds."""
    if photo_format(source.head()) is not None:
        return PhotoReader(source.cursor(), limits, source.path)
    return SoundReader(source, limits) if holds_only_sound(AvFile(source, limits)) else AvReader(source, limits)


@contextlib.contextmanager
def open_media(file: Path | SourceFile, limits: Limits | None = None) -> Iterator[AnyReader]:
    """Open a file, unless it is open, and read it as what it is; see `open_source` and `open_reader` for the errors."""
    with contextlib.nullcontext(file) if isinstance(file, SourceFile) else open_source(file) as source:
        yield open_reader(source, limits or Limits())
