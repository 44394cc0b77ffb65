"""What plants leaks and finds them again: canaries, a private colour, and the list of planted leaks."""

from __future__ import annotations

import base64
import contextlib
import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
import pillow_heif
from PIL import Image

CANARY = b"CANARY-6f1c-witness"
_MARK = b"CANARY-6f1c"
PRIVATE = (255, 0, 255)
"""A colour that no test picture holds; where it fills a block, a hidden picture is shown."""
_BLOCK = 6  # pixels a side: more than noise ever fills by chance
_NEAR = 48  # steps of 255 that codecs may pull it away
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{16,}")


@dataclass(frozen=True)
class Leak:
    """A way to plant one leak of a `vector` in a finished file of one of `formats`; the audit sees it in `checks`.

    `quiet`: neither a canary nor the private colour shows it, only the structure. `shown`: what is planted is part of
    what the file shows, and stays, covered.
    """

    vector: str
    name: str
    formats: tuple[str, ...]
    checks: frozenset[int]
    make: Callable[[Path], object]
    quiet: bool = False
    shown: bool = False


PLANTED: list[Leak] = []


def leak(
    vector: str, formats: str, *checks: int, quiet: bool = False, shown: bool = False
) -> Callable[[Callable[[Path], object]], Callable[[Path], object]]:
    """Put a maker on the list: it writes a file, otherwise clean, to the path it is given."""

    def listed(make: Callable[[Path], object]) -> Callable[[Path], object]:
        name = make.__name__.replace("_", " ")
        PLANTED.append(Leak(vector, name, tuple(formats.split()), frozenset(checks), make, quiet, shown))
        return make

    return listed


def private(width: int = 48, height: int = 32) -> Image.Image:
    """A picture that nobody may see."""
    return Image.new("RGB", (width, height), PRIVATE)


def private_jpeg(width: int = 48, height: int = 32) -> bytes:
    """The same as a JPEG, with a canary in its comment."""
    sink = io.BytesIO()
    private(width, height).save(sink, "JPEG", quality=95, comment=CANARY)
    return sink.getvalue()


def canaries(data: bytes) -> list[str]:
    """The ways in which the canary can be read from the bytes: as they are, wide, unpacked, out of base64."""
    forms = {"plain": data, "unpacked": b"".join(_unpacked(data)), "base64": b"".join(_unfolded(data))}
    words = {
        "": _MARK,
        " in UTF-16": _MARK.decode().encode("utf-16-le"),
        " in UTF-16BE": _MARK.decode().encode("utf-16-be"),
    }
    return [form + word for form, text in forms.items() for word, mark in words.items() if mark in text]


def _unpacked(data: bytes) -> Iterator[bytes]:
    """Every zlib stream, wherever it begins."""
    for found in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data):
        try:
            yield zlib.decompressobj().decompress(data[found.start() :], 1 << 20)
        except zlib.error:
            continue


def _unfolded(data: bytes) -> Iterator[bytes]:
    for found in _BASE64.finditer(data):
        for shift in range(4):
            text = found.group()[shift:]
            yield base64.b64decode(text[: len(text) // 4 * 4])


def is_private(rgb: np.ndarray) -> bool:
    """Whether the private colour fills a block of the picture (rows, columns, 3)."""
    near = (np.abs(rgb[..., :3].astype(int) - PRIVATE) < _NEAR).all(axis=2).astype(np.uint8)
    return bool(cv2.erode(near, np.ones((_BLOCK, _BLOCK), np.uint8), borderValue=0).any())


def renditions(path: Path) -> Iterator[np.ndarray]:
    """Every picture that anybody can get out of a file: each page, frame and stream, and every JPEG inside."""
    data = path.read_bytes()
    yield from _stills(data)
    for found in re.finditer(rb"\xff\xd8\xff", data):
        if found.start():
            yield from _stills(data[found.start() :])
    yield from _moving(data)


def _stills(data: bytes) -> Iterator[np.ndarray]:
    with contextlib.suppress(OSError, SyntaxError, ValueError), Image.open(io.BytesIO(data)) as image:
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            mode = image.mode
            bare = image if mode in ("RGB", "RGBA") else image.convert("RGBA" if "A" in mode else "RGB")
            yield np.asarray(bare)  # whatever is transparent is looked at, too
    with contextlib.suppress(OSError, SyntaxError, ValueError, RuntimeError):
        yield from (np.asarray(picture) for picture in pillow_heif.open_heif(io.BytesIO(data)))


def _moving(data: bytes) -> Iterator[np.ndarray]:
    """Every frame of every stream, behind edit lists and cropping, too."""
    try:
        with av.open(io.BytesIO(data), options={"ignore_editlist": "1"}) as container:
            streams = list(container.streams.video)
    except (av.FFmpegError, ValueError):
        return
    for number in range(len(streams)):
        with av.open(io.BytesIO(data), options={"ignore_editlist": "1"}) as container:
            stream = container.streams.video[number]
            stream.codec_context.options = {"apply_cropping": "0"}
            try:
                for frame in container.decode(stream):
                    yield frame.to_ndarray(format="rgb24")
            except (av.FFmpegError, ValueError):
                continue
