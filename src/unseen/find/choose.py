"""Which finders look for what."""

from __future__ import annotations

from collections.abc import Set
from fractions import Fraction

from unseen.core import Kind, View
from unseen.find.bodies import FixedCameraBodies
from unseen.find.codes import CodeFinder
from unseen.find.effort import video_growth
from unseen.find.faces import FaceFinder
from unseen.find.finder import Finder
from unseen.find.fixed_net import FixedNetFinder
from unseen.find.observer import Observer
from unseen.find.readings import READINGS
from unseen.find.text import PHOTO, VIDEO, TextFinder
from unseen.find.watcher import Glances, Watcher
from unseen.models import open_net, optional

FINDABLE = frozenset({Kind.FACE, Kind.PLATE, Kind.TEXT, Kind.CODE, Kind.BODY})
"""Kinds that something here looks for."""
WRITTEN = frozenset({Kind.PLATE, Kind.TEXT})
FACES_EVERY = Fraction(1, 10)
"""Seconds for which a face has to be on screen to be looked for in any case (docs/adr/0037)."""
WRITING_EVERY = Fraction(1, 4)
"""The same for writing and codes: less than the 0.3 s for which the tracker keeps what nobody sees again; a sign or
plate that is there for a shorter time is a blur."""


def photo_finders(kinds: Set[Kind]) -> list[Finder]:
    """What looks at a photo for things of `kinds`."""
    finders: list[Finder] = []
    if Kind.FACE in kinds:
        finders.append(FaceFinder.for_photos())
    if kinds & WRITTEN:
        finders.append(TextFinder(kinds & WRITTEN, PHOTO))
    if Kind.CODE in kinds:
        finders.append(CodeFinder())
    return [*finders, *_fetched(kinds)]


def watchers(kinds: Set[Kind], first: View) -> list[Watcher]:
    """What watches a clip whose pictures are like `first`."""
    height, width = first.rgb.shape[:2]
    grown = video_growth(width, height)
    found: list[Watcher] = []
    if Kind.FACE in kinds:
        found.append(Glances(FaceFinder.for_video(grown=grown), FACES_EVERY, keeps_up=True))
    if kinds & WRITTEN:
        found.append(Glances(TextFinder(kinds & WRITTEN, VIDEO), WRITING_EVERY))
    if Kind.CODE in kinds:
        found.append(Glances(CodeFinder(), WRITING_EVERY))
    found += map(Glances, _fetched(kinds))
    return found


def observers(kinds: Set[Kind]) -> list[Observer]:
    """What has to see a whole clip before it can say where things of `kinds` were."""
    helped = any(card.finds is Kind.BODY for card in optional().installed())
    return [FixedCameraBodies(alone=not helped)] if Kind.BODY in kinds else []


def _fetched(kinds: Set[Kind]) -> list[Finder]:
    """A finder of things of `kinds` for every optional model that is installed; ModelError where one is not right."""
    store = optional()
    return [
        FixedNetFinder(card, open_net(card, store.load(card)), READINGS[card.name])
        for card in store.installed()
        if card.finds in kinds
    ]
