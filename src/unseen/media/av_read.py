"""Video files through PyAV (FFmpeg): what they hold, their pictures at exact times, their sound."""

from __future__ import annotations

import contextlib
import heapq
from collections.abc import Iterator, Mapping
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
    StreamInfo,
    StreamKind,
    View,
)
from unseen.errors import LimitError, UnreadableError, UnsupportedError
from unseen.media import containers, pixels, turns
from unseen.media.disclosures import tags_to_disclosures
from unseen.media.limits import Limits
from unseen.media.source import SourceFile

_KINDS = {
    "video": StreamKind.VIDEO,
    "audio": StreamKind.AUDIO,
    "subtitle": StreamKind.SUBTITLE,
    "attachment": StreamKind.ATTACHMENT,
}
_CUT_SHORT = Fraction(1, 2)  # seconds that a file may claim to go on after its last picture
_FULL_RANGE = 2  # AVCOL_RANGE_JPEG


class AvReader:
    """Fulfils `Reader` for anything with a video stream; every pass opens the container anew over its own cursor."""

    def __init__(self, source: SourceFile, limits: Limits) -> None:
        self._source, self._limits = source, limits
        self._undecodable = 0
        self._times: FrameTimes | None = None
        with self._opened() as container:
            self._check_header(container)
            self._stream = _main_video(container)
            self.disclosures: tuple[Disclosure, ...] = tuple(_disclosures(container))
            self._container_name = containers.container_of(container.format.name, source.head(64))
            self._streams = tuple(_stream_info(s) for s in container.streams)
            self._duration = Fraction(container.duration, av.time_base) if container.duration else None
            self._picture, self._form = self._first_picture(container)

    @property
    def conversions(self) -> tuple[str, ...]:
        said = []
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

    def views(self, longest_side: int) -> Iterator[View]:
        scale = min(1.0, longest_side / max(self._picture.width, self._picture.height))
        turned = self._picture.quarter_turns % 2 == 1
        width, height = (max(1, round(side * scale)) for side in (self._picture.width, self._picture.height))
        stored = (height, width) if turned else (width, height)
        for time, frame in self._frames():
            small = frame.reformat(*stored, format="rgb24", interpolation="BILINEAR").to_ndarray()
            shown = turns.upright(small, self._picture.quarter_turns, self._picture.mirrored)
            yield View(time, np.ascontiguousarray(shown), width / self._picture.width)

    def pictures(self) -> Iterator[Picture]:
        info, form = self._picture, self._form
        turned = info.quarter_turns % 2 == 1
        for time, frame in self._frames():
            if frame.format.name.replace("yuvj", "yuv") != form.name:
                frame = frame.reformat(format=form.name)
            upright = [
                np.array(turns.upright(p, info.quarter_turns, info.mirrored), order="C")
                for p in pixels.planes_of(frame, form)
            ]
            planes = pixels.as_planes(upright, form, turned=turned)
            colour = info.colour
            yield Picture(
                time, info.width, info.height, planes, form.model, form.depth, colour.full_range, colour.matrix
            )

    def sound(self, index: int) -> Iterator[av.AudioFrame]:
        """Decoded audio of one stream, in order. Raises UnreadableError where it cannot be decoded."""
        with self._opened() as container:
            stream = container.streams[index]
            for packet in self._packets(container, stream):
                with self._reported("its sound"):
                    frames = packet.decode()
                for frame in frames:
                    if isinstance(frame, av.AudioFrame):
                        yield frame

    def sound_format(self, index: int) -> tuple[int, str]:
        """Sample rate in Hz and channel layout of an audio stream."""
        with self._opened() as container:
            context = container.streams[index].codec_context
            assert isinstance(context, av.AudioCodecContext)  # noqa: S101 - index comes from main_audio
            return context.sample_rate, context.layout.name

    @contextlib.contextmanager
    def _opened(self) -> Iterator[av.container.InputContainer]:
        options = {
            "protocol_whitelist": "none",
            "format_whitelist": ",".join(containers.DEMUXERS),
            "max_pixels": str(_with_padding(self._limits.pixels)),
        }
        with self._reported("it"):
            container = av.open(self._source.cursor(), mode="r", options=options)
        with container:
            if container.format.name not in containers.DEMUXERS:
                what = f"{container.format.name} is not a format that Unseen reads"
                raise UnsupportedError(what, path=self._source.path, next_step=_FORMATS)
            yield container

    @contextlib.contextmanager
    def _reported(self, part: str) -> Iterator[None]:
        """Turn whatever FFmpeg says about hostile bytes into an error that names the file."""
        try:
            yield
        except (av.FFmpegError, ValueError, OverflowError, EOFError, MemoryError, UnicodeError, OSError) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            what = f"{part} could not be read: {reason}"
            raise UnreadableError(what, path=self._source.path, next_step=_FORMATS) from error

    def _check_header(self, container: av.container.InputContainer) -> None:
        if len(container.streams) > self._limits.streams:
            raise self._over("streams", len(container.streams), self._limits.streams)
        seconds = container.duration / av.time_base if container.duration else 0
        if seconds > self._limits.seconds:
            raise self._over("seconds", round(seconds), self._limits.seconds)
        if not any(s.type == "video" and not _is_cover(s) for s in container.streams):
            sound = any(s.type == "audio" for s in container.streams)
            what = "holds sound and no picture, which Unseen does not release yet" if sound else "holds no video"
            raise UnsupportedError(what, path=self._source.path, next_step=_FORMATS)

    def _check_size(self, width: int, height: int) -> None:
        if width * height > self._limits.pixels:
            raise self._over("pixels", width * height, self._limits.pixels)

    def _over(self, name: str, found: int, limit: int) -> LimitError:
        step = f"If you trust it: --max-{name} {found}"
        return LimitError(f"has {found} {name}, and the limit is {limit}", path=self._source.path, next_step=step)

    def _first_picture(self, container: av.container.InputContainer) -> tuple[PictureFormat, pixels.PlanarFormat]:
        frame = next((f for _, f in self._decoded(container)), None)
        if frame is None:
            raise UnreadableError("no picture could be decoded", path=self._source.path, next_step=_FORMATS)
        stream = container.streams[self._stream]
        assert isinstance(stream, av.VideoStream)  # noqa: S101 - chosen by _main_video
        matrix: Any = frame.side_data.get("DISPLAYMATRIX")
        turn = turns.from_display_matrix(bytes(matrix)) if matrix is not None else (0, False)
        if turn is None:
            raise UnsupportedError("is shown at an angle that is not upright", path=self._source.path)
        turned = turn[0] % 2 == 1
        self._stored_size = (frame.width, frame.height)
        aspect = stream.sample_aspect_ratio or Fraction(1)
        width, height = (frame.height, frame.width) if turned else (frame.width, frame.height)
        name = frame.format.name
        odd = bool((width | height) & 1) and stream.codec_context.name not in ("vp8", "vp9")
        form = pixels.working_format(name, turned=turned, odd=odd)
        undeclared_grey = form.model is ColourModel.GREY and frame.color_range == 0  # FFmpeg takes grey for full range
        full = frame.color_range == _FULL_RANGE or name.startswith("yuvj") or undeclared_grey
        colour = Colour(int(frame.color_primaries), int(frame.color_trc), int(frame.colorspace), full)
        shape = PictureFormat(
            width, height, name, form.depth, colour, 1 / aspect if turned else Fraction(aspect), *turn
        )
        return shape, form

    def _frames(self) -> Iterator[tuple[Fraction, av.VideoFrame]]:
        """Every picture with its exact time; a whole pass leaves the frame times behind."""
        ticks: list[int] = []
        self._undecodable = 0
        with self._opened() as container:
            base = container.streams[self._stream].time_base
            assert base is not None  # noqa: S101 - a stream that decoded a picture has one
            for tick, frame in self._decoded(container):
                if ticks and tick <= ticks[-1]:
                    what = f"its frame times do not increase (after {float(ticks[-1] * base):.3f} s)"
                    raise UnreadableError(what, path=self._source.path, next_step=_REMUX)
                ticks.append(tick)
                if len(ticks) > self._limits.frames:
                    raise self._over("frames", len(ticks), self._limits.frames)
                if (frame.width, frame.height) != self._stored_size:
                    what = f"its picture changes size at {float(tick * base):.3f} s"
                    raise UnsupportedError(what, path=self._source.path, next_step=_REMUX)
                yield tick * base, frame
        self._times = FrameTimes.from_ticks(base, ticks)

    def _decoded(self, container: av.container.InputContainer) -> Iterator[tuple[int, av.VideoFrame]]:
        stream = container.streams[self._stream]
        assert isinstance(stream, av.VideoStream)  # noqa: S101 - chosen by _main_video
        name = _codec_name(stream) or "of an unknown kind"
        if name not in containers.VIDEO_DECODERS:
            what = f"its video is {name}, which Unseen does not decode"
            raise UnsupportedError(what, path=self._source.path, next_step=_FORMATS)
        self._check_size(stream.codec_context.width, stream.codec_context.height)
        stream.thread_type = "AUTO"
        stream.codec_context.options = {"max_pixels": str(_with_padding(self._limits.pixels))}
        ticks: list[int] = []
        for packet in self._packets(container, stream):
            if packet.dts is not None and container.format.name == "avi":
                heapq.heappush(ticks, packet.dts)
            try:
                frames = packet.decode()
            except av.FFmpegError as error:
                self._undecodable += 1
                if self._undecodable > self._limits.undecodable:
                    what = f"a part of its video cannot be decoded ({error.strerror})"
                    raise UnreadableError(what, path=self._source.path, next_step=_DAMAGED) from error
                continue
            for frame in frames:
                if isinstance(frame, av.VideoFrame):
                    self._check_size(frame.width, frame.height)
                    # AVI has no presentation times, and FFmpeg guesses them: pictures are shown slot by slot.
                    tick = heapq.heappop(ticks) if ticks else frame.pts
                    if tick is None:
                        raise UnreadableError("has pictures without a time", path=self._source.path, next_step=_REMUX)
                    yield tick, frame

    def _packets(
        self, container: av.container.InputContainer, stream: av.stream.Stream
    ) -> Iterator[av.Packet[av.stream.Stream]]:
        packets = container.demux(stream)
        while True:
            with self._reported("it"):
                packet = next(packets, None)
            if packet is None:
                return
            yield packet


