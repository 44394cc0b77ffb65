"""Where one scene ends: a picture does not follow from the one before, and the old scene does not come back at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from unseen.core import Timestamp
from unseen.track.motion import Motion, MotionMeter, Plane, part_of
from unseen.track.scene import Found

BROKEN = 0.08
"""Agreement of the flow below which a picture does not follow from another. Of 1,332 pairs of pictures of different
clips 99 % lie below 0.04; of some 2,500 steps inside those clips, shaken, dark and blurred too, none but real cuts
lies below 0.13."""
BACK = 0.15
"""Agreement from which on the old scene is there again."""
FLASH = 0.25
"""Seconds within which it has to be: a flash, a dropped or damaged picture, a hand before the lens."""


@dataclass(frozen=True, slots=True)
class Step:
    """A picture in its place: `motion` leads to it from the one before; None where nothing is known of that.

    `cut` says that a new scene starts with it.
    """

    time: Timestamp
    plane: Plane
    found: Found
    motion: Motion | None
    cut: bool = False


class Continuity:
    """Puts pictures into scenes; holds back those of which it cannot say yet.

    Call `add` for every picture and `rest` at the end; both give the steps that are settled, in order.
    """

    def __init__(self) -> None:
        self._meter = MotionMeter()
        self._known: Plane | None = None
        self._known_at: Timestamp | None = None
        self._latest: Plane | None = None
        self._held: list[Step] = []

    def add(self, time: Timestamp, plane: Plane, found: Found) -> Iterator[Step]:
        """Take in the next picture."""
        if self._known is None or self._latest is None or self._known_at is None:
            self._know(time, plane)
            yield Step(time, plane, found, None)
            return
        motion = self._meter.between(self._latest, plane)
        self._latest = plane
        if not self._held and motion.agreement >= BROKEN:
            self._know(time, plane)
            yield Step(time, plane, found, motion)
            return
        self._held.append(Step(time, plane, found, motion if motion.agreement >= BROKEN else None))
        if len(self._held) > 1 and (across := self._meter.between(self._known, plane)).agreement >= BACK:
            yield from self._bridged(across)
            self._know(time, plane)
        elif time - self._known_at > FLASH:
            yield from self._broken()
            self._know(time, plane)

    def rest(self) -> Iterator[Step]:
        """What is still held back at the end of the clip."""
        yield from self._broken()

    def _know(self, time: Timestamp, plane: Plane) -> None:
        self._known, self._known_at, self._latest = plane, time, plane

    def _bridged(self, across: Motion) -> Iterator[Step]:
        """The held pictures as part of the old scene: each moved its share of the way to the last."""
        part = part_of(across, 1 / len(self._held))
        for step in self._held:
            yield replace(step, motion=part)
        self._held = []

    def _broken(self) -> Iterator[Step]:
        """The held pictures as what they are: the first starts a new scene, and so does any that breaks again."""
        for step in self._held:
            yield replace(step, cut=step.motion is None)
        self._held = []
