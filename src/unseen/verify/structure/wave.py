"""WAV files (RIFF, Microsoft's `WAVEFORMATEX`) as FFmpeg's muxer writes them for Unseen: a format, then samples."""

from __future__ import annotations

import struct

from unseen.verify.structure.found import Damaged, Structure
from unseen.verify.structure.riff import chunks, riff_content

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_SUBFORMAT = bytes.fromhex("000000001000800000aa00389b71")
"""What follows the two bytes of the format in KSDATAFORMAT_SUBTYPE_PCM and _IEEE_FLOAT."""
_TOLD = {b"LIST": "a list of texts or notes", b"bext": "a broadcast extension", b"iXML": "a recorder's notes"}
_TOLD |= {b"id3 ": "an ID3 tag", b"ID3 ": "an ID3 tag", b"_PMX": "an XMP packet", b"cue ": "cue points"}


def inspect_wave(data: memoryview, structure: Structure) -> None:
    """Judge a whole file. Raises Damaged."""
    start, end = riff_content(data, b"WAVE", structure)
    align, samples = 0, 0
    for chunk in chunks(data, start, end):
        size = chunk.end - chunk.start
        if chunk.name == b"fmt ":
            align = _format(bytes(data[chunk.start : chunk.end]), structure)
            structure.streams.append("audio")
        elif chunk.name == b"data":
            samples += 1
            if not align or size % align:
                raise Damaged("samples without a format, or not a whole number of them")
        elif chunk.name in _TOLD:
            structure.discloses(_TOLD[chunk.name])
        elif chunk.name != b"fact" or size != 4:
            structure.hides(f"{chunk.shown} chunk of {size} bytes")
    if samples != 1:
        raise Damaged(f"{samples} stretches of samples")


def _format(content: bytes, structure: Structure) -> int:
    """Bytes of one sample in all channels."""
    if len(content) not in (16, 18, 40):
        raise Damaged("a format of the wrong length")
    tag, channels, rate, speed, align, bits = struct.unpack_from("<HHIIHH", content)
    if align != channels * bits // 8 or speed != rate * align or not align:
        structure.hides("a format whose fields contradict each other")
    if tag == _EXTENSIBLE and len(content) == 40:
        more, valid, _, tag = struct.unpack_from("<HHIH", content, 16)
        if more != 22 or valid != bits or content[26:] != _SUBFORMAT:
            structure.hides("an extended format with unusual fields")
    elif len(content) == 18 and content[16:] != b"\0\0":
        structure.hides("a format with more than it says")
    if tag not in (_PCM, _FLOAT):
        structure.hides(f"samples coded as {tag:#x}")
    return int(align)