_FORMATS = "Unseen reads JPEG, PNG, WebP, TIFF, HEIC, AVIF, GIF, MP4, MOV, 3GP, MKV, WebM, AVI and MPEG-TS."
_REMUX = "Write it anew with the program it came from, and try again."
_DAMAGED = "To release what can be decoded, and have that recorded: --max-undecodable 100"


def _with_padding(pixels: int) -> int:
    """FFmpeg's limit, which counts the padding of blocks and edges; pictures are held against the exact one, here."""
    return 2 * pixels + (1 << 18)


def _main_video(container: av.container.InputContainer) -> int:
    return next(s.index for s in container.streams if s.type == "video" and not _is_cover(s))


def _is_cover(stream: av.stream.Stream) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _stream_info(stream: av.stream.Stream) -> StreamInfo:
    kind = StreamKind.PICTURE if _is_cover(stream) else _KINDS.get(stream.type, StreamKind.DATA)
    return StreamInfo(stream.index, kind, _codec_name(stream))


def _codec_name(stream: av.stream.Stream) -> str:
    """The decoder's name; empty where FFmpeg knows none for the stream."""
    context = getattr(stream, "codec_context", None)
    return context.name if context is not None else ""


def _component_names(pixel_format: str) -> set[str]:
    try:
        return {"a"} if any(c.is_alpha for c in av.VideoFormat(pixel_format).components) else set()
    except ValueError:
        return set()


def _disclosures(container: av.container.InputContainer) -> Iterator[Disclosure]:
    yield from tags_to_disclosures(_text(container.metadata), "container")
    for stream in container.streams:
        yield from tags_to_disclosures(_text(stream.metadata), f"stream {stream.index} ({stream.type})")
    for n, chapter in enumerate(container.chapters()):
        yield from tags_to_disclosures(_text(chapter.get("metadata", {})), f"chapter {n}")


def _text(tags: Mapping[str, str]) -> dict[str, str]:
    return {str(key): str(value) for key, value in tags.items()}
