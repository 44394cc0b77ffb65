"""MP3 files (ISO/IEC 11172-3, 13818-3) as FFmpeg's muxer writes them for Unseen: frames, counted by the first."""

from __future__ import annotations

from dataclasses import dataclass

from unseen.verify.structure.found import Damaged, Structure

_BIT_RATES = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Thousands of bits a second of Layer III, for MPEG-1 and for the lower sampling rates."""
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_COUNT_FIELDS = 15  # frames, bytes, table of contents and quality are all there
_MAKERS = (b"Lavf", b"Lavc", b"LAME")


@dataclass(frozen=True, slots=True)
class _Frame:
    """`form` is what all frames of a file share; `side` where its own data starts."""

    size: int
    form: tuple[int, int, bool]
    side: int


def inspect_mp3(data: memoryview, structure: Structure) -> None:
    """Judge a whole file. Raises Damaged."""
    at = _tag(data, structure)
    first = _frame(data, at)
    frames, begin = 0, at
    while at + 4 <= len(data) and data[at] == 0xFF:
        frame = _frame(data, at)
        if frame.form != first.form:
            structure.hides("a frame of another kind")
        if at + frame.size > len(data):
            raise Damaged("a frame that breaks off")
        frames, at = frames + 1, at + frame.size
    if at < len(data):
        _behind(bytes(data[at:]), structure)
    structure.streams.append("audio")
    _count(data, begin, at, frames, structure)


def _tag(data: memoryview, structure: Structure) -> int:
    """Where frames start: behind an ID3 tag, which should not be there."""
    if bytes(data[:3]) != b"ID3":
        return 0
    structure.discloses("an ID3 tag")
    return 10 + sum((data[6 + n] & 0x7F) << 7 * (3 - n) for n in range(4))


def _frame(data: memoryview, at: int) -> _Frame:
    head = int.from_bytes(data[at : at + 4], "big")
    version, layer = head >> 19 & 3, head >> 17 & 3
    bits, rate, mode = head >> 12 & 15, head >> 10 & 3, head >> 6 & 3
    if head >> 21 != 0x7FF or version == 1 or layer != 1 or rate == 3 or bits in (0, 15):
        raise Damaged("bytes that are no frame")
    full, samples_a_second = version == 3, _RATES[version][rate]
    size = (144 if full else 72) * 1000 * _BIT_RATES[full][bits] // samples_a_second + (head >> 9 & 1)
    mono = mode == 3
    side = (17 if mono else 32) if full else (9 if mono else 17)
    return _Frame(size, (version, samples_a_second, mono), 4 + side)


def _count(data: memoryview, at: int, end: int, frames: int, structure: Structure) -> None:
    """The first frame: silent, with how many frames and bytes there are, and how much lead-in a player skips."""
    frame = _frame(data, at)
    content = bytes(data[at + frame.side : at + frame.size])
    if content[:4] not in (b"Info", b"Xing") or int.from_bytes(content[4:8], "big") != _COUNT_FIELDS:
        structure.hides("no frame that counts the others")
        return
    counted, size = (int.from_bytes(content[at : at + 4], "big") for at in (8, 12))
    if bytes(data[at + 4 : at + frame.side]).strip(b"\0"):
        structure.hides("a counting frame with sound of its own")
    if (counted, size) != (frames - 1, end - at):
        structure.hides(f"{frames - 1} frames in {end - at} bytes where {counted} in {size} are counted")
    if content[120:124] not in _MAKERS:
        structure.discloses("a maker's name of its own")
    if content[156:].strip(b"\0"):
        structure.hides("bytes behind the count")


def _behind(rest: bytes, structure: Structure) -> None:
    tags = {b"TAG": "an ID3v1 tag", b"APETAGEX": "an APE tag", b"LYRICSBEGIN": "song texts", b"ID3": "an ID3 tag"}
    told = next((what for start, what in tags.items() if rest.startswith(start)), None)
    if told:
        structure.discloses(told)
    structure.hides(f"{len(rest)} bytes behind the last frame")
