"""Which finders look for what."""

from __future__ import annotations

from collections.abc import Set

from unseen.core import Kind, View
from unseen.find.bodies import FixedCameraBodies
from unseen.find.effort import video_growth
from unseen.find.faces import FaceFinder
from unseen.find.finder import Finder
from unseen.find.observer import Observer
from unseen.find.watcher import Glances, Watcher

FINDABLE = frozenset({Kind.FACE, Kind.BODY})
"""Kinds that something here looks for."""


def photo_finders(kinds: Set[Kind]) -> list[Finder]:
    """What looks at a photo for things of `kinds`."""
    finders: list[Finder] = []
    if Kind.FACE in kinds:
        finders.append(FaceFinder.for_photos())
    return finders


def watchers(kinds: Set[Kind], first: View) -> list[Watcher]:
    """What watches a clip whose pictures are like `first`."""
    height, width = first.rgb.shape[:2]
    grown = video_growth(width, height)
    found: list[Watcher] = []
    if Kind.FACE in kinds:
        found.append(Glances(FaceFinder.for_video(grown=grown)))
    return found


def observers(kinds: Set[Kind]) -> list[Observer]:
    """What has to see a whole clip before it can say where things of `kinds` were."""
    return [FixedCameraBodies()] if Kind.BODY in kinds else []
