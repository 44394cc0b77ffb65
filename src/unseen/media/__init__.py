"""Untrusted files in, faithful files out: opening, decoding, encoding and publishing photos, video and sound."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from unseen.media.limits import Limits
from unseen.media.opening import open_reader
from unseen.media.reader import Reader
from unseen.media.source import SourceFile, open_source

__all__ = ["Limits", "Reader", "SourceFile", "open_media", "open_reader", "open_source"]


@contextlib.contextmanager
def open_media(
    file: Path | SourceFile, limits: Limits | None = None, *, require_sandbox: bool = False
) -> Iterator[Reader]:
    """Open a file, unless it is open, and read it as what it is; see `open_source` and `open_reader` for the errors."""
    with (
        contextlib.nullcontext(file) if isinstance(file, SourceFile) else open_source(file) as source,
        contextlib.closing(open_reader(source, limits or Limits(), require_sandbox=require_sandbox)) as reader,
    ):
        yield reader
