"""Which reader a file takes, told from its first bytes. Only the sandbox's worker reads untrusted files with them."""

from __future__ import annotations

from unseen.media.av_file import AvFile
from unseen.media.av_read import AvReader
from unseen.media.limits import Limits
from unseen.media.photo_open import photo_format
from unseen.media.photo_read import PhotoReader
from unseen.media.sound_read import SoundReader, holds_only_sound
from unseen.media.source import SourceFile


def reader_of(source: SourceFile, limits: Limits) -> PhotoReader | AvReader | SoundReader:
    """The reader for what the file's first bytes say it is. Raises InputError or one of its kinds."""
    if photo_format(source.head()) is not None:
        return PhotoReader(source.cursor(), limits, source.path)
    return SoundReader(source, limits) if holds_only_sound(AvFile(source, limits)) else AvReader(source, limits)
