"""When tracks are there, as stretches of a line from 0 to 1."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from unseen.core import Keyframe, MediaInfo, Origin, Span, Timestamp, Track
from unseen.record.report.paper import Bars, Levels, Look
from unseen.sample import clock

_PARTS = 100
_LEAST = 1 / 250  # of the line: what is shorter is drawn this long, so that it is seen at all
_LOOKS = {
    **dict.fromkeys((Origin.BRIDGED, Origin.EXTENDED, Origin.DERIVED), Look.GUESSED),
    Origin.DRAWN: Look.DRAWN,
}
_Stretch = tuple[float, float, Look]


class Line:
    """The time of a file as a line from 0 (its first picture) to 1 (its end)."""

    def __init__(self, start: Timestamp, end: Timestamp) -> None:
        self.start, self.length = start, end - start

    @classmethod
    def of(cls, media: MediaInfo) -> Line | None:
        """None where the file has no length: a photo."""
        if media.sound is not None:
            return cls(media.sound.span.start, media.sound.span.end)
        if media.frame_times is None:
            return None
        times = media.frame_times
        ticks = sum(gap * count for gap, count in times.steps)
        start, end = times.first * times.time_base, (times.first + ticks) * times.time_base
        if media.duration is not None:
            end = max(end, start + media.duration)
        return cls(start, end) if end > start else None

    def at(self, time: Timestamp) -> float:
        return min(1.0, max(0.0, float((time - self.start) / self.length)))

    def bars(self, track: Track, look: Look | None = None) -> Bars:
        """A track's line, all in one look where that is given."""
        guessed = any(_look(k) is Look.GUESSED for k in track.keyframes)
        said = self._said(track.span, look) + ", partly taken to be there" * (guessed and look is None)
        stretches = list(_joined(self._stretches(track, look)))
        first, last = stretches[0], stretches[-1]
        if last[1] - first[0] < _LEAST:  # shown as one, too short to tell its parts apart
            start, end = _widened(first[0], last[1])
            stretches = [(start, end, first[2])]
        return Bars(tuple(stretches), said)

    def stretch(self, span: Span, look: Look | None = None) -> Bars:
        """The line of something that is there all the time."""
        start, end = _widened(self.at(span.start), self.at(span.end))
        return Bars(((start, end, look or Look.FOUND),), self._said(span, look))

    def _said(self, span: Span, look: Look | None) -> str:
        return f"{clock(span.start)} to {clock(span.end)}" + (f", {look}" if look else "")

    def crowd(self, spans: Iterable[Span]) -> Levels:
        """How many things are there at a time, of which these are the spans."""
        counts = [0] * _PARTS
        for span in spans:
            first, last = (min(_PARTS - 1, int(self.at(t) * _PARTS)) for t in (span.start, span.end))
            for part in range(first, last + 1):
                counts[part] += 1
        most = max(counts)
        said = f"up to {most} in a hundredth of the time"
        return Levels(tuple(count / most if most else 0.0 for count in counts), said)

    def _stretches(self, track: Track, look: Look | None) -> Iterator[_Stretch]:
        frames = track.keyframes
        if len(frames) == 1:
            yield self.at(frames[0].time), self.at(frames[0].time), look or _look(frames[0])
        for before, after in itertools.pairwise(frames):
            here = Look.GUESSED if Look.GUESSED in (_look(before), _look(after)) else _look(before)
            yield self.at(before.time), self.at(after.time), look or here


def _widened(start: float, end: float) -> tuple[float, float]:
    """A stretch that is long enough to be seen, inside the line."""
    start = min(start, 1 - _LEAST)
    return start, max(end, start + _LEAST)


def _look(keyframe: Keyframe) -> Look:
    return _LOOKS.get(keyframe.origin, Look.FOUND)


def _joined(stretches: Iterable[_Stretch]) -> Iterator[_Stretch]:
    """The same, in order of their starts, with those of one look that meet made into one."""
    current: _Stretch | None = None
    for start, end, look in stretches:
        if current is not None and look is current[2] and start <= current[1]:
            current = current[0], max(end, current[1]), look
            continue
        if current is not None:
            yield current
        current = start, end, look
    if current is not None:
        yield current
