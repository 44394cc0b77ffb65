"""An untrusted file opened with FFmpeg: an allow-list of formats, limits, every complaint as an error with its name."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import av

from unseen.core import Disclosure, DisclosureKind, StreamInfo, StreamKind
from unseen.errors import LimitError, UnreadableError, UnsupportedError
from unseen.media import containers
from unseen.media.disclosures import disclosure, tags_to_disclosures
from unseen.media.limits import Limits
from unseen.media.source import SourceFile

FORMATS = (
    "Unseen reads JPEG, PNG, WebP, TIFF, HEIC, AVIF, GIF, MP4, MOV, 3GP, MKV, WebM, AVI, MPEG-TS, "
    "WAV, FLAC, MP3, M4A and Ogg."
)
_KINDS = {
    "video": StreamKind.VIDEO,
    "audio": StreamKind.AUDIO,
    "subtitle": StreamKind.SUBTITLE,
    "attachment": StreamKind.ATTACHMENT,
}


@dataclass(frozen=True, slots=True)
class AvFile:
    """A source for FFmpeg; every pass opens it anew over a cursor of its own."""

    source: SourceFile
    limits: Limits

    @contextlib.contextmanager
    def opened(self) -> Iterator[av.container.InputContainer]:
        """The container, with no other file, protocol or format in its reach. Raises InputError or one of its kinds."""
        options = {
            "protocol_whitelist": "none",
            "format_whitelist": ",".join(containers.DEMUXERS),
            "max_pixels": str(with_padding(self.limits.pixels)),
        }
        with self.reported("it"):
            container = av.open(self.source.cursor(), mode="r", options=options)
        with container:
            if container.format.name not in containers.DEMUXERS:
                what = f"{container.format.name} is not a format that Unseen reads"
                raise UnsupportedError(what, path=self.source.path, next_step=FORMATS)
            yield container

    @contextlib.contextmanager
    def reported(self, part: str) -> Iterator[None]:
        """Turn whatever FFmpeg says about hostile bytes into an error that names the file."""
        try:
            yield
        except (av.FFmpegError, ValueError, OverflowError, EOFError, MemoryError, UnicodeError, OSError) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            what = f"{part} could not be read: {reason}"
            raise UnreadableError(what, path=self.source.path, next_step=FORMATS) from error

    def packets(
        self, container: av.container.InputContainer, stream: av.stream.Stream
    ) -> Iterator[av.Packet[av.stream.Stream]]:
        """The packets of one stream, the last one empty. Raises UnreadableError."""
        packets = container.demux(stream)
        while True:
            with self.reported("it"):
                packet = next(packets, None)
            if packet is None:
                return
            yield packet

    def check_header(self, container: av.container.InputContainer) -> None:
        """Raise LimitError where the container claims more streams or time than the limits allow."""
        if len(container.streams) > self.limits.streams:
            raise self.over("streams", len(container.streams), self.limits.streams)
        seconds = container.duration / av.time_base if container.duration else 0
        if seconds > self.limits.seconds:
            raise self.over("seconds", round(seconds), self.limits.seconds)

    def over(self, name: str, found: int, limit: int) -> LimitError:
        """The error for a file over the limit that `--max-NAME` sets."""
        step = f"If you trust it: --max-{name} {found}"
        return LimitError(f"has {found} {name}, and the limit is {limit}", path=self.source.path, next_step=step)


def with_padding(pixels: int) -> int:
    """FFmpeg's limit, which counts the padding of blocks and edges; pictures are held against the exact one, here."""
    return 2 * pixels + (1 << 18)


def moving_pictures(container: av.container.InputContainer) -> list[int]:
    """Indexes of the video streams that are more than a cover picture."""
    return [s.index for s in container.streams if s.type == "video" and not _is_cover(s)]


def stream_infos(container: av.container.InputContainer) -> tuple[StreamInfo, ...]:
    """Every stream of the container."""
    return tuple(
        StreamInfo(s.index, StreamKind.PICTURE if _is_cover(s) else _KINDS.get(s.type, StreamKind.DATA), codec_name(s))
        for s in container.streams
    )


def codec_name(stream: av.stream.Stream) -> str:
    """The decoder's name; empty where FFmpeg knows none for the stream."""
    context = getattr(stream, "codec_context", None)
    return context.name if context is not None else ""


def disclosures_of(container: av.container.InputContainer) -> Iterator[Disclosure]:
    """What the tags of the container, its streams and chapters give away, and its cover pictures."""
    yield from tags_to_disclosures(_text(container.metadata), "container")
    for stream in container.streams:
        yield from tags_to_disclosures(_text(stream.metadata), f"stream {stream.index} ({stream.type})")
        if _is_cover(stream):
            yield disclosure(
                DisclosureKind.PICTURE, f"stream {stream.index}", f"a cover picture ({codec_name(stream)})"
            )
    for n, chapter in enumerate(container.chapters()):
        yield from tags_to_disclosures(_text(chapter.get("metadata", {})), f"chapter {n}")


def _is_cover(stream: av.stream.Stream) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _text(tags: Mapping[str, str]) -> dict[str, str]:
    return {str(key): str(value) for key, value in tags.items()}
