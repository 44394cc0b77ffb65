"""One track of an ISO base media file: its sample tables account for its bytes, its edits hide nothing."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from unseen.verify.structure.found import Damaged, Extents, Structure
from unseen.verify.structure.iso_entry import Entry, read_entry
from unseen.verify.structure.iso_fixed import sample_group_plain

_PRIMING = Fraction(1, 10)
"""What an audio encoder needs to start, at most; its edit leaves that out (ISO/IEC 14496-24)."""
_PRIMING_SAMPLES = 1024  # one AAC frame, which at low rates is longer than that
_GROUPS = (b"stss", b"sdtp", b"sgpd", b"sbgp")
_ONE = 1 << 16  # a rate of 1 in 16.16


def _table(content: memoryview, columns: int, skip: int = 8) -> NDArray[np.int64]:
    """Rows of 32-bit numbers behind a version, flags and a count that has to fit."""
    count = int.from_bytes(content[skip - 4 : skip], "big")
    if len(content) != skip + 4 * columns * count:
        raise Damaged("a sample table of the wrong length")
    return np.frombuffer(content[skip:], ">u4").astype(np.int64).reshape(-1, columns)


class Track:
    """Collects the boxes of one track, then judges them together."""

    def __init__(self, data: memoryview, structure: Structure, movie_clock: int) -> None:
        self._data, self._structure, self._movie_clock = data, structure, movie_clock
        self.kind = "track without a handler"
        self._clock, self._duration = 1, 0
        self._edits: list[tuple[int, int, int]] = []
        self._groups: list[tuple[bytes, bytes]] = []
        self._entry: Entry | None = None
        self._durations = self._offsets = self._chunks = np.empty((0, 2), np.int64)
        self._sizes = self._places = np.empty(0, np.int64)

    def read_header(self, content: bytes) -> None:
        """`mdhd`: the track's clock and length in it."""
        at, wide = (20, 8) if content[0] else (12, 4)
        self._clock = max(1, int.from_bytes(content[at : at + 4], "big"))
        self._duration = int.from_bytes(content[at + 4 : at + 4 + wide], "big")

    def read_edits(self, content: bytes) -> None:
        """`elst`: length in the movie's clock, start in the track's clock, rate."""
        wide = 8 if content[0] else 4
        step = 2 * wide + 4
        for at in range(8, len(content) - step + 1, step):
            length = int.from_bytes(content[at : at + wide], "big")
            start = int.from_bytes(content[at + wide : at + 2 * wide], "big", signed=True)
            self._edits.append((length, start, int.from_bytes(content[at + 2 * wide : at + step], "big")))

    def read_table(self, name: bytes, content: memoryview) -> bool:
        """A box of `stbl`; False where it is none that Unseen's muxers write."""
        if name == b"stsd":
            self._entry = read_entry(content, self._structure)
        elif name == b"stts":
            self._durations = _table(content, 2)
        elif name == b"ctts":
            self._offsets = _table(content, 2)
        elif name == b"stsc":
            self._chunks = _table(content, 3)
        elif name == b"stsz":
            same, count = (int.from_bytes(content[at : at + 4], "big") for at in (4, 8))
            if same:
                if same * count > len(self._data):
                    raise Damaged("more samples than the file holds")
                self._sizes = np.full(count, same, np.int64)
            else:
                self._sizes = _table(content, 1, skip=12)[:, 0]
        elif name == b"stco":
            self._places = _table(content, 1)[:, 0]
        elif name == b"co64":
            self._places = np.frombuffer(content[8:], ">u8").astype(np.int64)
        else:
            self._groups.append((name, bytes(content)))
            return name in _GROUPS
        return True

    def finish(self, used: Extents) -> None:
        """Judge edits and samples; claims the samples' bytes. Raises Damaged."""
        if int(self._durations[:, 0].sum()) != len(self._sizes):
            raise Damaged("a track's tables disagree about its samples")
        self._judge_edits()
        for name, content in self._groups:
            if name in _GROUPS and not sample_group_plain(name, content, len(self._sizes)):
                self._structure.hides(f"{name.decode()} with unusual fields")
        if self.kind == "video":
            self._structure.pictures = len(self._sizes)
        starts = self._sample_starts()
        for first, size in zip(starts.tolist(), self._sizes.tolist(), strict=True):
            if first + size > len(self._data):
                raise Damaged("a sample outside the file")
            used.claim(first, first + size)
            if self._entry is not None:
                self._entry.judge(self._data[first : first + size], self._structure)

    def _sample_starts(self) -> NDArray[np.int64]:
        """Where each sample starts in the file, from chunks, samples a chunk and sizes."""
        count = len(self._places)
        firsts = np.append(self._chunks[:, 0] - 1, count)
        runs = np.diff(firsts)
        if len(runs) and (firsts[0] != 0 or (runs <= 0).any()):
            raise Damaged("a track's chunks are out of order")
        per_chunk = np.repeat(self._chunks[:, 1], runs)
        if int(per_chunk.sum()) != len(self._sizes):
            raise Damaged("a track's chunks do not hold its samples")
        if not count:
            return np.empty(0, np.int64)
        before = np.cumsum(self._sizes) - self._sizes
        chunk_of = np.repeat(np.arange(count), per_chunk)
        head = (np.cumsum(per_chunk) - per_chunk)[chunk_of]
        starts: NDArray[np.int64] = self._places[chunk_of] + before - before[head]
        return starts

    def _judge_edits(self) -> None:
        """At most an empty edit at the start, then one that shows everything at normal speed."""
        shown = self._edits[1:] if self._edits and self._edits[0][1] == -1 else self._edits
        if not self._edits:
            return
        if len(shown) != 1 or shown[0][1] < 0 or shown[0][2] != _ONE:
            self._structure.hides("an edit list that rearranges the track")
            return
        length, start, _ = shown[0]
        first = self._first_shown() if self.kind == "video" else max(int(_PRIMING * self._clock), _PRIMING_SAMPLES)
        if start > first:
            self._structure.hides(f"an edit list that hides the first {(start - first) / self._clock:.3f} s")
        whole = Fraction(self._duration - start, self._clock)
        missing = whole - Fraction(length, self._movie_clock)
        if missing > Fraction(1, self._movie_clock):
            self._structure.hides(f"an edit list that hides the last {float(missing):.3f} s")

    def _first_shown(self) -> int:
        """The earliest presentation of any sample, in the track's clock: only the first few can be it."""
        if not len(self._offsets):
            return 0
        steps = np.repeat(self._durations[:, 1], np.minimum(self._durations[:, 0], 64))[:64]
        late = np.repeat(self._offsets[:, 1], np.minimum(self._offsets[:, 0], 64))[: len(steps)]
        late = np.where(late >= 1 << 31, late - (1 << 32), late)
        decoded = np.cumsum(steps) - steps
        return int((decoded[: len(late)] + late).min())
