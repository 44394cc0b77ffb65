"""Saboteurs of checks 2, 5 and 6 on clips: a stream, a field or some bytes too many, and the right check says so."""

from __future__ import annotations

import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import finished_media as made
import numpy as np
import pytest
from av.bitstream import BitStreamFilterContext

from unseen.plan import StreamAction
from unseen.verify import audit

CANARY = b"CANARY-6f1c"
CONTAINERS = sorted(made.MUXERS)
ISO = ["mp4", "mov", "3gp"]


def clip(container: str, **changes: Any) -> made.Clip:
    return made.Clip(container, "vp9" if container == "webm" else "h264", **changes)


def audited(path: Path, container: str = "mp4", **planned: Any) -> dict[int, str]:
    """Numbers and details of the checks that failed."""
    report = audit(path, made.plan_for(None, container=container, **planned), source=None)
    return {c.number: c.detail for c in report.failed}


# Streams


def second_video(container: Any) -> Callable[[], None]:
    stream = container.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
    stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"

    def finish() -> None:
        for number in range(3):
            frame = av.VideoFrame.from_ndarray(made.scene(number, 64, 48), format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))

    return finish


@pytest.mark.parametrize("container", ["mp4", "mov", "mkv", "ts"])
def test_a_second_video_stream_is_found(tmp_path: Path, container: str) -> None:
    path = made.write_clip(tmp_path / "out", clip(container, extra=second_video))
    found = audited(path, container)
    assert "2 video where 1 is planned" in found[2]
    assert "our parser" in found[2]
    assert "the demuxer" in found[2]


@pytest.mark.parametrize("container", CONTAINERS)
def test_a_sound_stream_that_nobody_planned_is_found(tmp_path: Path, container: str) -> None:
    path = made.write_clip(tmp_path / "out", clip(container, sound="silent"))
    assert list(audited(path, container)) == [2, 7]


@pytest.mark.parametrize("container", CONTAINERS)
def test_a_planned_sound_stream_that_is_missing_is_found(tmp_path: Path, container: str) -> None:
    path = made.write_clip(tmp_path / "out", clip(container))
    assert list(audited(path, container, sound=StreamAction.SILENCE)) == [2, 7]


def subtitle_box(data: bytes) -> bytes:
    """Turn the sound track into one of text: what counts is what the handler says."""
    at = data.rindex(b"soun")
    return data[:at] + b"sbtl" + data[at + 4 :]


def test_a_subtitle_track_in_mp4_is_found(tmp_path: Path) -> None:
    path = made.tampered(made.write_clip(tmp_path / "out.mp4", clip("mp4", sound="silent")), subtitle_box)
    assert "sbtl" in audited(path)[2]


def test_a_subtitle_track_in_matroska_is_found(tmp_path: Path) -> None:
    path = made.write_clip(tmp_path / "out.mkv", clip("mkv", sound="silent"))
    made.tampered(path, lambda data: data.replace(b"\x83\x81\x02", b"\x83\x81\x11", 1))
    assert "subtitle" in audited(path, "mkv")[2]


# Words beside the streams


def titled(container: Any) -> None:
    container.metadata["title"] = CANARY.decode()


def named_track(container: Any) -> None:
    container.streams[0].metadata["handler_name"] = CANARY.decode()
    container.streams[0].metadata["title"] = CANARY.decode()


def in_a_language(container: Any) -> None:
    container.streams[-1].metadata["language"] = "ger"


def dated(container: Any) -> None:
    container.metadata["creation_time"] = "2024-05-06T07:08:09Z"


def placed(container: Any) -> None:
    container.metadata["location"] = "+52.5200+013.4050/"


@pytest.mark.parametrize("container", ["mp4", "mov", "3gp", "mkv", "webm", "avi"])
def test_a_title_is_found(tmp_path: Path, container: str) -> None:
    path = made.write_clip(tmp_path / "out", clip(container, after_open=titled))
    assert list(audited(path, container)) == [5]


@pytest.mark.parametrize("container", ["mp4", "mov", "3gp", "mkv", "webm"])
def test_a_tracks_name_is_found(tmp_path: Path, container: str) -> None:
    path = made.write_clip(tmp_path / "out", clip(container, after_open=named_track))
    assert list(audited(path, container)) == [5]


