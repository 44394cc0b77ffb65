"""Leaks planted in clips: each maker writes a covered clip in which exactly one thing is left."""

from __future__ import annotations

import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.bitstream import BitStreamFilterContext
from finished_media import FRAMES, HEIGHT, MUXERS, STEP, WIDTH, Clip, boxed, tampered, write_clip
from leaks import CANARY, PRIVATE, leak, private_jpeg

ISO = "mp4 mov 3gp"
ALL = "mp4 mov 3gp mkv webm avi ts"
NAL = "mp4 mov 3gp mkv avi ts"
_SECRET_YUV = (106, 202, 222)  # the private colour in BT.601, limited range
_RECORDED = "17ee8c60-f84d-11d9-8cd6-0800200c9a66"
"""User data that AVCHD cameras put before each picture: date, exposure, place (the UUID of their MDPM records)."""


def clip(path: Path, **changes: Any) -> Path:
    """A covered clip; what `changes` says is the leak."""
    container = path.suffix[1:]
    return write_clip(path, Clip(container, changes.pop("codec", "vp9" if container == "webm" else "h264"), **changes))


def grown(data: bytes, path: tuple[bytes, ...], box: bytes) -> bytes:
    """Add a box at the end of the box at `path`; the movie stands last, so that no sample moves."""
    heads = {b"stsd": 8, b"avc1": 78}
    at, places = 0, []
    for name in path:
        while data[at + 4 : at + 8] != name:
            at += struct.unpack(">I", data[at : at + 4])[0]
        places.append(at)
        end = at + struct.unpack(">I", data[at : at + 4])[0]
        at += 8 + heads.get(name, 0)
    for place in places:
        size = struct.unpack(">I", data[place : place + 4])[0] + len(box)
        data = data[:place] + struct.pack(">I", size) + data[place + 4 :]
    return data[:end] + box + data[end:]


def with_box(path: Path, where: tuple[bytes, ...], box: bytes) -> Path:
    return tampered(clip(path), lambda data: grown(data, where, box))


def tagged(**tags: str) -> Callable[[Any], None]:
    return lambda container: container.metadata.update(tags)


def secret(_: int, planes: list[np.ndarray]) -> None:
    """Nothing but the private colour."""
    for plane, value in zip(planes, _SECRET_YUV, strict=True):
        plane[:] = value


def secret_at_start(number: int, planes: list[np.ndarray]) -> None:
    if number < 3:
        secret(number, planes)


@leak("V1", "mp4 mov 3gp mkv webm avi", 5)
def title_and_author(path: Path) -> None:
    clip(path, after_open=tagged(title=CANARY.decode(), artist=CANARY.decode(), comment=CANARY.decode()))


@leak("V1", ISO, 5)
def place_and_maker(path: Path) -> None:
    fields = b"".join(boxed(name, struct.pack(">HH", len(CANARY), 0) + CANARY) for name in (b"\xa9xyz", b"\xa9mak"))
    with_box(path, (b"moov",), boxed(b"udta", fields))


@leak("V1", "mov", 5)
def keys_of_quicktime(path: Path) -> None:
    clip(
        path,
        options={"movflags": "use_metadata_tags"},
        after_open=tagged(**{"com.apple.quicktime.location.ISO6709": CANARY.decode()}),
    )


@leak("V1", "ts", 5)
def name_of_a_service(path: Path) -> None:
    clip(path, after_open=tagged(service_name=CANARY.decode(), service_provider=CANARY.decode()))


@leak("V1", "mp4 mov", 5)
def manifest_of_provenance(path: Path) -> None:
    tampered(clip(path), lambda data: data + boxed(b"uuid", bytes(16) + CANARY + private_jpeg(16, 16)))


def words(codec: str, payload: bytes) -> Callable[[Any], Callable[[], None]]:
    """A stream that is neither picture nor sound, with one packet."""

    def extra(container: Any) -> Callable[[], None]:
        stream = container.add_mux_stream(codec) if codec != "klv" else container.add_data_stream(codec)
        stream.time_base = Fraction(1, 1000)

        def finish() -> None:
            packet = av.Packet(payload)
            packet.stream, packet.pts, packet.dts, packet.duration = stream, 0, 0, 300
            packet.time_base = Fraction(1, 1000)
            container.mux(packet)

        return finish

    return extra


