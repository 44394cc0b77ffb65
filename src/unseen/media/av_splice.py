"""A video stream of which some pictures are encoded and others copied as they are coded in the source (H.264).

Each stretch of encoded pictures is an encoder's run of its own, and begins with a picture that needs no other; so does
each copied group. Both kinds' parameter sets stand in the decoder's configuration, under numbers of their own.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import av

from unseen.errors import UnexpectedError, UnreadableError
from unseen.media import h264
from unseen.media.coding import Coded
from unseen.plan import Copied

ENCODER_REORDER = 2
"""Pictures by which x264 stores one later than it is shown, with its three B pictures that others may be made of."""
_SET_NUMBERS = 32  # of sequences; x264 gives its picture set the same number
_AGAIN = "Write it anew with the program it came from, or leave out --copy-untouched."

Packet: TypeAlias = "av.Packet[av.stream.Stream]"


@dataclass(frozen=True, slots=True)
class Splice:
    """What is copied: the source's parameter sets, its deepest reordering, and the stretches, in order."""

    sets: tuple[bytes, ...]
    reorder: int
    copied: tuple[Copied, ...]

    @property
    def own_number(self) -> int:
        """The number of the encoder's own parameter sets: one that the source does not use."""
        taken = {h264.set_number(unit) for unit in self.sets}
        return next(number for number in range(_SET_NUMBERS) if number not in taken)


class SplicedStream:
    """Makes the stream's packets, in the order of decoding, with times in ticks of its clock.

    `ticks`: when each picture is shown, in order. `make` gives a new encoder, set up like the stream's own.
    """

    def __init__(
        self, stream: av.VideoStream, splice: Splice, ticks: Iterator[int], make: Callable[[], av.VideoCodecContext]
    ) -> None:
        self._stream, self._make = stream, make
        context = stream.codec_context
        context.open()
        self._own = _sets_in(context.extradata)
        context.extradata = h264.configuration_of([*splice.sets, *self._own])
        self._decoding = _decoding_ticks(ticks, max(splice.reorder, ENCODER_REORDER))
        self._encoder: av.VideoCodecContext | None = None

    def encode(self, frame: av.VideoFrame) -> Iterator[Packet]:
        """Encode one more picture."""
        if self._encoder is None:
            self._encoder = self._make()
            self._encoder.open()
            if _sets_in(self._encoder.extradata) != self._own:
                raise UnexpectedError("two runs of the encoder have different parameter sets", next_step=_AGAIN)
        for packet in self._encoder.encode(frame):
            yield self._cleaned(packet)

    def copy(self, coded: Coded, tick: int) -> Iterator[Packet]:
        """Copy one coded picture, behind what is still to come of the encoder."""
        yield from self.finish()
        yield self._packet(coded.data, tick, alone=coded.alone)

    def finish(self) -> Iterator[Packet]:
        """What is still to come of the encoder, which ends with it."""
        encoder, self._encoder = self._encoder, None
        if encoder is not None:
            for packet in encoder.encode(None):
                yield self._cleaned(packet)

    def _cleaned(self, packet: Packet) -> Packet:
        """An encoder's packet without its notes, stored as copied pictures are."""
        units = [unit for unit in h264.start_coded(bytes(packet)) if unit[0] & 0x1F in (h264.SLICE, h264.ALONE)]
        data = b"".join(part for unit in units for part in (len(unit).to_bytes(4, "big"), unit))
        assert packet.pts is not None  # noqa: S101 - the encoder was given one
        return self._packet(data, packet.pts, alone=packet.is_keyframe)

    def _packet(self, data: bytes, tick: int, *, alone: bool) -> Packet:
        decoded = next(self._decoding, None)
        if decoded is None or decoded > tick:
            raise UnreadableError("its coded pictures are in another order than their times", next_step=_AGAIN)
        packet = av.Packet(data)
        packet.stream = self._stream
        packet.time_base = self._stream.codec_context.time_base
        packet.pts, packet.dts, packet.is_keyframe = tick, decoded, alone
        return packet


def _sets_in(configuration: bytes | None) -> list[bytes]:
    units = h264.start_coded(configuration or b"")
    return [unit for unit in units if unit[0] & 0x1F in (h264.SEQUENCE, h264.PICTURE)]


def _decoding_ticks(ticks: Iterator[int], depth: int) -> Iterator[int]:
    """When each packet is decoded: as many pictures before it is shown as pictures are ever stored late."""
    first = list(itertools.islice(ticks, 2))
    gap = max(1, first[1] - first[0]) if len(first) > 1 else 1
    lead = (first[0] - gap * early for early in range(depth, 0, -1))
    return itertools.chain(lead, first, ticks)
