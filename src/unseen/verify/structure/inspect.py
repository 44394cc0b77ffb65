"""Tells a finished file's format from its bytes and hands it to that format's parser."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from pathlib import Path

from unseen.verify.structure.avi import inspect_avi
from unseen.verify.structure.bmp import inspect_bmp
from unseen.verify.structure.flac import inspect_flac
from unseen.verify.structure.found import Damaged, Structure
from unseen.verify.structure.gif import inspect_gif
from unseen.verify.structure.heif import inspect_heif
from unseen.verify.structure.iso import inspect_movie
from unseen.verify.structure.jpeg import inspect_jpeg
from unseen.verify.structure.matroska import inspect_matroska
from unseen.verify.structure.mp3 import inspect_mp3
from unseen.verify.structure.mpegts import inspect_mpegts
from unseen.verify.structure.ogg import inspect_ogg
from unseen.verify.structure.png import SIGNATURE, inspect_png
from unseen.verify.structure.tiff import inspect_tiff
from unseen.verify.structure.wave import inspect_wave
from unseen.verify.structure.webp import inspect_webp

_BROKEN = (Damaged, IndexError, ValueError, KeyError, OverflowError, MemoryError, RecursionError)
_Parser = Callable[[memoryview, Structure], None]
_STARTS: tuple[tuple[bytes, str, _Parser], ...] = (
    (b"\xff\xd8\xff", "JPEG", inspect_jpeg),
    (SIGNATURE, "PNG", inspect_png),
    (b"GIF89a", "GIF", inspect_gif),
    (b"GIF87a", "GIF", inspect_gif),
    (b"II*\0", "TIFF", inspect_tiff),
    (b"MM\0*", "TIFF", inspect_tiff),
    (b"BM", "BMP", inspect_bmp),
    (b"\x1aE\xdf\xa3", "Matroska", inspect_matroska),
    (b"fLaC", "FLAC", inspect_flac),
    (b"OggS", "Ogg", inspect_ogg),
    (b"ID3", "MP3", inspect_mp3),
    *((bytes([0xFF, second]), "MP3", inspect_mp3) for second in (0xE2, 0xE3, 0xF2, 0xF3, 0xFA, 0xFB)),
    (b"G", "MPEG-TS", inspect_mpegts),
)
_RIFF: dict[bytes, tuple[str, _Parser]] = {
    b"WEBP": ("WebP", inspect_webp), b"WAVE": ("WAV", inspect_wave), b"AVI ": ("AVI", inspect_avi),
}  # fmt: skip
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"avif", b"mif1", b"avis", b"msf1"})


def inspect_structure(path: Path) -> Structure:
    """Parse the whole file; whatever its bytes are, the result is a Structure. Raises OSError."""
    structure = Structure()
    with path.open("rb") as file:
        if not file.read(1):
            structure.not_understood("the file is empty")
            return structure
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            _inspect(mapped, structure)
    return structure


def _inspect(mapped: mmap.mmap, structure: Structure) -> None:
    structure.container, parser = _format(mapped[:64])
    if parser is None:
        structure.not_understood("no format that Unseen writes")
        return
    view = memoryview(mapped)
    try:
        parser(view, structure)
    except _BROKEN as error:
        structure.not_understood(str(error) or type(error).__name__)


def _format(head: bytes) -> tuple[str, _Parser | None]:
    if head[4:8] == b"ftyp":
        return ("HEIF", inspect_heif) if head[8:12] in _HEIF_BRANDS else ("ISO media", inspect_movie)
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], ("unknown", None))
    return next(((name, parser) for start, name, parser in _STARTS if head.startswith(start)), ("unknown", None))
