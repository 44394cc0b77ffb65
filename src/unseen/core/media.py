"""What a file holds, as far as anything later needs to know it."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from fractions import Fraction

from unseen.core.sound import SoundFormat
from unseen.core.times import FrameTimes


class MediaKind(enum.StrEnum):
    PHOTO = "photo"
    ANIMATION = "animation"  #: several pictures in an image file: GIF, animated WebP, multi-page TIFF
    VIDEO = "video"
    AUDIO = "audio"


class StreamKind(enum.StrEnum):
    VIDEO = "video"
    AUDIO = "audio"
    SUBTITLE = "subtitle"
    DATA = "data"
    ATTACHMENT = "attachment"
    PICTURE = "picture"  #: a cover picture, thumbnail, second page, depth or gain map


class DisclosureKind(enum.StrEnum):
    """What sort of thing a piece of metadata gives away."""

    PLACE = "place"
    DEVICE = "device"
    TIME = "time"
    PERSON = "person"
    TEXT = "text"
    PICTURE = "picture"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Colour:
    """How samples mean colours: ITU-T H.273 code points as the file declares them (2: not declared)."""

    primaries: int = 2
    transfer: int = 2
    matrix: int = 2
    full_range: bool = False


@dataclass(frozen=True, slots=True)
class Mastering:
    """What a film of high dynamic range says once: its screen (SMPTE ST 2086) and its light (CTA-861.3).

    `screen`: x and y of red, green, blue and white in steps of 0.00002, then least and most light in steps of 0.0001
    candela a square metre. `light`: of the brightest pixel and of the brightest picture, in candela a square metre.
    Either may be empty.
    """

    screen: tuple[int, ...] = ()
    light: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if len(self.screen) not in (0, 10) or len(self.light) not in (0, 2):
            raise ValueError("a screen has ten numbers, and light two")
        most = (*(50_000,) * 8, *((1 << 32) - 1,) * 2)
        if not all(0 <= n <= limit for n, limit in zip(self.screen, most, strict=False)) or not all(
            0 <= n < 1 << 16 for n in self.light
        ):
            raise ValueError("no such screen or light")


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """The shape of every picture of the file.

    `width`, `height`: pixels as displayed, after rotation. `quarter_turns`: clockwise quarter turns from the stored to
    the displayed picture; `mirrored`: stored left-right mirrored before those turns. `sample_aspect`: width of a
    displayed pixel over its height. `pixel_format`: FFmpeg's name for video, Pillow's mode for photos. `depth`: bits a
    sample. `mastering`: of high dynamic range.
    """

    width: int
    height: int
    pixel_format: str
    depth: int = 8
    colour: Colour = Colour()
    sample_aspect: Fraction = field(default_factory=lambda: Fraction(1))
    quarter_turns: int = 0
    mirrored: bool = False
    mastering: Mastering | None = None

    def __post_init__(self) -> None:
        if self.width <= 0 or self.height <= 0:
            raise ValueError("a picture needs a positive width and height")
        if self.quarter_turns not in range(4):
            raise ValueError("quarter turns go from 0 to 3")
        if self.sample_aspect <= 0:
            raise ValueError("a pixel needs a positive aspect")


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """One stream (or embedded picture) of the file, named by its index there."""

    index: int
    kind: StreamKind
    codec: str


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A piece of metadata that gives something away.

    `where` names the field ("EXIF GPSLatitude"), `value` what it says. Values are shown to the person who asks
    (`inspect`) and never written to a plan or record.
    """

    kind: DisclosureKind
    where: str
    value: str


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """Facts about a source that the plan keeps: what it is, its pictures, their exact times, its streams.

    `picture` and `frame_times` are None for audio, `sound` for everything else. `duration` in seconds, None where the
    file does not say.
    """

    kind: MediaKind
    container: str
    streams: tuple[StreamInfo, ...]
    picture: PictureFormat | None = None
    frame_times: FrameTimes | None = None
    duration: Fraction | None = None
    sound: SoundFormat | None = None

    def __post_init__(self) -> None:
        if (self.kind is MediaKind.AUDIO) != (self.picture is None):
            raise ValueError("audio has no picture, everything else has one")
        if (self.picture is None) != (self.frame_times is None):
            raise ValueError("pictures have times")
        if (self.kind is MediaKind.AUDIO) != (self.sound is not None):
            raise ValueError("audio says how it sounds, everything else how it looks")
