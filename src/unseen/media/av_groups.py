"""The groups of coded pictures of a video, found by going through its packets without decoding them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

import av

from unseen.core import FrameTimes, PictureFormat, Span
from unseen.media import h264
from unseen.media.av_seek import Packet
from unseen.media.coding import COPIED_CONTAINERS, DEEPEST, Coded, Group, Unfit

_LEAST_GROUP = 12  # pictures: shorter ones are taken together, up to the first that begins anew behind so many
_LARGEST_GROUP = 10_000  # pictures
_UNTOLD = 2


def sets_of(stream: av.stream.Stream, container: str, shape: PictureFormat) -> h264.Sets | Unfit:
    """The parameter sets of a stream, or why its pictures are not copied."""
    context = stream.codec_context
    if container not in COPIED_CONTAINERS or context is None or context.name != "h264":
        return Unfit.CODEC
    try:
        sets = h264.read_sets(context.extradata or b"")
    except h264.NotPlain as error:
        return error.reason
    told = sets.sequence
    colour = shape.colour
    alike = (
        told.size == (shape.width, shape.height)
        and told.aspect == shape.sample_aspect
        and told.colour == (colour.full_range, colour.primaries, colour.transfer, colour.matrix)
    )
    upright = shape.quarter_turns == 0 and not shape.mirrored and shape.mastering is None
    return sets if alike and upright else Unfit.SHAPE


def groups_of(packets: Iterator[Packet], base: Fraction, sets: h264.Sets) -> Iterator[Group]:
    """Every group, in order; ends with the first whose parameter sets are others than the file's."""
    ticks: list[int | None] = []
    unfit: Unfit | None = None
    for packet in packets:
        if not packet.size:
            continue
        reason, alone = _judged(packet, sets)
        if reason is Unfit.SETS:
            yield Group(None, unfit=reason)
            return
        if alone and (len(ticks) >= _LEAST_GROUP or unfit):
            yield _group(ticks, base, unfit)
            ticks, unfit = [], None
        if not alone and not ticks:
            reason = reason or Unfit.OPEN
        unfit = unfit or reason
        if len(ticks) <= _LARGEST_GROUP:
            ticks.append(packet.pts)
    if ticks:
        yield _group(ticks, base, unfit)


def _judged(packet: Packet, sets: h264.Sets) -> tuple[Unfit | None, bool]:
    """Why a packet's group is not copied, and whether the packet begins one."""
    if packet.has_sidedata("new_extradata") or packet.has_sidedata("param_change"):
        return Unfit.SETS, False
    try:
        _, alone = h264.clean(bytes(packet), sets)
    except h264.NotPlain as error:
        return error.reason, packet.is_keyframe
    if packet.is_corrupt or packet.is_discard:
        return Unfit.DAMAGED, alone
    return (Unfit.DAMAGED if alone and not packet.is_keyframe else None), alone


def _group(ticks: list[int | None], base: Fraction, unfit: Unfit | None) -> Group:
    times = [tick for tick in ticks if tick is not None]
    shown = sorted(times)
    if unfit is None and (len(times) < len(ticks) or len(set(shown)) < len(shown)):
        unfit = Unfit.TIMES
    if unfit is None and len(ticks) > _LARGEST_GROUP:
        unfit = Unfit.LARGE
    if unfit is not None:
        return Group(None, unfit=unfit)
    place = {tick: number for number, tick in enumerate(shown)}
    reorder = max(number - place[tick] for number, tick in enumerate(times))
    if shown[0] != times[0] or reorder > DEEPEST:
        return Group(None, unfit=Unfit.TIMES)
    return Group(FrameTimes.from_ticks(base, shown), reorder)


def coded(packet: Packet, base: Fraction, sets: h264.Sets) -> Coded:
    """A packet as it is copied. Raises NotPlain."""
    data, alone = h264.clean(bytes(packet), sets)
    if packet.pts is None:
        raise h264.NotPlain(Unfit.TIMES)
    return Coded(packet.pts * base, data, alone)


def within(stretches: Sequence[Span], base: Fraction) -> Callable[[Packet], bool]:
    """Tells of packets, in the order of the file, whether their pictures lie in one of these stretches."""
    coming = sorted(stretches, key=lambda span: span.start, reverse=True)

    def is_within(packet: Packet) -> bool:
        if packet.pts is None:
            return False
        time = packet.pts * base
        while coming and coming[-1].end < time:
            coming.pop()
        return bool(coming) and time in coming[-1]

    return is_within