TEXT = struct.pack(">H", len(CANARY)) + CANARY
DATA_TRACKS = ("gpmd", "camm", "mebx", "rtmd", "djmd", "dbgi", "mett", "fdsc", "marl", "CTMD", "ssmd")


def _data_track(name: str) -> None:
    def data_track(path: Path) -> None:
        def renamed(data: bytes) -> bytes:
            return data.replace(b"tx3g", name.encode()).replace(b"sbtl", b"meta")

        tampered(clip(path, extra=words("mov_text", TEXT)), renamed)

    data_track.__name__ = f"{name}_track"
    leak("V2", "mp4 mov" if name == "gpmd" else "mp4", 2)(data_track)


for _name in DATA_TRACKS:
    _data_track(_name)


@leak("V2", "ts", 2)
def klv_stream(path: Path) -> None:
    clip(path, extra=words("klv", b"\x06\x0e\x2b\x34" + CANARY))


@leak("V3", "mp4 mov", 2)
def subtitles(path: Path) -> None:
    clip(path, extra=words("mov_text", TEXT))


@leak("V3", "mkv", 2)
def subtitles_in_matroska(path: Path) -> None:
    clip(path, extra=words("subrip", CANARY))


@leak("V3", "webm", 2)
def subtitles_in_webm(path: Path) -> None:
    clip(path, extra=words("webvtt", CANARY))


@leak("V4", "mp4 mov mkv webm", 2)
def chapters(path: Path) -> None:
    title = {"title": CANARY.decode()}
    chapter: Any = {"id": 1, "start": 0, "end": 200, "time_base": Fraction(1, 1000), "metadata": title}
    clip(path, after_open=lambda container: container.set_chapters([chapter]))


@leak("V5", "mp4 mov", 2, quiet=True)
def timecode(path: Path) -> None:
    def coded(container: Any) -> None:
        container.streams[0].metadata["timecode"] = "01:02:03:04"

    clip(path, after_open=coded)


@leak("V6", ISO, 5)
def cover_picture(path: Path) -> None:
    data = boxed(b"data", struct.pack(">II", 13, 0) + private_jpeg())
    handler = bytes.fromhex("0000002168646c7200000000000000006d6469726170706c000000000000000000")
    tags = bytes(4) + handler + boxed(b"ilst", boxed(b"covr", data))
    with_box(path, (b"moov",), boxed(b"udta", boxed(b"meta", tags)))


@leak("V6", "mkv", 2, 6)
def attached_picture(path: Path) -> None:
    clip(path, after_open=lambda container: container.add_attachment("cover.jpg", "image/jpeg", private_jpeg()))


def second_video(codec: str) -> Callable[[Any], Callable[[], None]]:
    def extra(container: Any) -> Callable[[], None]:
        stream = container.add_stream(codec, rate=25, options={"deadline": "realtime", "cpu-used": "8", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"

        def finish() -> None:
            for number in range(3):
                frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), PRIVATE, np.uint8), format="rgb24")
                frame.pts = number
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))

        return finish

    return extra


@leak("V7", "mp4 mov mkv webm avi ts", 2)
def second_film(path: Path) -> None:
    clip(path, extra=second_video("libvpx-vp9" if path.suffix == ".webm" else "libx264"))


@leak("V8", "mp4 mov mkv webm ts", 2, quiet=True)
def second_sound(path: Path) -> None:
    codec = "libopus" if path.suffix == ".webm" else "aac"

    def extra(container: Any) -> Callable[[], None]:
        stream = container.add_stream(codec, rate=48000, layout="mono")

        def finish() -> None:
            wave = (0.3 * np.sin(np.arange(9600) / 20)).astype(np.float32)[None]
            for at in range(0, 9600, 960):
                frame = av.AudioFrame.from_ndarray(wave[:, at : at + 960], format="fltp", layout="mono")
                frame.sample_rate, frame.pts, frame.time_base = 48000, at, Fraction(1, 48000)
                for part in av.AudioResampler(stream.codec_context.format, "mono", 48000).resample(frame):
                    container.mux(stream.encode(part))
            container.mux(stream.encode(None))

        return finish

    clip(path, sound="silent", extra=extra)


