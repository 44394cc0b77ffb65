"""What of a file nobody could look at, and who in it was seen without a face."""

from __future__ import annotations

from unseen.core import Kind, MediaInfo, MediaKind, Span, Timestamp, Track
from unseen.plan import Action, Plan
from unseen.review.crossings import hull, moments
from unseen.review.remember import remembered

_MISSING_END = 0.5  # seconds that a file may claim to go on after its last picture before that is worth a look
_MOSTLY = 0.5  # of the moments at which both are there
_REACH = 0.2  # shares of a body by which a face may stick out of it


def unlooked(media: MediaInfo) -> Span | None:
    """The time for which a video says it goes on after the last picture that could be decoded."""
    times = media.frame_times
    if media.kind is not MediaKind.VIDEO or times is None or media.duration is None:
        return None
    last = times.first * times.time_base + sum(gap * count for gap, count in times.steps) * times.time_base
    return Span(last, media.duration) if media.duration - last > _MISSING_END else None


def faceless(plan: Plan) -> frozenset[str]:
    """The tracks of covered bodies that a finder saw and that no track of a face goes along with."""
    faces = [p.track for p in plan.tracks if p.track.kind is Kind.FACE]
    return frozenset(
        p.track.id
        for p in plan.tracks
        if p.track.kind is Kind.BODY
        and p.decision.action is Action.COVER
        and p.track.best_score is not None
        and not any(_accompanies(face, p.track) for face in faces)
    )


@remembered
def _accompanies(face: Track, body: Track) -> bool:
    """Whether a face goes where a body goes: somebody who only walks past it is somebody else."""
    if hull(face).overlap(hull(body).padded(_REACH)) == 0:
        return False
    there = [_inside(face, body, time) for time in moments(face, body)]
    return bool(there) and sum(there) >= _MOSTLY * len(there)


def _inside(face: Track, body: Track, time: Timestamp) -> bool:
    here, there = face.region_at(time), body.region_at(time)
    if here is None or there is None:
        return False
    (x, y), around = here.centre, there.padded(_REACH)
    return around.x <= x <= around.right and around.y <= y <= around.bottom
