"""Photos and animations: told apart by content, delivered upright in sRGB, refused clearly when broken."""

from __future__ import annotations

import io
import random
import zlib
from fractions import Fraction
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import ExifTags, Image, ImageCms, PngImagePlugin, TiffImagePlugin

from unseen.core import ColourModel, MediaKind, StreamKind
from unseen.errors import InputError, LimitError, UnreadableError, UnsupportedError
from unseen.media.declared_colour import profile_of
from unseen.media.limits import Limits
from unseen.media.photo_read import PhotoReader, photo_format

NAME = Path("a photo")
ORIENTED = {1: "abcd", 2: "badc", 3: "dcba", 4: "cdab", 5: "acbd", 6: "cadb", 7: "dbca", 8: "bdac"}
"""What EXIF orientation shows of a picture stored as the quadrants ab over cd, row by row."""
QUADRANTS = {"a": (255, 0, 0), "b": (0, 255, 0), "c": (0, 0, 255), "d": (255, 255, 255)}


def reader(data: bytes, limits: Limits | None = None) -> PhotoReader:
    return PhotoReader(io.BytesIO(data), limits or Limits(), NAME)


def samples(data: bytes) -> np.ndarray:
    return next(reader(data).pictures()).planes[0].samples


def coded(image: Image.Image, form: str, **options: object) -> bytes:
    sink = io.BytesIO()
    image.save(sink, form, **options)
    return sink.getvalue()


def heif(image: Image.Image, **options: object) -> bytes:
    sink = io.BytesIO()
    file = pillow_heif.from_pillow(image)
    file.save(sink, **{"quality": 90, "chroma": 444, **options})
    return sink.getvalue()