@leak("V9", "mp4 mov 3gp mkv webm", 5)
def names_of_tracks(path: Path) -> None:
    def named(container: Any) -> None:
        container.streams[0].metadata.update({"handler_name": CANARY.decode(), "title": CANARY.decode()})

    clip(path, after_open=named)


@leak("V9", "avi", 5)
def name_of_a_stream(path: Path) -> None:
    clip(path, after_open=lambda container: container.streams[0].metadata.update({"title": CANARY.decode()}))


@leak("V9", "ts", 5, quiet=True)
def language_of_a_stream(path: Path) -> None:
    clip(path, sound="silent", after_open=lambda c: c.streams[-1].metadata.update({"language": "deu"}))


def filtered(path: Path, bitstream_filter: str, codec: str = "h264", **changes: Any) -> Path:
    """A clip whose coded pictures went through one of FFmpeg's bitstream filters."""
    whole = write_clip(path.with_name("whole.mp4"), Clip("mp4", codec, **changes))
    options = {"fflags": "+bitexact"}
    with av.open(str(whole)) as given, path.open("w+b") as file:
        taken = av.open(file, "w", format=MUXERS[path.suffix[1:]], options=options)
        taken.flags |= int(av.container.Flags.bitexact.value)
        stream = taken.add_stream_from_template(given.streams.video[0])
        context = BitStreamFilterContext(bitstream_filter, given.streams.video[0], stream)
        for packet in given.demux(video=0):
            for changed in context.filter(packet if packet.size else None):
                changed.stream = stream
                taken.mux(changed)
        taken.close()
    whole.unlink()
    return path


@leak("V10", "mp4 mov 3gp mkv avi", 6)
def what_a_camera_says_before_each_picture(path: Path) -> None:
    filtered(path, f"h264_metadata=sei_user_data={_RECORDED}+{CANARY.decode()}")


@leak("V10", "avi", 6)
def captions(path: Path) -> None:
    """A53 captions ride in units of type 6 before a picture (ANSI/SCTE 128)."""
    said = CANARY.ljust(24)[:24]
    sei = b"\x06\x04" + bytes([len(said) + 11]) + b"\xb5\x00\x31GA94\x03\xc8\xff" + said + b"\xff\x80"

    def captioned(data: bytes) -> bytes:
        at = data.index(b"movi") + 4
        size = struct.unpack("<I", data[at + 4 : at + 8])[0]
        body = b"\0\0\0\1" + sei + data[at + 8 : at + 8 + size]
        body += b"\0" * (len(body) % 2 != size % 2)
        longer = data[: at + 4] + struct.pack("<I", len(body)) + body + data[at + 8 + size :]
        for place in (4, data.index(b"movi") - 4):
            old = struct.unpack("<I", longer[place : place + 4])[0]
            longer = longer[:place] + struct.pack("<I", old + len(body) - size) + longer[place + 4 :]
        return longer

    tampered(clip(path), captioned)


def shown_from(ticks: int, milliseconds: int) -> Callable[[bytes], bytes]:
    """Another start in the first edit list."""

    def change(data: bytes) -> bytes:
        at = data.index(b"elst") + 12
        start = struct.unpack(">i", data[at + 4 : at + 8])[0] + ticks
        return data[:at] + struct.pack(">Ii", milliseconds, start) + data[at + 8 :]

    return change


@leak("V11", ISO, 6)
def pictures_before_an_edit(path: Path) -> None:
    ticks = tuple(n * STEP for n in range(FRAMES + 3))
    tampered(clip(path, ticks=ticks, paint=secret_at_start), shown_from(3 * STEP, 400))


