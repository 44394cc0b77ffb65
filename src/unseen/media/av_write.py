"""Video files as Unseen writes them: its own encoded samples, the planned sound, and no field that is not needed."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO

import av
from av.bitstream import BitStreamFilterContext
from av.codec.context import Flags

from unseen.core import MediaInfo, Picture, SoundBlock, StreamKind
from unseen.errors import UnsupportedError, UsageError
from unseen.media import pixels
from unseen.media.av_splice import Splice, SplicedStream
from unseen.media.coding import COPIED_CONTAINERS, Coded
from unseen.media.containers import CONTAINERS, Container, Quality, VideoCodec
from unseen.media.mastering import encoder_options
from unseen.media.sound_write import SoundCoding, SoundEncoder, sound_coding

_MPEG_CLOCK = Fraction(1, 90_000)  # ISO 13818-1: the only clock of MPEG-TS
_MATROSKA_CLOCK = Fraction(1, 1000)  # FFmpeg writes a TimestampScale of 1 ms
_SILENT_BLOCK = 1024
os.environ.setdefault("SVT_LOG", "1")  # SVT-AV1 writes its settings to the terminal otherwise; 1: errors only


@dataclass(frozen=True, slots=True)
class Encoder:
    """An encoder's name in FFmpeg, its constant-quality values (best, high, small) and its other options."""

    name: str
    crf: tuple[int, int, int]
    options: tuple[tuple[str, str], ...] = ()
    clean: str | None = None  #: bitstream filter that takes the encoder's own notes out

    def settings(self, quality: Quality) -> dict[str, str]:
        return {"crf": str(self.crf[list(Quality).index(quality)]), **dict(self.options)}


ENCODERS = {
    VideoCodec.H264: Encoder(
        "libx264", (14, 18, 24), (("preset", "fast"), ("rc-lookahead", "15")), "filter_units=remove_types=6"
    ),
    VideoCodec.HEVC: Encoder("libx265", (16, 20, 26), (("preset", "fast"), ("x265-params", "info=0:log-level=none"))),
    VideoCodec.VP8: Encoder("libvpx", (4, 10, 24), (("b", "20M"), ("deadline", "good"), ("cpu-used", "4"))),
    VideoCodec.VP9: Encoder(
        "libvpx-vp9", (20, 27, 36), (("b", "0"), ("deadline", "good"), ("cpu-used", "4"), ("row-mt", "1"))
    ),
    VideoCodec.AV1: Encoder("libsvtav1", (20, 26, 36), (("preset", "8"),)),
}
"""Constant quality: `high` is where a viewer who flicks between source and output sees no difference. x264 looks 15
pictures ahead instead of 30, which takes 100 MB less at 1080p and changes neither time nor size."""


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """What is asked of an output: its container, codec and quality, and how its sound runs (None: no sound)."""

    container: Container
    codec: VideoCodec
    quality: Quality
    sound: tuple[int, str] | None = None  #: sample rate in Hz, channel layout

    @property
    def coding(self) -> SoundCoding | None:
        """How its sound is encoded."""
        return sound_coding(self.container.audio, *self.sound) if self.sound else None


def video_format(info: MediaInfo, suffix: str, codec: VideoCodec | None, quality: Quality) -> VideoFormat:
    """The output format for a source: the container by the output's name, the codec the source's where both allow.

    Raises UsageError where the container cannot hold what is asked.
    """
    container = next((c for c in CONTAINERS.values() if suffix.lower() in c.suffixes), None)
    if container is None:
        endings = " ".join(s for c in CONTAINERS.values() for s in c.suffixes)
        what = f"{suffix or 'no ending'} is not a video format that Unseen writes"
        raise UsageError(what, next_step=f"Use {endings}")
    able = [c for c in container.video if _holds_aspect(container, c, info)]
    if not able:
        what = f"{container.name} does not hold pixels that are not square here"
        raise UsageError(what, next_step="Name an output ending in .mp4 or .mkv.")
    if codec is None:
        source = next(s.codec for s in info.streams if s.kind is StreamKind.VIDEO)
        own = [c for c in able if c == ("av1" if source == "libdav1d" else source)]
        codec = next((c for c in (*own, *able) if _is_deep_enough(c, info)), (*own, *able)[0])
    if codec not in able:
        allowed = ", ".join(able)
        what = f"{container.name} does not hold {codec} of this shape here"
        raise UsageError(what, next_step=f"Use --codec with one of: {allowed}")
    return VideoFormat(container, codec, quality)


def _holds_aspect(container: Container, codec: VideoCodec, info: MediaInfo) -> bool:
    """Whether the pixels' aspect arrives: PyAV does not hand it to the Matroska muxer, so the codec has to carry it."""
    square = info.picture is None or info.picture.sample_aspect == 1
    return square or container.muxer not in ("matroska", "webm") or codec in (VideoCodec.H264, VideoCodec.HEVC)


def _is_deep_enough(codec: VideoCodec, info: MediaInfo) -> bool:
    """Whether the encoder takes the source's bits a sample; libvpx as PyAV ships it stops at 8."""
    deep = info.picture is not None and info.picture.depth > 8
    return not deep or any("10le" in f.name for f in av.Codec(ENCODERS[codec].name, "w").video_formats or ())


