"""Image files told apart by content and opened with Pillow and pillow-heif, from bytes and never by name."""

from __future__ import annotations

import contextlib
import io
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pillow_heif
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    ExifTags,
    GifImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from unseen.errors import InputError, LimitError, UnreadableError
from unseen.media import heif_parts
from unseen.media.declared_colour import profile_of
from unseen.media.limits import Limits
from unseen.media.photo_parts import Part, PartKind
from unseen.media.photo_structure import PNG_SIGNATURE, gif_blocks, png_blocks

_BROKEN = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    RuntimeError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    LookupError,
    struct.error,
    zlib.error,
)
COPY_AGAIN = "Copy it again from where it came from."
_REPAIR = "Open it in an image viewer; if it shows whole there, save it anew and use that copy."
_OPENERS: dict[str, Callable[[BinaryIO], ImageFile.ImageFile]] = {
    # By class, not Image.open: nothing else may claim the file, and a JPEG's further pictures (MPO) stay closed.
    "jpeg": JpegImagePlugin.JpegImageFile,
    "png": PngImagePlugin.PngImageFile,
    "gif": GifImagePlugin.GifImageFile,
    "webp": WebPImagePlugin.WebPImageFile,
    "tiff": TiffImagePlugin.TiffImageFile,
    "avif": AvifImagePlugin.AvifImageFile,
    "bmp": BmpImagePlugin.BmpImageFile,
}
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"})
_BMP_HEADERS = frozenset({12, 40, 52, 56, 108, 124})


