"""Sound as Unseen writes it: encoded anew out of bare samples, beside pictures or in a file of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, BinaryIO

import av
import numpy as np
from av.codec.context import Flags

from unseen.core import MediaInfo, SoundBlock, StreamKind, Timestamp
from unseen.errors import UsageError
from unseen.media.containers import LOSSLESS, SOUND_CONTAINERS, Quality, SoundContainer

_BIT_RATES = {Quality.BEST: 256_000, Quality.HIGH: 192_000, Quality.SMALL: 96_000}
_WINDOW = 2048
"""Samples over which AAC, MP3 and Opus spread what they hear, at most. Measured with noise, hum, a tone and clicks of
full scale next to digital silence, at 8 to 48 kHz: up to -80 dB 470 samples before it and 946 after it."""
_OPUS_TAIL = Fraction(1, 2)
"""Seconds for which libopus rings on: its high-pass filter at 3 Hz let 60 Hz of full scale fall to -80 dB in 0.33 s."""
_PLANAR = {"uint8": "u8p", "int16": "s16p", "int32": "s32p", "float32": "fltp", "float64": "dblp"}
_MOST_CODED = 8  # channels that FLAC and ALAC hold
_NO_TAGS = {"mp3": {"id3v2_version": "0", "write_id3v1": "0"}}
_MOST_WAV = (1 << 32) - 1024  # bytes: its sizes have 32 bits


@dataclass(frozen=True, slots=True)
class SoundCoding:
    """How sound is encoded: FFmpeg's encoder, samples a second, channel layout, and bits a second where it is lossy."""

    encoder: str
    rate: int
    layout: str
    bit_rate: int = _BIT_RATES[Quality.HIGH]

    @property
    def reach(self) -> tuple[Fraction, Fraction]:
        """Seconds for which a sample is still heard after its time, and for which it is heard before."""
        if self.encoder in LOSSLESS:
            return Fraction(0), Fraction(0)
        window = Fraction(_WINDOW, self.rate)
        return _OPUS_TAIL if self.encoder == "libopus" else window, window


def sound_coding(encoder: str, rate: int, layout: str, quality: Quality = Quality.HIGH) -> SoundCoding:
    """The nearest coding that an encoder has for sound of this rate and layout."""
    channels = av.AudioLayout(layout).nb_channels
    if encoder not in LOSSLESS:
        layout = layout if layout in ("mono", "stereo") else "stereo"
    elif encoder in ("flac", "alac") and channels > _MOST_CODED:
        raise UsageError(
            f"{encoder} holds {_MOST_CODED} channels, not {channels}", next_step="Name an output ending in .wav"
        )
    offered = [48_000] if encoder == "libopus" else av.Codec(encoder, "w").audio_rates or [rate]
    return SoundCoding(encoder, min(offered, key=lambda r: abs(r - rate)), layout, _BIT_RATES[quality])


class SoundEncoder:
    """Encodes blocks of sound into one stream of an open container; nothing but the samples goes in."""

    def __init__(self, container: av.container.OutputContainer, coding: SoundCoding, *, deep: bool = False) -> None:
        self._container, self.coding = container, coding
        stream = container.add_stream(coding.encoder, rate=coding.rate, layout=coding.layout)
        assert isinstance(stream, av.AudioStream)  # noqa: S101 - an audio encoder makes an audio stream
        self._stream, context = stream, stream.codec_context
        if coding.encoder not in LOSSLESS:
            context.bit_rate = coding.bit_rate
        elif deep and coding.encoder in ("flac", "alac"):
            context.format = av.AudioFormat("s32" if coding.encoder == "flac" else "s32p")
        context.flags |= Flags.bitexact
        self._resampler: av.AudioResampler | None = None

    def write(self, block: SoundBlock, origin: Timestamp = Fraction(0)) -> None:
        """Encode a block, whose time is counted from `origin`."""
        context = self._stream.codec_context
        self._resampler = self._resampler or av.AudioResampler(context.format, context.layout, context.sample_rate)
        frame = audio_frame(block, origin)
        self._encode(lambda resampler: resampler.resample(frame))

    def write_silence(self, time: Timestamp, samples: int) -> None:
        """Encode silence of so many samples of the output's rate."""
        channels = self._stream.codec_context.layout.nb_channels
        silence = np.zeros((channels, samples), np.float32)
        self.write(SoundBlock(time, self.coding.rate, self.coding.layout, silence))

    def close(self) -> None:
        """Write what is still held back."""
        self._encode(lambda resampler: resampler.resample(None))
        self._container.mux(self._stream.encode(None))

    def _encode(self, frames: Callable[[av.AudioResampler], Any]) -> None:
        if self._resampler is not None:
            for frame in frames(self._resampler):
                self._container.mux(self._stream.encode(frame))


def audio_frame(block: SoundBlock, origin: Timestamp = Fraction(0)) -> av.AudioFrame:
    """A block as FFmpeg takes it, its time counted from `origin`."""
    samples = np.ascontiguousarray(block.samples)
    frame = av.AudioFrame.from_ndarray(samples, format=_PLANAR[samples.dtype.name], layout=block.layout)
    frame.sample_rate, frame.time_base = block.rate, Fraction(1, block.rate)
    frame.pts = round((block.time - origin) * block.rate)
    return frame


class SoundWriter:
    """Writes a file of sound alone to an open file."""

    def __init__(self, file: BinaryIO, form: SoundContainer, coding: SoundCoding, info: MediaInfo) -> None:
        assert info.sound is not None  # noqa: S101 - only a file of sound is written by this writer
        self._origin = info.sound.start
        options = {"fflags": "+bitexact", **_NO_TAGS.get(form.muxer, {})}
        self._container = av.open(file, "w", format=form.muxer, options=options)
        self._encoder = SoundEncoder(self._container, coding, deep=_is_deep(info))

    def write(self, block: SoundBlock) -> None:
        """Encode the next block; the first one of the source becomes the start of the file."""
        self._encoder.write(block, self._origin)

    def close(self) -> None:
        """Finish the file."""
        self._encoder.close()
        self._container.close()


def sound_file(info: MediaInfo, suffix: str, quality: Quality) -> tuple[SoundContainer, SoundCoding]:
    """The container that a file ending names, and the coding nearest to the source's in it. Raises UsageError."""
    form = next((c for c in SOUND_CONTAINERS.values() if suffix.lower() in c.suffixes), None)
    if form is None:
        endings = " ".join(s for c in SOUND_CONTAINERS.values() for s in c.suffixes)
        what = f"{suffix or 'no ending'} is not a sound format that Unseen writes"
        raise UsageError(what, next_step=f"Use {endings}")
    sound = info.sound
    assert sound is not None  # noqa: S101 - the caller has a file of sound
    if form.name == "wav" and sound.samples * sound.channels * sound.bits // 8 > _MOST_WAV:
        raise UsageError(
            "WAV files end at 4 GiB", next_step="Name an output ending in .flac, which loses nothing either."
        )
    return form, sound_coding(form.encoder(_codec(info)), sound.rate, sound.layout, quality)


def _codec(info: MediaInfo) -> str:
    """The source's codec by the name that encoders are chosen by."""
    name = next(s.codec for s in info.streams if s.kind is StreamKind.AUDIO and s.codec)
    big = name.endswith("be") and name.startswith("pcm_")
    return {"mp3float": "mp3", "libopus": "opus"}.get(name, f"{name[:-2]}le" if big else name)


def _is_deep(info: MediaInfo) -> bool:
    """Whether samples have more than 16 bits."""
    assert info.sound is not None  # noqa: S101 - the caller has a file of sound
    return info.sound.bits > 16
