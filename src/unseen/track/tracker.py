"""The order of it all: pictures and findings go in, tracks come out."""

from __future__ import annotations

import bisect
from collections.abc import Sequence

from unseen.core import Finding, Timestamp, Track, View
from unseen.track.cuts import Continuity, Step
from unseen.track.join import joined
from unseen.track.link import Linker
from unseen.track.motion import Plane
from unseen.track.scene import Found, Scene
from unseen.track.settings import Settings
from unseen.track.smooth import path_of
from unseen.track.thin import keyframes_of

MOST_PICTURES = 3000
"""Pictures of a scene that are linked at once; each thing in view takes about a kilobyte in each of them."""


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
        self._scene = Scene(width, height)
        self._found_at = Timestamp(0)
        self._known_until: Timestamp | None = None
        self._tracks: list[Track] = []
        self._cuts: list[Timestamp] = []

    @property
    def cuts(self) -> tuple[Timestamp, ...]:
        """The times of the pictures with which a new scene began."""
        return tuple(self._cuts)

    def add(self, view: View, findings: Sequence[Finding]) -> None:
        """Take in the next picture and what was found in it, in displayed pixels."""
        found = Found.of([f for f in findings if f.score >= self._settings.low])
        for step in self._continuity.add(view.time, Plane(view.rgb, self._size[0]), found):
            self._take(step)

    def finish(self) -> list[Track]:
        """Every track of the clip, in order of their first sighting inside each scene."""
        for step in self._continuity.rest():
            self._take(step)
        self._close()
        return self._tracks

    def _take(self, step: Step) -> None:
        if step.cut:
            self._cuts.append(step.time)
            self._close()
        self._scene.append(step.time, step.found, step.motion)
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
        self._close(until=middle)
        self._scene, self._known_until = coming, middle

    def _close(self, until: Timestamp | None = None) -> None:
        """Link the scene; what begins after `until` is left to the next one."""
        if len(self._scene):
            self._tracks += (
                track
                for track in tracks_of(self._scene, self._settings, len(self._tracks))
                if (until is None or track.span.start <= until)
                and (self._known_until is None or track.span.end >= self._known_until)
            )
        self._scene, self._known_until = Scene(*self._size), None


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