def quadrants(width: int = 48, height: int = 32) -> Image.Image:
    pixels = np.zeros((height, width, 3), np.uint8)
    for at, name in enumerate("abcd"):
        rows = slice(0, height // 2) if at < 2 else slice(height // 2, height)
        columns = slice(0, width // 2) if at % 2 == 0 else slice(width // 2, width)
        pixels[rows, columns] = QUADRANTS[name]
    return Image.fromarray(pixels)


def shown(picture: np.ndarray) -> str:
    rows, columns = picture.shape[:2]
    names = ""
    for row in (rows // 4, rows * 3 // 4):
        for column in (columns // 4, columns * 3 // 4):
            colour = picture[row, column].astype(int)
            names += min(QUADRANTS, key=lambda n: np.abs(colour - QUADRANTS[n]).sum())
    return names


def frames(count: int, size: tuple[int, int] = (40, 30)) -> list[Image.Image]:
    made = []
    for at in range(count):
        image = Image.new("RGB", size, (40, 80, 120))
        image.paste((200, 30 * at % 255, 10), (2 * at, at, 2 * at + 8, at + 8))
        made.append(image)
    return made


def animation(form: str, milliseconds: list[int], **options: object) -> bytes:
    first, *rest = frames(len(milliseconds))
    return coded(first, form, save_all=True, append_images=rest, duration=milliseconds, **options)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "AVIF", "BMP"])
def test_a_format_is_told_by_its_bytes(form: str) -> None:
    assert photo_format(coded(quadrants(), form)[:256]) == form.lower()


def test_heic_is_told_from_avif_and_from_video() -> None:
    assert photo_format(heif(quadrants())[:256]) == "heic"
    assert photo_format(b"\0\0\0\x18ftypisom\0\0\2\0isomiso2") is None
    assert photo_format(b"ffconcat version 1.0\nfile private.jpg\n") is None


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIC"])
def test_every_orientation_is_upright_in_every_format(form: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    if form == "HEIC":
        sink = io.BytesIO()
        pillow_heif.encode("RGB", (48, 32), quadrants().tobytes(), sink, chroma=444, exif=exif.tobytes())
        data = sink.getvalue()
    else:
        data = coded(quadrants(), form, exif=exif)
    opened = reader(data)
    picture = next(opened.pictures())
    assert shown(picture.planes[0].samples) == ORIENTED[orientation]
    size = (48, 32) if orientation < 5 else (32, 48)
    assert (picture.width, picture.height) == size == (opened.info.picture.width, opened.info.picture.height)
    view = next(opened.views(24))
    assert shown(view.rgb) == ORIENTED[orientation]
    assert view.rgb.shape[:2] == (size[1] // 2, size[0] // 2)


def test_turns_and_mirroring_are_those_that_make_it_upright() -> None:
    stored = np.asarray(quadrants())
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        form = reader(coded(quadrants(), "PNG", exif=exif)).info.picture
        turned = np.rot90(stored[:, ::-1] if form.mirrored else stored, -form.quarter_turns)
        assert shown(turned) == ORIENTED[orientation]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_damaged_exif_does_not_hide_the_picture(form: str) -> None:
    sane = Image.Exif()
    sane[ExifTags.Base.Make] = "maker"
    whole = sane.tobytes()
    for junk in (b"Exif\0\0" + b"junk" * 8, whole[:16], whole[:-8] + b"\xff" * 8):
        assert shown(samples(coded(quadrants(), form, exif=junk))) == "abcd"


def test_samples_can_be_painted_on() -> None:
    picture = next(reader(coded(quadrants(), "PNG")).pictures())
    assert picture.model is ColourModel.RGB
    picture.planes[0].samples[:] = 7


def test_grey_stays_one_plane() -> None:
    picture = next(reader(coded(quadrants().convert("L"), "JPEG")).pictures())
    assert picture.model is ColourModel.GREY
    assert picture.planes[0].samples.shape == (32, 48)


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_sixteen_bit_grey_keeps_every_level(form: str) -> None:
    deep = np.arange(48 * 32, dtype=np.uint16).reshape(32, 48) * 41
    opened = reader(coded(Image.fromarray(deep), form))
    picture = next(opened.pictures())
    assert picture.depth == opened.info.picture.depth == 16
    assert np.array_equal(picture.planes[0].samples, deep)
    assert next(opened.views(48)).rgb[31, 47, 0] == deep[31, 47] >> 8
    assert opened.conversions == ()


def test_colour_under_full_transparency_is_gone_and_that_is_said() -> None:
    hidden = quadrants().convert("RGBA")
    hidden.putalpha(0)
    for data in (coded(hidden, "PNG"), coded(hidden, "WEBP", lossless=True, exact=True), coded(hidden, "TIFF")):
        assert (samples(data) == 255).all()
        assert any("transparent" in said for said in reader(data).conversions)
    hidden.putalpha(255)
    assert shown(samples(coded(hidden, "PNG"))) == "abcd"


def test_a_palette_becomes_rgb() -> None:
    assert shown(samples(coded(quadrants().quantize(8), "PNG"))) == "abcd"


def test_cmyk_becomes_rgb_and_that_is_said() -> None:
    data = coded(quadrants().convert("CMYK"), "JPEG", quality=95)
    assert shown(samples(data)) == "abcd"
    assert any("CMYK" in said for said in reader(data).conversions)


def test_a_wide_colour_profile_is_applied() -> None:
    red = Image.new("RGB", (16, 16), (200, 60, 60))
    data = coded(red, "PNG", icc_profile=profile_of(12, 13))
    assert np.abs(samples(data)[8, 8].astype(int) - (217, 42, 51)).max() <= 2
    assert any("sRGB" in said for said in reader(data).conversions)


def test_an_srgb_profile_changes_nothing() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    opened = reader(coded(quadrants(), "PNG", icc_profile=srgb))
    assert opened.conversions == ()
    assert shown(next(opened.pictures()).planes[0].samples) == "abcd"


@pytest.mark.parametrize("profile", [b"junk" * 64, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()])
def test_a_damaged_or_unfitting_profile_is_left_aside_and_said(profile: bytes) -> None:
    data = coded(quadrants(), "PNG", icc_profile=profile)
    assert shown(samples(data)) == "abcd"
    assert len(reader(data).conversions) == 1


def test_declared_primaries_are_applied_and_hdr_is_said() -> None:
    red = Image.new("RGB", (64, 64), (200, 60, 60))
    wide = heif(red, color_primaries=12, transfer_characteristics=13, matrix_coefficients=6, full_range_flag=1)
    assert np.abs(samples(wide)[32, 32].astype(int) - (217, 42, 51)).max() <= 4
    bright = heif(red, color_primaries=9, transfer_characteristics=16, matrix_coefficients=6, full_range_flag=1)
    assert any("dynamic range" in said for said in reader(bright).conversions)


@pytest.mark.parametrize(
    ("form", "milliseconds"),
    [("GIF", [30, 70, 120, 40]), ("WEBP", [31, 70, 123, 40]), ("PNG", [33, 70, 125, 40]), ("AVIF", [31, 70, 123, 40])],
)
def test_animations_deliver_every_picture_at_its_exact_time(form: str, milliseconds: list[int]) -> None:
    opened = reader(animation(form, milliseconds))
    starts = [Fraction(sum(milliseconds[:at]), 1000) for at in range(4)]
    assert opened.info.kind is MediaKind.ANIMATION
    assert list(opened.info.frame_times) == starts
    assert opened.info.duration == Fraction(sum(milliseconds), 1000)
    pictures = [(p.time, p.planes[0].samples.astype(int)) for p in opened.pictures()]
    assert [time for time, _ in pictures] == starts == [view.time for view in opened.views(20)]
    for (_, got), wanted in zip(pictures, frames(4), strict=True):
        assert np.abs(got - np.asarray(wanted)).mean() < 6


def test_a_third_of_a_second_stays_a_third() -> None:
    data = animation("PNG", [100, 100])
    at = data.index(b"fcTL") + 4 + 20
    data = data[:at] + b"\0\1\0\3" + data[at + 4 :]
    assert list(reader(patched_crc(data)).info.frame_times) == [0, Fraction(1, 3)]


def patched_crc(data: bytes) -> bytes:
    at = data.index(b"fcTL")
    return data[: at + 30] + zlib.crc32(data[at : at + 30]).to_bytes(4, "big") + data[at + 34 :]


def test_pictures_without_a_time_get_a_tenth_of_a_second() -> None:
    opened = reader(animation("GIF", [0, 0, 50]))
    assert list(opened.info.frame_times) == [0, Fraction(1, 10), Fraction(1, 5)]
    assert any("tenth" in said for said in opened.conversions)


def test_the_still_stand_in_of_an_animated_png_is_not_shown_but_listed() -> None:
    secret = Image.new("RGB", (40, 30), (255, 0, 255))
    data = coded(secret, "PNG", save_all=True, append_images=frames(3), default_image=True, duration=50)
    opened = reader(data)
    assert len(opened.info.frame_times) == 3
    assert all(not (p.planes[0].samples == (255, 0, 255)).all() for p in opened.pictures())
    assert [s.kind for s in opened.info.streams] == [StreamKind.VIDEO, StreamKind.PICTURE]


def tiff(*pages: Image.Image, **options: object) -> bytes:
    return coded(pages[0], "TIFF", save_all=True, append_images=list(pages[1:]), **options)


def test_tiff_pages_are_pictures_one_tick_apart() -> None:
    opened = reader(tiff(*frames(3)))
    assert list(opened.info.frame_times) == [0, 1, 2]
    got = [p.planes[0].samples for p in opened.pictures()]
    assert all(np.array_equal(a, np.asarray(b)) for a, b in zip(got, frames(3), strict=True))


def test_tiff_pages_of_different_sizes_are_refused() -> None:
    with pytest.raises(UnsupportedError, match="pages"):
        reader(tiff(quadrants(48, 32), quadrants(32, 48)))


def test_a_reduced_copy_in_a_tiff_is_listed_and_not_shown() -> None:
    sink = io.BytesIO()
    pages = TiffImagePlugin.AppendingTiffWriter(sink)
    pages.write(coded(quadrants(), "TIFF"))
    pages.newFrame()
    pages.write(coded(quadrants(12, 8), "TIFF", tiffinfo={254: 1}))
    pages.newFrame()
    opened = reader(sink.getvalue())
    assert opened.info.kind is MediaKind.PHOTO
    assert [s.codec for s in opened.info.streams] == ["tiff", "reduced copy or mask"]


def test_embedded_pictures_and_clips_are_streams() -> None:
    photo = coded(quadrants(), "JPEG", exif=with_thumbnail())
    gain = coded(quadrants(24, 16).convert("L"), "JPEG", comment=b"hdrgm:Version")
    clip = b"\0\0\0\x14ftypmp42\0\0\0\0mp42" + b"\0\0\0\x10mdat" + b"privates"
    opened = reader(photo + gain + clip + b"rest")
    assert [(s.index, s.kind, s.codec) for s in opened.info.streams] == [
        (0, StreamKind.VIDEO, "jpeg"),
        (1, StreamKind.PICTURE, "EXIF thumbnail"),
        (2, StreamKind.PICTURE, "gain map"),
        (3, StreamKind.VIDEO, "motion photo clip"),
    ]
    assert opened.info.kind is MediaKind.PHOTO
    assert shown(next(opened.pictures()).planes[0].samples) == "abcd"


def with_thumbnail() -> bytes:
    """EXIF whose second directory points at a JPEG."""
    small = coded(quadrants(16, 16), "JPEG")
    first = b"\1\0" + b"\x0f\1\2\0\4\0\0\0me\0\0" + (26).to_bytes(4, "little")
    tags = (0x0201, 26 + 2 + 24 + 4), (0x0202, len(small))
    second = b"\2\0" + b"".join(t.to_bytes(2, "little") + b"\4\0\1\0\0\0" + v.to_bytes(4, "little") for t, v in tags)
    return b"Exif\0\0" + b"II*\0\x08\0\0\0" + first + second + bytes(4) + small


def test_only_the_primary_picture_of_a_heic_is_shown() -> None:
    file = pillow_heif.from_pillow(quadrants())
    file.add_from_pillow(Image.new("RGB", (64, 64), "magenta"))
    sink = io.BytesIO()
    file.save(sink, quality=90, primary_index=0)
    opened = reader(sink.getvalue())
    assert shown(next(opened.pictures()).planes[0].samples) == "abcd"
    assert [s.codec for s in opened.info.streams] == ["heic", "second picture"]


def test_a_heic_thumbnail_is_listed() -> None:
    image = quadrants(256, 192)
    image.info["thumbnails"] = [64]
    assert [s.codec for s in reader(heif(image)).info.streams] == ["heic", "HEIF thumbnail"]


def test_views_are_shrunk_and_never_enlarged() -> None:
    opened = reader(coded(quadrants(640, 400), "JPEG"))
    view = next(opened.views(160))
    assert view.rgb.shape == (100, 160, 3)
    assert view.scale == 0.25
    assert shown(view.rgb) == "abcd"
    whole = next(opened.views(5000))
    assert whole.rgb.shape == (400, 640, 3)
    assert whole.scale == 1


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "AVIF", "BMP", "HEIC"])
def test_too_many_pixels_are_refused_before_decoding(form: str) -> None:
    data = heif(quadrants()) if form == "HEIC" else coded(quadrants(), form)
    before = Image.MAX_IMAGE_PIXELS
    with pytest.raises(LimitError, match="pixels") as caught:
        reader(data, Limits(pixels=1000))
    assert "limit" in caught.value.next_step
    assert before == Image.MAX_IMAGE_PIXELS
    assert reader(data, Limits(pixels=48 * 32)).info.picture.width == 48


def test_a_bomb_is_refused() -> None:
    small = coded(Image.new("1", (8, 8)), "PNG")
    header = b"IHDR" + (60_000).to_bytes(4, "big") * 2 + small[24:29]
    with pytest.raises(LimitError):
        reader(small[:12] + header + zlib.crc32(header).to_bytes(4, "big") + small[33:])


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "AVIF"])
def test_too_many_pictures_are_refused(form: str) -> None:
    with pytest.raises(LimitError, match="pictures"):
        reader(animation(form, [50] * 5), Limits(frames=4))


