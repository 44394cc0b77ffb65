"""One thing's sightings, and where it was carried to from them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from unseen.core import Kind
from unseen.track.carry import Carried
from unseen.track.motion import Floats
from unseen.track.settings import Settings

SURE_ERROR, UNSURE_ERROR = 0.04, 0.16
"""Standard error of a finding's centre, in box sizes, at scores of 1 and 0 (measured on 21,000 findings of known faces:
0.05 from a score of 0.8 on, 0.07 to 0.8, 0.10 at 0.3, 0.17 below 0.1)."""
_LEAST_ERROR = 0.03
_LEAST_GAIN = 0.2
"""Share of a sighting's deviation that always counts, so that a path cannot become deaf."""
_SIZE_GAIN, _SIZE_GAIN_OF_SCORE = 0.2, 0.4
_DRIFT_GAIN = 0.1
_DRIFT_LASTS = 0.5
"""Seconds over which drift is averaged."""
_CHANGE, _STIR = 0.1, 0.03
"""Shares of its drift, and of its size, by which an unseen thing's movement may change before it is half doubted."""
_DOUBTED = 0.1
"""Share of a doubted movement that adds to the error, step by step: the doubt may be wrong each time."""
_JITTER = 1.0
"""Box sizes a second below which drift is mostly the finder's jitter; walking is about seven."""
_NEW_LOOK_MOVED = 0.1
"""Box sizes to move for a finder to have a new look: a quarter of the nets' stride at the smallest faces."""
_NEW_LOOK_AFTER = 0.5
"""Seconds after which any look is a new one."""
_AT_THE_EDGE = 2.0
"""Pixels from the picture's edge within which a finding ends there because the picture does."""


@dataclass(slots=True, eq=False)
class Chain:
    """One thing of a `kind`, in pictures known by their index in the scene.

    `seen`: box and score. `ahead`, `behind`: box and standard error, carried from earlier and from later sightings.
    """

    kind: Kind
    seen: dict[int, tuple[Floats, float]] = field(default_factory=dict)
    ahead: dict[int, tuple[Floats, float]] = field(default_factory=dict)
    behind: dict[int, tuple[Floats, float]] = field(default_factory=dict)
    best: float = 0.0
    evidence: float = 0.0

    def see(self, index: int, box: Floats, score: float, worth: float) -> None:
        """Take in a sighting, its `worth` as evidence."""
        self.seen[index] = (box, score)
        self.best = max(self.best, score)
        self.evidence += worth

    def earned(self, settings: Settings) -> bool:
        """Whether it has been seen well or often enough to be a track."""
        return self.best >= settings.high or self.evidence >= settings.evidence


@dataclass(slots=True, eq=False)
class Head:
    """The moving end of a chain: its box, standard error in pixels, and how long it went unseen or out of view.

    `drift`: pixels a second by which it moves against its surroundings, `learnt`: over how many seconds that was
    measured. `missed`: in shares of the patience it is given; `since`, `away`: seconds since last seen, and out of
    view; `moved`: pixels moved since last seen.
    """

    chain: Chain
    box: Floats
    error: float
    drift: Floats = field(default_factory=lambda: np.zeros(2))
    learnt: float = 0.0
    missed: float = 0.0
    since: float = 0.0
    away: float = 0.0
    moved: float = 0.0

    @property
    def side(self) -> float:
        """Mean of width and height, in pixels."""
        return float(self.box[2] + self.box[3]) / 2

    def drifting(self, seconds: float) -> Floats:
        """How far its drift takes it in so many seconds, in pixels; what is mostly jitter hardly counts."""
        speed = math.hypot(*self.drift) / self.side
        return self.drift * (seconds * speed**2 / (speed**2 + _JITTER**2))

    def carry(self, step: Carried, n: int, seconds: float) -> None:
        """Go on to where a step of so many seconds leads box `n`.

        While unseen, what moves there may be what hides it: the better its drift is known, the less a movement that
        fits ill with it is followed, and the more it adds to the error.
        """
        box, own = step.boxes[n].copy(), step.own[n]
        self.error = math.hypot(self.error, step.errors[n])
        if self.since > 0:
            expected = self.drifting(seconds)
            off = own - expected
            allowed = _CHANGE * math.hypot(*expected) + _STIR * self.side
            squared = float(off @ off)
            doubt = squared / (squared + allowed**2) * min(1.0, self.learnt / _DRIFT_LASTS)
            box[:2] -= doubt * off
            self.error += _DOUBTED * doubt * math.sqrt(squared)
        else:
            self._learn(own, float(step.heard[n]), seconds)
        self.moved += math.hypot(box[0] - self.box[0], box[1] - self.box[1])
        self.box = box
        self.since += seconds

    def _learn(self, own: Floats, heard: float, seconds: float) -> None:
        """Adapt the drift to a step's own movement, as far as it was heard: a mean at first, then a running one."""
        self.learnt += heard * seconds
        share = heard * seconds / max(1e-9, min(self.learnt, _DRIFT_LASTS))
        self.drift = self.drift + share * (own / seconds - self.drift)

    def worth(self, score: float, settings: Settings) -> float:
        """What a sighting now proves: little where hardly anything moved since the last, for it is the same look."""
        fresh = self.moved / (_NEW_LOOK_MOVED * self.side) + self.since / _NEW_LOOK_AFTER
        return max(0.0, score - settings.noise) * min(1.0, fresh)

    def correct(self, box: Floats, score: float, size: tuple[int, int]) -> None:
        """Move to a sighting, weighing both by their errors (a Kalman update) in a picture of `size`."""
        box = uncut(box, self.box, size)
        if self.since > 0:
            self.drift = self.drift + _DRIFT_GAIN * (box[:2] - self.box[:2]) / self.since
        noise = self.side * unsureness(score)
        gain = max(_LEAST_GAIN, self.error**2 / (self.error**2 + noise**2))
        corrected = self.box.copy()
        corrected[:2] += gain * (box[:2] - corrected[:2])
        corrected[2:] *= (box[2:] / corrected[2:]) ** (_SIZE_GAIN + _SIZE_GAIN_OF_SCORE * score)
        self.box = corrected
        self.error = max(float(np.sqrt(1 - gain)) * self.error, _LEAST_ERROR * float(box[2:].min()))
        self.missed = self.since = self.away = self.moved = 0.0


def unsureness(score: float) -> float:
    """Standard error of the centre of a finding of that score, in box sizes."""
    return SURE_ERROR + (UNSURE_ERROR - SURE_ERROR) * (1 - score)


def uncut(box: Floats, expected: Floats, size: tuple[int, int]) -> Floats:
    """A finding that ends at the picture's edge, continued beyond it to the size that is expected of it."""
    whole = box.copy()
    for axis in (0, 1):
        low, high = box[axis] - box[axis + 2] / 2, box[axis] + box[axis + 2] / 2
        missing = max(0.0, float(expected[axis + 2] - box[axis + 2]))
        if low <= _AT_THE_EDGE and high < size[axis] - _AT_THE_EDGE:
            whole[axis] -= missing / 2
        elif high >= size[axis] - _AT_THE_EDGE and low > _AT_THE_EDGE:
            whole[axis] += missing / 2
        else:
            continue
        whole[axis + 2] += missing
    return whole
