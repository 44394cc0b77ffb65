"""Photos and animations are written from pixels alone: same pictures, same times, nothing of the source's metadata."""

from __future__ import annotations

import io
import zlib
from fractions import Fraction
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import ExifTags, Image, PngImagePlugin

from unseen.core import ColourModel, FrameTimes, MediaInfo, MediaKind, Picture, PictureFormat, Plane
from unseen.errors import UsageError
from unseen.media.declared_colour import profile_of
from unseen.media.limits import Limits
from unseen.media.photo_encoding import Encoding
from unseen.media.photo_read import PhotoReader
from unseen.media.photo_write import PHOTO_SUFFIXES, PhotoWriter

NAME = Path("a photo")
STILL = FrameTimes(Fraction(1), 0)
MOVING = ("gif", "png", "webp", "avif", "tiff")
CANARY = "Canary7Qz"


def scene(width: int = 64, height: int = 48, at: int = 0) -> np.ndarray:
    """Smooth colours with a flat black cover, as a redacted photo has."""
    rows, columns = np.mgrid[0:height, 0:width]
    pixels = np.stack([rows * 5 % 256, columns * 4 % 256, (rows + columns) * 2 % 256], axis=2).astype(np.uint8)
    pixels[10:30, 8 + at : 28 + at] = 0
    return pixels


def info(container: str, times: FrameTimes = STILL, duration: Fraction | None = None, size: str = "64x48") -> MediaInfo:
    width, height = map(int, size.split("x"))
    kind = MediaKind.ANIMATION if len(times) > 1 else MediaKind.PHOTO
    return MediaInfo(kind, container, (), PictureFormat(width, height, "RGB"), times, duration)


def picture(samples: np.ndarray, time: Fraction = Fraction(0)) -> Picture:
    model = ColourModel.RGB if samples.ndim == 3 else ColourModel.GREY
    return Picture(time, samples.shape[1], samples.shape[0], (Plane(samples),), model, samples.dtype.itemsize * 8)


def written(container: str, facts: MediaInfo, pictures: list[np.ndarray], **options: object) -> bytes:
    file = io.BytesIO()
    writer = PhotoWriter(file, container, facts, **options)
    for samples, time in zip(pictures, facts.frame_times, strict=True):
        writer.write(picture(samples, time))
    writer.close()
    assert file.tell() == len(file.getvalue())
    return file.getvalue()


def read(data: bytes) -> PhotoReader:
    return PhotoReader(io.BytesIO(data), Limits(), NAME)


def decoded(data: bytes) -> list[np.ndarray]:
    return [p.planes[0].samples for p in read(data).pictures()]


@pytest.mark.parametrize("container", PHOTO_SUFFIXES)
def test_a_photo_comes_back_the_same_in_every_format(container: str) -> None:
    data = written(container, info(container), [scene()])
    opened = read(data)
    assert opened.info.container == container
    assert (opened.conversions, opened.disclosures, len(opened.info.streams)) == ((), (), 1)
    off = np.abs(decoded(data)[0].astype(int) - scene())
    assert off.mean() < (6 if container == "gif" else 3)
    assert off[14:26, 12:24].max() <= (8 if container == "gif" else 4)


@pytest.mark.parametrize("container", ["png", "tiff", "bmp"])
def test_lossless_formats_lose_nothing(container: str) -> None:
    assert np.array_equal(decoded(written(container, info(container), [scene()]))[0], scene())
    grey = scene()[:, :, 1].copy()
    assert np.array_equal(decoded(written(container, info(container), [grey]))[0], grey)


@pytest.mark.parametrize("container", ["png", "tiff"])
def test_sixteen_bits_stay_sixteen_bits(container: str) -> None:
    deep = (scene()[:, :, 0].astype(np.uint16) << 8) + 7
    assert np.array_equal(decoded(written(container, info(container), [deep]))[0], deep)
    assert np.abs(decoded(written("jpeg", info("jpeg"), [deep]))[0].astype(int) - (deep >> 8)).mean() < 3


@pytest.mark.parametrize("container", PHOTO_SUFFIXES)
@pytest.mark.parametrize("size", ["1x1", "17x3"])
def test_tiny_and_odd_sizes_keep_their_size(container: str, size: str) -> None:
    width, height = map(int, size.split("x"))
    pixels = np.full((height, width, 3), 90, np.uint8)
    (back,) = decoded(written(container, info(container, size=size), [pixels]))
    assert back.shape == pixels.shape


