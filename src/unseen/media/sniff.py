"""Whether a file found in a folder is a photo or video at all: footage lies among labels, sidecars and notes."""

from __future__ import annotations

from pathlib import Path

from unseen.media.containers import CONTAINERS, SOUND_CONTAINERS
from unseen.media.photo_open import photo_format
from unseen.media.photo_write import PHOTO_SUFFIXES

_TS_PACKET = 188  # bytes from one MPEG-TS sync byte to the next (ISO 13818-1)
_AV_STARTS = (b"\x1aE\xdf\xa3", b"fLaC", b"ID3", b"OggS", b"RIFF")
_ENDINGS = (
    *PHOTO_SUFFIXES.values(),
    *(c.suffixes for c in CONTAINERS.values()),
    *(c.suffixes for c in SOUND_CONTAINERS.values()),
)
_SUFFIXES = {suffix for endings in _ENDINGS for suffix in endings}


def is_media(path: Path) -> bool:
    """Whether its name or its first bytes claim to be a photo, video or sound; a damaged one still does by its name."""
    if path.suffix.lower() in _SUFFIXES:
        return True
    with path.open("rb") as file:
        head = file.read(4096)
    transport = head[:1] == b"\x47" and head[_TS_PACKET : _TS_PACKET + 1] == b"\x47"
    return photo_format(head) is not None or head[4:8] in (b"ftyp", b"moov") or head.startswith(_AV_STARTS) or transport
