"""The pictures of a finished photo or animation, as a viewer shows them."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image, UnidentifiedImageError

from unseen.core import ColourModel, Picture, PictureFormat, Plane
from unseen.core.picture import Samples
from unseen.verify.playback import Shot

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "AVIF", "BMP")
_TICKS = {"GIF": Fraction(1, 100), "WEBP": Fraction(1, 1000), "AVIF": Fraction(1, 1000), "PNG": Fraction(1, 1000)}
_ORIENTATION = 0x0112
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")


def still_shots(path: Path, expected: PictureFormat) -> Iterator[Shot]:
    """Every picture of the file in order, with its time where the format has times and its number otherwise.

    Raises ValueError for a format that Unseen does not write, a wrong size, or an orientation left to the viewer.
    """
    with path.open("rb") as file:
        head = file.read(12)
        file.seek(0)
        if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
            yield from _heif_shots(pillow_heif.open_heif(file, convert_hdr_to_8bit=False), expected)
            return
        try:
            with _decoding(expected):
                image = Image.open(file, formats=FORMATS)
        except UnidentifiedImageError as error:
            raise ValueError("no picture of a format that Unseen writes") from error
        with image:
            yield from _pillow_shots(image, expected)


@contextlib.contextmanager
def _decoding(expected: PictureFormat) -> Iterator[None]:
    """Hold Pillow to the planned size, and keep its warnings about metadata, which check 5 judges, to ourselves.

    Both are settings of the whole process, so this is never held across a yield.
    """
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = expected.width * expected.height
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _pillow_shots(image: Image.Image, expected: PictureFormat) -> Iterator[Shot]:
    tick = _TICKS.get(image.format or "", Fraction(1))
    time = Fraction(0)
    for number in range(getattr(image, "n_frames", 1)):
        with _decoding(expected):
            image.seek(number)
            _check_size(image.size, expected)
            if image.getexif().get(_ORIENTATION, 1) != 1:
                raise ValueError("the picture relies on a viewer to turn it")
            image.load()
        shared = image.format in ("WEBP", "AVIF") or _shares_chroma(image)
        yield Shot(_picture(_samples(image), time), tick, str(image.format), shared)
        time += Fraction(str(image.info["duration"])) / 1000 if "duration" in image.info else 1


def _heif_shots(heif: pillow_heif.HeifFile, expected: PictureFormat) -> Iterator[Shot]:
    for number, image in enumerate(heif):
        _check_size(image.size, expected)
        yield Shot(_picture(np.asarray(image), Fraction(number)), Fraction(1), "HEIF", True)


def _check_size(found: tuple[int, int], expected: PictureFormat) -> None:
    if found != (expected.width, expected.height):
        raise ValueError(f"a picture is {found[0]}x{found[1]}, not {expected.width}x{expected.height}")


def _shares_chroma(image: Image.Image) -> bool:
    """Whether a JPEG (also inside a TIFF) stores chroma more coarsely than luma."""
    layers = getattr(image, "layer", None)
    if layers:
        return any(layer[1:3] != layers[0][1:3] for layer in layers)
    return image.info.get("compression") == "jpeg"


def _samples(image: Image.Image) -> Samples:
    """Rows by columns by red, green, blue (and alpha); rows by columns for grey."""
    mode = image.mode
    if mode in ("L", "RGB", "RGBA") or mode.startswith("I;16"):
        return np.asarray(image)
    if mode in ("1", "LA"):
        return np.asarray(image.convert("L" if mode == "1" else "RGBA"))
    if mode in ("P", "PA"):
        return np.asarray(image.convert("RGBA" if "transparency" in image.info or mode == "PA" else "RGB"))
    if mode in ("CMYK", "YCbCr"):
        return np.asarray(image.convert("RGB"))
    raise ValueError(f"{mode} is not a kind of picture that Unseen writes")


def _picture(samples: Samples, time: Fraction) -> Picture:
    model = ColourModel.GREY if samples.ndim == 2 else ColourModel.RGB
    depth = 8 if samples.dtype == np.uint8 else 16
    height, width = samples.shape[:2]
    return Picture(time, width, height, (Plane(samples),), model, depth)
