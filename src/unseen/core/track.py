"""One thing through time."""

from __future__ import annotations

import bisect
import contextlib
import enum
import itertools
from dataclasses import dataclass

from unseen.core.finding import Kind
from unseen.core.quad import Outline, Quad
from unseen.core.region import Region
from unseen.core.times import Span, Timestamp


class Origin(enum.StrEnum):
    """How a keyframe came to be: what a reviewer has to doubt."""

    SEEN = "seen"  #: a finder saw it with a score that starts tracks
    LINKED = "linked"  #: a finder saw it with a low score, where the track led it to be expected
    BRIDGED = "bridged"  #: nothing was seen here, but before and after
    EXTENDED = "extended"  #: before the first or after the last sighting
    DERIVED = "derived"  #: nobody saw it: reckoned from another track
    DRAWN = "drawn"  #: a person put it there


@dataclass(frozen=True, slots=True)
class Keyframe:
    """Where the thing is at `time`; `score` is the finder's, None where no finder saw it.

    `quad`: the outline of something tilted, whose hull the region is then.
    """

    time: Timestamp
    region: Region
    origin: Origin
    score: float | None = None
    quad: Quad | None = None

    def __post_init__(self) -> None:
        if self.score is not None and not 0 <= self.score <= 1:
            raise ValueError("a score lies between 0 and 1")
        if self.quad is not None and not self.quad.fits(self.region):
            raise ValueError("the region of something tilted is its quad's hull")

    @property
    def outline(self) -> Outline:
        """What is to be covered."""
        return self.quad or self.region

    def towards(self, other: Keyframe, share: float) -> Outline:
        """The outline on the way from here (`share` 0) to `other` (`share` 1), upright where one of both is."""
        if self.quad is not None and other.quad is not None:
            with contextlib.suppress(ValueError):  # turned so far that only the hulls say where it is
                return self.quad.between(other.quad, share)
        return self.region.between(other.region, share)


@dataclass(frozen=True, slots=True)
class Track:
    """One thing's keyframes, in order of time; between two of them it moves in a straight line.

    `id` names the track inside its plan only: nothing follows a person from file to file.
    """

    id: str
    kind: Kind
    keyframes: tuple[Keyframe, ...]

    def __post_init__(self) -> None:
        if not self.keyframes:
            raise ValueError("a track needs a keyframe")
        if any(after.time <= before.time for before, after in itertools.pairwise(self.keyframes)):
            raise ValueError("keyframes must increase in time")

    @property
    def span(self) -> Span:
        return Span(self.keyframes[0].time, self.keyframes[-1].time)

    @property
    def best_score(self) -> float | None:
        """The highest score any finder gave it; None for a track nobody but a person saw."""
        return max((k.score for k in self.keyframes if k.score is not None), default=None)

    def region_at(self, time: Timestamp) -> Region | None:
        """The upright box around the thing at `time`, or None where the track is not there."""
        outline = self.outline_at(time)
        return outline.hull if isinstance(outline, Quad) else outline

    def outline_at(self, time: Timestamp) -> Outline | None:
        """What is to be covered at `time`, or None where the track is not there."""
        after = bisect.bisect_left(self.keyframes, time, key=lambda k: k.time)
        if after == len(self.keyframes):
            return None
        last = self.keyframes[after]
        if last.time == time:
            return last.outline
        if after == 0:
            return None
        first = self.keyframes[after - 1]
        return first.towards(last, float((time - first.time) / (last.time - first.time)))
