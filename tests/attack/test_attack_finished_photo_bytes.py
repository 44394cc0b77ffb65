"""Saboteurs of checks 5 and 6 on photos: one thing too many stands in the file, and the right check says so."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import finished_media as made
import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from unseen.core import MediaKind
from unseen.verify import audit

CANARY = b"CANARY-6f1c"
STILLS = sorted(made.STILLS)


def audited(path: Path) -> dict[int, str]:
    """Numbers and details of the checks that failed."""
    return {c.number: c.detail for c in audit(path, made.photo_plan(), source=None).failed}


def exif(*, place: bool = False, thumbnail: bool = False) -> bytes:
    found = Image.Exif()
    found[0x010E] = CANARY.decode()
    if place:
        found.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    data = found.tobytes()
    if thumbnail:
        small = io.BytesIO()
        Image.fromarray(made.scene(0)).resize((32, 24)).save(small, "JPEG")
        data += small.getvalue()
    return data


def profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + CANARY + b"</x:xmpmeta>"


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "tif", "avif", "heic"])
def test_a_place_in_exif_is_found(tmp_path: Path, kind: str) -> None:
    raw = {"compression": None} if kind == "tif" else {}
    path = made.write_still(tmp_path / f"out.{kind}", made.covered_picture(), exif=exif(place=True), **raw)
    found = audited(path)
    assert 5 in found
    assert set(found) <= ({5, 6} if kind == "tif" else {5})  # the bytes of its directory belong to no page either


@pytest.mark.parametrize("kind", ["jpg", "webp", "avif", "heic"])
def test_xmp_is_found(tmp_path: Path, kind: str) -> None:
    path = made.write_still(tmp_path / f"out.{kind}", made.covered_picture(), xmp=XMP)
    assert list(audited(path)) == [5]


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "tif", "avif"])
def test_a_colour_profile_is_found(tmp_path: Path, kind: str) -> None:
    path = made.write_still(tmp_path / f"out.{kind}", made.covered_picture(), icc_profile=profile())
    assert list(audited(path)) == [5]


def test_a_colour_profile_in_heic_is_found(tmp_path: Path) -> None:
    path = tmp_path / "out.heic"
    picture = made.covered_picture()
    picture.info["icc_profile"] = profile()
    heif = pillow_heif.from_pillow(picture)
    heif.save(path, quality=90, save_nclx_profile=False)
    assert "an ICC profile" in audited(path)[5]


@pytest.mark.parametrize("kind", STILLS)
def test_bytes_behind_the_end_are_found(tmp_path: Path, kind: str) -> None:
    path = made.write_still(tmp_path / f"out.{kind}", made.covered_picture())
    made.tampered(path, lambda data: data + CANARY)
    assert 6 in audited(path)


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "gif", "bmp"])
def test_a_film_behind_a_photo_is_found(tmp_path: Path, kind: str) -> None:
    film = made.write_clip(tmp_path / "film.mp4", made.Clip()).read_bytes()
    path = made.write_still(tmp_path / f"out.{kind}", made.covered_picture())
    made.tampered(path, lambda data: data + film)
    assert list(audited(path)) == [6]


def after_start(segment: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data[:2] + segment + data[2:]


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


JPEG_SEGMENTS = {
    "comment": (segment(0xFE, CANARY), 5),
    "exif": (segment(0xE1, b"Exif\0\0" + b"II*\0" + CANARY), 5),
    "photoshop": (segment(0xED, b"Photoshop 3.0\0" + CANARY), 5),
    "jumbf": (segment(0xEB, b"JP" + CANARY), 5),
    "pictures": (segment(0xE2, b"MPF\0" + CANARY), 6),
    "unknown": (segment(0xF0, CANARY), 6),
    "table": (segment(0xDB, b"\3" + bytes(range(1, 65))) + segment(0xDB, b"\3" + bytes(range(1, 65))), 6),
}


@pytest.mark.parametrize("name", sorted(JPEG_SEGMENTS))
def test_a_jpeg_segment_too_many_is_found(tmp_path: Path, name: str) -> None:
    added, number = JPEG_SEGMENTS[name]
    path = made.write_still(tmp_path / "out.jpg", made.covered_picture())
    made.tampered(path, after_start(added))
    assert number in audited(path)
    if name != "unknown":  # at which decoders stop, too
        assert list(audited(path)) == [number]


def test_a_thumbnail_in_exif_is_found(tmp_path: Path) -> None:
    path = made.write_still(tmp_path / "out.jpg", made.covered_picture(), exif=exif(thumbnail=True))
    assert list(audited(path)) == [5, 6]


def test_a_thumbnail_in_jfif_is_found(tmp_path: Path) -> None:
    path = made.write_still(tmp_path / "out.jpg", made.covered_picture())
    jfif = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\2\2" + bytes(range(12)))
    made.tampered(path, lambda data: data[:2] + jfif + data[2 + 18 :])
    assert list(audited(path)) == [6]


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


PNG_CHUNKS = {
    b"tEXt": (b"Author\0" + CANARY, 5),
    b"zTXt": (b"Author\0\0" + zlib.compress(CANARY), 5),
    b"iTXt": (b"Author\0\0\0\0\0" + CANARY, 5),
    b"tIME": (bytes([7, 232, 1, 2, 3, 4, 5]), 5),
    b"eXIf": (b"II*\0" + CANARY, 5),
    b"caBX": (CANARY, 5),
    b"prVt": (CANARY, 6),
    b"sRGB": (CANARY, 6),
}


@pytest.mark.parametrize("name", sorted(PNG_CHUNKS))
def test_a_png_chunk_too_many_is_found(tmp_path: Path, name: bytes) -> None:
    body, number = PNG_CHUNKS[name]
    path = made.write_still(tmp_path / "out.png", made.covered_picture())
    made.tampered(path, lambda data: data[:33] + chunk(name, body) + data[33:])
    assert list(audited(path)) == [number]


def test_pillows_own_text_in_png_is_found(tmp_path: Path) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", CANARY.decode())
    path = made.write_still(tmp_path / "out.png", made.covered_picture(), pnginfo=text)
    assert list(audited(path)) == [5]


def test_bytes_behind_a_pngs_compressed_rows_are_found(tmp_path: Path) -> None:
    path = made.write_still(tmp_path / "out.png", made.covered_picture())

    def longer(data: bytes) -> bytes:
        at = data.index(b"IDAT") - 4
        size = struct.unpack(">I", data[at : at + 4])[0]
        return data[:at] + chunk(b"IDAT", data[at + 8 : at + 8 + size] + CANARY) + data[at + 12 + size :]

    made.tampered(path, longer)
    assert 6 in audited(path)


def test_more_rows_than_a_png_shows_are_found(tmp_path: Path) -> None:
    """The class of CVE-2023-21036: what was cut away is still in the file."""
    path = made.write_still(tmp_path / "out.png", made.covered_picture())

    def deeper(data: bytes) -> bytes:
        at = data.index(b"IDAT") - 4
        size = struct.unpack(">I", data[at : at + 4])[0]
        rows = zlib.decompress(data[at + 8 : at + 8 + size])
        return data[:at] + chunk(b"IDAT", zlib.compress(rows + rows)) + data[at + 12 + size :]

    made.tampered(path, deeper)
    assert 6 in audited(path)


def test_a_still_beside_an_animated_png_is_found(tmp_path: Path) -> None:
    path = tmp_path / "out.png"
    shots = [made.covered_picture(n) for n in range(3)]
    hidden = made.covered_picture(uncovered=True)
    hidden.save(path, save_all=True, append_images=shots, default_image=True, duration=100)
    plan = made.plan_for(None, kind=MediaKind.ANIMATION, container="png", tick=Fraction(1, 10), ticks=(0, 1, 2))
    assert 6 in made.failed_numbers(audit(path, plan, source=None))


@pytest.mark.parametrize(("name", "number"), [(b"EXIF", 5), (b"XMP ", 5), (b"ICCP", 5), (b"prvt", 6)])
def test_a_webp_chunk_too_many_is_found(tmp_path: Path, name: bytes, number: int) -> None:
    path = made.write_still(tmp_path / "out.webp", made.covered_picture())

    def longer(data: bytes) -> bytes:
        body = data[12:] + name + struct.pack("<I", len(CANARY) + 1) + CANARY + b"!"
        return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body

    made.tampered(path, longer)
    assert list(audited(path)) == [number]


def test_a_canary_in_a_webp_padding_byte_is_found(tmp_path: Path) -> None:
    path = made.write_still(tmp_path / "out.webp", made.covered_picture(), lossless=True)
    data = path.read_bytes()
    odd = data + b"JUNK" + struct.pack("<I", 1) + b"\0" + b"!"
    path.write_bytes(odd[:4] + struct.pack("<I", len(odd) - 8) + odd[8:])
    assert 6 in audited(path)


GIF_BLOCKS = {
    "comment": (b"!\xfe" + bytes([len(CANARY)]) + CANARY + b"\0", 5),
    "xmp": (b"!\xff\x0bXMP DataXMP" + bytes([len(CANARY)]) + CANARY + b"\0", 5),
    "text": (b"!\x01" + bytes([len(CANARY)]) + CANARY + b"\0", 6),
    "long loop": (b"!\xff\x0bNETSCAPE2.0" + bytes([len(CANARY)]) + CANARY + b"\0", 5),
}


@pytest.mark.parametrize("name", sorted(GIF_BLOCKS))
def test_a_gif_block_too_many_is_found(tmp_path: Path, name: str) -> None:
    block, number = GIF_BLOCKS[name]
    path = made.write_still(tmp_path / "out.gif", made.covered_picture())
    made.tampered(path, lambda data: data[:-1] + block + b";")
    assert list(audited(path)) == [number]


def test_pixels_outside_a_gifs_canvas_are_found(tmp_path: Path) -> None:
    path = made.write_still(tmp_path / "out.gif", made.covered_picture())
    made.tampered(path, lambda data: data[:6] + struct.pack("<HH", made.WIDTH - 4, made.HEIGHT) + data[10:])
    assert 6 in audited(path)


@pytest.mark.parametrize("tag", [270, 271, 305, 306, 315, 33432])
def test_a_text_in_tiff_is_found(tmp_path: Path, tag: int) -> None:
    path = made.write_still(tmp_path / "out.tif", made.covered_picture(), tiffinfo={tag: CANARY.decode()})
    assert list(audited(path)) == [5]


def test_a_private_tag_in_tiff_is_found(tmp_path: Path) -> None:
    path = tmp_path / "out.tif"
    made.covered_picture().save(path, tiffinfo={65000: CANARY.decode()})
    assert list(audited(path)) == [6]


def test_a_second_page_in_tiff_is_found(tmp_path: Path) -> None:
    more = [made.covered_picture(uncovered=True)]
    path = made.write_still(tmp_path / "out.tif", made.covered_picture(), save_all=True, append_images=more)
    assert 1 in audited(path)


def test_a_page_unlinked_but_still_in_the_file_is_found(tmp_path: Path) -> None:
    more = [made.covered_picture(uncovered=True)]
    path = made.write_still(tmp_path / "out.tif", made.covered_picture(), save_all=True, append_images=more)

    def unlinked(data: bytes) -> bytes:
        page = struct.unpack("<I", data[4:8])[0]
        link = page + 2 + 12 * struct.unpack("<H", data[page : page + 2])[0]
        return data[:link] + bytes(4) + data[link + 4 :]

    made.tampered(path, unlinked)
    assert list(audited(path)) == [6]


def test_a_thumbnail_in_heic_is_found(tmp_path: Path) -> None:
    path = tmp_path / "out.heic"
    heif = pillow_heif.from_pillow(made.covered_picture())
    heif[0].info["thumbnails"] = [32]
    heif.save(path, quality=90)
    assert pillow_heif.open_heif(path, convert_hdr_to_8bit=False)[0].info["thumbnails"]
    assert 6 in audited(path)


def test_a_second_picture_in_heic_is_found(tmp_path: Path) -> None:
    path = tmp_path / "out.heic"
    heif = pillow_heif.from_pillow(made.covered_picture())
    heif.add_from_pillow(made.covered_picture(uncovered=True))
    heif.save(path, quality=90)
    assert 1 in audited(path)


@pytest.mark.parametrize("kind", ["avif", "webp"])
def test_a_second_layer_of_transparency_is_no_secret(tmp_path: Path, kind: str) -> None:
    picture = made.covered_picture().convert("RGBA")
    picture.putalpha(Image.fromarray(np.tile(np.arange(made.WIDTH, dtype=np.uint8), (made.HEIGHT, 1))))
    path = made.write_still(tmp_path / f"out.{kind}", picture)
    assert 3 in audited(path)


@pytest.mark.parametrize("kind", ["avif", "heic"])
def test_bytes_between_a_heifs_pictures_are_found(tmp_path: Path, kind: str) -> None:
    path = made.write_still(tmp_path / f"out.{kind}", made.covered_picture())

    def longer(data: bytes) -> bytes:
        at = data.index(b"mdat") - 4
        size = struct.unpack(">I", data[at : at + 4])[0]
        return data[:at] + struct.pack(">I", size + len(CANARY)) + data[at + 4 :] + CANARY

    made.tampered(path, longer)
    assert list(audited(path)) == [6]


def test_bytes_before_a_bmps_pixels_are_found(tmp_path: Path) -> None:
    path = made.write_still(tmp_path / "out.bmp", made.covered_picture())

    def shifted(data: bytes) -> bytes:
        size, start = len(data) + len(CANARY), 54 + len(CANARY)
        return data[:2] + struct.pack("<III", size, 0, start) + data[14:54] + CANARY + data[54:]

    made.tampered(path, shifted)
    assert 6 in audited(path)


def test_a_format_that_unseen_does_not_write_is_never_passed(tmp_path: Path) -> None:
    path = tmp_path / "out.ppm"
    made.covered_picture().save(path, "PPM")
    found = audited(path)
    assert {1, 3, 5, 6} <= set(found)
    assert "structure not understood" in found[5]
    assert "structure not understood" in found[6] or "stored" in found[6]
