"""What an image file holds besides its picture: metadata blocks, further pictures, clips, bytes after the end."""

from __future__ import annotations

import enum
import itertools
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from PIL import TiffImagePlugin

from unseen.media import heif_parts
from unseen.media.photo_structure import (
    Block,
    boxes,
    gif_blocks,
    jpeg_blocks,
    png_blocks,
    riff_blocks,
    webp_end,
    words,
)

MOST_PARTS = 256
MOST_TEXT = 1 << 20  #: bytes that one compressed text or profile may unpack to


class PartKind(enum.Enum):
    EXIF = "EXIF"
    XMP = "XMP"
    IPTC = "IPTC"
    ICC = "ICC profile"
    TEXT = "text"
    TIME = "time"
    PICTURE = "picture"
    CLIP = "clip"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Part:
    """`where` names the block as a reader of the format's standard knows it; `data` is its content, unpacked."""

    kind: PartKind
    where: str
    data: bytes = b""


def photo_parts(data: bytes, container: str) -> list[Part]:
    """Every part of a photo of this container, in file order, at most MOST_PARTS of them. Never raises."""
    walk = _WALKS.get(container)
    return [] if walk is None else with_thumbnails(itertools.islice(walk(data), MOST_PARTS))


def with_thumbnails(parts: Iterable[Part]) -> list[Part]:
    """The parts, and after each EXIF block the thumbnail in it."""
    found = []
    for part in parts:
        found.append(part)
        if part.kind is PartKind.EXIF and has_thumbnail(part.data):
            found.append(Part(PartKind.PICTURE, "EXIF thumbnail"))
    return found


def _jpeg_parts(data: bytes) -> Iterator[Part]:
    end, profile = len(data), b""
    for block in jpeg_blocks(data):
        if block.name == "D9":
            end = block.end
        elif block.name == "E2" and block.body.startswith(b"ICC_PROFILE\0"):
            profile += block.body[14:]
        else:
            yield from _jpeg_part(block)
    if profile:
        yield Part(PartKind.ICC, "ICC profile", profile)
    yield from _trailing(data, end)


def _jpeg_part(block: Block) -> Iterator[Part]:
    name, body = block.name, block.body
    if name == "FE":
        yield Part(PartKind.TEXT, "JPEG comment", body)
    elif name == "E1" and body.startswith(b"Exif\0"):
        yield Part(PartKind.EXIF, "EXIF", body[6:])
    elif name == "E1" and body.startswith(b"http://ns.adobe.com/xap/1.0/\0"):
        yield Part(PartKind.XMP, "XMP", body[29:])
    elif name == "E0" and (body.startswith(b"JFXX") or (body.startswith(b"JFIF") and body[12:14].strip(b"\0"))):
        yield Part(PartKind.PICTURE, "JFIF thumbnail", body)
    elif name == "ED" and body.startswith(b"Photoshop 3.0\0"):
        yield from photoshop_parts(body[14:])
    elif name == "EB" and body.startswith(b"JP"):
        yield Part(PartKind.OTHER, "content credentials (JUMBF)", body)
    elif name.startswith("E") and name not in ("E0", "EE"):
        label = body[:32].split(b"\0")[0].decode("ascii", "replace")
        yield Part(PartKind.OTHER, f"JPEG APP{int(name[1], 16)} {label}".rstrip(), body)


def photoshop_parts(body: bytes) -> Iterator[Part]:
    """The image resources that tell something (Adobe Photoshop file format specification, image resource blocks)."""
    at = 0
    while body[at : at + 4] == b"8BIM" and at + 12 <= len(body):
        number = int.from_bytes(body[at + 4 : at + 6], "big")
        at += 6 + (body[at + 6] + 2) // 2 * 2
        length = int.from_bytes(body[at : at + 4], "big")
        content = body[at + 4 : at + 4 + length]
        at += 4 + (length + 1) // 2 * 2
        if number == 0x0404:
            yield Part(PartKind.IPTC, "IPTC", content)
        elif number in (0x0409, 0x040C):
            yield Part(PartKind.PICTURE, "Photoshop thumbnail", content)
    yield Part(PartKind.OTHER, "Photoshop resources", body)


_PNG_TECHNICAL = words("IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB sBIT bKGD hIST pHYs sPLT acTL fcTL fdAT cICP mDCV cLLI")


def _png_parts(data: bytes) -> Iterator[Part]:
    end, before, animated = len(data), True, False
    for block in png_blocks(data):
        if block.name == "IEND":
            end = block.end
        animated |= block.name == "acTL"
        if block.name == "fcTL" and before:
            before = False
        if block.name == "IDAT" and before and animated:
            before = False
            yield Part(PartKind.PICTURE, "PNG still picture", block.body)
        yield from _png_part(block)
    yield from _trailing(data, end)


