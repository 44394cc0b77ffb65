"""What a reader accepts from a worker that may have been taken over: nothing that is not possible.

Types are checked already (`messages`). Each function raises ValueError, whose text says what was impossible.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from unseen.core import ColourModel, MediaInfo, PictureFormat, Span, StreamInfo
from unseen.errors import printable
from unseen.media import h264
from unseen.media.coding import DEEPEST, MOST_BYTES, Group
from unseen.media.limits import MOST_CHANNELS, MOST_RATE, Limits
from unseen.media.sandbox import messages

_WORD = re.compile(r"[\w;, :./()+-]{0,80}")
_LONGEST_TEXT = 600
_MOST_TEXTS = 20_000
_MOST_SETS = 257  # H.264 numbers those of pictures from 0 to 255
_DEPTHS = frozenset({8, 10, 12, 16})
_GRIDS = frozenset({(1, 1), (2, 2), (2, 1), (1, 2), (4, 1), (1, 4)})
_LAYOUT = re.compile(r"[0-9A-Za-z .+()-]{1,80}")
LONGEST_TIME = Fraction(10**9)
"""Seconds, some thirty years: what no file's clock reaches."""


def need(condition: bool, what: str) -> None:
    """Raise ValueError unless."""
    if not condition:
        raise ValueError(what)


def check_opened(opened: messages.Opened, limits: Limits) -> None:
    """The facts from the headers: sizes within the limits, texts short and safe to show."""
    if opened.shape is not None:
        _check_shape(opened.shape, limits)
    _check_texts(opened.conversions)
    need(len(opened.disclosures) <= _MOST_TEXTS, "too many disclosures")
    _check_texts(tuple(text for d in opened.disclosures for text in (d.where, d.value)))
    most = limits.streams
    for index in (opened.main_picture, opened.main_audio):
        need(index is None or 0 <= index < most, "a stream that cannot be there")
    if opened.encoding is not None:
        like = opened.encoding
        need(like.subsampling in ("4:2:0", "4:2:2", "4:4:4"), "an unknown subsampling")
        need(0 <= like.plays <= 1 << 32 and (like.quality is None or 1 <= like.quality <= 100), "an odd encoding")


def check_done(done: messages.Done, opened: messages.Opened, limits: Limits) -> None:
    """The facts after a whole pass: they go on from those at the start."""
    _check_texts(done.conversions)
    if done.info is not None:
        _check_info(done.info, opened, limits)


def check_view(view: messages.GivenView, shape: PictureFormat, longest_side: int) -> None:
    """A view's size: that of the picture, shrunk alike in both directions."""
    need(0 < view.scale <= 1, "a view that is enlarged")
    need(1 <= max(view.width, view.height) <= longest_side and min(view.width, view.height) >= 1, "an odd view")
    for found, full in ((view.width, shape.width), (view.height, shape.height)):
        need(abs(found - full * view.scale) <= 1, "a view of another shape than the picture")


