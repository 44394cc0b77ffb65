"""Which containers and codecs Unseen reads and writes, told from a file's first bytes and not from its name."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Quality(enum.StrEnum):
    """How near the encoded picture is to the source outside the covers: `high` is visually lossless."""

    BEST = "best"
    HIGH = "high"
    SMALL = "small"


class VideoCodec(enum.StrEnum):
    H264 = "h264"
    HEVC = "hevc"
    VP8 = "vp8"
    VP9 = "vp9"
    AV1 = "av1"


@dataclass(frozen=True, slots=True)
class Container:
    """A container as it is written: FFmpeg's muxer, the file endings, what it may hold (first is the default)."""

    name: str
    muxer: str
    suffixes: tuple[str, ...]
    video: tuple[VideoCodec, ...]
    audio: str


_ISO = (VideoCodec.H264, VideoCodec.HEVC, VideoCodec.AV1, VideoCodec.VP9)
CONTAINERS = {
    c.name: c
    for c in (
        Container("mp4", "mp4", (".mp4", ".m4v"), _ISO, "aac"),
        Container("mov", "mov", (".mov", ".qt"), _ISO[:2], "aac"),
        Container("3gp", "3gp", (".3gp", ".3g2"), (VideoCodec.H264,), "aac"),
        Container("mkv", "matroska", (".mkv",), (*_ISO, VideoCodec.VP8), "aac"),
        Container("webm", "webm", (".webm",), (VideoCodec.VP9, VideoCodec.VP8, VideoCodec.AV1), "libopus"),
        Container("avi", "avi", (".avi",), (VideoCodec.H264,), "libmp3lame"),
        Container("mpegts", "mpegts", (".ts", ".mts", ".m2ts"), (VideoCodec.H264, VideoCodec.HEVC), "aac"),
    )
}

DEMUXERS = ("mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "avi", "mpegts", "flac", "mp3", "wav", "ogg")
"""FFmpeg's names of the only demuxers an untrusted file is shown to; every playlist and protocol stays out."""

VIDEO_DECODERS = frozenset(
    {
        *("h264", "hevc", "vp8", "vp9", "libdav1d", "av1", "mpeg4", "mpeg1video", "mpeg2video", "mjpeg", "h263"),
        *("msmpeg4", "msmpeg4v1", "msmpeg4v2", "msmpeg4v3", "wmv1", "wmv2", "flv", "vc1", "wmv3", "prores", "dnxhd"),
        *("ffv1", "huffyuv", "ffvhuff", "utvideo", "rawvideo", "dvvideo", "theora", "png", "qtrle", "cinepak"),
    }
)


def container_of(demuxer: str, head: bytes) -> str:
    """The container's own name, from FFmpeg's demuxer name and the file's first bytes."""
    if demuxer.startswith("mov,"):
        brand = head[8:12] if head[4:8] == b"ftyp" else b"qt  "
        return "mov" if brand == b"qt  " else "3gp" if brand.startswith(b"3g") else "mp4"
    if demuxer.startswith("matroska"):
        return "webm" if b"webm" in head[:64] else "mkv"
    return demuxer
