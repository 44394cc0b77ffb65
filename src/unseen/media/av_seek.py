"""Where in a video to start decoding, so that a picture and all that follow come out as in a whole pass."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from typing import Final, TypeAlias

import av

from unseen.media.av_file import AvFile

_BACK = 8
"""How often the way back is doubled: from one second to two minutes, more than key frames are ever apart on purpose."""

_LEFT_OUT = ("h264",)
"""Codecs whose packets say for certain whether another picture is made of them (ITU-T H.264 7.4.1: nal_ref_idc).

In HEVC, pictures of a higher temporal layer may still be made of those that their own layer does not need."""
_UNNEEDED: Final = "NONREF"

Packet: TypeAlias = "av.Packet[av.stream.Stream]"


class Kept:
    """One container that stays open between passes from the middle: opening a long one takes longer than seeking."""

    def __init__(self, file: AvFile) -> None:
        self._file = file
        self._held: tuple[contextlib.ExitStack, av.container.InputContainer] | None = None

    @contextlib.contextmanager
    def opened(self) -> Iterator[av.container.InputContainer]:
        """The container, anywhere in it; another one for a pass that meets one still going on. Raises as `AvFile`."""
        held, self._held = self._held, None
        stack, container = held or self._open()
        try:
            yield container
        except GeneratorExit:
            self._put_back(stack, container)
            raise
        except BaseException:
            stack.close()
            raise
        self._put_back(stack, container)

    def close(self) -> None:
        """Close what is kept."""
        if self._held is not None:
            self._held[0].close()
            self._held = None

    def _open(self) -> tuple[contextlib.ExitStack, av.container.InputContainer]:
        stack = contextlib.ExitStack()
        return stack, stack.enter_context(self._file.opened())

    def _put_back(self, stack: contextlib.ExitStack, container: av.container.InputContainer) -> None:
        self.close()
        self._held = stack, container


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
                return _hurried(itertools.chain([first], rest), stream, tick)
        aim = tick - (second << doubled)
    return None


def _hurried(packets: Iterator[Packet], stream: av.stream.Stream, tick: int) -> Iterator[Packet]:
    """The same packets; of those shown before `tick`, only what other pictures are made of will be decoded."""
    context = stream.codec_context
    able = context.name in _LEFT_OUT
    for packet in packets:
        if able:
            before = packet.pts is not None and packet.pts < tick
            context.skip_frame = _UNNEEDED if before else "DEFAULT"
        yield packet


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