class AvWriter:
    """Writes pictures in order of time, with sound kept level with them, to an open file."""

    def __init__(self, file: BinaryIO, form: VideoFormat, info: MediaInfo, splice: Splice | None = None) -> None:
        if info.picture is None or info.frame_times is None:
            raise UnsupportedError("there is no picture to write")
        self._form, self._info = form, info
        self._clock = _output_clock(form.container, info)
        # AVI has no times, only pictures in a row: its first one is at zero.
        self._origin = next(iter(info.frame_times)) if form.container.name == "avi" else Fraction(0)
        options = {"fflags": "+bitexact"}
        if form.container.name == "avi":
            options["avoid_negative_ts"] = "disabled"  # the sound encoder's lead-in would move the pictures' slots
        self._container = av.open(file, "w", format=form.container.muxer, options=options)
        self._pixels = _encoder_pixels(form.codec, info)
        self._splice = splice
        self._video = self._video_stream()
        self._spliced = SplicedStream(self._video, splice, self._ticks(), self._encoder) if splice else None
        self._cleaner: BitStreamFilterContext | None = None
        self._audio = SoundEncoder(self._container, form.coding) if form.coding else None
        self._sounded = False
        self._silent_until = 0

    def write(self, picture: Picture) -> None:
        """Encode one picture; its samples are copied."""
        source = _planar_of(picture)
        frame = pixels.frame_from_planes(picture.planes, picture.width, picture.height, source)
        if source.name != self._pixels:
            frame = frame.reformat(format=self._pixels)
        frame.pts = self._tick(picture.time)
        frame.time_base = self._clock
        if self._spliced is not None:
            self._container.mux(list(self._spliced.encode(frame)))
        else:
            self._mux_video(self._video.encode(frame))

    def copy(self, coded: Coded) -> None:
        """Copy a coded picture of a stretch of the splice."""
        assert self._spliced is not None  # noqa: S101 - nothing is copied otherwise
        self._container.mux(list(self._spliced.copy(coded, self._tick(coded.time))))

    def write_silence(self, until: Fraction) -> None:
        """Silence in every channel from the first picture on up to the time `until`."""
        if self._audio is None:
            return
        rate = self._audio.coding.rate
        start = next(iter(self._times()))
        while Fraction(self._silent_until, rate) < until - start:
            self._audio.write_silence(start + Fraction(self._silent_until, rate), _SILENT_BLOCK)
            self._silent_until += _SILENT_BLOCK

    def write_sound(self, block: SoundBlock) -> None:
        """Encode one block of the source's own sound."""
        if self._audio is None:
            return
        if not self._sounded and self._form.container.name == "avi":
            self._lead_in(self._audio, block.time)
        self._sounded = True
        self._audio.write(block)

    def _lead_in(self, audio: SoundEncoder, start: Fraction) -> None:
        """Silence up to where the sound starts: AVI cannot say that it starts later than the picture."""
        rate = audio.coding.rate
        until = round(start * rate)
        for at in range(round(self._origin * rate), until, _SILENT_BLOCK):
            audio.write_silence(Fraction(at, rate), min(_SILENT_BLOCK, until - at))

    def close(self) -> None:
        """Flush the encoders and finish the file; its position is at its end."""
        if self._spliced is not None:
            self._container.mux(list(self._spliced.finish()))
        else:
            self._mux_video(self._video.encode(None))
            self._mux_video(None)
        if self._audio is not None:
            self._audio.close()
        self._container.close()

    def _times(self) -> Iterator[Fraction]:
        assert self._info.frame_times is not None  # noqa: S101 - checked at construction
        return iter(self._info.frame_times)

    def _tick(self, time: Fraction) -> int:
        return round((time - self._origin) / self._clock)

    def _ticks(self) -> Iterator[int]:
        return map(self._tick, self._times())

    def _mux_video(self, packets: list[av.Packet[av.VideoStream]] | None) -> None:
        clean = ENCODERS[self._form.codec].clean
        if clean is None:
            self._container.mux(packets or [])
            return
        if self._cleaner is None:
            self._cleaner = BitStreamFilterContext(clean, self._video)
        for packet in [None] if packets is None else packets:
            for cleaned in self._cleaner.filter(packet):
                cleaned.stream = self._video
                self._container.mux(cleaned)

    def _video_stream(self) -> av.VideoStream:
        name, rate = ENCODERS[self._form.codec].name, _mean_rate(self._info)
        stream = self._container.add_stream(name, rate=rate, options=self._options())
        assert isinstance(stream, av.VideoStream)  # noqa: S101 - a video encoder makes a video stream
        stream.time_base = self._clock
        self._set_up(stream.codec_context)
        return stream

    def _encoder(self) -> av.VideoCodecContext:
        """An encoder like the stream's own."""
        context = av.VideoCodecContext.create(ENCODERS[self._form.codec].name, "w")
        assert isinstance(context, av.VideoCodecContext)  # noqa: S101 - a video encoder
        context.framerate, context.options = _mean_rate(self._info), self._options()
        context.flags |= self._video.codec_context.flags
        self._set_up(context)
        return context

    def _options(self) -> dict[str, str]:
        info, encoder = self._info.picture, ENCODERS[self._form.codec]
        assert info is not None  # noqa: S101 - checked at construction
        options = encoder.settings(self._form.quality)
        for name, value in encoder_options(info.mastering, self._form.codec).items():
            options[name] = f"{options[name]}:{value}" if name in options else value
        if self._form.container.name == "avi":
            options["x264-params"] = "bframes=0"  # AVI has no presentation times: decode order has to be display order
        if self._splice is not None:
            options["x264-params"] = f"sps-id={self._splice.own_number}"
        return options

    def _set_up(self, context: av.VideoCodecContext) -> None:
        info = self._info.picture
        assert info is not None  # noqa: S101 - checked at construction
        context.width, context.height, context.pix_fmt = info.width, info.height, self._pixels
        context.time_base = self._clock
        context.sample_aspect_ratio = info.sample_aspect
        context.flags |= Flags.bitexact
        context.color_range = 2 if info.colour.full_range else 1
        context.color_primaries = info.colour.primaries
        context.color_trc = info.colour.transfer
        context.colorspace = info.colour.matrix


