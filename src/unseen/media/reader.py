"""What an opened source is to the rest of Unseen, whatever library decodes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from unseen.core import Disclosure, MediaInfo, MediaKind, Picture, PictureFormat, SoundBlock, Span, Timestamp, View
from unseen.core.picture import Empty
from unseen.media.coding import Coded, Group, ParameterSets
from unseen.media.photo_encoding import Encoding
from unseen.plan import Isolation


class Reader(Protocol):
    """An opened untrusted file. Its pictures can be gone through any number of times, always in order of time."""

    @property
    def isolation(self) -> Isolation:
        """How the process that parses the file is locked up."""
        ...

    @property
    def kind(self) -> MediaKind:
        """What sort of file it is; known without decoding more than the start."""
        ...

    @property
    def shape(self) -> PictureFormat | None:
        """The shape of every picture, known without decoding more than the start; None where there is no picture."""
        ...

    @property
    def info(self) -> MediaInfo:
        """What the file is; frame times are those of every picture that `pictures` gives."""
        ...

    @property
    def disclosures(self) -> tuple[Disclosure, ...]:
        """What its metadata gives away, with values: for a person's eyes, never for a plan or record."""
        ...

    @property
    def conversions(self) -> tuple[str, ...]:
        """What is not kept as it was, in words: a colour profile, bit depth or transparency that is converted."""
        ...

    @property
    def encoding(self) -> Encoding | None:
        """How a photo is compressed, to write another like it; None for everything else."""
        ...

    @property
    def main_picture(self) -> int | None:
        """Index of the stream that is shown, None where there is no picture."""
        ...

    @property
    def main_audio(self) -> int | None:
        """Index of the sound that a player would play: the only one that can be silenced or kept."""
        ...

    def times(self) -> Iterator[Timestamp]:
        """The time of every picture, or block of sound where there is none, as decoding finds it.

        Afterwards `info` costs nothing.
        """
        ...

    def views(self, longest_side: int, empty: Empty = np.empty, since: Timestamp | None = None) -> Iterator[View]:
        """Every picture as RGB, shrunk so that its longest side is at most `longest_side` pixels; never enlarged.

        `empty`: where its samples go. `since`: begin with the picture of exactly that time, which then costs no more
        than decoding from the last key frame before it. Raises UnreadableError where there is none at that time.
        """
        ...

    def pictures(self, empty: Empty = np.empty) -> Iterator[Picture]:
        """Every picture in its own planes, writable, upright as displayed; valid until the next is asked for.

        `empty`: where its samples go.
        """
        ...

    def coding(self) -> Iterator[ParameterSets | Group]:
        """What coded pictures need if they are copied, then every group of them; a lone unfit one where none can be.

        Goes through the whole file without decoding.
        """
        ...

    def spliced(self, copied: Sequence[Span], empty: Empty = np.empty) -> Iterator[Picture | Coded]:
        """As `pictures`, but in these stretches of whole groups (see `coding`) as they are coded, in the file's order.

        Of a video only. Raises UnreadableError where they are not what `coding` said.
        """
        ...

    def sound(self, index: int, since: Timestamp | None = None) -> Iterator[SoundBlock]:
        """Decoded sound of one stream, in order; what is over before `since` may be left out."""
        ...

    def sound_format(self, index: int) -> tuple[int, str]:
        """Sample rate in Hz and channel layout of one stream of sound."""
        ...

    def close(self) -> None:
        """Let go of what it holds; the open file is its opener's."""
        ...
