"""One way to write whatever an output is: pictures, sound level with them, nothing else."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av

from unseen.core import MediaInfo, MediaKind, Picture, SoundBlock
from unseen.errors import UnsupportedError, UsageError
from unseen.media.av_splice import Splice
from unseen.media.av_write import AvWriter, VideoFormat, can_copy, losses, video_format
from unseen.media.coding import Coded
from unseen.media.containers import CONTAINERS, SOUND_CONTAINERS, Quality, VideoCodec
from unseen.media.photo_write import DEEP, PHOTO_SUFFIXES, PhotoWriter
from unseen.media.reader import Reader
from unseen.media.sound_write import SoundWriter, sound_file
from unseen.plan import StreamAction

_PHOTO_QUALITY = {Quality.BEST: 98, Quality.HIGH: None, Quality.SMALL: 80}


def default_suffix(info: MediaInfo) -> str:
    """The file ending of an output that follows its input's format."""
    if info.sound is not None:
        return SOUND_CONTAINERS.get(info.container, SOUND_CONTAINERS["m4a"]).suffixes[0]
    known = PHOTO_SUFFIXES.get(info.container)
    return known[0] if known else CONTAINERS[info.container].suffixes[0]


class OutputFile:
    """Writes one output beside its destination, once.

    `suffix` decides the container; `codec` and `quality` as asked; `sound` is what becomes of the main sound.
    """

    def __init__(
        self, reader: Reader, suffix: str, *, codec: VideoCodec | None, quality: Quality, sound: StreamAction
    ) -> None:
        self._reader, self._info, self._suffix, self._quality = reader, reader.info, suffix, quality
        self._video: VideoFormat | None = None
        if reader.kind is MediaKind.VIDEO:
            index = reader.main_audio
            silent = index is None or sound is StreamAction.REMOVE
            form = video_format(self._info, suffix, codec, quality)
            sounds = None if silent or index is None else reader.sound_format(index)
            self._video = VideoFormat(form.container, form.codec, form.quality, sounds)
        elif reader.kind is MediaKind.AUDIO:
            self._alone = sound_file(self._info, suffix, quality)
        elif _photo_format(suffix) is None:
            endings = " ".join(e for group in PHOTO_SUFFIXES.values() for e in group)
            what = f"{suffix or 'no ending'} is not a photo format that Unseen writes"
            raise UsageError(what, next_step=f"Use {endings}")

    @property
    def losses(self) -> tuple[str, ...]:
        """What of the source's pictures this output cannot hold, in words."""
        picture = self._info.picture
        if self._video is not None:
            return tuple(losses(self._info, self._video.codec))
        if picture is not None and picture.pixel_format.startswith("I;16") and _photo_format(self._suffix) not in DEEP:
            return (f"16 bits a sample are written with 8: {self._suffix} holds no more",)
        return ()

    @property
    def sound_reach(self) -> tuple[Fraction, Fraction]:
        """Seconds for which the encoder of the sound lets a sample be heard after its time, and before."""
        coding = self._alone[1] if self._info.sound is not None else self._video.coding if self._video else None
        return coding.reach if coding is not None else (Fraction(0), Fraction(0))

    @property
    def can_copy(self) -> bool:
        """Whether coded pictures can stand in it, where they are H.264."""
        return self._video is not None and can_copy(self._info, self._video)

    def write_all(
        self,
        file: BinaryIO,
        pictures: Iterator[Picture | Coded],
        sound: Iterator[SoundBlock] | None = None,
        splice: Splice | None = None,
    ) -> None:
        """Encode every picture, and with them `sound`; silence up to the end of the last one where there is none.

        Coded pictures, of the stretches of `splice`, are copied. Raises UnsupportedError where the format holds no such
        times or samples, OSError.
        """
        with _held(self._suffix):
            self._write(file, pictures, sound, splice)

    def _write(
        self,
        file: BinaryIO,
        pictures: Iterator[Picture | Coded],
        sound: Iterator[SoundBlock] | None,
        splice: Splice | None,
    ) -> None:
        if self._info.sound is not None:
            _write_alone(SoundWriter(file, *self._alone, self._info), sound or iter(()))
        elif self._video is not None:
            self._write_video(AvWriter(file, self._video, self._info, splice), pictures, sound)
        else:
            quality, like = _PHOTO_QUALITY[self._quality], self._reader.encoding
            assert like is not None  # noqa: S101 - every photo has one
            writer = PhotoWriter(file, _photo_format(self._suffix) or "", self._info, quality, like)
            for picture in pictures:
                assert isinstance(picture, Picture)  # noqa: S101 - of a photo nothing is copied
                writer.write(picture)
            writer.close()

    def _write_video(
        self, writer: AvWriter, pictures: Iterator[Picture | Coded], sound: Iterator[SoundBlock] | None
    ) -> None:
        for picture in pictures:
            if isinstance(picture, Coded):
                writer.copy(picture)
            else:
                writer.write(picture)
            if sound is None:
                writer.write_silence(picture.time)
            else:
                _write_sound(writer, sound, picture.time)
        if sound is None:
            writer.write_silence(_end(self._info))
        else:
            _write_sound(writer, sound, None)
        writer.close()


@contextlib.contextmanager
def _held(suffix: str) -> Iterator[None]:
    """What FFmpeg says of a file that it cannot write, as an error of ours; what the system says stays its word."""
    try:
        yield
    except av.FFmpegError as error:
        if isinstance(error, OSError):
            raise
        what = f"its times or samples cannot be written as {suffix} ({error.strerror})"
        step = (
            "Name an output with another ending, such as .mkv, or write the source anew with the program it came from."
        )
        raise UnsupportedError(what, next_step=step) from error


def output_suffix(info: MediaInfo, asked: Path) -> str:
    """The ending of `asked` where it has one, else the input's own."""
    return asked.suffix or default_suffix(info)


def _photo_format(suffix: str) -> str | None:
    return next((name for name, endings in PHOTO_SUFFIXES.items() if suffix.lower() in endings), None)


def _write_alone(writer: SoundWriter, sound: Iterator[SoundBlock]) -> None:
    for block in sound:
        writer.write(block)
    writer.close()


def _write_sound(writer: AvWriter, sound: Iterator[SoundBlock], until: Fraction | None) -> None:
    for block in sound:
        writer.write_sound(block)
        if until is not None and block.time >= until:
            return


def _end(info: MediaInfo) -> Fraction:
    """When the last picture ends, taking it to be shown as long as the one before."""
    times = info.frame_times
    assert times is not None  # noqa: S101 - a video has frame times
    last = times.steps[-1][0] if times.steps else 1
    ticks = times.first + sum(gap * count for gap, count in times.steps) + last
    return ticks * times.time_base
