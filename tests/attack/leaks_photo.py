"""Leaks planted in photos: each maker writes a covered photo in which exactly one thing is left."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
from finished_media import Clip, boxed, covered_picture, tampered, write_clip, write_still
from leaks import CANARY, leak, private, private_jpeg
from PIL import Image, ImageCms, TiffImagePlugin

ALL = "jpg png webp tif gif avif bmp heic"
WITH_EXIF = "jpg png webp tif avif heic"


def still(path: Path, **extra: Any) -> Path:
    """A covered photo; what `extra` says to its writer is the leak."""
    if path.suffix == ".tif" and "exif" in extra:
        extra["compression"] = None  # Pillow writes foreign directories only beside bare strips
    return write_still(path, covered_picture(), **extra)


def behind(path: Path, more: bytes) -> Path:
    return tampered(still(path), lambda data: data + more)


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def with_segment(path: Path, marker: int, body: bytes) -> Path:
    return tampered(still(path), lambda data: data[:2] + segment(marker, body) + data[2:])


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def with_chunk(path: Path, name: bytes, body: bytes) -> Path:
    return tampered(still(path), lambda data: data[:33] + chunk(name, body) + data[33:])


def with_riff_chunk(path: Path, name: bytes, body: bytes) -> Path:
    def longer(data: bytes) -> bytes:
        content = data[12:] + name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
        return b"RIFF" + struct.pack("<I", len(content) + 4) + b"WEBP" + content

    return tampered(still(path), longer)


def with_extension(path: Path, label: int, *blocks: bytes) -> Path:
    content = b"".join(bytes([len(block)]) + block for block in blocks)
    return tampered(still(path), lambda data: data[:-1] + bytes([0x21, label]) + content + b"\0;")


def exif(tags: dict[int, Any], inner: dict[int, Any] | None = None, place: dict[int, Any] | None = None) -> bytes:
    found = Image.Exif()
    found.update(tags)
    if inner:
        found.get_ifd(0x8769).update(inner)
    if place:
        found.get_ifd(0x8825).update(place)
    return found.tobytes()


def exif_with_thumbnail(small: bytes) -> bytes:
    """EXIF whose second directory points at a JPEG (Exif 2.32, 4.6.9)."""
    first = struct.pack("<HHHI4sI", 1, 0x010F, 2, 4, b"me\0\0", 26)
    second = struct.pack("<HHHIIHHIII", 2, 0x0201, 4, 1, 56, 0x0202, 4, 1, len(small), 0)
    return b"Exif\0\0II*\0\x08\0\0\0" + first + second + small


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:creator>' + CANARY + b"</dc:creator></x:xmpmeta>"
IPTC = b"\x1c\x02\x50" + struct.pack(">H", len(CANARY)) + CANARY


def resource(number: int, content: bytes) -> bytes:
    """An image resource of Photoshop."""
    body = struct.pack(">4sHHI", b"8BIM", number, 0, len(content)) + content
    return b"Photoshop 3.0\0" + body + b"\0" * (len(content) % 2)


@leak("P1", "jpg png webp avif heic", 5, 6)
def thumbnail_in_exif(path: Path) -> None:
    still(path, exif=exif_with_thumbnail(private_jpeg()))


@leak("P2", "jpg", 5)
def thumbnail_of_photoshop(path: Path) -> None:
    with_segment(
        path, 0xED, resource(0x040C, struct.pack(">IIIIIIHH", 1, 48, 32, 144, 4608, 0, 24, 1) + private_jpeg())
    )


@leak("P2", "jpg", 5)
def thumbnail_of_jfif_extensions(path: Path) -> None:
    with_segment(path, 0xE0, b"JFXX\0\x10" + private_jpeg())


@leak("P2", "jpg webp", 5)
def thumbnail_in_xmp(path: Path) -> None:
    still(
        path,
        xmp=b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><image>' + base64.b64encode(private_jpeg()) + b"</image></x:xmpmeta>",
    )


def with_index_of_pictures(path: Path, more: bytes, note: bytes = b"") -> Path:
    """A JPEG, its index of further pictures (CIPA DC-007), and the second one behind it."""
    entries = b"".join(struct.pack("<IIIHH", *row) for row in ((0x030000, 0, 0, 0, 0), (0x010001, len(more), 0, 0, 0)))
    tags = struct.pack("<HHHI4s", 3, 0xB000, 7, 4, b"0100") + struct.pack(
        "<HHIIHHII", 0xB001, 4, 1, 2, 0xB002, 7, 32, 50
    )
    index = b"MPF\0II*\0\x08\0\0\0" + tags + bytes(4) + entries
    start = segment(0xE2, index) + (segment(0xE1, note) if note else b"")
    return tampered(still(path), lambda data: data[:2] + start + data[2:] + more)


@leak("P2", "jpg", 6)
def large_thumbnail_of_a_multi_picture_file(path: Path) -> None:
    with_index_of_pictures(path, private_jpeg(64, 48))


@leak("P3", WITH_EXIF, 5, 6)
def place_owner_and_serial_number(path: Path) -> None:
    text = CANARY.decode()
    where = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0), 27: b"ASCII\0\0\0" + CANARY}
    still(path, exif=exif({0x010F: text, 0x013B: text}, {0xA430: text, 0xA431: text}, where))


@leak("P4", WITH_EXIF, 5, 6)
def note_of_the_maker(path: Path) -> None:
    still(path, exif=exif({0x010F: "m"}, {0x927C: b"MAKER\0" + CANARY}))


@leak("P5", "jpg webp avif heic", 5)
def xmp(path: Path) -> None:
    still(path, xmp=XMP)


@leak("P5", "png", 5)
def xmp_in_a_text(path: Path) -> None:
    with_chunk(path, b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)


@leak("P5", "png", 5)
def iptc_in_a_text(path: Path) -> None:
    with_chunk(
        path,
        b"zTXt",
        b"Raw profile type iptc\0\0" + zlib.compress(b"\niptc\n      24\n" + CANARY + IPTC.hex().encode()),
    )


@leak("P5", "tif", 5)
def xmp_and_iptc_in_tags(path: Path) -> None:
    still(path, tiffinfo={700: XMP, 33723: IPTC})


@leak("P5", "gif", 5)
def xmp_in_an_extension(path: Path) -> None:
    with_extension(path, 0xFF, b"XMP DataXMP", XMP)


@leak("P5", "jpg", 5)
def extended_xmp(path: Path) -> None:
    head = b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 32 + struct.pack(">II", len(XMP), 0)
    with_segment(path, 0xE1, head + XMP)


@leak("P5", "jpg", 5)
def iptc(path: Path) -> None:
    with_segment(path, 0xED, resource(0x0404, IPTC))


@leak("P6", "jpg gif", 5)
def comment(path: Path) -> None:
    still(path, comment=CANARY)


def profile() -> bytes:
    """sRGB under a name of its own."""
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    name = "sRGB built-in".encode("utf-16-be")
    assert name in plain
    return plain.replace(name, CANARY[:11].decode().encode("utf-16-be").ljust(len(name), b"\0"))


@leak("P7", "jpg png webp tif avif", 5)
def name_of_a_colour_profile(path: Path) -> None:
    still(path, icc_profile=profile())


@leak("P7", "heic", 5)
def name_of_a_profile_in_heif(path: Path) -> None:
    picture = covered_picture()
    picture.info["icc_profile"] = profile()
    pillow_heif.from_pillow(picture).save(path, quality=90, save_nclx_profile=False)


@leak("P8", "png", 5)
def text(path: Path) -> None:
    with_chunk(path, b"tEXt", b"Author\0" + CANARY)


@leak("P8", "png", 5)
def packed_text(path: Path) -> None:
    with_chunk(path, b"zTXt", b"Author\0\0" + zlib.compress(CANARY))


@leak("P8", "png", 5)
def international_text(path: Path) -> None:
    with_chunk(path, b"iTXt", b"Author\0\1\0\0\0" + zlib.compress(CANARY))


@leak("P8", "png", 5)
def exif_chunk(path: Path) -> None:
    with_chunk(path, b"eXIf", exif({0x010E: CANARY.decode()})[6:])


@leak("P9", ALL, 6)
def bytes_behind_the_end(path: Path) -> None:
    behind(path, CANARY + private_jpeg())


@leak("P9", "png", 6)
def rows_behind_the_picture(path: Path) -> None:
    def longer(data: bytes) -> bytes:
        at = data.index(b"IEND") - 4
        return data[:at] + chunk(b"IDAT", CANARY) + data[at:]

    tampered(still(path), longer)


def film(folder: Path) -> bytes:
    return write_clip(folder / "film.mp4", Clip(bitexact=False)).read_bytes()


MOTION = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><GCamera:MotionPhoto>1</GCamera:MotionPhoto>' + CANARY + b"</x:xmpmeta>"


@leak("P10", "jpg", 5, 6)
def film_behind_a_marked_motion_photo(path: Path) -> None:
    data = film(path.parent)
    tampered(still(path, xmp=MOTION), lambda photo: photo + data + CANARY)


@leak("P10", "jpg png webp", 6)
def film_behind_a_photo_that_says_nothing(path: Path) -> None:
    behind(path, film(path.parent) + CANARY)


@leak("P10", "jpg", 6)
def trailer_with_film_depth_and_path(path: Path) -> None:
    parts = film(path.parent) + b"DepthMap" + b"originalPath" + CANARY
    behind(path, parts + b"SEFH" + struct.pack("<III", 107, 1, 0) + struct.pack("<I", 12) + b"SEFT")


@leak("P10", "heic avif", 6)
def film_in_a_box_beside_the_photo(path: Path) -> None:
    behind(path, boxed(b"mpvd", film(path.parent) + CANARY))


@leak("P11", "jpg", 5, 6)
def gain_map(path: Path) -> None:
    sink = io.BytesIO()
    private().save(sink, "JPEG", xmp=b'<x:xmpmeta><hdrgm:Version="1.0"/>' + CANARY + b"</x:xmpmeta>")
    with_index_of_pictures(path, sink.getvalue(), b"http://ns.adobe.com/xap/1.0/\0" + XMP.replace(b"dc:", b"hdrgm:"))


@leak("P12", "heic", 6, quiet=True)
def thumbnail_in_heif(path: Path) -> None:
    heif = pillow_heif.from_pillow(covered_picture())
    heif[0].info["thumbnails"] = [32]
    heif.save(path, quality=90)


@leak("P12", "heic", 1, 6)
def second_picture_in_heif(path: Path) -> None:
    heif = pillow_heif.from_pillow(covered_picture())
    heif.add_from_pillow(private(96, 64))
    heif.save(path, quality=90, primary_index=0)


@leak("P12", "heic avif", 3, 6, quiet=True)
def layer_of_transparency(path: Path) -> None:
    picture = covered_picture().convert("RGBA")
    picture.putalpha(Image.fromarray(np.tile(np.arange(160, 256, dtype=np.uint8), (64, 1))))
    if path.suffix == ".avif":
        picture.save(path, quality=90)
    else:
        pillow_heif.from_pillow(picture).save(path, quality=90)


MANIFEST = boxed(b"jumb", boxed(b"jumd", b"c2pa" + bytes(13) + CANARY) + private_jpeg(16, 16))


@leak("P14", "jpg", 5)
def manifest_in_a_jpeg_segment(path: Path) -> None:
    with_segment(path, 0xEB, b"JP\0\1\0\0\0\1" + MANIFEST)


@leak("P14", "png", 5)
def manifest_in_a_chunk(path: Path) -> None:
    with_chunk(path, b"caBX", MANIFEST)


@leak("P14", "webp", 6)
def manifest_in_a_riff_chunk(path: Path) -> None:
    with_riff_chunk(path, b"C2PA", MANIFEST)


@leak("P14", "heic avif", 5)
def manifest_in_a_box(path: Path) -> None:
    behind(path, boxed(b"uuid", bytes.fromhex("d8fec3d61b0e483c92975828877ec481") + bytes(4) + MANIFEST))


@leak("P14", "gif", 5)
def manifest_in_an_extension(path: Path) -> None:
    with_extension(path, 0xFF, b"C2PA_GIF\1\0\0", MANIFEST[:200])


@leak("P14", "tif", 6)
def manifest_in_a_tag(path: Path) -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[52545] = MANIFEST
    tags.tagtype[52545] = 7
    still(path, tiffinfo=tags)


@leak("P15", "png webp tif avif", 3, 6)
def colour_under_transparency(path: Path) -> None:
    """Next to the cover, not under it: nobody sees the private patch before transparency is taken away."""
    samples = np.array(covered_picture().convert("RGBA"))
    samples[4:14, 70:90] = (*(255, 0, 255), 0)
    options = {".webp": {"lossless": True, "exact": True}, ".avif": {"quality": 95}}.get(path.suffix, {})
    Image.fromarray(samples).save(path, **options)


@leak("P16", "tif gif png webp avif", 1, 6, shown=True)
def second_picture(path: Path) -> None:
    still(path, save_all=True, append_images=[private(96, 64)])


@leak("P16", "jpg", 5, 6)
def second_picture_of_a_multi_picture_file(path: Path) -> None:
    covered_picture().save(path, "MPO", save_all=True, append_images=[private(96, 64)])


def with_few_colours() -> Image.Image:
    """Eight colours in 256 places of a palette, and a canary in the places that no pixel uses."""
    image = covered_picture().quantize(8, dither=Image.Dither.NONE)
    palette = (image.getpalette() or [])[:24] + list(CANARY.ljust(696, b"."))
    image.putpalette(palette)
    return image


@leak("P17", "gif", 6)
def colours_that_no_pixel_has(path: Path) -> None:
    with_few_colours().save(path, optimize=False)


@leak("P17", "png", 6)
def colours_that_no_pixel_of_a_png_has(path: Path) -> None:
    with_few_colours().save(path, bits=8)


def zigzag() -> list[int]:
    """Where the coefficients of a block stand, in the order in which JPEG stores them (ITU-T T.81, figure A.6)."""
    places = [(row, column) for row in range(8) for column in range(8)]
    order = sorted(places, key=lambda p: (sum(p), p[0] if sum(p) % 2 else p[1]))
    return [8 * row + column for row, column in order]


@leak("P18", "jpg", 6)
def tables_of_a_camera(path: Path) -> None:
    table = [0] * 64
    for value, at in zip(CANARY.ljust(64, b"\x05"), zigzag(), strict=True):
        table[at] = value
    still(path, qtables=[table, table], quality=50)  # at 50 they are stored as they are
