"""A box that a person drew in one picture, followed by what the pictures before and after it show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from unseen.core import Kind, Origin, Region, Timestamp, Track, View
from unseen.track.carry import Carrier
from unseen.track.chain import SURE_ERROR, Chain, Head
from unseen.track.cuts import Continuity, Step
from unseen.track.motion import Motion, Plane, unknown
from unseen.track.scene import Found
from unseen.track.settings import Settings
from unseen.track.smooth import path_of
from unseen.track.thin import keyframes_of

_LOST = 0.8
"""Standard error, in shares of the box's lesser side, from which on nobody knows where it is."""
_OUT_OF_VIEW = 0.2
"""Share of a box by which its centre is outside the picture where it counts as having left."""


class Follower:
    """Follows one box; give it the pictures after the drawn one with `ahead`, those before it with `behind`.

    `ahead` takes pictures in order, from the drawn one on; `behind` takes stretches, the latest first, each in order
    and ending with the picture that the one before it began with (the drawn one at first).
    """

    def __init__(self, region: Region, time: Timestamp, size: tuple[int, int]) -> None:
        """`size`: width and height of the displayed picture."""
        self._size, self._carrier = size, Carrier(*size)
        self._box = np.array([*region.centre, region.width, region.height], np.float64)
        self._time = time
        self._away = Settings().away
        self._found: dict[Timestamp, tuple[np.ndarray, float]] = {time: (self._box, self._error)}
        self._behind: Head | None = self._head()

    @property
    def _error(self) -> float:
        return SURE_ERROR * float(self._box[2:].mean())

    def _head(self) -> Head:
        return Head(Chain(Kind.ZONE), self._box.copy(), self._error)

    def ahead(self, views: Iterable[View]) -> None:
        """Follow it through these pictures until it is lost, has left or a new scene begins."""
        head, before = self._head(), self._time
        for step in self._steps(views):
            if step.time == self._time:
                continue
            if step.cut or not self._carry(head, step.motion, float(step.time - before), backwards=False):
                return
            self._found[step.time] = (head.box, head.error)
            before = step.time

    def behind(self, views: Iterable[View]) -> bool:
        """Follow it back through one stretch; whether it can be followed further."""
        steps = list(self._steps(views))
        head = self._behind
        for earlier, later in zip(steps[-2::-1], steps[:0:-1], strict=True):
            if head is None:
                break
            seconds = float(later.time - earlier.time)
            if later.cut or not self._carry(head, later.motion, seconds, backwards=True):
                head = None
            else:
                self._found[earlier.time] = (head.box, head.error)
        self._behind = head
        return head is not None

    def track(self, name: str, kind: Kind) -> Track | None:
        """Where it was followed to; None where the box was never inside the picture."""
        times = sorted(self._found)
        drawn = times.index(self._time)
        chain = Chain(kind, seen={drawn: (self._box, 1.0)})
        chain.behind = {n: self._found[t] for n, t in enumerate(times) if n <= drawn}
        chain.ahead = {n: self._found[t] for n, t in enumerate(times) if n >= drawn}
        path = path_of(chain, 1.0, self._size)
        if path is None:
            return None
        by_hand = drawn - path.first
        origins = tuple(Origin.DRAWN if n == by_hand else origin for n, origin in enumerate(path.origins))
        path = replace(path, origins=origins, scores=(None,) * len(origins))
        return Track(name, kind, keyframes_of(path, times))

    def _steps(self, views: Iterable[View]) -> Iterable[Step]:
        continuity, nothing = Continuity(), Found.of([])
        for view in views:
            yield from continuity.add(view.time, Plane(view.rgb, self._size[0]), nothing)
        yield from continuity.rest()

    def _carry(self, head: Head, motion: Motion | None, seconds: float, *, backwards: bool) -> bool:
        """Move the head by one step; whether it is still known where it is."""
        carried = self._carrier.step(motion or unknown(), head.box[None], head.drifting(seconds)[None], backwards)
        head.since = 0.0  # a person has seen it: what moves there is taken to be it
        head.carry(carried, 0, seconds)
        middle, margin = head.box[:2], _OUT_OF_VIEW * head.box[2:]
        outside = bool(((middle < -margin) | (middle > np.array(self._size) + margin)).any())
        head.away = head.away + seconds if outside else 0.0
        return head.away <= self._away and head.error < _LOST * float(head.box[2:].min())
