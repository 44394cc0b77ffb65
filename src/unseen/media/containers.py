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


@dataclass(frozen=True, slots=True)
class SoundContainer:
    """A container of sound alone: FFmpeg's muxer, the file endings, and which encoder keeps a source of which codec.

    The first encoder is for every other source.
    """

    name: str
    muxer: str
    suffixes: tuple[str, ...]
    encoders: tuple[tuple[str, str], ...]

    def encoder(self, codec: str) -> str:
        """The encoder for sound that was coded as `codec`, FFmpeg's name of the decoder."""
        return dict(self.encoders).get(codec, self.encoders[0][1])


_PCM = tuple((name, name) for name in ("pcm_s16le", "pcm_u8", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le"))
_AAC = (("aac", "aac"), ("alac", "alac"))
SOUND_CONTAINERS = {
    c.name: c
    for c in (
        SoundContainer("wav", "wav", (".wav", ".wave"), _PCM),
        SoundContainer("flac", "flac", (".flac",), (("flac", "flac"),)),
        SoundContainer("mp3", "mp3", (".mp3",), (("mp3", "libmp3lame"),)),
        SoundContainer("m4a", "ipod", (".m4a", ".m4b", ".mp4", ".mov", ".3gp"), _AAC),
        SoundContainer("ogg", "ogg", (".ogg", ".oga", ".opus"), (("opus", "libopus"),)),
        SoundContainer(
            "mka", "matroska", (".mka", ".mkv"), (("aac", "aac"), ("opus", "libopus"), ("mp3", "libmp3lame"))
        ),
        SoundContainer("webm", "webm", (".webm", ".weba"), (("opus", "libopus"),)),
    )
}
LOSSLESS = frozenset({"flac", "alac", *(name for name, _ in _PCM)})
"""Encoders whose decoder gives back every sample as it was."""

DEMUXERS = ("mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "avi", "mpegts", "flac", "mp3", "wav", "ogg")
"""FFmpeg's names of the only demuxers an untrusted file is shown to; every playlist and protocol stays out."""

VIDEO_DECODERS = frozenset(
    {
        *("h264", "hevc", "vp8", "vp9", "libdav1d", "av1", "mpeg4", "mpeg1video", "mpeg2video", "mjpeg", "h263"),
        *("msmpeg4", "msmpeg4v1", "msmpeg4v2", "msmpeg4v3", "wmv1", "wmv2", "flv", "vc1", "wmv3", "prores", "dnxhd"),
        *("ffv1", "huffyuv", "ffvhuff", "utvideo", "rawvideo", "dvvideo", "theora", "png", "qtrle", "cinepak"),
    }
)


AUDIO_DECODERS = frozenset(
    {
        *("aac", "mp3", "mp3float", "mp2", "mp2float", "mp1", "mp1float", "opus", "libopus", "vorbis", "flac", "alac"),
        *("ac3", "eac3", "dca", "truehd", "amrnb", "amrwb", "wmav1", "wmav2", "adpcm_ms", "adpcm_ima_wav", "gsm_ms"),
        *("pcm_u8", "pcm_s8", "pcm_alaw", "pcm_mulaw", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be"),
        *("pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be", "pcm_bluray", "pcm_dvd"),
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


def sound_container_of(demuxer: str, head: bytes) -> str:
    """The container of a file of sound alone, by the name under which such files are written."""
    name = container_of(demuxer, head)
    return {"mp4": "m4a", "mov": "m4a", "3gp": "m4a", "mkv": "mka"}.get(name, name)
