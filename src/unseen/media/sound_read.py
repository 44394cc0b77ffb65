"""Sound through PyAV (FFmpeg): one stream of a file, block by block, and files that are nothing but sound."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from unseen.core import (
    Disclosure,
    MediaInfo,
    MediaKind,
    Picture,
    SoundBlock,
    SoundFormat,
    Span,
    StreamKind,
    Timestamp,
    View,
)
from unseen.core.picture import Empty
from unseen.errors import LimitError, UnreadableError, UnsupportedError
from unseen.media import containers
from unseen.media.av_file import FORMATS, AvFile, codec_name, disclosures_of, stream_infos
from unseen.media.coding import Coded, Group, ParameterSets, Unfit
from unseen.media.limits import MOST_CHANNELS, MOST_RATE, Limits
from unseen.media.source import SourceFile
from unseen.media.wave_parts import breaks_off, wave_disclosures
from unseen.plan import Isolation

_KINDS = {"u8": np.uint8, "s16": np.int16, "s32": np.int32, "flt": np.float32, "dbl": np.float64}
_JITTER = Fraction(1, 500)
"""Seconds between a block's own time and the end of the one before that are rounding: Matroska counts milliseconds."""
_CUT_SHORT = Fraction(1, 10)  # seconds that a file may claim to go on after its last sample
_ESTIMATED = ("mp3", "ogg", "matroska,webm", "mpegts")
"""Demuxers whose length is a guess or a tag; the others take it from tables that every sample is in."""
_TIMED = ("mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "mpegts")
_RUN_UP = 1  # seconds that decoders need until what they give is the file's own sound
_TAG = b"APETAGEX"
"""What stands at both ends of an APE tag; FFmpeg hands one behind the last frame of an MP3 file on as sound."""
_ANEW = "Write it anew with the program it came from, and try again."
_DAMAGED = "To release what can be decoded, and have that recorded: --max-undecodable 100"


class SoundStream:
    """One sound stream of a file; `undecodable` counts the damaged packets that the last pass left out."""

    def __init__(self, file: AvFile, index: int) -> None:
        self._file, self._index = file, index
        self.undecodable = 0

    def format(self) -> tuple[int, str]:
        """Sample rate in Hz and channel layout as the file declares them. Raises InputError or one of its kinds."""
        with self._file.opened() as container:
            context = container.streams[self._index].codec_context
            assert isinstance(context, av.AudioCodecContext)  # noqa: S101 - the index is that of a sound stream
            self._check(context.sample_rate, context.layout.nb_channels)
            return context.sample_rate, context.layout.name

    def blocks(self, since: Timestamp | None = None) -> Iterator[SoundBlock]:
        """All of it in order of time, or from a little before `since` on where its container can lead there.

        Raises InputError or one of its kinds.
        """
        first: tuple[int, str] | None = None
        end: Timestamp | None = None
        with self._file.opened() as container:
            if since is not None:
                self._seek(container, since)
            for frame in self._frames(container):
                if frame.pts is None or frame.time_base is None:
                    raise self._unreadable("has sound without a time")
                time = frame.pts * frame.time_base
                if end is not None and abs(time - end) <= _JITTER:
                    time = end
                block = SoundBlock(time, frame.sample_rate, frame.layout.name, _samples(frame))
                first = first or (block.rate, block.layout)
                if (block.rate, block.layout) != first:
                    what = f"its sound changes rate or channels at {float(time):.3f} s"
                    raise UnsupportedError(what, path=self._file.source.path, next_step=_ANEW)
                end = block.end
                yield block

    def _seek(self, container: av.container.InputContainer, since: Timestamp) -> None:
        """Go to before a time, where every packet says its own; elsewhere, and where that fails, stay at the start."""
        stream = container.streams[self._index]
        if container.format.name not in _TIMED or not stream.time_base:
            return
        with contextlib.suppress(av.FFmpegError, OverflowError):
            container.seek(int((since - _RUN_UP) / stream.time_base), stream=stream)

    def _frames(self, container: av.container.InputContainer) -> Iterator[av.AudioFrame]:
        stream = container.streams[self._index]
        name = codec_name(stream) or "of an unknown kind"
        if name not in containers.AUDIO_DECODERS:
            what = f"its sound is {name}, which Unseen does not decode"
            raise UnsupportedError(what, path=self._file.source.path, next_step=FORMATS)
        self.undecodable = 0
        for packet in self._file.packets(container, stream):
            try:
                frames = packet.decode()
            except av.FFmpegError as error:
                if _TAG in bytes(packet):
                    continue
                self.undecodable += 1
                if self.undecodable > self._file.limits.undecodable:
                    raise self._unreadable(f"a part of its sound cannot be decoded ({error.strerror})") from error
                continue
            for frame in frames:
                if isinstance(frame, av.AudioFrame) and frame.samples:
                    self._check(frame.sample_rate, frame.layout.nb_channels)
                    yield frame

    def _check(self, rate: int, channels: int) -> None:
        for found, most, unit in ((rate, MOST_RATE, "samples a second"), (channels, MOST_CHANNELS, "channels")):
            if not 0 < found <= most:
                what = f"its sound has {found} {unit}, and the limit is {most}"
                raise LimitError(what, path=self._file.source.path, next_step="Convert it, and try again.")

    def _unreadable(self, what: str) -> UnreadableError:
        return UnreadableError(what, path=self._file.source.path, next_step=_DAMAGED)


class SoundReader:
    """Fulfils `Reader` for a file that is sound alone: it has no pictures to look at."""

    def __init__(self, source: SourceFile, limits: Limits) -> None:
        self._file, self._limits = AvFile(source, limits), limits
        self._form: SoundFormat | None = None
        with self._file.opened() as container:
            self._file.check_header(container)
            streams = [s for s in container.streams if s.type == "audio" and codec_name(s)]
            if not streams:
                raise UnsupportedError("holds no picture and no sound", path=source.path, next_step=FORMATS)
            self.main_audio = streams[0].index
            parts = wave_disclosures(source.cursor(), source.size)
            self.disclosures: tuple[Disclosure, ...] = (*disclosures_of(container), *parts)
            self._container = containers.sound_container_of(container.format.name, source.head(64))
            self._streams = stream_infos(container)
            self._claimed = _claimed(container, streams[0])
            self._breaks_off = breaks_off(source.cursor(), source.size)
        self._stream = SoundStream(self._file, self.main_audio)

    isolation = Isolation()
    kind = MediaKind.AUDIO
    shape = None
    encoding = None
    main_picture = None

    @property
    def conversions(self) -> tuple[str, ...]:
        left_out = self._stream.undecodable
        said = [f"{left_out} packets of sound could not be decoded and are left out"] if left_out else []
        if self._form is not None and self._missing(self._form):
            said.append(f"the sound ends at {float(self._form.span.end):.2f} s, before the end that the file claims")
        return tuple(said)

    @property
    def info(self) -> MediaInfo:
        """Media facts; the first call decodes the whole file to count its samples."""
        for _ in self.times() if self._form is None else ():
            pass
        assert self._form is not None  # noqa: S101 - a whole pass leaves it behind, or raises
        duration = Fraction(self._form.samples, self._form.rate)
        return MediaInfo(MediaKind.AUDIO, self._container, self._streams, duration=duration, sound=self._form)

    def times(self) -> Iterator[Timestamp]:
        first: SoundBlock | None = None
        samples = 0
        for block in self.sound(self.main_audio):
            first = first or block
            samples += block.samples.shape[1]
            yield block.time
        self._form = self._counted(first, samples)

    def views(self, longest_side: int, empty: Empty = np.empty, since: Timestamp | None = None) -> Iterator[View]:
        return iter(())

    def pictures(self, empty: Empty = np.empty) -> Iterator[Picture]:
        return iter(())

    def coding(self) -> Iterator[ParameterSets | Group]:
        return iter((Group(None, unfit=Unfit.CODEC),))

    def spliced(self, copied: Sequence[Span], empty: Empty = np.empty) -> Iterator[Picture | Coded]:
        return self.pictures(empty)

    def close(self) -> None:
        """Nothing is held open between passes."""

    def sound(self, index: int, since: Timestamp | None = None) -> Iterator[SoundBlock]:
        """Decoded sound without gaps: what the file skips is silence. Raises InputError or one of its kinds.

        It begins at the start whatever `since` says: only counting samples tells where one is.
        """
        start: Timestamp | None = None
        count = 0
        for block in SoundStream(self._file, index).blocks():
            start = block.time if start is None else start
            late = round((block.time - start) * block.rate) - count
            if late < -round(_JITTER * block.rate):
                raise UnreadableError("its sound overlaps itself", path=self._file.source.path, next_step=_ANEW)
            for silence in _silence(block, max(late, 0), start + Fraction(count, block.rate)):
                count += silence.samples.shape[1]
                yield silence
            yield SoundBlock(start + Fraction(count, block.rate), block.rate, block.layout, block.samples)
            count += block.samples.shape[1]
            if count > self._limits.seconds * block.rate:
                raise self._file.over("seconds", count // block.rate, self._limits.seconds)

    def sound_format(self, index: int) -> tuple[int, str]:
        """Sample rate in Hz and channel layout of an audio stream."""
        return SoundStream(self._file, index).format()

    def _counted(self, first: SoundBlock | None, samples: int) -> SoundFormat:
        if first is None:
            raise UnreadableError("no sound could be decoded", path=self._file.source.path, next_step=FORMATS)
        channels = first.samples.shape[0]
        bits = 8 * first.samples.itemsize
        form = SoundFormat(first.rate, first.layout, channels, bits, samples, first.time)
        if self._missing(form) and not self._limits.undecodable:
            of = "" if self._claimed is None or self._breaks_off else f" of the {float(self._claimed):.2f} s it claims"
            what = f"breaks off at {float(form.span.end):.2f} s{of}"
            raise UnreadableError(what, path=self._file.source.path, next_step=_DAMAGED)
        return form

    def _missing(self, form: SoundFormat) -> bool:
        short = self._claimed is not None and Fraction(form.samples, form.rate) + _CUT_SHORT < self._claimed
        return self._breaks_off or short


def holds_only_sound(file: AvFile) -> bool:
    """Whether a file has a sound stream and no moving picture. Raises InputError or one of its kinds."""
    with file.opened() as container:
        infos = stream_infos(container)
    kinds = {s.kind for s in infos if s.codec}
    return StreamKind.AUDIO in kinds and StreamKind.VIDEO not in {s.kind for s in infos}


def _claimed(container: av.container.InputContainer, stream: av.stream.Stream) -> Fraction | None:
    """How long a stream says it is, where that is more than a guess."""
    if container.format.name in _ESTIMATED or not stream.duration or stream.time_base is None:
        return None
    return stream.duration * stream.time_base


def _samples(frame: av.AudioFrame) -> NDArray[Any]:
    """Channels x count, a copy; what is not a number is silence."""
    kind = _KINDS.get(frame.format.name.removesuffix("p"))
    if kind is None:
        raise UnsupportedError(f"its sound comes in samples of the kind {frame.format.name}", next_step=_ANEW)
    samples = frame.to_ndarray()
    if not frame.format.is_planar:
        samples = samples.reshape(-1, frame.layout.nb_channels).T
    samples = np.array(samples, dtype=kind, order="C")
    if samples.dtype.kind == "f":
        samples[~np.isfinite(samples)] = 0
    return samples


def _silence(like: SoundBlock, count: int, time: Timestamp) -> Iterator[SoundBlock]:
    """`count` samples of silence before a block, in pieces of a second."""
    while count > 0:
        piece = min(count, like.rate)
        samples = np.full((like.samples.shape[0], piece), like.rest, like.samples.dtype)
        yield SoundBlock(time, like.rate, like.layout, samples)
        time += Fraction(piece, like.rate)
        count -= piece