def _png_part(block: Block) -> Iterator[Part]:
    name, body = block.name, block.body
    if name == "eXIf":
        yield Part(PartKind.EXIF, "EXIF", body)
    elif name == "iCCP":
        yield Part(PartKind.ICC, "ICC profile", inflate(body.partition(b"\0")[2][1:]))
    elif name == "tIME":
        yield Part(PartKind.TIME, "PNG tIME", _png_time(body))
    elif name in ("tEXt", "zTXt", "iTXt"):
        yield _png_text(name, body)
    elif name == "caBX":
        yield Part(PartKind.OTHER, "content credentials (JUMBF)", body)
    elif name not in _PNG_TECHNICAL:
        yield Part(PartKind.OTHER, f"PNG chunk {name}", body)


def _png_time(body: bytes) -> bytes:
    if len(body) != 7:
        return b""
    year = int.from_bytes(body[:2], "big")
    return b"%04d-%02d-%02d %02d:%02d:%02d" % (year, *body[2:])


def _png_text(name: str, body: bytes) -> Part:
    key, _, value = body.partition(b"\0")
    if name == "zTXt":
        value = inflate(value[1:])
    elif name == "iTXt":
        packed, text = value[:1] == b"\1", value[2:].split(b"\0", 2)[-1]
        value = inflate(text) if packed else text
    keyword = key.decode("latin-1")
    if keyword == "XML:com.adobe.xmp":
        return Part(PartKind.XMP, "XMP", value)
    if keyword.startswith("Raw profile type "):
        return _raw_profile(keyword, value)
    return Part(PartKind.TEXT, f"PNG {name} {keyword}", value)


def _raw_profile(keyword: str, value: bytes) -> Part:
    """ImageMagick's way to put other metadata into PNG text: a name, a length, then hexadecimal digits."""
    try:
        content = bytes.fromhex(b"".join(value.split()[2:]).decode("ascii"))
    except ValueError:
        return Part(PartKind.TEXT, f"PNG text {keyword}", value)
    profile = keyword.rpartition(" ")[2].lower()
    if profile in ("exif", "app1") and content.startswith(b"Exif\0"):
        return Part(PartKind.EXIF, "EXIF in PNG text", content[6:])
    if profile == "xmp":
        return Part(PartKind.XMP, "XMP in PNG text", content)
    if profile in ("icc", "icm"):
        return Part(PartKind.OTHER, "ICC profile in PNG text", content)
    if profile == "iptc":
        irb = next((p for p in photoshop_parts(content) if p.kind is PartKind.IPTC), None)
        return irb or Part(PartKind.IPTC, "IPTC in PNG text", content)
    return Part(PartKind.OTHER, f"PNG text {keyword}", content)


def inflate(packed: bytes) -> bytes:
    """At most MOST_TEXT bytes of what was packed; as much as can be read of a damaged stream."""
    try:
        return zlib.decompressobj().decompress(packed, MOST_TEXT)
    except zlib.error:
        return b""


def _webp_parts(data: bytes) -> Iterator[Part]:
    end = webp_end(data)
    kinds = {"EXIF": PartKind.EXIF, "XMP ": PartKind.XMP, "ICCP": PartKind.ICC}
    for block in riff_blocks(data, 12, end):
        if block.name in kinds:
            kind = kinds[block.name]
            yield Part(kind, kind.value, block.body.removeprefix(b"Exif\0\0"))
        elif block.name == "ANMF":
            for inner in riff_blocks(block.body, 16, len(block.body)):
                if inner.name not in ("VP8 ", "VP8L", "ALPH"):
                    yield Part(PartKind.OTHER, f"WebP chunk {inner.name}", inner.body)
        elif block.name not in ("VP8 ", "VP8L", "VP8X", "ALPH", "ANIM"):
            yield Part(PartKind.OTHER, f"WebP chunk {block.name}", block.body)
    yield from _trailing(data, end)


def _gif_parts(data: bytes) -> Iterator[Part]:
    end = len(data)
    for block in gif_blocks(data):
        if block.name == "3B":
            end = block.end
        elif block.name == "21FE":
            yield Part(PartKind.TEXT, "GIF comment", block.body)
        elif block.name == "2101":
            yield Part(PartKind.TEXT, "GIF plain text", block.body[12:])
        elif block.name == "21FF":
            yield from _gif_application(block)
    yield from _trailing(data, end)


