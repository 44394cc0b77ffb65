"""Plain data that every other room speaks: times, regions, findings, tracks, pictures, media facts."""

from unseen.core.clock import Clock, clock_of
from unseen.core.finding import Finding, Kind
from unseen.core.media import (
    Colour,
    Disclosure,
    DisclosureKind,
    Mastering,
    MediaInfo,
    MediaKind,
    PictureFormat,
    StreamInfo,
    StreamKind,
)
from unseen.core.picture import ColourModel, Picture, Plane, View
from unseen.core.progress import Progress, quiet
from unseen.core.quad import Outline, Quad
from unseen.core.region import Region
from unseen.core.sound import SoundBlock, SoundFormat
from unseen.core.times import FrameTimes, Span, Timestamp
from unseen.core.track import Keyframe, Origin, Track
from unseen.core.zone import Zone

__all__ = [
    "Clock",
    "Colour",
    "ColourModel",
    "Disclosure",
    "DisclosureKind",
    "Finding",
    "FrameTimes",
    "Keyframe",
    "Kind",
    "Mastering",
    "MediaInfo",
    "MediaKind",
    "Origin",
    "Outline",
    "Picture",
    "PictureFormat",
    "Plane",
    "Progress",
    "Quad",
    "Region",
    "SoundBlock",
    "SoundFormat",
    "Span",
    "StreamInfo",
    "StreamKind",
    "Timestamp",
    "Track",
    "View",
    "Zone",
    "clock_of",
    "quiet",
]
