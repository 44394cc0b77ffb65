"""What a plan keeps of the looks that a person takes at a drawn sample: the places, and what was seen there."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from unseen.core import Kind, Region, Timestamp


class Subject(enum.StrEnum):
    """What one look is at."""

    PICTURE = "picture"  #: a whole picture: is anything in it uncovered
    COVER = "cover"  #: one cover at one moment: does anything show past it
    SOUND = "sound"  #: a few seconds of sound that is left: can anybody be heard


class Risk(enum.StrEnum):
    """Why a miss is likelier here than elsewhere; the first that fits, in this order."""

    NOT_SEEN = "not-seen"  #: the cover is where the thing was taken to be, not where it was seen
    LOW_SCORE = "low-score"
    SMALL = "small"
    FAST = "fast"
    DARK = "dark"
    CROWDED = "crowded"
    EMPTY = "empty"  #: a picture in which nothing was found
    BESIDE = "beside"  #: sound next to a stretch that is made silent
    ORDINARY = "ordinary"


_NAMES = {Subject.PICTURE: (False, False), Subject.COVER: (True, True), Subject.SOUND: (False, True)}
"""Whether a place at each subject names a track, and a kind."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place to look at or listen to, numbered from 1.

    `base`: drawn from all pictures, sounds, or covers of its kind, with the same chance; otherwise drawn for its risk.
    A picture has no track, kind or region; sound, from `time` on, has a kind alone.
    """

    number: int
    subject: Subject
    risk: Risk
    base: bool
    time: Timestamp
    track: str | None = None
    kind: Kind | None = None
    region: Region | None = None

    def __post_init__(self) -> None:
        if (self.track is not None, self.kind is not None) != _NAMES[self.subject]:
            raise ValueError("a cover belongs to a track of a kind, sound is of a kind, a picture of none")


@dataclass(frozen=True, slots=True)
class Stratum:
    """How many places of one sort there are, looked at or not; `kind` is None for pictures."""

    subject: Subject
    kind: Kind | None
    risk: Risk
    size: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person saw at a place: kinds that show uncovered, or that it cannot be told."""

    place: int
    missed: tuple[Kind, ...] = ()
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """A drawn sample and its answers.

    `seed` and `covers` (the digest of what is covered, and where) make the draw repeatable; `kinds` were asked for in
    pictures; `dark_known` says whether the source was at hand to tell dark places. `by` is who looked.
    """

    seed: int
    covers: str
    kinds: tuple[Kind, ...]
    dark_known: bool
    strata: tuple[Stratum, ...]
    places: tuple[Place, ...]
    answers: tuple[Answer, ...] = ()
    by: str = ""

    def __post_init__(self) -> None:
        if [p.number for p in self.places] != list(range(1, len(self.places) + 1)):
            raise ValueError("places are numbered from 1")
        answered = [a.place for a in self.answers]
        if len(set(answered)) != len(answered) or not set(answered) <= set(range(1, len(self.places) + 1)):
            raise ValueError("an answer belongs to one place of the sample, and each place has one at most")
        if self.answers and not self.by:
            raise ValueError("answers name who gave them")