def _gif_application(block: Block) -> Iterator[Part]:
    name, content = block.body[:11], block.body[11:]
    if name == b"XMP DataXMP":
        # The packet is not cut into sub-blocks of its own: its text bytes double as their lengths (XMP part 3, 1.1.2).
        yield Part(PartKind.XMP, "XMP", content)
    elif name == b"ICCRGBG1012":
        yield Part(PartKind.ICC, "ICC profile", content)
    elif name not in (b"NETSCAPE2.0", b"ANIMEXTS1.0"):
        yield Part(PartKind.OTHER, f"GIF application {name.decode('ascii', 'replace')}", content)


def _heif_parts(data: bytes) -> Iterator[Part]:
    end = 0
    for block in boxes(data):
        end = block.end
        if block.name == "mpvd":
            yield Part(PartKind.CLIP, "motion photo clip", block.body)
        elif block.name not in ("ftyp", "meta", "mdat", "moov", "free", "skip", "idat"):
            yield Part(PartKind.OTHER, f"HEIF box {block.name}", block.body)
    for where in heif_parts.embedded_pictures(data):
        yield Part(PartKind.PICTURE, where)
    for where in heif_parts.further_tracks(data):
        yield Part(PartKind.CLIP, where)
    yield from _trailing(data, end)


def tiff_parts(image: TiffImagePlugin.TiffImageFile, data: bytes) -> list[Part]:
    """The parts of every page of an opened TIFF file; its own tags stand for the EXIF of other formats."""
    parts = [Part(PartKind.EXIF, "TIFF", data)]
    kinds = {700: PartKind.XMP, 33723: PartKind.IPTC, 34675: PartKind.ICC}
    for page in range(MOST_PARTS):
        try:
            image.seek(page)
        except EOFError:
            break
        tags = image.tag_v2
        parts += [Part(kind, kind.value, bytes(tags[t])) for t, kind in kinds.items() if isinstance(tags.get(t), bytes)]
        if isinstance(tags.get(34377), bytes):
            parts += photoshop_parts(tags[34377])
        if page and tags.get(254, 0) & 5:
            parts.append(Part(PartKind.PICTURE, "reduced copy or mask"))
        parts += [Part(PartKind.PICTURE, "TIFF sub-picture")] * len(tags.get(330, ()))
    image.seek(0)
    return parts[:MOST_PARTS]


def has_thumbnail(exif: bytes) -> bool:
    """Whether the second directory of an EXIF block (TIFF 6.0 layout) points to a picture."""
    order: Literal["little", "big"] = "little" if exif[:2] == b"II" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(exif[at : at + size], order)

    first = number(4, 4)
    second = number(first + 2 + 12 * number(first, 2), 4)
    if not 0 < second < len(exif):
        return False
    entries = range(second + 2, second + 2 + 12 * number(second, 2), 12)
    return any(number(at, 2) in (0x0111, 0x0201) for at in entries)


def _bmp_parts(data: bytes) -> Iterator[Part]:
    yield from _trailing(data, max(54, int.from_bytes(data[2:6], "little")))


def _trailing(data: bytes, end: int) -> Iterator[Part]:
    """What follows the picture: further JPEG pictures, clips, and bytes that no reader of the picture asks for."""
    at = end
    while at < len(data):
        picture = data.find(b"\xff\xd8\xff", at)
        clip = data.find(b"ftyp", at + 4) - 4
        starts = [p for p in (picture, clip) if p >= at]
        if not starts:
            break
        first = min(starts)
        if first > at:
            yield _bytes_after(data[at:first])
        if first == picture:
            at = max((b.end for b in jpeg_blocks(data, first)), default=first + 2)
            yield Part(PartKind.PICTURE, _second_picture(data[first:at]), data[first:at])
        else:
            at = max((b.end for b in boxes(data, first)), default=len(data))
            yield Part(PartKind.CLIP, "motion photo clip", data[first:at])
    if at < len(data):
        yield _bytes_after(data[at:])


def _second_picture(data: bytes) -> str:
    for block in jpeg_blocks(data):
        if b"hdrgm" in block.body or b"urn:iso:std:iso:ts:21496:-1" in block.body or b"HDRGainMap" in block.body:
            return "gain map"
    return "second picture"


def _bytes_after(content: bytes) -> Part:
    maker = " (Samsung trailer)" if b"SEFT" in content[-8:] or b"SEFH" in content else ""
    return Part(PartKind.OTHER, f"bytes after the picture{maker}", content)


_WALKS: dict[str, Callable[[bytes], Iterator[Part]]] = {
    "jpeg": _jpeg_parts,
    "png": _png_parts,
    "webp": _webp_parts,
    "gif": _gif_parts,
    "heic": _heif_parts,
    "avif": _heif_parts,
    "bmp": _bmp_parts,
}