@pytest.mark.parametrize("container", MOVING)
def test_every_picture_of_an_animation_keeps_its_time_even_if_nothing_changed(container: str) -> None:
    tick = Fraction(1) if container == "tiff" else Fraction(1, 100)
    times = FrameTimes.from_ticks(tick, [0, 1, 2, 3, 4] if container == "tiff" else [0, 3, 10, 11, 90])
    end = 5 * tick if container == "tiff" else Fraction(1)
    pictures = [scene(at=0), scene(at=4), scene(at=4), scene(at=4), scene(at=30)]
    data = written(container, info(container, times, end), pictures, encoding=Encoding("4:4:4", lossless=True))
    opened = read(data)
    assert list(opened.info.frame_times) == list(times)
    assert opened.info.duration == end
    for got, wanted in zip(decoded(data), pictures, strict=True):
        assert np.abs(got.astype(int) - wanted).mean() < 6


def test_pillow_itself_would_merge_pictures_that_are_alike() -> None:
    """Why animations are put together by hand: Pillow's writer changes frame times."""
    sink = io.BytesIO()
    same = [Image.fromarray(scene()) for _ in range(3)]
    same[0].save(sink, "GIF", save_all=True, append_images=same[1:], duration=50)
    assert read(sink.getvalue()).info.kind is MediaKind.PHOTO


@pytest.mark.parametrize("container", ["gif", "png", "webp"])
@pytest.mark.parametrize("plays", [0, 1, 5])
def test_an_animation_plays_as_often_as_before(container: str, plays: int) -> None:
    times = FrameTimes.from_ticks(Fraction(1, 100), [0, 5])
    data = written(
        container, info(container, times, Fraction(1, 10)), [scene(), scene(at=3)], encoding=Encoding(plays=plays)
    )
    assert read(data).encoding.plays == plays


def test_a_third_of_a_second_is_written_exactly_in_png() -> None:
    times = FrameTimes.from_ticks(Fraction(1, 3), [0, 1, 3])
    data = written("png", info("png", times, Fraction(4, 3)), [scene(at=n) for n in range(3)])
    assert list(read(data).info.frame_times) == [0, Fraction(1, 3), 1]


def test_a_gif_with_few_colours_is_exact_and_a_cover_stays_flat_with_many() -> None:
    few = scene() // 64 * 64
    times = FrameTimes.from_ticks(Fraction(1, 100), [0, 5])
    back = decoded(written("gif", info("gif", times, Fraction(1, 10)), [few, np.roll(few, 5, axis=1)]))
    assert np.array_equal(back[0], few)
    assert np.array_equal(back[1], np.roll(few, 5, axis=1))
    many = np.random.default_rng(3).integers(0, 256, (48, 64, 3), np.uint8)
    many[10:30, 8:28] = (10, 200, 30)
    flat = decoded(written("gif", info("gif"), [many]))[0][10:30, 8:28]
    assert np.abs(flat.astype(int) - (10, 200, 30)).max() <= 8


@pytest.mark.parametrize("container", PHOTO_SUFFIXES)
def test_the_same_pictures_give_the_same_bytes(container: str) -> None:
    assert written(container, info(container), [scene()]) == written(container, info(container), [scene()])


@pytest.mark.parametrize("container", ["jpeg", "avif", "heic"])
def test_chroma_is_subsampled_like_the_source(container: str) -> None:
    for subsampling in ("4:4:4", "4:2:2", "4:2:0"):
        data = written(container, info(container), [scene()], encoding=Encoding(subsampling))
        assert read(data).encoding.subsampling == subsampling


def test_a_webp_is_lossless_if_its_source_was() -> None:
    sources = []
    for lossless in (True, False):
        sink = io.BytesIO()
        Image.fromarray(scene()).save(sink, "WEBP", lossless=lossless)
        sources.append(read(sink.getvalue()).encoding)
    assert [e.lossless for e in sources] == [True, False]
    assert np.array_equal(decoded(written("webp", info("webp"), [scene()], encoding=sources[0]))[0], scene())
    assert not np.array_equal(decoded(written("webp", info("webp"), [scene()], encoding=sources[1]))[0], scene())


def test_a_jpeg_with_standard_tables_is_written_with_the_same_ones() -> None:
    for quality, kept in ((87, 87), (40, None)):
        sink = io.BytesIO()
        Image.fromarray(scene()).save(sink, "JPEG", quality=quality)
        encoding = read(sink.getvalue()).encoding
        assert encoding.quality == kept
        data = written("jpeg", info("jpeg"), [scene()], encoding=encoding)
        assert read(data).encoding.quality == (kept or 95)
    assert read(written("jpeg", info("jpeg"), [scene()], quality=98, encoding=encoding)).encoding.quality == 98


