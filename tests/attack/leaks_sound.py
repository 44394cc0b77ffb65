"""Leaks planted in recordings: each maker is given a silent one that Unseen released, and leaves one thing in it."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from finished_media import boxed, tampered
from leaks import CANARY, leak, private_jpeg
from recordings import noise, write_recording

ALL = "wav flac mp3 m4a opus mka webm"
_TAGGED = {"title": CANARY.decode(), "artist": CANARY.decode()}


def riff_chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def in_wave(path: Path, more: bytes) -> None:
    tampered(path, lambda data: data[:4] + struct.pack("<I", len(data) + len(more) - 8) + data[8:36] + more + data[36:])


@leak("A3", "m4a mka webm", 2, quiet=True)
def second_sound(path: Path) -> None:
    """A commentary beside the sound that a player plays."""
    muxer, codec = {".m4a": ("ipod", "aac"), ".mka": ("matroska", "aac"), ".webm": ("webm", "libopus")}[path.suffix]
    with path.open("w+b") as file, av.open(file, "w", format=muxer, options={"fflags": "+bitexact"}) as container:
        streams: list[Any] = [container.add_stream(codec, rate=48000, layout="mono") for _ in range(2)]
        for stream, loud in zip(streams, (0, 1), strict=True):
            resampler = av.AudioResampler(stream.codec_context.format, "mono", 48000)
            samples = np.ascontiguousarray(loud * noise(0.4, channels=1))
            for at in range(0, samples.shape[1], 960):
                block = np.ascontiguousarray(samples[:, at : at + 960], np.float32)
                frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="mono")
                frame.sample_rate, frame.pts, frame.time_base = 48000, at, Fraction(1, 48000)
                for part in resampler.resample(frame):
                    container.mux(stream.encode(part))
            container.mux(stream.encode(None))


@leak("A11", "flac mp3 m4a opus mka webm", 5)
def title_and_artist(path: Path) -> None:
    write_recording(path, 0 * noise(0.4), tags=_TAGGED)


@leak("A11", "mp3 wav flac", 6)
def id3_tag_at_the_end(path: Path) -> None:
    tampered(path, lambda data: data + b"TAG" + CANARY.ljust(125, b"\0"))


@leak("A11", "mp3 wav flac opus", 6)
def ape_tag_at_the_end(path: Path) -> None:
    item = struct.pack("<II", len(CANARY), 0) + b"Artist\0" + CANARY
    start, end = (
        b"APETAGEX" + struct.pack("<IIII", 2000, len(item) + 32, 1, flags) + bytes(8)
        for flags in (0xA0000000, 0x80000000)
    )
    tampered(path, lambda data: data + start + item + end)


@leak("A11", "mp3", 5)
def id3_tag_with_a_picture(path: Path) -> None:
    content = b"\0image/jpeg\0\3\0" + private_jpeg()
    frame = b"APIC" + _syncsafe(len(content)) + b"\0\0" + content
    tampered(path, lambda data: b"ID3\4\0\0" + _syncsafe(len(frame)) + frame + data)


def _syncsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


@leak("A11", "wav", 5)
def broadcast_chunk(path: Path) -> None:
    in_wave(path, riff_chunk(b"bext", CANARY.ljust(602, b"\0")))


@leak("A11", "wav", 5)
def chunk_of_a_recorder(path: Path) -> None:
    in_wave(path, riff_chunk(b"iXML", b"<BWFXML><NOTE>" + CANARY + b"</NOTE></BWFXML>"))


@leak("A11", "wav", 5)
def list_of_words(path: Path) -> None:
    in_wave(path, riff_chunk(b"LIST", b"INFO" + riff_chunk(b"IART", CANARY)))


@leak("A11", "flac", 5)
def picture_block(path: Path) -> None:
    small = private_jpeg()
    content = struct.pack(">II10sIIIIII", 3, 10, b"image/jpeg", 0, 48, 32, 24, 0, len(small)) + small
    block = bytes([6]) + len(content).to_bytes(3, "big") + content
    tampered(path, lambda data: data[:42] + block + data[42:])


@leak("A11", "m4a", 5)
def words_of_a_player(path: Path) -> None:
    tampered(path, lambda data: data + boxed(b"udta", boxed(b"\xa9ART", CANARY)))