def check_picture(picture: messages.GivenPicture, shape: PictureFormat) -> list[tuple[int, ...]]:
    """The shapes of a picture's planes, worked out here from its size and never taken as told."""
    need((picture.width, picture.height) == (shape.width, shape.height), "a picture of another size")
    need(picture.depth in _DEPTHS and 0 <= picture.matrix <= 255, "an odd kind of picture")
    grids = picture.grids
    if picture.model is ColourModel.YUV:
        need(len(grids) == 3 and grids[0] == (1, 1) and grids[1] == grids[2], "odd planes")
    else:
        need(grids in (((1, 1),), ((1, 1),) * 3), "odd planes")
    need(all(grid in _GRIDS for grid in grids), "odd planes")
    if picture.model is ColourModel.RGB and len(grids) == 1:
        return [(picture.height, picture.width, 3)]
    return [(-(-picture.height // down), -(-picture.width // across)) for across, down in grids]


def check_sets(units: tuple[bytes, ...]) -> None:
    """A sequence's parameter set and its pictures'."""
    kinds = [unit[0] & 0x9F for unit in units if unit]
    need(1 < len(units) == len(kinds) <= _MOST_SETS, "an odd number of parameter sets")
    need(kinds[0] == h264.SEQUENCE and set(kinds[1:]) == {h264.PICTURE}, "odd parameter sets")
    need(all(4 <= len(unit) <= h264.LONGEST_SET for unit in units), "odd parameter sets")
    h264.plain_sets(units)


def check_group(group: Group, limits: Limits) -> None:
    """A group's times and depth; one to be copied has times."""
    need((group.times is None) == (group.unfit is not None), "a group without times")
    need(0 <= group.reorder <= DEEPEST, "a group out of order")
    need(group.times is None or len(group.times) <= limits.frames, "more pictures than the limits allow")


def check_coded(coded: messages.GivenCoded, copied: Sequence[Span]) -> None:
    """A coded picture of the stretches asked for, which are in order; of slices and nothing else."""
    place = bisect.bisect_right(copied, coded.time, key=lambda span: span.start) - 1
    need(place >= 0 and coded.time in copied[place], "a coded picture that nobody asked for")
    need(0 < len(coded.data) <= MOST_BYTES and h264.is_plain(coded.data, alone=coded.alone), "an odd coded picture")


def check_sound(block: messages.GivenSound) -> None:
    """A block of sound: whole samples of every channel, all of them numbers."""
    check_sound_format(block.rate, block.layout)
    need(abs(block.time) <= LONGEST_TIME, "a time out of this world")
    need(1 <= block.channels <= MOST_CHANNELS, "an odd number of channels")
    step = block.channels * np.dtype(block.kind).itemsize
    need(len(block.data) > 0 and len(block.data) % step == 0, "a block of sound that breaks off")


def check_sound_format(rate: int, layout: str) -> None:
    need(0 < rate <= MOST_RATE and _LAYOUT.fullmatch(layout) is not None, "an odd format of sound")


def _check_info(info: MediaInfo, opened: messages.Opened, limits: Limits) -> None:
    need(info.kind is opened.kind and info.picture == opened.shape, "facts that change")
    need(_WORD.fullmatch(info.container) is not None, "an odd container")
    need(len(info.streams) <= limits.streams, "more streams than the limits allow")
    need(len({s.index for s in info.streams}) == len(info.streams), "streams that share a number")
    for stream in info.streams:
        _check_stream(stream)
    times = info.frame_times
    if times is not None:
        need(len(times) <= limits.frames, "more pictures than the limits allow")
        ticks = abs(times.first) + sum(gap * count for gap, count in times.steps)
        need(ticks * times.time_base <= 2 * LONGEST_TIME, "a time out of this world")
    if info.sound is not None:
        check_sound_format(info.sound.rate, info.sound.layout)
        need(info.sound.channels <= MOST_CHANNELS and info.sound.bits in (8, 16, 32, 64), "an odd format of sound")
        need(info.sound.samples <= (limits.seconds + 1) * info.sound.rate, "more sound than the limits allow")
        need(abs(info.sound.start) <= LONGEST_TIME, "a time out of this world")
    need(info.duration is None or abs(info.duration) <= LONGEST_TIME, "a time out of this world")


def _check_stream(stream: StreamInfo) -> None:
    need(0 <= stream.index < 1 << 16, "an odd stream")
    _check_texts((stream.codec,))


def _check_shape(shape: PictureFormat, limits: Limits) -> None:
    need(shape.width * shape.height <= limits.pixels, "more pixels than the limits allow")
    need(_WORD.fullmatch(shape.pixel_format) is not None, "an odd pixel format")
    need(shape.depth in range(1, 33), "an odd depth")
    colour = shape.colour
    need(all(0 <= c <= 255 for c in (colour.primaries, colour.transfer, colour.matrix)), "an odd colour")
    need(Fraction(1, 1 << 16) <= shape.sample_aspect <= 1 << 16, "pixels of an odd shape")


def _check_texts(texts: tuple[str, ...]) -> None:
    need(len(texts) <= 2 * _MOST_TEXTS, "too many texts")
    for text in texts:
        need(len(text) <= _LONGEST_TEXT and printable(text) == text, "a text that is not safe to show")