def dirty(container: str) -> bytes:
    """A photo with a canary in every place that a library lets one write metadata to."""
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = exif[ExifTags.Base.ImageDescription] = CANARY
    exif.get_ifd(ExifTags.IFD.Exif)[0x927C] = CANARY.encode()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSProcessingMethod] = CANARY.encode()
    profile = profile_of(12, 13) + CANARY.encode()
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{CANARY}</x:xmpmeta>'.encode()
    sink, image = io.BytesIO(), Image.fromarray(scene())
    if container == "heic":
        file = pillow_heif.from_pillow(image)
        file.save(sink, exif=exif.tobytes(), xmp=xmp, quality=90)
        return sink.getvalue()
    options: dict[str, object] = {"exif": exif, "xmp": xmp, "icc_profile": profile, "comment": CANARY}
    if container == "gif":
        options = {"comment": CANARY}
    elif container == "png":
        text = PngImagePlugin.PngInfo()
        for compress in (False, True):
            text.add_text("Comment", CANARY, zip=compress)
            text.add_itxt("Title", CANARY, zip=compress)
        options["pnginfo"] = text
    elif container == "tiff":
        options = {"exif": exif, "icc_profile": profile, "tiffinfo": {700: xmp, 305: CANARY, 33723: CANARY.encode()}}
    image.save(sink, container, **options)
    return sink.getvalue() + CANARY.encode()


def everything_in(data: bytes) -> bytes:
    """The bytes, and every zlib stream in them unpacked."""
    found = [data]
    for at in range(len(data) - 1):
        if data[at] == 0x78 and data[at : at + 2] in (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"):
            try:
                found.append(zlib.decompressobj().decompress(data[at:], 1 << 20))
            except zlib.error:
                continue
    return b"\n".join(found)


@pytest.mark.parametrize("container", [c for c in PHOTO_SUFFIXES if c != "bmp"])
def test_no_canary_of_the_source_reaches_the_output(container: str) -> None:
    source = dirty(container)
    assert everything_in(source).count(CANARY.encode()) >= (2 if container == "gif" else 3)
    opened = read(source)
    assert any(CANARY in d.value for d in opened.disclosures)
    data = written(container, opened.info, [next(opened.pictures()).planes[0].samples], encoding=opened.encoding)
    assert CANARY.encode() not in everything_in(data)
    assert CANARY.encode("utf-16-le") not in data
    assert read(data).disclosures == ()


def test_a_re_save_by_the_library_would_keep_canaries() -> None:
    """The canary check can fail: Pillow hands on JPEG comments and PNG profiles, pillow-heif EXIF and XMP."""
    for container in ("jpeg", "png"):
        sink = io.BytesIO()
        Image.open(io.BytesIO(dirty(container))).save(sink, container)
        assert CANARY.encode() in everything_in(sink.getvalue())
    sink = io.BytesIO()
    pillow_heif.open_heif(io.BytesIO(dirty("heic"))).save(sink, quality=90)
    assert CANARY.encode() in sink.getvalue()


def test_what_a_format_cannot_hold_is_refused() -> None:
    times = FrameTimes.from_ticks(Fraction(1, 100), [0, 5])
    with pytest.raises(UsageError, match="one picture"):
        PhotoWriter(io.BytesIO(), "jpeg", info("jpeg", times))
    with pytest.raises(UsageError, match="20000 pixels"):
        PhotoWriter(io.BytesIO(), "webp", info("webp", size="20000x10"))
    with pytest.raises(UsageError, match="xcf"):
        PhotoWriter(io.BytesIO(), "xcf", info("xcf"))
    long = FrameTimes.from_ticks(Fraction(1), [0, 700])
    writer = PhotoWriter(io.BytesIO(), "gif", info("gif", long, Fraction(701)))
    with pytest.raises(UsageError, match="700 s"):
        writer.write(picture(scene()))


def test_missing_and_surplus_pictures_are_noticed() -> None:
    writer = PhotoWriter(io.BytesIO(), "png", info("png"))
    with pytest.raises(ValueError, match="missing"):
        writer.close()
    writer.write(picture(scene()))
    with pytest.raises(ValueError, match="more"):
        writer.write(picture(scene()))
