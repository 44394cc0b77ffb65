"""Watching a clip stretch by stretch, so that what was found in one does not depend on the ones before it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from unseen.core import Finding, Timestamp, View
from unseen.find.notes import Notes, Seen, Stretch
from unseen.find.watcher import Watcher
from unseen.plan import BlindSpot

STRETCH = 250
"""Pictures for which watchers remember what they saw: some ten seconds. Each stretch costs one whole look."""


class Watch:
    """Everything that watches one clip. What notes tell of a stretch is not looked at again."""

    def __init__(self, eyes: Sequence[Watcher], notes: Notes | None) -> None:
        """`notes`: those of this clip, begun, or None."""
        self._usual = self._eyes = eyes
        self._notes = notes
        self._count, self._start = 0, Timestamp(0)
        self._known: Stretch | None = None
        self._found: list[Seen] = []
        self._blind: list[BlindSpot] = []

    def find(self, view: View) -> list[Finding]:
        """What is in the next picture, in displayed pixels."""
        number, at = divmod(self._count, STRETCH)
        self._count += 1
        if at == 0:
            self._begin(number, view.time)
        if self._known is not None:
            return [*itertools.chain(*self._known.pictures[at])]
        seen = tuple(tuple(eye.find(view)) for eye in self._eyes)
        self._found.append(seen)
        if at == STRETCH - 1 and self._notes is not None:
            self._notes.keep(Stretch(number, self._start, "", tuple(self._found), self._unseen()))
        return [*itertools.chain(*seen)]

    def blind_spots(self) -> tuple[BlindSpot, ...]:
        """What could not be looked for in the pictures so far, and why."""
        return tuple(dict.fromkeys((*self._blind, *self._unseen())))

    def _begin(self, number: int, start: Timestamp) -> None:
        self._blind += self._unseen()
        self._start = start
        self._known = None if self._notes is None else self._notes.recall(number, start, STRETCH)
        if self._known is None:
            self._eyes, self._found = [eye.afresh() for eye in self._usual], []

    def _unseen(self) -> tuple[BlindSpot, ...]:
        """The blind spots of the present stretch."""
        if self._known is not None:
            return self._known.blind_spots
        return tuple(itertools.chain(*(eye.blind_spots() for eye in self._eyes)))
