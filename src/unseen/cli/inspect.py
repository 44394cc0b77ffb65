"""unseen inspect."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from unseen import pipeline
from unseen.cli import show
from unseen.core import MediaKind, StreamKind
from unseen.errors import UsageError, printable
from unseen.options import FindOptions

_DEFAULTS = FindOptions()


def command(
    source: Path,
    /,
    *,
    json: bool = False,
    thumbnails: bool = False,
    options: Annotated[FindOptions, Parameter(name="*")] = _DEFAULTS,
) -> None:
    """What a file would give away: people, plates, codes, places, devices, times, names, streams.

    Parameters
    ----------
    source
        A photo, a video or a sound recording.
    json
        Print it as JSON.
    thumbnails
        Draw what was found, small, on the terminal; never to a file or pipe.
    """
    if thumbnails and (json or not show.out.is_terminal):
        what = "thumbnails show people, and are drawn on a terminal only"
        raise UsageError(what, next_step="Leave out --thumbnails, or leave out --json and do not redirect the output.")
    with show.progress(printable(source.name), shown=not json) as progress:
        found = pipeline.inspect(source, options, progress, thumbnails=thumbnails)
    if json:
        show.emit(_facts(found))
    else:
        _tell(source, found)


def _facts(found: pipeline.Inspection) -> dict[str, Any]:
    return {
        "media": found.plan.source.media,
        "found": [{"id": p.track.id, "kind": p.track.kind, "score": p.track.best_score} for p in found.plan.tracks],
        "silences": found.plan.silences,
        "disclosures": found.disclosures,
        "conversions": found.conversions,
        "blind_spots": found.plan.blind_spots,
    }


def _tell(source: Path, found: pipeline.Inspection) -> None:
    media, plan = found.plan.source.media, found.plan
    show.say(f"{printable(source)}: {media.kind}, {media.container}, {show.shape(media)}")
    if media.picture is not None:
        show.say(f"Found: {show.counted(p.track.kind for p in plan.tracks) or 'nothing'}")
    for planned in plan.tracks:
        track = planned.track
        when = (
            "" if media.kind is MediaKind.PHOTO else f", {float(track.span.start):.2f} to {float(track.span.end):.2f} s"
        )
        show.say(f"  {track.id}: score {track.best_score or 0:.2f}{when}")
        if track.id in found.thumbnails:
            show.draw(found.thumbnails[track.id])
    for silence in plan.silences:
        score = f"score {silence.score:.2f}, " if silence.score is not None else ""
        show.say(f"  {silence.id}: {score}{float(silence.span.start):.2f} to {float(silence.span.end):.2f} s")
    show.say("Streams:")
    for stream, decision in zip(media.streams, plan.streams, strict=True):
        kind = "picture inside" if stream.kind is StreamKind.PICTURE else stream.kind
        show.say(f"  {stream.index}: {kind} {stream.codec or '(unknown)'} -> {decision.action}")
    show.say("Metadata:" if found.disclosures else "Metadata: none found")
    for disclosure in found.disclosures:
        show.say(f"  {disclosure.kind}: {disclosure.where}: {disclosure.value}")
    for said in found.conversions:
        show.say(f"Not kept as it is: {said}")
    for spot in plan.blind_spots:
        show.say(f"Not looked for: {spot.what} ({spot.why})")
