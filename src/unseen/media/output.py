"""One way to write whatever an output is: pictures first, sound level with them, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from unseen.core import MediaInfo, MediaKind, Picture
from unseen.errors import UsageError
from unseen.media.av_read import AvReader
from unseen.media.av_write import AvWriter, VideoFormat, video_format
from unseen.media.containers import CONTAINERS, Quality, VideoCodec
from unseen.media.photo_read import PhotoReader
from unseen.media.photo_write import PHOTO_SUFFIXES, PhotoWriter
from unseen.plan import StreamAction

_PHOTO_QUALITY = {Quality.BEST: 98, Quality.HIGH: None, Quality.SMALL: 80}


def default_suffix(info: MediaInfo) -> str:
    """The file ending of an output that follows its input's format."""
    known = PHOTO_SUFFIXES.get(info.container)
    return known[0] if known else CONTAINERS[info.container].suffixes[0]


class OutputFile:
    """Writes one output beside its destination, once.

    `suffix` decides the container; `codec` and `quality` as asked; `sound` is what becomes of the main sound.
    """

    def __init__(
        self,
        reader: PhotoReader | AvReader,
        suffix: str,
        *,
        codec: VideoCodec | None,
        quality: Quality,
        sound: StreamAction,
    ) -> None:
        self._reader, self._sound = reader, sound
        self._info = reader.info
        self._quality = quality
        self._video: VideoFormat | None = None
        self._photo = next((name for name, endings in PHOTO_SUFFIXES.items() if suffix.lower() in endings), None)
        moving = self._info.kind is MediaKind.VIDEO
        if isinstance(reader, AvReader):
            index = reader.main_audio
            silent = index is None or sound is StreamAction.REMOVE
            form = video_format(self._info, suffix, codec, quality)
            sounds = None if silent or index is None else reader.sound_format(index)
            self._video = VideoFormat(form.container, form.codec, form.quality, sounds)
        elif self._photo is None:
            endings = " ".join(e for group in PHOTO_SUFFIXES.values() for e in group)
            what = f"{suffix or 'no ending'} is not a photo format that Unseen writes"
            raise UsageError(what, next_step=f"Use {endings}")
        assert moving == (self._video is not None)  # noqa: S101 - the reader and its info agree

    def write_all(self, file: BinaryIO, pictures: Iterator[Picture]) -> None:
        """Encode every picture, and the sound up to the end of the last one."""
        if self._video is None:
            assert isinstance(self._reader, PhotoReader)  # noqa: S101 - decided at construction
            quality, like = _PHOTO_QUALITY[self._quality], self._reader.encoding
            writer = PhotoWriter(file, self._photo or "", self._info, quality, like)
            for picture in pictures:
                writer.write(picture)
            writer.close()
            return
        self._write_video(AvWriter(file, self._video, self._info), pictures)

    def _write_video(self, writer: AvWriter, pictures: Iterator[Picture]) -> None:
        reader = self._reader
        assert isinstance(reader, AvReader)  # noqa: S101 - decided at construction
        index = reader.main_audio
        kept = reader.sound(index) if self._sound is StreamAction.KEEP and index is not None else None
        for picture in pictures:
            writer.write(picture)
            if kept is None:
                writer.write_silence(picture.time)
            else:
                _write_sound(writer, kept, picture.time)
        if kept is None:
            writer.write_silence(_end(self._info))
        else:
            _write_sound(writer, kept, None)
        writer.close()


def output_suffix(info: MediaInfo, asked: Path) -> str:
    """The ending of `asked` where it has one, else the input's own."""
    return asked.suffix or default_suffix(info)


def _write_sound(writer: AvWriter, kept: Iterator[object], until: Fraction | None) -> None:
    for frame in kept:
        writer.write_sound(frame)  # type: ignore[arg-type]
        time = getattr(frame, "time", None)
        if until is not None and time is not None and time >= until:
            return


def _end(info: MediaInfo) -> Fraction:
    """When the last picture ends, taking it to be shown as long as the one before."""
    times = info.frame_times
    assert times is not None  # noqa: S101 - a video has frame times
    last = times.steps[-1][0] if times.steps else 1
    ticks = times.first + sum(gap * count for gap, count in times.steps) + last
    return ticks * times.time_base