@pytest.mark.parametrize("container", ["mp4", "mov", "3gp", "mkv", "webm", "ts"])
def test_a_language_is_found(tmp_path: Path, container: str) -> None:
    path = made.write_clip(tmp_path / "out", clip(container, after_open=in_a_language, sound="silent"))
    assert list(audited(path, container, sound=StreamAction.SILENCE)) == [5]


@pytest.mark.parametrize("container", ["mp4", "mov", "3gp", "mkv"])
def test_a_date_is_found(tmp_path: Path, container: str) -> None:
    path = made.write_clip(tmp_path / "out", clip(container, after_open=dated))
    assert list(audited(path, container)) == [5]


@pytest.mark.parametrize("container", ISO)
def test_a_place_is_found(tmp_path: Path, container: str) -> None:
    path = made.write_clip(tmp_path / "out", clip(container, after_open=placed))
    assert list(audited(path, container)) == [5]


@pytest.mark.parametrize("container", ["mp4", "mkv", "webm", "avi"])
def test_the_muxers_and_encoders_versions_are_found(tmp_path: Path, container: str) -> None:
    path = made.write_clip(tmp_path / "out", clip(container, bitexact=False))
    assert 5 in audited(path, container)


def test_a_services_name_in_a_transport_stream_is_found(tmp_path: Path) -> None:
    def named(container: Any) -> None:
        container.metadata["service_name"] = CANARY.decode()

    path = made.write_clip(tmp_path / "out.ts", clip("ts", after_open=named))
    assert list(audited(path, "ts")) == [5]


def test_chapters_are_found(tmp_path: Path) -> None:
    def divided(container: Any) -> None:
        container.set_chapters([
            {"id": 1, "start": 0, "end": 200, "time_base": Fraction(1, 1000),
             "metadata": {"title": CANARY.decode()}}
        ])  # fmt: skip

    for container in ("mp4", "mkv"):
        path = made.write_clip(tmp_path / container, clip(container, after_open=divided))
        assert 2 in audited(path, container)


def test_an_attachment_in_matroska_is_found(tmp_path: Path) -> None:
    def attach(container: Any) -> None:
        container.add_attachment("witness.txt", "text/plain", CANARY)

    path = made.write_clip(tmp_path / "out.mkv", clip("mkv", after_open=attach))
    found = audited(path, "mkv")
    assert 2 in found
    assert 6 in found


# The encoder's own notes, user data, cropping


