"""AVI as FFmpeg's muxer writes it for Unseen: H.264 pictures and sound, an index, and room that is empty."""

from __future__ import annotations

from unseen.verify.structure.found import Damaged, Structure
from unseen.verify.structure.nal import NalCheck, start_coded
from unseen.verify.structure.riff import Chunk, chunks, riff_content

_KINDS = {b"vids": "video", b"auds": "audio", b"txts": "subtitle", b"mids": "data"}
_INDEX_HEADS = (b"\4\0\0\0\0\0\0\0", b"odmldmlh")
_LONGEST_FORMAT = 64  # bytes of `strf`: a bitmap or wave header with a decoder's setup
_H264 = b"H264"


def inspect_avi(data: memoryview, structure: Structure) -> None:
    """Judge a whole file. Raises Damaged."""
    start, end = riff_content(data, b"AVI ", structure)
    walk = _Avi(data, structure)
    for chunk in chunks(data, start, end):
        kind = bytes(data[chunk.start : chunk.start + 4])
        if chunk.name == b"LIST" and kind == b"hdrl":
            walk.header(chunk)
        elif chunk.name == b"LIST" and kind == b"movi":
            walk.movie(chunk)
        elif chunk.name == b"LIST" and kind == b"INFO":
            structure.discloses("an INFO list")
        elif chunk.name == b"JUNK":
            walk.junk(chunk)
        elif chunk.name == b"idx1":
            walk.index(chunk)
        else:
            structure.hides(f"{chunk.shown} chunk of {chunk.end - chunk.start} bytes")


class _Avi:
    def __init__(self, data: memoryview, structure: Structure) -> None:
        self._data, self._structure = data, structure
        self._units = NalCheck(structure, hevc=False)
        self._names: dict[bytes, str] = {}

    def header(self, header: Chunk) -> None:
        for chunk in chunks(self._data, header.start + 4, header.end):
            if chunk.name == b"LIST" and bytes(self._data[chunk.start : chunk.start + 4]) == b"strl":
                self._stream(chunk)
            elif chunk.name == b"JUNK":
                self.junk(chunk)
            elif chunk.name != b"avih" or chunk.end - chunk.start != 56:
                self._structure.hides(f"{chunk.shown} chunk in the header")

    def _stream(self, stream: Chunk) -> None:
        number = len(self._names)
        for chunk in chunks(self._data, stream.start + 4, stream.end):
            if chunk.name == b"strh":
                kind = bytes(self._data[chunk.start : chunk.start + 4])
                coded = bytes(self._data[chunk.start + 4 : chunk.start + 8])
                if kind == b"vids" and coded != _H264:
                    self._structure.hides(f"video coded as {coded!r}")
                self._structure.streams.append(_KINDS.get(kind, repr(kind)))
                ending = b"dc" if kind == b"vids" else b"wb"
                self._names[b"%02d" % number + ending] = self._structure.streams[-1]
            elif chunk.name == b"JUNK":
                self.junk(chunk)
            elif chunk.name == b"strn":
                self._structure.discloses("a stream's name")
            elif chunk.name not in (b"strf", b"vprp") or chunk.end - chunk.start > 2 * _LONGEST_FORMAT:
                self._structure.hides(f"{chunk.shown} chunk in a stream's header")

    def movie(self, movie: Chunk) -> None:
        self._structure.pictures = 0
        for chunk in chunks(self._data, movie.start + 4, movie.end):
            kind = self._names.get(chunk.name)
            if kind is None:
                self._structure.hides(f"{chunk.shown} chunk among the samples")
            elif kind == "video" and chunk.end > chunk.start:  # an empty one lets the picture before stand longer
                self._structure.pictures += 1
                self._units.units(start_coded(bytes(self._data[chunk.start : chunk.end])))

    def index(self, chunk: Chunk) -> None:
        """Entries of 16 bytes, each for a chunk of a declared stream."""
        content = bytes(self._data[chunk.start : chunk.end])
        if len(content) % 16:
            raise Damaged("an index of the wrong length")
        if any(content[at : at + 4] not in self._names for at in range(0, len(content), 16)):
            self._structure.hides("an index of chunks that are not there")

    def junk(self, chunk: Chunk) -> None:
        """Room for an index that was not needed: zeros, in two places behind a head that says so."""
        content = bytes(self._data[chunk.start : chunk.end])
        rest = content[24:] if content.startswith(_INDEX_HEADS) else content
        if rest.strip(b"\0"):
            self._structure.hides(f"JUNK chunk with a content of {len(content)} bytes")
