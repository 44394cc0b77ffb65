"""What a structural parser finds in a finished file."""

from __future__ import annotations

from dataclasses import dataclass, field

_ENOUGH = 50


class Damaged(ValueError):  # noqa: N818 - it names a state of the bytes, as the parsers read it
    """The bytes do not follow their own format."""


@dataclass(slots=True)
class Structure:
    """Streams in order by kind (`video`, `audio`, or the container's word for another), and what should not be there.

    `pictures` counts coded pictures of the video stream, None where the container does not separate them.
    `metadata` are faults of check 5, `hidden` faults of check 6. Fields that are allowed leave no trace here.
    """

    container: str = ""
    streams: list[str] = field(default_factory=list)
    pictures: int | None = None
    metadata: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)

    def discloses(self, what: str) -> None:
        """A field that says something about the source or its maker."""
        if len(self.metadata) < _ENOUGH:
            self.metadata.append(what)

    def hides(self, what: str) -> None:
        """Bytes, pictures or samples that a player does not show, or that nobody here understands."""
        if len(self.hidden) < _ENOUGH:
            self.hidden.append(what)

    def not_understood(self, what: str) -> None:
        """Neither check can pass on bytes that no parser here understands."""
        self.discloses(f"structure not understood: {what}")
        self.hides(f"structure not understood: {what}")


@dataclass(slots=True)
class Extents:
    """Which bytes of a file (or box) somebody accounts for."""

    claimed: list[tuple[int, int]] = field(default_factory=list)

    def claim(self, start: int, end: int) -> None:
        """Bytes from `start` up to `end`, excluded, have a known meaning."""
        self.claimed.append((start, end))

    def gaps(self, start: int, end: int) -> list[tuple[int, int]]:
        """The stretches between `start` and `end` that nobody claimed."""
        found, at = [], start
        for first, last in sorted(self.claimed):
            if first > at:
                found.append((at, min(first, end)))
            at = max(at, last)
            if at >= end:
                break
        if at < end:
            found.append((at, end))
        return [(a, b) for a, b in found if b > a]
