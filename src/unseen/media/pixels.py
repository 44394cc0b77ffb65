"""Between FFmpeg's pixel formats and planes of samples."""

from __future__ import annotations

import re
from dataclasses import dataclass

import av
import numpy as np

from unseen.core import ColourModel, Plane
from unseen.core.picture import Samples

_CHROMA = {"420": (2, 2), "422": (2, 1), "440": (1, 2), "444": (1, 1)}
_PACKED = {"nv12": "yuv420p", "nv21": "yuv420p", "nv16": "yuv422p", "yuyv422": "yuv422p", "uyvy422": "yuv422p"}
_DEEP_PACKED = {"p010le": "yuv420p10le", "p012le": "yuv420p12le", "p210le": "yuv422p10le"}


@dataclass(frozen=True, slots=True)
class PlanarFormat:
    """A planar pixel format that Unseen works in: `name` is FFmpeg's, `chroma` pixels to a chroma sample."""

    name: str
    model: ColourModel
    depth: int
    chroma: tuple[int, int] = (1, 1)

    @property
    def kind(self) -> type[np.uint8] | type[np.uint16]:
        return np.uint8 if self.depth == 8 else np.uint16


def planar(name: str) -> PlanarFormat | None:
    """The planar format of that name, or None where Unseen does not work in it."""
    if match := re.fullmatch(r"yuvj?(420|422|440|444)p(?:(10|12)le)?", name):
        return PlanarFormat(name.replace("yuvj", "yuv"), ColourModel.YUV, int(match[2] or 8), _CHROMA[match[1]])
    if match := re.fullmatch(r"gray(?:(10|12)le)?", name):
        return PlanarFormat(name, ColourModel.GREY, int(match[1] or 8))
    return None


def working_format(name: str, *, turned: bool, odd: bool) -> PlanarFormat:
    """The planar format a decoded picture is handled in, with nothing lost where there is a choice.

    `turned`: the picture is shown a quarter turn from how it is stored, which swaps the directions of 4:2:2.
    `odd`: a side is an odd number of pixels, which encoders refuse with shared chroma samples.
    """
    name = _PACKED.get(name) or _DEEP_PACKED.get(name) or name.replace("yuva", "yuv")
    found = planar(name)
    if found is None:
        depth = max((c.bits for c in av.VideoFormat(name).components), default=8)
        found = planar("yuv444p10le" if depth > 8 else "yuv444p")
    if found is None:
        raise ValueError(name)
    lopsided = turned and found.chroma in ((2, 1), (1, 2))
    if found.model is ColourModel.YUV and (lopsided or (odd and found.chroma != (1, 1))):
        found = planar(re.sub(r"4[24][02]p", "444p", found.name)) or found
    return found


def planes_of(frame: av.VideoFrame, form: PlanarFormat) -> list[Samples]:
    """The frame's planes as arrays over its own memory, without the padding at the end of rows."""
    planes = []
    for plane in frame.planes:
        rows = np.frombuffer(memoryview(plane), form.kind).reshape(plane.height, -1)
        planes.append(rows[:, : plane.width])
    return planes


def as_planes(samples: list[Samples], form: PlanarFormat, *, turned: bool) -> tuple[Plane, ...]:
    """Core planes over upright samples; luma first, then chroma with its subsampling as displayed."""
    across, down = form.chroma[::-1] if turned else form.chroma
    return tuple(Plane(s, across if n else 1, down if n else 1) for n, s in enumerate(samples))


def frame_from_planes(planes: tuple[Plane, ...], width: int, height: int, form: PlanarFormat) -> av.VideoFrame:
    """A fresh frame, with no side data, holding copies of the planes."""
    frame = av.VideoFrame(width, height, form.name)
    for target, plane in zip(planes_of(frame, form), planes, strict=True):
        target[...] = plane.samples
    return frame
