"""A box that a person drew in one picture, followed by what the pictures before and after it show."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from unseen.core import Kind, Origin, Region, Timestamp, Track, View
from unseen.track.carry import Carrier
from unseen.track.chain import SURE_ERROR, Chain, Head
from unseen.track.cuts import Continuity, Step
from unseen.track.likeness import Grey, Likeness, Match
from unseen.track.motion import Floats, Motion, Plane, unknown
from unseen.track.scene import Found
from unseen.track.settings import Settings
from unseen.track.smooth import path_of
from unseen.track.thin import keyframes_of

_LOST = 0.8
"""Standard error, in shares of the box's lesser side, from which on nobody knows where it is."""
_OUT_OF_VIEW = 0.2
"""Share of a box by which its centre is outside the picture where it counts as having left."""
_LEAST_REACH, _MOST_REACH, _ERRORS = 0.25, 1.0, 2.5
"""Box sizes at least and at most, and standard errors, within which the thing itself is looked for."""
_MATCH_ERROR, _MATCH_ERROR_OF_SCORE = 0.02, 0.5
"""Standard error of where it was seen again, in box sizes: of a perfect likeness, and more the less alike."""
_LEAST_GAIN = 0.9
"""Share of the way to a perfect likeness that is always gone: what flow says of small things is their surroundings'."""
_SIZE_GAIN, _DRIFT_GAIN = 0.5, 0.3
_UNSEEN_ERROR = 0.05
"""Box sizes by which it may stray in a picture in which it is not seen again: it may be hidden, or turn."""
_SHOWN_ERROR = 0.08
"""Standard error that is taken to be there when a box is drawn around it, however well it was seen: it may turn."""
_LEAST_ERROR = 0.02
_SHUTTER = 1.0
"""Share of the time between two pictures for which a shutter is open at most: what moves is smeared over its way."""


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
        self._found: dict[Timestamp, tuple[Floats, float]] = {time: (self._box, self._error)}
        self._likeness: Likeness | None = None
        self._behind: _Path | None = _Path(self._head())

    @property
    def _error(self) -> float:
        return SURE_ERROR * float(self._box[2:].mean())

    def _head(self) -> Head:
        return Head(Chain(Kind.ZONE), self._box.copy(), self._error)

    def ahead(self, views: Iterable[View]) -> None:
        """Follow it through these pictures until it is lost, has left or a new scene begins."""
        path, before = _Path(self._head()), self._time
        for step, view in self._steps(views):
            if step.time == self._time:
                self._likeness = Likeness(_grey(view), self._box, view.scale)
                continue
            if step.cut or not self._carry(path, step.motion, float(step.time - before), backwards=False):
                return
            self._see(path, view)
            before = step.time

    def behind(self, views: Iterable[View]) -> bool:
        """Follow it back through one stretch; whether it can be followed further."""
        steps = list(self._steps(views))
        if self._likeness is None:
            self._likeness = Likeness(_grey(steps[-1][1]), self._box, steps[-1][1].scale)
        for (earlier, view), (later, _) in zip(steps[-2::-1], steps[:0:-1], strict=True):
            path = self._behind
            if path is None:
                break
            seconds = float(later.time - earlier.time)
            if later.cut or not self._carry(path, later.motion, seconds, backwards=True):
                self._behind = None
            else:
                self._see(path, view)
        return self._behind is not None

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

    def _steps(self, views: Iterable[View]) -> Iterator[tuple[Step, View]]:
        """Each picture with how it follows from the one before."""
        continuity, nothing = Continuity(), Found.of([])
        waiting: list[View] = []
        for view in views:
            waiting.append(view)
            for step in continuity.add(view.time, Plane.of(view.rgb, self._size[0]), nothing):
                yield step, waiting.pop(0)
        for step in continuity.rest():
            yield step, waiting.pop(0)

    def _carry(self, path: _Path, motion: Motion | None, seconds: float, *, backwards: bool) -> bool:
        """Move the head by one step; whether it is still known where it is."""
        head, motion = path.head, motion or unknown()
        path.came_from = head.box[:2].copy()
        carried = self._carrier.step(motion, head.box[None], head.drifting(seconds)[None], backwards)
        head.carry(carried, 0, seconds)
        path.seconds = seconds
        turn = math.atan2(motion.camera[1, 0], motion.camera[0, 0])
        path.turned += -turn if backwards else turn
        middle, margin = head.box[:2], _OUT_OF_VIEW * head.box[2:]
        outside = bool(((middle < -margin) | (middle > np.array(self._size) + margin)).any())
        head.away = head.away + seconds if outside else 0.0
        return head.away <= self._away and head.error < _LOST * float(head.box[2:].min())

    def _see(self, path: _Path, view: View) -> None:
        """Go to where the thing itself is seen near the head, and note where that is."""
        head = path.head
        if self._likeness is not None and head.away == 0:
            reach = min(_MOST_REACH * head.side, max(_LEAST_REACH * head.side, _ERRORS * head.error))
            match = self._likeness.find(_grey(view), head.box, view.scale, path.turned, reach)
            if match is not None:
                self._correct(path, match)
            else:
                head.error = math.hypot(head.error, _UNSEEN_ERROR * head.side)
        box = _upright(head.box, path.turned)
        box[2:] += _SHUTTER * np.abs(head.box[:2] - path.came_from)
        self._found[view.time] = (box, max(head.error, _SHOWN_ERROR * head.side))

    def _correct(self, path: _Path, match: Match) -> None:
        """Weigh both by their errors: a Kalman update, its error in the form that holds for any gain (Joseph)."""
        head = path.head
        noise = head.side * (_MATCH_ERROR + _MATCH_ERROR_OF_SCORE * (1 - match.score))
        gain = max(head.error**2 / (head.error**2 + noise**2), _LEAST_GAIN * match.score**2)
        box, off = head.box.copy(), match.box[:2] - head.box[:2]
        box[:2] += gain * off
        head.drift = head.drift + _DRIFT_GAIN * gain * off / path.seconds
        box[2:] *= (match.box[2:] / box[2:]) ** _SIZE_GAIN
        head.box, head.since = box, 0.0
        head.error = max(math.hypot((1 - gain) * head.error, gain * noise), _LEAST_ERROR * head.side)


@dataclass(slots=True)
class _Path:
    """A head on its way: by how many radians the camera has turned on it, how long the last step took, from where."""

    head: Head
    turned: float = 0.0
    seconds: float = 1.0
    came_from: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.came_from = self.head.box[:2].copy()


def _upright(box: Floats, turned: float) -> Floats:
    """The box around the ellipse in `box` after a turn, and around the one before it."""
    cos, sin = math.cos(turned), math.sin(turned)
    width, height = np.hypot(box[2] * cos, box[3] * sin), np.hypot(box[2] * sin, box[3] * cos)
    return np.array([*box[:2], max(box[2], width), max(box[3], height)])


def _grey(view: View) -> Grey:
    return np.asarray(cv2.cvtColor(view.rgb, cv2.COLOR_RGB2GRAY), np.uint8)
