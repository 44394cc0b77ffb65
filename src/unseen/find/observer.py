"""What every observer is: it needs time. It sees a clip's pictures in order and answers at their end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from unseen.core import Kind, Track, View
from unseen.plan import BlindSpot, ModelUsed


@dataclass(frozen=True, slots=True)
class Observed:
    """What an observer saw in a whole clip: tracks that need no linking any more, and where it could not see."""

    tracks: tuple[Track, ...]
    blind_spots: tuple[BlindSpot, ...]


class Observer(Protocol):
    """Looks for things of `kinds` that single pictures do not show; `models` are the nets it looks with.

    `add` is called once for every picture, in order, then `finish` once. What is kept of the pictures does not grow
    with the clip's length. Track ids are unique within one observer.
    """

    @property
    def kinds(self) -> frozenset[Kind]: ...
    @property
    def models(self) -> tuple[ModelUsed, ...]: ...

    def add(self, view: View) -> None:
        """Take in the next picture."""
        ...

    def finish(self) -> Observed:
        """Everything that was seen, and blind spots for every stretch of time in which nothing could be."""
        ...
