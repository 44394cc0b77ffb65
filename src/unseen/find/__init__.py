"""Looking at pictures for what identifies people."""

from unseen.find.around_faces import FacesAs, around_faces
from unseen.find.choose import FINDABLE, observers, photo_finders, watchers
from unseen.find.codes import CodeFinder
from unseen.find.faces import FaceFinder
from unseen.find.finder import Finder
from unseen.find.notes import Notes, forget, notes_for
from unseen.find.observer import Observed, Observer
from unseen.find.stretches import Watch
from unseen.find.text import TextFinder
from unseen.find.watcher import Glances, Watcher
from unseen.find.zones import without

__all__ = [
    "FINDABLE",
    "CodeFinder",
    "FaceFinder",
    "FacesAs",
    "Finder",
    "Glances",
    "Notes",
    "Observed",
    "Observer",
    "TextFinder",
    "Watch",
    "Watcher",
    "around_faces",
    "forget",
    "notes_for",
    "observers",
    "photo_finders",
    "watchers",
    "without",
]
