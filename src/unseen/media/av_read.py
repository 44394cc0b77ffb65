"""Video files through PyAV (FFmpeg): what they hold, their pictures at exact times, their sound."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import av
import numpy as np

from unseen.core import (
    Colour,
    ColourModel,
    Disclosure,
    FrameTimes,
    MediaInfo,
    MediaKind,
    Picture,
    PictureFormat,
    SoundBlock,
    Span,
    StreamKind,
    Timestamp,
    View,
)
from unseen.core.picture import Empty
from unseen.errors import UnreadableError, UnsupportedError
from unseen.media import av_groups, containers, h264, pixels, turns
from unseen.media.av_file import (
    FORMATS,
    AvFile,
    codec_name,
    disclosures_of,
    moving_pictures,
    stream_infos,
    with_padding,
)
from unseen.media.av_seek import Kept, Packet, packets_for
from unseen.media.coding import Coded, Group, ParameterSets, Unfit
from unseen.media.limits import Limits
from unseen.media.mastering import dynamic_parts, mastering_of
from unseen.media.sound_read import SoundStream
from unseen.media.source import SourceFile
from unseen.plan import Isolation

_CUT_SHORT = Fraction(1, 2)  # seconds that a file may claim to go on after its last picture
_FULL_RANGE = 2  # AVCOL_RANGE_JPEG


class AvReader:
    """Fulfils `Reader` for anything with a video stream; every pass opens the container anew over its own cursor.

    Passes from the middle use one that is kept open; `close` closes it.
    """

    def __init__(self, source: SourceFile, limits: Limits) -> None:
        self._file, self._limits = AvFile(source, limits), limits
        self._kept = Kept(self._file)
        self._undecodable = 0
        self._times: FrameTimes | None = None
        with self._file.opened() as container:
            self._file.check_header(container)
            pictures = moving_pictures(container)
            if not pictures:
                raise UnsupportedError("holds no video", path=source.path, next_step=FORMATS)
            self._stream = pictures[0]
            self.disclosures: tuple[Disclosure, ...] = tuple(disclosures_of(container))
            self._container_name = containers.container_of(container.format.name, source.head(64))
            self._streams = stream_infos(container)
            self._duration = Fraction(container.duration, av.time_base) if container.duration else None
            self._picture, self._form = self._first_picture(container)

    isolation = Isolation()

    @property
    def kind(self) -> MediaKind:
        return MediaKind.VIDEO

    @property
    def shape(self) -> PictureFormat:
        return self._picture

    @property
    def encoding(self) -> None:
        """Only photos are written as they were compressed."""

    @property
    def conversions(self) -> tuple[str, ...]:
        said = [*self._not_carried]
        stored = self._picture.pixel_format
        if "a" in _component_names(stored):
            said.append("transparency is dropped")
        if stored.replace("yuvj", "yuv") != self._form.name and stored not in ("nv12", "nv21", "p010le"):
            said.append(f"samples are converted from {stored} to {self._form.name}")
        if self._undecodable:
            said.append(f"{self._undecodable} packets could not be decoded and are left out")
        if self._times is not None and self._duration is not None:
            last = max(self._times)
            shown = self._times.steps[-1][0] * self._times.time_base if self._times.steps else self._duration
            claimed = self._duration
            if claimed - last > max(_CUT_SHORT, 2 * shown):
                said.append(f"the last picture is at {float(last):.2f} s of the {float(claimed):.2f} s it claims")
        return tuple(said)

    @property
    def info(self) -> MediaInfo:
        """Media facts; frame times are those of the last whole pass, which the first call makes if none was made."""
        if self._times is None:
            for _ in self._frames():
                pass
        return MediaInfo(
            MediaKind.VIDEO, self._container_name, self._streams, self._picture, self._times, self._duration
        )

    @property
    def main_picture(self) -> int:
        """Index of the video stream that a player would show."""
        return self._stream

    @property
    def main_audio(self) -> int | None:
        """Index of the sound that a player would play: the only one that can be silenced or kept."""
        return next((s.index for s in self._streams if s.kind is StreamKind.AUDIO and s.codec), None)

    def views(self, longest_side: int, empty: Empty = np.empty, since: Timestamp | None = None) -> Iterator[View]:
        scale = min(1.0, longest_side / max(self._picture.width, self._picture.height))
        turned = self._picture.quarter_turns % 2 == 1
        width, height = (max(1, round(side * scale)) for side in (self._picture.width, self._picture.height))
        stored = (height, width) if turned else (width, height)
        for time, frame in self._frames() if since is None else self._frames_since(since):
            small = frame.reformat(*stored, format="rgb24", interpolation="BILINEAR").to_ndarray()
            shown = turns.upright(small, self._picture.quarter_turns, self._picture.mirrored)
            yield View(time, turns.placed(shown, empty), width / self._picture.width)

    def times(self) -> Iterator[Timestamp]:
        return (time for time, _ in self._frames())

    def close(self) -> None:
        """Close what is held open between passes."""
        self._kept.close()

    def pictures(self, empty: Empty = np.empty) -> Iterator[Picture]:
        return (self._upright(time, frame, empty) for time, frame in self._frames())

    def coding(self) -> Iterator[ParameterSets | Group]:
        with self._file.opened() as container:
            stream = container.streams[self._stream]
            sets = av_groups.sets_of(stream, self._container_name, self._picture)
            if isinstance(sets, Unfit):
                yield Group(None, unfit=sets)
                return
            yield ParameterSets(sets.units)
            yield from av_groups.groups_of(self._file.packets(container, stream), _base_of(stream), sets)

    def spliced(self, copied: Sequence[Span], empty: Empty = np.empty) -> Iterator[Picture | Coded]:
        with self._file.opened() as container:
            stream = container.streams[self._stream]
            sets, base = av_groups.sets_of(stream, self._container_name, self._picture), _base_of(stream)
            if isinstance(sets, Unfit):
                raise self._not_as_told()
            self._undecodable = 0
            packets = (p for p in self._file.packets(container, stream) if p.size)
            for as_coded, run in itertools.groupby(packets, av_groups.within(copied, base)):
                if as_coded:
                    yield from self._as_coded(run, base, sets)
                    continue
                for tick, frame in self._decoded(container, itertools.chain(run, [None]), counted=True):
                    if (frame.width, frame.height) != self._stored_size:
                        raise self._not_as_told()
                    yield self._upright(tick * base, frame, empty)

    def _as_coded(self, packets: Iterator[Packet], base: Fraction, sets: h264.Sets) -> Iterator[Coded]:
        for packet in packets:
            try:
                yield av_groups.coded(packet, base, sets)
            except h264.NotPlain as error:
                raise self._not_as_told() from error

    def _not_as_told(self) -> UnreadableError:
        return UnreadableError("reads otherwise than before", path=self._file.source.path, next_step=_REMUX)

    def _upright(self, time: Fraction, frame: av.VideoFrame, empty: Empty) -> Picture:
        info, form = self._picture, self._form
        if frame.format.name.replace("yuvj", "yuv") != form.name:
            frame = frame.reformat(format=form.name)
        upright = [
            turns.placed(turns.upright(p, info.quarter_turns, info.mirrored), empty)
            for p in pixels.planes_of(frame, form)
        ]
        planes = pixels.as_planes(upright, form, turned=info.quarter_turns % 2 == 1)
        colour = info.colour
        return Picture(time, info.width, info.height, planes, form.model, form.depth, colour.full_range, colour.matrix)

    def sound(self, index: int, since: Timestamp | None = None) -> Iterator[SoundBlock]:
        """Decoded sound of one stream, in order. Raises InputError or one of its kinds."""
        return SoundStream(self._file, index).blocks(since)

    def sound_format(self, index: int) -> tuple[int, str]:
        """Sample rate in Hz and channel layout of an audio stream."""
        return SoundStream(self._file, index).format()

    def _check_size(self, width: int, height: int) -> None:
        if width * height > self._limits.pixels:
            raise self._file.over("pixels", width * height, self._limits.pixels)

    def _first_picture(self, container: av.container.InputContainer) -> tuple[PictureFormat, pixels.PlanarFormat]:
        frame = next((f for _, f in self._decoded(container)), None)
        if frame is None:
            raise UnreadableError("no picture could be decoded", path=self._file.source.path, next_step=FORMATS)
        stream = container.streams[self._stream]
        assert isinstance(stream, av.VideoStream)  # noqa: S101 - chosen by moving_pictures
        sides: Any = frame.side_data
        matrix = sides.get("DISPLAYMATRIX")
        turn = turns.from_display_matrix(bytes(matrix)) if matrix is not None else (0, False)
        if turn is None:
            what = "is shown at an angle that is not upright"
            raise UnsupportedError(what, path=self._file.source.path, next_step=_REMUX)
        turned = turn[0] % 2 == 1
        self._stored_size = (frame.width, frame.height)
        self._not_carried = tuple(dynamic_parts(sides))
        if frame.interlaced_frame:
            self._not_carried += ("pictures of two fields are coded as whole ones",)
        aspect = stream.sample_aspect_ratio or Fraction(1)
        width, height = (frame.height, frame.width) if turned else (frame.width, frame.height)
        name = frame.format.name
        odd = bool((width | height) & 1) and stream.codec_context.name not in ("vp8", "vp9")
        form = pixels.working_format(name, turned=turned, odd=odd)
        undeclared_grey = form.model is ColourModel.GREY and frame.color_range == 0  # FFmpeg takes grey for full range
        full = frame.color_range == _FULL_RANGE or name.startswith("yuvj") or undeclared_grey
        colour = Colour(int(frame.color_primaries), int(frame.color_trc), int(frame.colorspace), full)
        shape = PictureFormat(
            width,
            height,
            name,
            form.depth,
            colour,
            1 / aspect if turned else Fraction(aspect),
            *turn,
            mastering=mastering_of(sides),
        )
        return shape, form

    def _frames(self) -> Iterator[tuple[Fraction, av.VideoFrame]]:
        """Every picture with its exact time; a whole pass leaves the frame times behind."""
        ticks: list[int] = []
        self._undecodable = 0
        with self._file.opened() as container:
            base = _base_of(container.streams[self._stream])
            for tick, frame in self._decoded(container):
                if ticks and tick <= ticks[-1]:
                    what = f"its frame times do not increase (after {float(ticks[-1] * base):.3f} s)"
                    raise UnreadableError(what, path=self._file.source.path, next_step=_REMUX)
                ticks.append(tick)
                if len(ticks) > self._limits.frames:
                    raise self._file.over("frames", len(ticks), self._limits.frames)
                if (frame.width, frame.height) != self._stored_size:
                    what = f"its picture changes size at {float(tick * base):.3f} s"
                    raise UnsupportedError(what, path=self._file.source.path, next_step=_REMUX)
                yield tick * base, frame
        self._times = FrameTimes.from_ticks(base, ticks)

    def _frames_since(self, since: Timestamp) -> Iterator[tuple[Fraction, av.VideoFrame]]:
        """The pictures from one on, decoded from the nearest key frame that gives it whole, or from the start."""
        for from_start in (False, True):
            with self._file.opened() if from_start else self._kept.opened() as container:
                stream = container.streams[self._stream]
                base = _base_of(stream)
                tick = since / base
                near = (
                    self._file.packets(container, stream) if from_start else packets_for(self._file, stream, int(tick))
                )
                if near is None:
                    continue
                frames = self._decoded(container, near)
                first = next(((t, f) for t, f in frames if t >= tick), None)
                if first is None or first[0] != tick or (first[1].is_corrupt and not from_start):
                    continue
                for shown, frame in itertools.chain([first], frames):
                    if (frame.width, frame.height) != self._stored_size:
                        break
                    yield shown * base, frame
                return
        what = f"has no picture at {float(since):.3f} s"
        raise UnreadableError(what, path=self._file.source.path, next_step=_REMUX)

    def _decoded(
        self,
        container: av.container.InputContainer,
        packets: Iterator[Packet | None] | None = None,
        *,
        counted: bool = False,
    ) -> Iterator[tuple[int, av.VideoFrame]]:
        """Every picture with its time in ticks, or those that `packets` from the middle give; after None, others.

        Only in a whole pass, or where `counted` is asked for, does it count what cannot be decoded: a key frame may be
        followed by pictures that need others from before it.
        """
        stream = container.streams[self._stream]
        assert isinstance(stream, av.VideoStream)  # noqa: S101 - chosen by moving_pictures
        name = codec_name(stream) or "of an unknown kind"
        if name not in containers.VIDEO_DECODERS:
            what = f"its video is {name}, which Unseen does not decode"
            raise UnsupportedError(what, path=self._file.source.path, next_step=FORMATS)
        self._check_size(stream.codec_context.width, stream.codec_context.height)
        if not stream.codec_context.is_open:
            stream.thread_type = "AUTO"
            stream.codec_context.options = {"max_pixels": str(with_padding(self._limits.pixels))}
        ticks: list[int] = []
        for packet in self._file.packets(container, stream) if packets is None else packets:
            if packet is not None and packet.dts is not None and container.format.name == "avi":
                heapq.heappush(ticks, packet.dts)
            try:
                frames = stream.codec_context.decode(packet)
            except av.FFmpegError as error:
                if packets is not None and not counted:
                    continue
                self._undecodable += 1
                if self._undecodable > self._limits.undecodable:
                    what = f"a part of its video cannot be decoded ({error.strerror})"
                    raise UnreadableError(what, path=self._file.source.path, next_step=_DAMAGED) from error
                continue
            for frame in frames:
                if isinstance(frame, av.VideoFrame):
                    self._check_size(frame.width, frame.height)
                    # AVI has no presentation times, and FFmpeg guesses them: pictures are shown slot by slot.
                    tick = heapq.heappop(ticks) if ticks else frame.pts
                    if tick is None:
                        raise UnreadableError(
                            "has pictures without a time", path=self._file.source.path, next_step=_REMUX
                        )
                    yield tick, frame
            if packet is None:
                stream.codec_context.flush_buffers()


def _base_of(stream: av.stream.Stream) -> Fraction:
    base = stream.time_base
    assert base is not None  # noqa: S101 - a stream that decoded a picture has one
    return base


_REMUX = "Write it anew with the program it came from, and try again."
_DAMAGED = "To release what can be decoded, and have that recorded: --max-undecodable 100"


def _component_names(pixel_format: str) -> set[str]:
    try:
        return {"a"} if any(c.is_alpha for c in av.VideoFormat(pixel_format).components) else set()
    except ValueError:
        return set()
