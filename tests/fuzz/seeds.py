"""One small file of every format that Unseen reads, made by script, to be damaged."""

from __future__ import annotations

import io
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pillow_heif
from make import Clip, Sound, scene, write_clip
from PIL import Image

SIZE = (64, 48)
_CLIPS = {
    "h264-aac.mp4": Clip(size=SIZE, sounds=(Sound(seconds=0.2),), tags={"title": "seed"}),
    "fragmented.mp4": Clip(size=SIZE),
    "hevc.mov": Clip("hevc", size=SIZE),
    "av1.mp4": Clip("av1", size=(64, 64)),
    "h264.3gp": Clip(size=SIZE),
    "vp9-opus.mkv": Clip("vp9", size=SIZE, sounds=(Sound(seconds=0.2, codec="libopus"),)),
    "vp8-opus.webm": Clip("vp8", size=SIZE, sounds=(Sound(seconds=0.2),)),
    "ffv1.mkv": Clip("ffv1", size=SIZE, pixels="yuv420p10le"),
    "mpeg4-mp3.avi": Clip("mpeg4", size=SIZE, sounds=(Sound(seconds=0.2),)),
    "rawvideo.avi": Clip("rawvideo", size=SIZE),
    "h264-aac.ts": Clip(size=SIZE, ticks=range(6), sounds=(Sound(seconds=0.5),)),
}
_RECORDINGS = {
    "pcm.wav": "pcm_s16le",
    "flac.flac": "flac",
    "mp3.mp3": "libmp3lame",
    "opus.ogg": "libopus",
    "aac.m4a": "aac",
}
_MUXERS = {".wav": "wav", ".flac": "flac", ".mp3": "mp3", ".ogg": "ogg", ".m4a": "ipod"}


def seeds(folder: Path) -> dict[str, bytes]:
    """Every seed's bytes by its name; `folder` is used to make them."""
    made = {name: _clip(folder / name, clip) for name, clip in _CLIPS.items()}
    made |= {name: _recording(Path(name).suffix, codec) for name, codec in _RECORDINGS.items()}
    made |= {name: make() for name, make in _PHOTOS.items()}
    return made


def _clip(path: Path, clip: Clip) -> bytes:
    import av

    data = write_clip(path, clip).read_bytes()
    if not path.name.startswith("fragmented"):
        return data
    out = io.BytesIO()
    options = {"movflags": "frag_keyframe+empty_moov"}
    with av.open(path) as source, av.open(out, "w", format="mp4", options=options) as copy:
        stream = copy.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                copy.mux(packet)
    return out.getvalue()


def _recording(suffix: str, codec: str) -> bytes:
    import av
    import numpy as np

    out = io.BytesIO()
    with av.open(out, "w", format=_MUXERS[suffix]) as container:
        stream = container.add_stream(codec, rate=48_000, layout="mono")
        resampler = av.AudioResampler(stream.codec_context.format, "mono", 48_000)
        wave = np.sin(np.arange(9600) / 17).astype(np.float32)[None]
        frame = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, 0, Fraction(1, 48_000)
        fifo = av.AudioFifo()
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            fifo.write(part)
        size = stream.codec_context.frame_size or 1024
        while (part := fifo.read(size, partial=True)) is not None:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return out.getvalue()


def _pillow(kind: str, mode: str = "RGB", **options: object) -> Callable[[], bytes]:
    def make() -> bytes:
        out = io.BytesIO()
        pictures = [Image.fromarray(scene(n, SIZE)).convert(mode) for n in range(3)]
        if options.get("save_all"):
            options["append_images"] = pictures[1:]
        if kind == "JPEG":
            exif = Image.Exif()
            exif[274], exif[270] = 6, "a description"
            options["exif"] = exif
        pictures[0].save(out, kind, **options)
        return out.getvalue()

    return make


def _heic() -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(scene(1, SIZE))).save(out)
    return out.getvalue()


_PHOTOS: dict[str, Callable[[], bytes]] = {
    "photo.jpg": _pillow("JPEG"),
    "cmyk.jpg": _pillow("JPEG", "CMYK"),
    "photo.png": _pillow("PNG"),
    "moving.png": _pillow("PNG", save_all=True, duration=100),
    "moving.gif": _pillow("GIF", save_all=True, duration=100),
    "photo.webp": _pillow("WEBP"),
    "moving.webp": _pillow("WEBP", save_all=True, duration=100),
    "pages.tiff": _pillow("TIFF", save_all=True),
    "lzw.tiff": _pillow("TIFF", compression="tiff_lzw"),
    "photo.bmp": _pillow("BMP"),
    "photo.avif": _pillow("AVIF"),
    "moving.avif": _pillow("AVIF", save_all=True, duration=100),
    "photo.heic": _heic,
}
