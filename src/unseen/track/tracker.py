"""The order of it all: pictures and findings go in, tracks come out."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence

from unseen.core import Finding, Origin, Timestamp, Track, View
from unseen.track.cuts import Continuity, Step
from unseen.track.dissolve import Dissolve, Dissolves
from unseen.track.join import joined
from unseen.track.link import Linker
from unseen.track.motion import Plane
from unseen.track.scene import Found, Scene
from unseen.track.settings import Settings
from unseen.track.smooth import path_of
from unseen.track.thin import keyframes_of

MOST_PICTURES = 3000
"""Pictures of a scene that are linked at once; each thing in view takes about a kilobyte in each of them."""


def _any(_: Track) -> bool:
    return True


class Tracker:
    """Links the findings of one clip in time.

    Call `add` once for every picture, in order, and then `finish` once. Between two cuts, or stretches in which
    nothing is found, a few kilobytes a picture are kept for `MOST_PICTURES` at most, never the pictures themselves.
    """

    def __init__(self, width: int, height: int, low: float = 0.05, high: float = 0.4) -> None:
        """`width`, `height`: of the displayed picture. `low`, `high`: the finder's least and its sure score."""
        self._settings = Settings(low=low, high=high)
        self._size = (width, height)
        self._continuity = Continuity()
        self._dissolves = Dissolves()
        self._scene = Scene(width, height)
        self._found_at = Timestamp(0)
        self._belongs: Callable[[Track], bool] = _any
        self._tracks: list[Track] = []
        self._cuts: list[Timestamp] = []

    @property
    def cuts(self) -> tuple[Timestamp, ...]:
        """The times of the pictures with which a new scene began."""
        return tuple(self._cuts)

    def add(self, view: View, findings: Sequence[Finding]) -> None:
        """Take in the next picture and what was found in it, in displayed pixels."""
        found = Found.of([f for f in findings if f.score >= self._settings.low])
        for step in self._continuity.add(view.time, Plane.of(view.rgb, self._size[0]), found):
            self._take(step)

    def finish(self) -> list[Track]:
        """Every track of the clip, in order of their first sighting inside each scene."""
        for step in self._continuity.rest():
            self._take(step)
        self._dissolve(self._dissolves.pending)
        self._close()
        return self._tracks

    def _take(self, step: Step) -> None:
        if step.cut:
            self._dissolve(self._dissolves.pending)
            self._cuts.append(step.time)
            self._close()
        self._scene.append(step.time, step.found, step.motion)
        self._dissolve(self._dissolves.add(step))
        if len(step.found.scores):
            self._found_at = step.time
        elif step.time - self._found_at > 2 * self._settings.longest:
            self._rest()
        if len(self._scene) >= MOST_PICTURES:
            self._hand_over()

    def _rest(self) -> None:
        """Close a scene that no track reaches the end of, so that memory grows with what is found and not with time."""
        reach = bisect.bisect(self._scene.times, self._scene.times[-1] - self._settings.longest)
        coming = self._scene.split(reach)
        self._found_at = coming.times[0]
        self._close()
        self._scene = coming

    def _hand_over(self) -> None:
        """Close a scene that grew long; the next one begins with its last pictures.

        What is there in the middle of the pictures that both have is a track of either: each saw it for as long as
        anything is followed unseen. What ended before belongs to the earlier, what begins later to the next.
        """
        overlap = bisect.bisect(self._scene.times, self._scene.times[-1] - 2 * self._settings.longest)
        coming = self._scene.tail(max(overlap, len(self._scene) // 2))
        middle = coming.times[len(coming) // 2]
        self._close(lambda track: track.span.start <= middle, lambda track: track.span.end >= middle)
        self._scene = coming

    def _dissolve(self, over: Dissolve | None) -> None:
        """Close a scene that melted into another, which begins where it first showed: both have what was between.

        What was seen first in the first half is the earlier scene's; what is still seen when it is nearly over, or for
        the first time in the second half, the later's. So each is followed to the end of its scene and no further. What
        is seen in the last quarter is nothing of the earlier, and what is seen in the first nothing of the later.
        """
        if over is None:
            return
        self._cuts.append(over.middle)
        coming = self._scene.tail(bisect.bisect_left(self._scene.times, over.start))

        begun, nearly_over = (over.start + over.middle) / 2, (over.middle + over.end) / 2
        self._scene.forget(nearly_over, over.end)
        coming.forget(over.start, begun)

        def begins(track: Track) -> bool:
            first, last = _sighted(track)
            return last > nearly_over or first > over.middle

        self._close(lambda track: _sighted(track)[0] <= over.middle, begins)
        self._scene = coming

    def _close(self, ends: Callable[[Track], bool] = _any, begins: Callable[[Track], bool] = _any) -> None:
        """Link the scene and keep the tracks that end in it; `begins` tells those that are the next one's."""
        if len(self._scene):
            found = tracks_of(self._scene, self._settings, len(self._tracks))
            self._tracks += (track for track in found if ends(track) and self._belongs(track))
        self._scene, self._belongs = Scene(*self._size), begins


def _sighted(track: Track) -> tuple[Timestamp, Timestamp]:
    """When it was first and last seen; its whole span where that was outside the picture."""
    seen = [key.time for key in track.keyframes if key.origin in (Origin.SEEN, Origin.LINKED)]
    return (seen[0], seen[-1]) if seen else (track.span.start, track.span.end)


def tracks_of(scene: Scene, settings: Settings, before: int = 0) -> list[Track]:
    """The tracks of one scene; their names count on from the `before` that there are."""
    tracks: list[Track] = []
    for chain in joined(Linker(scene, settings).chains()):
        path = path_of(chain, settings.high, (scene.width, scene.height))
        if path is not None:
            tracks.append(
                Track(f"{chain.kind}-{before + len(tracks) + 1}", chain.kind, keyframes_of(path, scene.times))
            )
    return tracks
