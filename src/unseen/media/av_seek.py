"""Where in a video to start decoding, so that a picture and all that follow come out as in a whole pass."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TypeAlias

import av

from unseen.media.av_file import AvFile

_BACK = 8
"""How often the way back is doubled: from one second to two minutes, more than key frames are ever apart on purpose."""

Packet: TypeAlias = "av.Packet[av.stream.Stream]"


def packets_for(file: AvFile, stream: av.stream.Stream, tick: int) -> Iterator[Packet] | None:
    """The packets from a key frame on that is shown at `tick` or before; None where only the whole stream will do.

    Containers seek by decoding times, or only roughly. A key frame shown later than `tick` would leave out the picture
    there, or make it from parts that are missing: pictures shown before a key frame and stored after it belong to
    the one before (open groups of pictures).
    """
    container = stream.container
    assert isinstance(container, av.container.InputContainer)  # noqa: S101 - it is being read
    if container.format.name == "avi" and getattr(stream.codec_context, "has_b_frames", True):
        return None  # its pictures have no times of their own, and only counting from the start tells them
    base = stream.time_base
    second = max(1, round(1 / base)) if base else 1
    aim = tick
    for doubled in range(_BACK):
        found = _from(file, container, stream, aim)
        if found is not None:
            first, rest = found
            if first.pts is not None and first.pts <= tick:
                return itertools.chain([first], rest)
        aim = tick - (second << doubled)
    return None


def _from(
    file: AvFile, container: av.container.InputContainer, stream: av.stream.Stream, aim: int
) -> tuple[Packet, Iterator[Packet]] | None:
    """The key frame that the container leads to for `aim`, and what follows it."""
    try:
        container.seek(aim, stream=stream)
    except (av.FFmpegError, OverflowError):
        return None
    packets = file.packets(container, stream)
    first = next((p for p in packets if p.is_keyframe and p.pts is not None), None)
    return None if first is None else (first, packets)