@leak("V12", NAL, 6)
def part_cropped_by_a_parameter_set(path: Path) -> None:
    def beside(_: int, planes: list[np.ndarray]) -> None:
        for plane, value, share in zip(planes, _SECRET_YUV, (1, 2, 2), strict=True):
            plane[:, WIDTH // share :] = value

    filtered(path, "h264_metadata=crop_right=32", size=(WIDTH + 32, HEIGHT), paint=beside)


@leak("V13", "mp4 mov", 6)
def clean_aperture(path: Path) -> None:
    """Shows 64 of 96 columns."""
    aperture = boxed(b"clap", struct.pack(">8i", 64, 1, HEIGHT, 1, 0, 1, 0, 1) + CANARY)
    with_box(path, (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"avc1"), aperture)


@leak("V14", "mp4 mov", 6)
def lead_of_a_copied_cut(path: Path) -> None:
    """What cutting without encoding leaves: pictures from the last key picture on, at times before zero."""
    ticks = tuple((n - 3) * STEP for n in range(FRAMES + 3))
    clip(path, ticks=ticks, paint=secret_at_start)


@leak("V19", ISO, 6)
def free_space_with_a_content(path: Path) -> None:
    with_box(path, (b"moov",), boxed(b"free", CANARY + private_jpeg()))


@leak("V19", ISO, 6)
def skipped_box(path: Path) -> None:
    tampered(clip(path), lambda data: data + boxed(b"skip", CANARY + private_jpeg()))


@leak("V19", ISO, 6)
def media_data_of_no_sample(path: Path) -> None:
    def longer(data: bytes) -> bytes:
        at = data.index(b"mdat") - 4
        size = struct.unpack(">I", data[at : at + 4])[0]
        return data[:at] + struct.pack(">I", size + len(CANARY)) + data[at + 4 : at + size] + CANARY + data[at + size :]

    tampered(clip(path), longer)


@leak("V19", "mkv webm", 6)
def padding_with_a_content(path: Path) -> None:
    padding = b"\xec" + (1 << 56 | len(CANARY)).to_bytes(8, "big") + CANARY

    def longer(data: bytes) -> bytes:
        at = data.index(b"\x18\x53\x80\x67") + 4
        size = int.from_bytes(data[at : at + 8], "big") + len(padding)
        return data[:at] + size.to_bytes(8, "big") + data[at + 8 :] + padding

    tampered(clip(path), longer)


@leak("V19", "avi", 6)
def junk_with_a_content(path: Path) -> None:
    junk = b"JUNK" + struct.pack("<I", 20) + CANARY.ljust(20, b"\1")
    tampered(clip(path), lambda data: data[:4] + struct.pack("<I", len(data) - 8 + len(junk)) + data[8:] + junk)


@leak("V19", "ts", 6)
def empty_packets_with_a_content(path: Path) -> None:
    packet = b"G\x1f\xff\x10" + CANARY.ljust(184, b"\xff")
    tampered(clip(path), lambda data: data + packet)


@leak("V19", ALL, 6)
def bytes_behind_the_end(path: Path) -> None:
    tampered(clip(path), lambda data: data + CANARY.ljust(188, b"."))


@leak("V20", "webm", 6, quiet=True)
def plane_of_transparency(path: Path) -> None:
    """VP9 keeps transparency as a second picture beside each block."""
    with path.open("w+b") as file:
        container = av.open(file, "w", format="webm", options={"fflags": "+bitexact"})
        stream: Any = container.add_stream("libvpx-vp9", rate=25, options={"deadline": "realtime", "auto-alt-ref": "0"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuva420p"
        for number in range(FRAMES):
            rgba = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
            rgba[..., 3] = np.arange(WIDTH) * 2
            frame = av.VideoFrame.from_ndarray(rgba, format="rgba").reformat(format="yuva420p")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        container.close()


@leak("V24", NAL, 6, quiet=True)
def what_the_encoder_notes(path: Path) -> None:
    clip(path, clean=False)


@leak("V24", "mp4 mkv webm avi", 5, quiet=True)
def what_the_muxer_notes(path: Path) -> None:
    clip(path, bitexact=False)