def test_too_many_pages_and_embedded_pictures_are_refused() -> None:
    with pytest.raises(LimitError, match="pictures"):
        reader(tiff(*frames(5)), Limits(frames=4))
    with pytest.raises(LimitError, match="inside"):
        reader(coded(quadrants(), "JPEG") * 5, Limits(streams=4))


def drain(data: bytes) -> None:
    for _ in reader(data, Limits(pixels=1_000_000)).pictures():
        pass


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "AVIF", "BMP", "HEIC"])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_a_file_cut_off_is_unreadable(form: str, share: float) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8))
    data = heif(noise) if form == "HEIC" else coded(noise, form)
    drain(data)
    with pytest.raises(UnreadableError) as caught:
        drain(data[: int(len(data) * share)])
    assert str(caught.value).startswith("a photo: ")
    assert caught.value.next_step


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "AVIF"])
def test_an_animation_cut_off_is_unreadable(form: str) -> None:
    data = animation(form, [50] * 6)
    with pytest.raises(UnreadableError):
        drain(data[: int(len(data) * 0.8)])


def test_damaged_files_raise_input_errors_and_nothing_else() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "maker"
    chance = random.Random(5)
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "words", zip=True)
    seeds = [coded(quadrants(), form, exif=exif) for form in ("JPEG", "WEBP", "TIFF", "AVIF")]
    seeds += [coded(quadrants(), "PNG", exif=exif, pnginfo=text), heif(quadrants())]
    seeds += [animation(form, [50, 60, 70]) for form in ("GIF", "WEBP", "PNG", "AVIF")]
    refused = 0
    for seed in seeds:
        for _ in range(40):
            data = bytearray(seed)
            for _ in range(chance.randint(1, 8)):
                data[chance.randrange(12, len(data))] = chance.randrange(256)
            try:
                drain(bytes(data))
            except InputError as error:
                refused += 1
                assert error.next_step
    assert refused > 50
