"""Untrusted files in, faithful files out: opening, decoding, encoding and publishing photos and video."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from unseen.media.av_read import AvReader
from unseen.media.limits import Limits
from unseen.media.photo_open import photo_format
from unseen.media.photo_read import PhotoReader
from unseen.media.reader import Reader
from unseen.media.source import SourceFile, open_source

__all__ = ["AvReader", "Limits", "PhotoReader", "Reader", "SourceFile", "open_media", "open_reader", "open_source"]


def open_reader(source: SourceFile, limits: Limits) -> PhotoReader | AvReader:
    """The reader for what the file's first bytes say it is. Raises InputError or one of its kinds."""
    if photo_format(source.head()) is not None:
        return PhotoReader(source.cursor(), limits, source.path)
    return AvReader(source, limits)


@contextlib.contextmanager
def open_media(file: Path | SourceFile, limits: Limits | None = None) -> Iterator[PhotoReader | AvReader]:
    """Open a file, unless it is open, and read it as what it is; see `open_source` and `open_reader` for the errors."""
    with contextlib.nullcontext(file) if isinstance(file, SourceFile) else open_source(file) as source:
        yield open_reader(source, limits or Limits())
