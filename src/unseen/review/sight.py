"""What the page had on the screen, counted: pictures at full size, and doubtful places."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from unseen.plan import Looked
from unseen.review.history import Seen


class Sight:
    """Of one file of so many pictures."""

    def __init__(self, pictures: int) -> None:
        self._shown = bytearray(pictures)
        self.visited: set[str] = set()

    def add(self, seen: Seen) -> None:
        """Take in what was seen; what is no picture of the file counts for nothing."""
        for first, last in seen.shown:
            stop = min(last + 1, len(self._shown))
            if first < stop:
                self._shown[first:stop] = b"\1" * (stop - first)
        self.visited.update(seen.visited)

    @property
    def share(self) -> float:
        """Share of the pictures that were shown at full size, 0 to 1."""
        return self._shown.count(1) / len(self._shown) if self._shown else 0.0

    def looked(self, doubtful: Collection[str]) -> Looked:
        """The same as a plan keeps it."""
        return Looked(len(self._shown), self._shown.count(1), len(doubtful), len(self.visited & set(doubtful)))


def ranges(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Numbers of pictures as ranges from first to last."""
    first = last = None
    for number in sorted(set(numbers)):
        if first is not None and last is not None and number != last + 1:
            yield first, last
            first = number
        first = number if first is None else first
        last = number
    if first is not None and last is not None:
        yield first, last