@pytest.mark.parametrize("container", ["mp4", "mov", "3gp", "mkv", "avi", "ts"])
def test_the_encoders_notes_in_h264_are_found(tmp_path: Path, container: str) -> None:
    path = made.write_clip(tmp_path / "out", clip(container, clean=False))
    found = audited(path, container)
    assert list(found) == [6]
    assert "user data in the video stream" in found[6]


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts"])
def test_the_encoders_notes_in_hevc_are_found(tmp_path: Path, container: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, settings, cleaner = made.ENCODERS["hevc"]
    noted = {**settings, "x265-params": "info=1:log-level=none"}
    monkeypatch.setitem(made.ENCODERS, "hevc", (name, noted, cleaner))
    path = made.write_clip(tmp_path / "out", made.Clip(container, "hevc"))
    assert list(audited(path, container)) == [6]


def test_captions_in_h264_are_found(tmp_path: Path) -> None:
    """A53 captions ride in units of type 6; here one is put before the first picture."""
    sei = b"\x06\x04\x0e" + b"\xb5\x00\x31GA94\x03\xc1\xff" + b"CAP" + b"\xff\x80"
    path = made.write_clip(tmp_path / "out.avi", clip("avi"))

    def captioned(data: bytes) -> bytes:
        at = data.index(b"movi") + 4
        size = struct.unpack("<I", data[at + 4 : at + 8])[0]
        unit = b"\0\0\0\1" + sei
        body = unit + data[at + 8 : at + 8 + size]
        body += b"\0" * (len(body) % 2 != size % 2)
        grown = len(body) - size
        longer = data[: at + 4] + struct.pack("<I", len(body)) + body + data[at + 8 + size :]
        for place in (4, data.index(b"movi") - 4):
            old = struct.unpack("<I", longer[place : place + 4])[0]
            longer = longer[:place] + struct.pack("<I", old + grown) + longer[place + 4 :]
        return longer

    made.tampered(path, captioned)
    assert "user data" in audited(path, "avi")[6]


def test_a_picture_cropped_by_its_parameter_set_is_found(tmp_path: Path) -> None:
    """The picture is coded whole, and a player is told to show a part."""

    def crop() -> None:
        with av.open(str(whole)) as given, path.open("w+b") as file:
            taken = av.open(file, "w", format="mp4", options={"fflags": "+bitexact"})
            taken.flags |= int(av.container.Flags.bitexact.value)
            stream = taken.add_stream_from_template(given.streams.video[0])
            context = BitStreamFilterContext("h264_metadata=crop_left=32:crop_right=0", given.streams.video[0], stream)
            for packet in given.demux(video=0):
                for cut in context.filter(packet if packet.size else None):
                    cut.stream = stream
                    taken.mux(cut)
            taken.close()

    whole, path = tmp_path / "whole.mp4", tmp_path / "out.mp4"
    made.write_clip(whole, made.Clip(size=(made.WIDTH + 32, made.HEIGHT)))
    crop()
    assert "cropped" in audited(path)[6]


# Bytes in ISO media


def grown_movie(data: bytes, path: tuple[bytes, ...], box: bytes) -> bytes:
    """Add a box at the end of the box at `path`; `moov` comes last, so no sample moves."""
    assert data.rindex(b"moov") > data.rindex(b"mdat")
    at, places = 0, []
    end = len(data)
    for name in path:
        while data[at + 4 : at + 8] != name:
            at += struct.unpack(">I", data[at : at + 4])[0]
        places.append(at)
        end = at + struct.unpack(">I", data[at : at + 4])[0]
        at += 8
    for place in places:
        size = struct.unpack(">I", data[place : place + 4])[0] + len(box)
        data = data[:place] + struct.pack(">I", size) + data[place + 4 :]
    return data[:end] + box + data[end:]


def full(content: bytes) -> bytes:
    return bytes(4) + content


MOVIE_BOXES = {
    "place": ((b"moov",), made.boxed(b"udta", made.boxed(b"\xa9xyz", CANARY)), 5),
    "maker": ((b"moov", b"trak"), made.boxed(b"udta", made.boxed(b"\xa9mak", CANARY)), 5),
    "uuid": ((b"moov",), made.boxed(b"uuid", bytes(16) + CANARY), 5),
    "meta": ((b"moov", b"trak"), made.boxed(b"meta", full(CANARY)), 5),
    "free": ((b"moov",), made.boxed(b"free", CANARY), 6),
    "unknown": ((b"moov", b"trak", b"mdia", b"minf", b"stbl"), made.boxed(b"prvt", CANARY), 6),
    "clean aperture": ((b"moov", b"trak"), made.boxed(b"tapt", CANARY), 6),
}


@pytest.mark.parametrize("name", sorted(MOVIE_BOXES))
@pytest.mark.parametrize("container", ISO)
def test_a_box_too_many_in_the_movie_is_found(tmp_path: Path, container: str, name: str) -> None:
    where, box, number = MOVIE_BOXES[name]
    path = made.write_clip(tmp_path / "out", clip(container))
    made.tampered(path, lambda data: grown_movie(data, where, box))
    assert list(audited(path, container)) == [number]


@pytest.mark.parametrize(
    ("box", "number"), [(b"free", 6), (b"skip", 6), (b"prvt", 6), (b"mdat", 6), (b"uuid", 5), (b"meta", 5)]
)
@pytest.mark.parametrize("container", ISO)
def test_a_box_behind_the_movie_is_found(tmp_path: Path, container: str, box: bytes, number: int) -> None:
    path = made.write_clip(tmp_path / "out", clip(container))
    made.tampered(path, lambda data: data + made.boxed(box, CANARY * 3))
    assert list(audited(path, container)) == [number]


@pytest.mark.parametrize("container", CONTAINERS)
def test_bytes_behind_the_end_are_found(tmp_path: Path, container: str) -> None:
    path = made.write_clip(tmp_path / "out", clip(container))
    made.tampered(path, lambda data: data + CANARY)
    assert 6 in audited(path, container)


@pytest.mark.parametrize("container", ISO)
def test_bytes_between_samples_are_found(tmp_path: Path, container: str) -> None:
    path = made.write_clip(tmp_path / "out", clip(container))

    def longer(data: bytes) -> bytes:
        at = data.index(b"mdat") - 4
        size = struct.unpack(">I", data[at : at + 4])[0]
        return data[:at] + struct.pack(">I", size + len(CANARY)) + data[at + 4 : at + size] + CANARY + data[at + size :]

    made.tampered(path, longer)
    found = audited(path, container)
    assert list(found) == [6]
    assert f"{len(CANARY)} bytes of media data that belong to no sample" in found[6]


def edited(media_time: int | None = None, length: int | None = None) -> Callable[[bytes], bytes]:
    """Another start (in the track's clock) or length (in milliseconds) in the first edit list."""

    def change(data: bytes) -> bytes:
        at = data.index(b"elst") + 12
        old_length, old_start = struct.unpack(">Ii", data[at : at + 8])
        start = old_start if media_time is None else old_start + media_time
        return data[:at] + struct.pack(">Ii", length or old_length, start) + data[at + 8 :]

    return change


@pytest.mark.parametrize("container", ISO)
def test_frames_hidden_before_an_edit_are_found(tmp_path: Path, container: str) -> None:
    """Three uncovered frames that no player shows are still in the file."""
    hidden = frozenset({0, 1, 2})
    ticks = tuple(n * made.STEP for n in range(made.FRAMES + 3))
    path = made.write_clip(tmp_path / "out", clip(container, ticks=ticks, uncovered=hidden))
    made.tampered(path, edited(media_time=3 * made.STEP, length=400))
    found = audited(path, container)
    assert list(found) == [6]
    assert "13 pictures are stored and 10 are shown" in found[6]


@pytest.mark.parametrize("container", ISO)
def test_an_edit_that_ends_early_is_found(tmp_path: Path, container: str) -> None:
    path = made.write_clip(tmp_path / "out", clip(container))
    made.tampered(path, edited(length=200))
    assert 6 in audited(path, container)


@pytest.mark.parametrize("container", ISO)
def test_a_date_in_the_movies_header_is_found(tmp_path: Path, container: str) -> None:
    path = made.write_clip(tmp_path / "out", clip(container))
    for name in (b"mvhd", b"tkhd", b"mdhd"):
        data = path.read_bytes()
        at = data.index(name) + 8
        made.tampered(path, lambda _, data=data, at=at: data[:at] + struct.pack(">I", 3_800_000_000) + data[at + 4 :])
        found = audited(path, container)
        assert list(found) == [5]
        assert name.decode() in found[5]


FIELDS = {"brand": (b"ftyp", 12), "movie": (b"mvhd", 30), "track": (b"tkhd", 28), "entry": (b"avc1", 18)}
"""Places where a header has reserved fields or words of its own, in bytes behind the box's name."""


@pytest.mark.parametrize("name", sorted(FIELDS))
@pytest.mark.parametrize("container", ISO)
def test_a_canary_in_a_headers_unused_field_is_found(tmp_path: Path, container: str, name: str) -> None:
    box, offset = FIELDS[name]
    path = made.write_clip(tmp_path / "out", clip(container))

    def changed(data: bytes) -> bytes:
        at = data.rindex(box) + 4 + offset - 4 if name != "brand" else data.index(box) + offset
        return data[:at] + CANARY[:4] + data[at + 4 :]

    made.tampered(path, changed)
    assert 6 in audited(path, container)


# Elements in Matroska


def at_the_end(box: bytes) -> Callable[[bytes], bytes]:
    """Add an element to the segment, whose size has eight bytes."""

    def change(data: bytes) -> bytes:
        at = data.index(b"\x18\x53\x80\x67") + 4
        size = int.from_bytes(data[at : at + 8], "big") + len(box)
        return data[:at] + size.to_bytes(8, "big") + data[at + 8 :] + box

    return change


def sized(name: bytes, content: bytes) -> bytes:
    return name + (1 << 56 | len(content)).to_bytes(8, "big") + content


MATROSKA_ELEMENTS = {
    "attachment": (sized(b"\x19\x41\xa4\x69", sized(b"\x61\xa7", sized(b"\x46\x6e", CANARY))), 6),
    "chapters": (sized(b"\x10\x43\xa7\x70", CANARY), 5),
    "padding": (sized(b"\xec", CANARY), 6),
    "unknown": (sized(b"\x7f\xff", CANARY), 6),
    "tag": (
        sized(
            b"\x12\x54\xc3\x67",
            sized(b"\x73\x73", sized(b"\x67\xc8", sized(b"\x45\xa3", b"DURATION") + sized(b"\x44\x87", CANARY))),
        ),
        5,
    ),
    "tag's name": (
        sized(b"\x12\x54\xc3\x67", sized(b"\x73\x73", sized(b"\x67\xc8", sized(b"\x45\xa3", CANARY)))), 5,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(MATROSKA_ELEMENTS))
@pytest.mark.parametrize("container", ["mkv", "webm"])
def test_an_element_too_many_is_found(tmp_path: Path, container: str, name: str) -> None:
    added, number = MATROSKA_ELEMENTS[name]
    path = made.write_clip(tmp_path / "out", clip(container))
    made.tampered(path, at_the_end(added))
    found = audited(path, container)
    assert number in found
    assert set(found) <= {2, number}  # the demuxer sees attachments and chapters, too


def test_a_canary_in_place_of_a_checksum_is_found(tmp_path: Path) -> None:
    path = made.write_clip(tmp_path / "out.mkv", clip("mkv"))

    def changed(data: bytes) -> bytes:
        at = data.index(b"\x15\x49\xa9\x66")
        place = data.index(b"\xbf\x84", at) + 2
        return data[:place] + CANARY[:4] + data[place + 4 :]

    made.tampered(path, changed)
    assert list(audited(path, "mkv")) == [6]


# Chunks in AVI, packets in transport streams


def riff_chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


@pytest.mark.parametrize(
    ("chunk", "number"),
    [
        (riff_chunk(b"JUNK", CANARY), 6),
        (riff_chunk(b"prvt", CANARY), 6),
        (riff_chunk(b"LIST", b"INFO" + riff_chunk(b"INAM", CANARY)), 5),
    ],
)
def test_a_chunk_too_many_in_avi_is_found(tmp_path: Path, chunk: bytes, number: int) -> None:
    path = made.write_clip(tmp_path / "out.avi", clip("avi"))
    made.tampered(path, lambda data: data[:4] + struct.pack("<I", len(data) - 8 + len(chunk)) + data[8:] + chunk)
    assert list(audited(path, "avi")) == [number]


def packet(name: int, content: bytes) -> bytes:
    return b"G" + struct.pack(">H", name) + b"\x10" + content.ljust(184, b"\xff")


@pytest.mark.parametrize("name", [0x0200, 0x1FFF])
def test_a_packet_of_an_undeclared_stream_is_found(tmp_path: Path, name: int) -> None:
    path = made.write_clip(tmp_path / "out.ts", clip("ts"))
    made.tampered(path, lambda data: data + packet(name, CANARY))
    found = audited(path, "ts")
    assert list(found) == [6]
    assert f"undeclared stream {name}" in found[6]


def test_private_data_in_a_packets_field_is_found(tmp_path: Path) -> None:
    path = made.write_clip(tmp_path / "out.ts", clip("ts"))
    field = bytes([183, 0x02, len(CANARY)]) + CANARY
    hidden = b"G" + struct.pack(">H", 0x0100) + b"\x20" + field.ljust(184, b"\xff")
    made.tampered(path, lambda data: data + hidden)
    assert 6 in audited(path, "ts")


def test_stuffing_that_says_something_is_found(tmp_path: Path) -> None:
    path = made.write_clip(tmp_path / "out.ts", clip("ts"))

    def changed(data: bytes) -> bytes:
        rows = np.frombuffer(data, np.uint8).reshape(-1, 188).copy()
        table = np.flatnonzero((rows[:, 1] & 0x1F == 0) & (rows[:, 2] == 0))[0]
        rows[table, -len(CANARY) :] = np.frombuffer(CANARY, np.uint8)
        return rows.tobytes()

    made.tampered(path, changed)
    assert list(audited(path, "ts")) == [6]