def photo_format(head: bytes) -> str | None:
    """The container of an image file by its first bytes (256 do), or None where it is none that Unseen reads."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(PNG_SIGNATURE):
        return "png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "tiff"
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return "bmp"
    return _heif_format(head) if head[4:8] == b"ftyp" else None


def _heif_format(head: bytes) -> str | None:
    end = min(len(head), int.from_bytes(head[:4], "big"))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))]
    if any(brand in (b"avif", b"avis") for brand in brands):
        return "avif"
    return "heic" if brands[0] in _HEIC_BRANDS else None


@contextlib.contextmanager
def decoding(name: Path, limits: Limits) -> Iterator[None]:
    """Turn everything that the libraries raise about a file into an InputError, and hold Pillow to our pixel limit.

    Pillow's warnings about damaged metadata are silenced: metadata is never kept.
    """
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = limits.pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except InputError:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise over_limit("pixels", limits.pixels, name) from error
    except MemoryError as error:
        step = "Close other programs, or use a machine with more memory."
        raise LimitError("needs more memory than there is", path=name, next_step=step) from error
    except _BROKEN as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UnreadableError(f"the picture is damaged ({reason[:200]})", path=name, next_step=_REPAIR) from error
    finally:
        Image.MAX_IMAGE_PIXELS = before


def over_limit(what: str, limit: int, name: Path) -> LimitError:
    step = f"If you trust the file, raise the limit on {what}."
    return LimitError(f"has more than {limit:,} {what}", path=name, next_step=step)


@dataclass(frozen=True, slots=True)
class OpenedPhoto:
    """An image file whose headers are read and whose pictures are not.

    `size`, `mode`: of the pictures as the library delivers them. `orientation`: what EXIF says of the stored picture,
    1 to 8; `turned`: the library delivers it upright already. `depth`: bits a stored sample. `found`: metadata only the
    library can dig out.
    """

    size: tuple[int, int]
    mode: str
    transparent: bool
    profile: bytes | None
    orientation: int
    turned: bool
    found: tuple[Part, ...]
    depth: int
    image: Image.Image | pillow_heif.HeifImage

    def pictures(self, pages: Sequence[int], at_least: tuple[int, int] | None = None) -> Iterator[Image.Image]:
        """The pictures at these places, as displayed but not yet turned.

        `at_least`: a JPEG may come smaller, by a power of two, but not smaller than this. Each is valid until the next.
        """
        if not isinstance(self.image, Image.Image):
            heif = self.image
            yield Image.frombytes(heif.mode, heif.size, heif.data, "raw", heif.mode, heif.stride)
            return
        if at_least is not None and isinstance(self.image, JpegImagePlugin.JpegImageFile):
            self.image.draft("", at_least)
        for page in pages:
            self.image.seek(page)
            self.image.load()
            yield self.image


def open_photo(data: bytes, container: str, limits: Limits, name: Path) -> OpenedPhoto:
    """Read the headers of an image file and hold its size against the limits; only inside `decoding`."""
    if container == "heic":
        return _open_heic(data, limits, name)
    image = _OPENERS[container](io.BytesIO(data))
    _check_size(image.size, limits, name)
    info = image.info
    kinds = {"exif": PartKind.EXIF, "xmp": PartKind.XMP} if container == "avif" else {}
    profile = info.get("icc_profile")
    found = [Part(kind, kind.value, info[key]) for key, kind in kinds.items() if info.get(key)]
    if container == "avif" and profile:
        found.append(Part(PartKind.ICC, "ICC profile", profile))
    return OpenedPhoto(
        size=image.size,
        mode=image.mode,
        transparent=_shows_through(image, data) if container == "gif" else image.has_transparency_data,
        profile=profile or (_declared_profile(data) if container == "avif" else None),
        orientation=_orientation(image, data),
        # Pillow turns TIFF pictures itself when it loads them.
        turned=container == "tiff",
        found=tuple(found),
        depth=_depth(image, data, container),
        image=image,
    )


def _declared_profile(data: bytes) -> bytes | None:
    colour = heif_parts.declared_colour(data)
    return None if colour is None else profile_of(colour[0], colour[1])


def _shows_through(image: Image.Image, data: bytes) -> bool:
    """Whether a GIF is transparent anywhere: most use transparency only for what did not change."""
    if image.convert("RGBA").getchannel("A").getextrema()[0] != 255:
        return True
    to_background = 2
    return any(b.name == "21F9" and b.body[:1] and b.body[0] >> 2 & 7 == to_background for b in gif_blocks(data))


def _depth(image: Image.Image, data: bytes, container: str) -> int:
    if container == "png":
        return data[24]
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return int(max(image.tag_v2.get(258, (1,))))
    if container == "avif":
        return heif_parts.depth(data)
    return 8


def _check_size(size: tuple[int, int], limits: Limits, name: Path) -> None:
    if min(size) < 1:
        raise UnreadableError("has no area", path=name, next_step=COPY_AGAIN)
    if size[0] * size[1] > limits.pixels:
        raise over_limit("pixels", limits.pixels, name)


def _orientation(image: Image.Image, data: bytes) -> int:
    """What EXIF says; 1, as viewers take it, where EXIF is damaged. Found without decoding the picture."""
    with contextlib.suppress(*_BROKEN):
        exif = Image.Exif()
        if isinstance(image, PngImagePlugin.PngImageFile):
            # Pillow itself would decode the picture, to look for an eXIf chunk behind it.
            exif.load(next((block.body for block in png_blocks(data) if block.name == "eXIf"), b""))
        elif not isinstance(image, GifImagePlugin.GifImageFile):
            exif = image.getexif()
        found = exif.get(ExifTags.Base.Orientation, 1)
        return found if found in range(1, 9) else 1
    return 1


def _open_heic(data: bytes, limits: Limits, name: Path) -> OpenedPhoto:
    file = pillow_heif.open_heif(io.BytesIO(data))
    picture = file[file.primary_index]
    _check_size(picture.size, limits, name)
    info: dict[str, Any] = picture.info
    found = [
        Part(kind, kind.value, info[key])
        for key, kind in (("exif", PartKind.EXIF), ("xmp", PartKind.XMP), ("icc_profile", PartKind.ICC))
        if info.get(key)
    ]
    found += [Part(PartKind.OTHER, f"HEIF metadata {entry['type']}", entry["data"]) for entry in info["metadata"]]
    # libheif carries out irot and imir, and EXIF orientation has no say in HEIF (ISO/IEC 23008-12, 6.5.10).
    return OpenedPhoto(
        size=picture.size,
        mode=picture.mode,
        transparent=picture.has_alpha,
        profile=info.get("icc_profile") or _declared_profile(data),
        orientation=1,
        turned=True,
        found=tuple(found),
        depth=info["bit_depth"],
        image=picture,
    )
