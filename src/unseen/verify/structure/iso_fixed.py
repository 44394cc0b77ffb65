"""Headers of ISO base media files whose every field is known: what is left over could carry something."""

from __future__ import annotations

import struct

_BRANDS = frozenset(
    {
        b"isom",
        b"iso2",
        b"iso4",
        b"iso5",
        b"iso6",
        b"iso8",
        b"mp41",
        b"mp42",
        b"avc1",
        b"hvc1",
        b"av01",
        b"vp09",
        b"qt  ",
    }
    | {
        b"3gp4",
        b"3gp5",
        b"3gp6",
        b"3g2a",
        b"M4A ",
        b"heic",
        b"heix",
        b"mif1",
        b"msf1",
        b"miaf",
        b"MiHB",
        b"MiHE",
        b"MiPr",
    }
    | {b"avif", b"avis", b"MA1A", b"MA1B"}
)
_MINOR_VERSIONS = frozenset({0, 0x100, 0x200, 0x10000, 0x20000})
_IDENTITY = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
_MOST_TRACKS = 16
_ROLL_DESCRIPTION = b"\1\0\0\0roll\0\0\0\2\0\0\0\1"
_DEPENDENCIES = frozenset({0x00, 0x10, 0x18, 0x20, 0x24})
"""`sdtp` bytes as FFmpeg writes them: key picture, others, droppable ones (ISO/IEC 14496-12 8.6.4)."""


def brands_known(content: bytes) -> bool:
    """Whether `ftyp` names only brands and versions that Unseen's muxers write."""
    brands = {content[:4], *(content[at : at + 4] for at in range(8, len(content), 4))}
    return brands <= _BRANDS and int.from_bytes(content[4:8], "big") in _MINOR_VERSIONS


def movie_header_plain(content: bytes) -> bool:
    """`mvhd` behind its times: normal rate and volume, no turn, nothing in the reserved fields."""
    rest = content[32 if content[0] else 20 :]
    wanted = struct.pack(">IH", 1 << 16, 1 << 8) + bytes(10) + _IDENTITY + bytes(24)
    return rest[:-4] == wanted and int.from_bytes(rest[-4:], "big") <= _MOST_TRACKS


def track_header_plain(content: bytes) -> bool:
    """`tkhd`: a small number, nothing in the reserved fields, an upright matrix of whole pixels."""
    at = 20 if content[0] else 12
    number, reserved = struct.unpack(">II", content[at : at + 8])
    rest = content[at + (16 if content[0] else 12) :]
    if len(rest) != 60 or number > _MOST_TRACKS or reserved or rest[:10].strip(b"\0"):
        return False
    group, volume, more = struct.unpack(">HHH", rest[10:16])
    matrix = struct.unpack(">9i", rest[16:52])
    upright = all(matrix[n] in (0, 1 << 16, -1 << 16) for n in (0, 1, 3, 4)) and matrix[2] == matrix[5] == 0
    whole = all(n % (1 << 16) == 0 for n in (matrix[6], matrix[7]))
    return group <= _MOST_TRACKS and volume in (0, 1 << 8) and not more and upright and whole and matrix[8] == 1 << 30


def picture_description_plain(body: bytes) -> bool:
    """The fields of a visual sample entry beside size, vendor and compressor (ISO/IEC 14496-12 12.1.3)."""
    quality = struct.unpack(">II", body[16:24])
    return (
        body[:8] == b"\0\0\0\0\0\0\0\1"
        and not body[8:12].strip(b"\0")
        and all(q <= 0x400 for q in quality)
        and body[28:42] == struct.pack(">IIIH", 72 << 16, 72 << 16, 0, 1)
        and body[74:78] == b"\0\x18\xff\xff"
    )


def sample_group_plain(name: bytes, content: bytes, samples: int) -> bool:
    """What FFmpeg says of a sound's first samples (`roll`), of key pictures and of dependencies, and nothing else."""
    if name == b"sgpd":
        return content[:-2] == _ROLL_DESCRIPTION
    if name == b"sbgp":
        return content == struct.pack(">I4sIII", 0, b"roll", 1, samples, 1)
    if name == b"sdtp":
        return len(content) == 4 + samples and set(content[4:]) <= _DEPENDENCIES
    numbers = struct.unpack(f">{len(content) // 4 - 2}I", content[8:])
    return all(before < after for before, after in zip((0, *numbers), (*numbers, samples + 1), strict=True))
