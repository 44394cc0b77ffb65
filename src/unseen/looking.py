"""What is looked for in the pictures of a file, and what was found there."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from unseen.core import Keyframe, Kind, MediaKind, Origin, Progress, Timestamp, Track, View, Zone
from unseen.find import FINDABLE, Notes, Watch, around_faces, observers, photo_finders, watchers, without
from unseen.media import Reader
from unseen.media.prefetch import AHEAD, prefetch
from unseen.options import FindOptions
from unseen.plan import Action, BlindSpot, Decision, ModelUsed, PlannedTrack
from unseen.rules import Identifier
from unseen.track import Tracker

_WHOLE = 1 << 30  # no shrinking
_VIDEO_SIDE = 960  # pixels of a video's longest side that finders look at
_FOUND_AHEAD = 1  # pictures looked at before they are followed
_UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found, with which models, what could not be looked for, and where scenes begin."""

    tracks: list[Track]
    models: tuple[ModelUsed, ...]
    blind_spots: tuple[BlindSpot, ...] = ()
    cuts: tuple[Timestamp, ...] = ()


def look(
    reader: Reader, kinds: frozenset[Kind], ignored: Sequence[Zone], progress: Progress, notes: Notes | None = None
) -> Looked:
    """Find in every picture and, where pictures follow each other in time, link what was found.

    `notes`: those of an earlier run, of a clip, are believed, and new ones taken.
    """
    if reader.kind is MediaKind.AUDIO:
        return Looked([], ())
    if reader.kind is MediaKind.PHOTO:
        return _look_at_photo(reader, kinds, ignored, progress)
    with contextlib.closing(prefetch(without(reader.views(_VIDEO_SIDE), ignored), AHEAD)) as pictures:
        views = timed(pictures)
        first = next(views)
        height, width = first.rgb.shape[:2]
        eyes, onlookers = watchers(kinds, first), observers(kinds)
        if notes is not None:
            notes.begin((sorted(kinds), tuple(ignored), [eye.models for eye in eyes]))
        watch = Watch(eyes, notes)
        low, high = min((eye.low for eye in eyes), default=1), min((eye.high for eye in eyes), default=1)
        tracker = Tracker(round(width / first.scale), round(height / first.scale), low=low, high=high)
        found = ((view, watch.find(view)) for view in itertools.chain([first], views))
        with contextlib.closing(prefetch(found, _FOUND_AHEAD)) as seen:  # finding and following keep a core busy each
            for done, (view, findings) in enumerate(seen, start=1):
                tracker.add(view, findings)
                for onlooker in onlookers:
                    onlooker.add(view)
                progress("looking", done, None)
    observed = [onlooker.finish() for onlooker in onlookers]
    tracks = itertools.chain(tracker.finish(), *(seen.tracks for seen in observed))
    models = itertools.chain(*(eye.models for eye in eyes), *(onlooker.models for onlooker in onlookers))
    blind = itertools.chain(watch.blind_spots(), *(seen.blind_spots for seen in observed))
    return Looked(
        [replace(track, id=f"{track.kind}-{n}") for n, track in enumerate(tracks, start=1)],
        tuple(dict.fromkeys(models)),
        tuple(blind),
        tracker.cuts,
    )


def timed(views: Iterator[View]) -> Iterator[View]:
    """The same views, each told when the next one takes its place."""
    for view, following in itertools.pairwise(itertools.chain(views, [None])):
        assert view is not None  # noqa: S101 - only the last one is
        yield replace(view, until=following.time if following else None)


def _look_at_photo(reader: Reader, kinds: frozenset[Kind], ignored: Sequence[Zone], progress: Progress) -> Looked:
    finders = photo_finders(kinds)
    (view,) = without(reader.views(_WHOLE), ignored)
    with ThreadPoolExecutor(max(1, len(finders))) as side_by_side:  # what one of them does alone leaves a core idle
        findings = list(itertools.chain(*side_by_side.map(lambda finder: finder.find([view])[0], finders)))
    progress("looking", 1, 1)
    found = [
        Track(f"{f.kind}-{n}", f.kind, (Keyframe(f.time, f.region, Origin.SEEN, f.score, f.quad),))
        for n, f in enumerate(findings, start=1)
    ]
    seen = {kind for finder in finders for kind in finder.kinds}
    why = "a single picture does not show what moves"
    blind = tuple(BlindSpot(kind.plural, why, Identifier(kind.plural)) for kind in sorted(kinds - seen))
    return Looked(found, tuple(dict.fromkeys(model for finder in finders for model in finder.models)), blind)


def is_seen(kind: Kind, reader: Reader) -> bool:
    """Whether things of a kind could be in the pictures of this file."""
    return kind not in (Kind.VOICE, Kind.ZONE) and reader.kind is not MediaKind.AUDIO


def not_looked_for(kind: Kind) -> BlindSpot:
    """What is said of a kind that nothing looked for."""
    what = "bodies, and heads from behind" if kind is Kind.BODY else kind.plural
    why = "not asked for" if kind in FINDABLE else "no finder for them is built in yet"
    return BlindSpot(what, why, Identifier(kind.plural))


def identifiers(kinds: frozenset[Kind]) -> tuple[Identifier, ...]:
    """The kinds as rules name them."""
    return tuple(Identifier(kind.plural) for kind in Kind if kind in kinds)


def planned(tracks: list[Track], options: FindOptions) -> Iterator[PlannedTrack]:
    """Everything that was found, covered until a person says otherwise, and what is reckoned from it."""
    for track in tracks:
        yield PlannedTrack(track, Decision(Action.COVER, _UNSEEN, "found"))
    for face, around in around_faces(tracks, options.face_stands_for):
        why = f"{options.face_stands_for} reckoned from {face.id}, not seen"
        yield PlannedTrack(around, Decision(Action.COVER, _UNSEEN, why))
