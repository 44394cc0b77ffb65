"""What an opened source is to the rest of Unseen, whatever library decodes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from unseen.core import Disclosure, MediaInfo, Picture, View


class Reader(Protocol):
    """An opened untrusted file. Its pictures can be gone through any number of times, always in order of time."""

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

    def views(self, longest_side: int) -> Iterator[View]:
        """Every picture as RGB, shrunk so that its longest side is at most `longest_side` pixels; never enlarged."""
        ...

    def pictures(self) -> Iterator[Picture]:
        """Every picture in its own planes, writable, upright as displayed; valid until the next is asked for."""
        ...
