"""Bodies and vehicles before a fixed camera: whatever was not there before, in any pose, with no net."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from unseen.core import Keyframe, Kind, Origin, Region, Track, View
from unseen.core.times import Timestamp
from unseen.find.bodies.sample import Sample, sample_of
from unseen.find.bodies.silhouettes import Box
from unseen.find.bodies.stillness import Steady
from unseen.find.bodies.stretch import Stretch, sleepers, watched
from unseen.find.bodies.tubes import Tube, knots_of
from unseen.find.observer import Observed
from unseen.plan import BlindSpot, ModelUsed
from unseen.rules import Identifier

EVERY = Fraction(1, 12)
"""Seconds from sample to sample at least: a body moves by less than its width meanwhile."""
LONGEST = 600
"""Samples of a stretch that has one background: about a minute, and 65 MB."""
LEAST_SIDE = 16
"""Pixels below which a picture is too narrow to show anybody."""
REMEMBERED = 60
"""Earlier stretches of one scene that are asked whether somebody who leaves now was taken for background then."""


@dataclass(frozen=True, slots=True)
class _Past:
    """A stretch that is done, shown from `start` until `end`, and where things stood when it began and ended."""

    stretch: Stretch
    start: Timestamp
    end: Timestamp

    def standing(self, index: int) -> list[Box]:
        """Boxes of what stood there in sample `index` or, waited for, shortly before."""
        return [t.boxes[0] if index == 0 else t.boxes[-1] for t in self.stretch.tubes if t.near(index)]


class FixedCameraBodies:
    """Watches a clip for bodies and vehicles. Fulfils `Observer`.

    The clip is cut into stretches, each of which is held against one background made of all of it, so that who is there
    from its first picture on is seen as well as who comes later.
    """

    def __init__(self, longest: int = LONGEST, *, alone: bool = True) -> None:
        """`longest`: samples of a stretch at most; 108 kB each.

        `alone`: whether nothing else looks for bodies, so that what this cannot see is a blind spot.
        """
        self._alone = alone
        self._longest = longest
        self._samples: list[Sample] = []
        self._steady = Steady()
        self._past: list[_Past] = []
        self._tracks: list[Track] = []
        self._blind: list[tuple[Timestamp, Timestamp]] = []
        self._shown_at = Timestamp(0)
        self._size = (1.0, 1.0)

    @property
    def kinds(self) -> frozenset[Kind]:
        return frozenset({Kind.BODY})

    @property
    def models(self) -> tuple[ModelUsed, ...]:
        return ()

    def add(self, view: View) -> None:
        """Take in the next picture."""
        if self._samples and view.time - self._samples[-1].time < EVERY:
            self._shown_at = view.time
            return
        if min(view.rgb.shape[:2]) < LEAST_SIDE:
            self._blind += [(view.time, view.time)]
            return
        sample = sample_of(view)
        if not self._steady.follows(sample):
            self._close(self._shown_at)
            self._steady.restart()
        elif len(self._samples) >= self._longest:
            self._close(view.time)
        rows, columns = sample.luma.shape
        self._size = (view.rgb.shape[1] / view.scale / columns, view.rgb.shape[0] / view.scale / rows)
        self._samples.append(self._steady.laid(sample))
        self._shown_at = view.time

    def finish(self) -> Observed:
        """Everything before the backgrounds, and when the camera moved."""
        if self._samples:
            self._close(self._shown_at)
        return Observed(tuple(self._tracks), tuple(self._blind_spots()) if self._alone else ())

    def _close(self, end: Timestamp) -> None:
        """Look at the stretch that is over; its last sample stands for what was shown until `end`."""
        samples, self._samples = self._samples, []
        before = self._before(samples[0])
        stretch = watched(samples, before.stretch if before else None)
        times = [sample.time for sample in samples]
        past = _Past(stretch, samples[0].time, end)
        self._blind += [
            (times[first], end if last == len(times) - 1 else times[last]) for first, last in stretch.unsteady
        ]
        for tube in stretch.tubes:
            self._keep(self._keyframes(tube, times, end))
        self._hold(stretch.always, past)
        if stretch.fixed and before is not None:
            self._wake(samples[0], stretch)
            self._bridge(past)
        elif stretch.short and before is not None:
            self._hold(before.standing(before.stretch.samples - 1), past)
        self._past = [*self._past[-REMEMBERED:], past]

    def _before(self, sample: Sample) -> _Past | None:
        """The latest stretch that had a background, if the sample still, or again, shows that place."""
        before = next((past for past in reversed(self._past) if past.stretch.fixed), None)
        if before is not None and not before.stretch.shows(sample):
            self._past.clear()
            return None
        return before

    def _wake(self, first: Sample, stretch: Stretch) -> None:
        """Cover who stood still through earlier stretches, as who leaves in this one shows."""
        for past in reversed(self._past):
            if past.stretch.fixed:
                found = sleepers(first, stretch, past.stretch)
                if not found:
                    return
                self._hold(found, past)

    def _bridge(self, past: _Past) -> None:
        """Cover who stands there now in the moment before, if that was a flash, a dark or a damaged picture."""
        for short in itertools.takewhile(lambda p: p.stretch.short, reversed(self._past)):
            self._hold(past.standing(0), short)

    def _hold(self, boxes: Iterable[Box], past: _Past) -> None:
        for box in boxes:
            keyframes = [Keyframe(past.start, self._region(box), Origin.BRIDGED)]
            if past.end > past.start:
                keyframes.append(Keyframe(past.end, self._region(box), Origin.BRIDGED))
            self._keep(keyframes)

    def _keyframes(self, tube: Tube, times: list[Timestamp], end: Timestamp) -> list[Keyframe]:
        knots = knots_of(tube, len(times))
        score = max(tube.scores)
        keyframes = [
            Keyframe(times[at], self._region(edges), *((Origin.BRIDGED, None) if bridged else (Origin.SEEN, score)))
            for at, edges, bridged in zip(knots.at, knots.edges.tolist(), knots.bridged, strict=True)
        ]
        if knots.at[-1] == len(times) - 1 and end > times[-1]:
            keyframes.append(replace(keyframes[-1], time=end))
        return keyframes

    def _region(self, edges: Iterable[float]) -> Region:
        left, top, right, bottom = edges
        across, down = self._size
        return Region(
            round(left * across, 1),
            round(top * down, 1),
            round((right - left) * across, 1),
            round((bottom - top) * down, 1),
        )

    def _keep(self, keyframes: list[Keyframe]) -> None:
        self._tracks.append(Track(f"{Kind.BODY}-{len(self._tracks) + 1}", Kind.BODY, tuple(keyframes)))

    def _blind_spots(self) -> Iterator[BlindSpot]:
        for start, end in _joined(self._blind):
            when = f"from {float(start):.1f} s to {float(end):.1f} s"
            why = "the camera moves, or the light does, or it is too short to say"
            yield BlindSpot(f"bodies {when}", why, Identifier.BODIES)
        why = "who stays in one place for the whole clip looks like a part of it; `unseen models get people` helps"
        yield BlindSpot("bodies that never move", why, Identifier.BODIES)


def _joined(spans: list[tuple[Timestamp, Timestamp]]) -> list[tuple[Timestamp, Timestamp]]:
    """The spans in order, neighbours made one."""
    joined: list[tuple[Timestamp, Timestamp]] = []
    for start, end in sorted(spans):
        if joined and start - joined[-1][1] <= 2 * EVERY:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
