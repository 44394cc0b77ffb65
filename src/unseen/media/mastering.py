"""What high dynamic range needs beside its samples: read off a decoded picture, told to an encoder."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator, Mapping

from av.buffer import Buffer

from unseen.core import Mastering
from unseen.media.containers import VideoCodec

_CHROMATICITY, _NITS = 50_000, 10_000  # steps of one in SMPTE ST 2086
_DYNAMIC = {
    **{"DOVI_RPU_BUFFER": "Dolby Vision", "DOVI_METADATA": "Dolby Vision"},
    **{"DYNAMIC_HDR_PLUS": "HDR10+", "DYNAMIC_HDR_VIVID": "HDR Vivid"},
}
_CARRYING = (VideoCodec.HEVC, VideoCodec.AV1)


def mastering_of(sides: Mapping[str, Buffer]) -> Mastering | None:
    """The static metadata of a picture, or None where it has none that makes sense."""
    screen: tuple[int, ...] = ()
    light: tuple[int, ...] = ()
    if "MASTERING_DISPLAY_METADATA" in sides:
        screen = _screen(bytes(sides["MASTERING_DISPLAY_METADATA"]))
    if "CONTENT_LIGHT_LEVEL" in sides:
        light = struct.unpack("=2I", bytes(sides["CONTENT_LIGHT_LEVEL"])[:8])
    with contextlib.suppress(ValueError):
        return Mastering(screen, light) if screen or light else None
    return None


def _screen(data: bytes) -> tuple[int, ...]:
    """FFmpeg's AVMasteringDisplayMetadata: ratios of red, green, blue, white, least and most light; which are there."""
    numbers = struct.unpack("=22i", data[:88])
    ratios = list(zip(numbers[:20:2], numbers[1:20:2], strict=True))
    if not all(numbers[20:]) or any(under <= 0 for _, under in ratios):
        return ()
    steps = [*(_CHROMATICITY,) * 8, _NITS, _NITS]
    return tuple(round(over * step / under) for (over, under), step in zip(ratios, steps, strict=True))


def dynamic_parts(sides: Mapping[str, Buffer]) -> Iterator[str]:
    """What of a picture's high dynamic range is never carried on, in words."""
    dynamic = dict.fromkeys(name for kind, name in _DYNAMIC.items() if kind in sides)
    if dynamic:
        yield f"the part of {' and '.join(dynamic)} that changes from picture to picture is dropped"


def encoder_options(mastering: Mastering | None, codec: VideoCodec) -> dict[str, str]:
    """Options of x265 or SVT-AV1 that make them say it; none for the other encoders, which cannot."""
    if mastering is None or codec not in _CARRYING:
        return {}
    hevc = codec is VideoCodec.HEVC
    said = []
    if mastering.screen:
        said.append(("master-display=" if hevc else "mastering-display=") + _described(mastering.screen, whole=hevc))
    if mastering.light:
        said.append(("max-cll=" if hevc else "content-light=") + ",".join(map(str, mastering.light)))
    return {"x265-params" if hevc else "svtav1-params": ":".join(said)}


def _described(screen: tuple[int, ...], *, whole: bool) -> str:
    """As both encoders want it: x265 in whole steps, SVT-AV1 in units."""
    red, green, blue, white, (least, most) = (screen[at : at + 2] for at in range(0, 10, 2))
    points = (("G", green), ("B", blue), ("R", red), ("WP", white))
    parts = [(name, pair, _CHROMATICITY) for name, pair in points] + [("L", (most, least), _NITS)]
    return "".join(
        f"{name}({','.join(str(n) if whole else f'{n / step:.6f}' for n in pair)})" for name, pair, step in parts
    )