def _planar_of(picture: Picture) -> pixels.PlanarFormat:
    chroma = picture.planes[1:]
    deep = "" if picture.depth == 8 else f"{picture.depth}le"
    if not chroma:
        return pixels.PlanarFormat(f"gray{deep}", picture.model, picture.depth)
    names = {(2, 2): "420", (2, 1): "422", (1, 2): "440", (1, 1): "444"}
    name = f"yuv{names[chroma[0].across, chroma[0].down]}p{deep}"
    return pixels.PlanarFormat(name, picture.model, picture.depth, (chroma[0].across, chroma[0].down))


def can_copy(info: MediaInfo, form: VideoFormat) -> bool:
    """Whether coded pictures of H.264 with these facts can stand in an output of this format."""
    shape = info.picture
    alike = shape is not None and _encoder_pixels(form.codec, info) == shape.pixel_format.replace("yuvj", "yuv")
    return alike and form.codec is VideoCodec.H264 and form.container.name in COPIED_CONTAINERS


def losses(info: MediaInfo, codec: VideoCodec) -> Iterator[str]:
    """What of the source's pictures this codec cannot hold, in words."""
    assert info.picture is not None  # noqa: S101 - a video has pictures
    wanted, written = _working_pixels(info, codec), _encoder_pixels(codec, info)
    if written != wanted:
        yield f"samples are written as {written} instead of {wanted}, which {codec} does not hold here"
    if info.picture.mastering is not None and not encoder_options(info.picture.mastering, codec):
        yield f"what the film says of its screen and its brightest light is dropped: {codec} does not say it here"


def _working_pixels(info: MediaInfo, codec: VideoCodec) -> str:
    """The pixel format that pictures are handled in on their way to this codec."""
    shape = info.picture
    assert shape is not None  # noqa: S101 - checked by the caller
    odd = bool((shape.width | shape.height) & 1) and codec not in (VideoCodec.VP8, VideoCodec.VP9)
    return pixels.working_format(shape.pixel_format, turned=shape.quarter_turns % 2 == 1, odd=odd).name


def _encoder_pixels(codec: VideoCodec, info: MediaInfo) -> str:
    """The pixel format nearest to the source's that the encoder takes: depth first, then chroma."""
    wanted = _working_pixels(info, codec)
    offered = {f.name for f in av.Codec(ENCODERS[codec].name, "w").video_formats or ()}
    deep = wanted.partition("p1")[1] and "10le"
    shallow = wanted.partition("p1")[0] + "p"
    for name in (wanted, f"yuv444p{deep}", f"yuv422p{deep}", f"yuv420p{deep}", shallow, "yuv444p", "yuv420p"):
        if name in offered:
            return name
    raise UnsupportedError(f"{codec} has no pixel format near {wanted}", next_step="Choose another --codec.")


def _output_clock(container: Container, info: MediaInfo) -> Fraction:
    """The length of a tick in which the container can hold every frame time, exactly where its format allows."""
    times = info.frame_times
    assert times is not None  # noqa: S101 - checked by the caller
    if container.name in ("mkv", "webm"):
        return _MATROSKA_CLOCK
    if container.name == "mpegts":
        return _MPEG_CLOCK
    if container.name == "avi":
        gaps = {gap for gap, _ in times.steps} or {1}
        step = math.gcd(*gaps)
        if max(gaps) > 8 * step:
            raise UsageError(
                "AVI cannot hold the frame times of this clip", next_step="Name an output ending in .mp4 or .mkv"
            )
        return step * times.time_base
    return Fraction(1, times.time_base.denominator)


def _mean_rate(info: MediaInfo) -> Fraction:
    times = info.frame_times
    assert times is not None  # noqa: S101 - checked by the caller
    ticks = sum(gap * count for gap, count in times.steps)
    if not ticks:
        return Fraction(25)
    return Fraction((len(times) - 1) / float(ticks * times.time_base)).limit_denominator(1001)
