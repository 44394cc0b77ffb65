"""From a plan that a person has signed to the finished file, and back to the picture where that failed."""

from __future__ import annotations

import contextlib
import datetime
from dataclasses import replace
from pathlib import Path
from typing import Any

from unseen import pipeline
from unseen.core import Progress, clock_of
from unseen.errors import ReviewNeededError, UnseenError
from unseen.options import ReviewOptions
from unseen.plan import Plan, PlannedTrack, Review, decisions_digest
from unseen.record import ReleaseRecord, read_record
from unseen.review.doubts import doubts
from unseen.review.edits import Put, Sign
from unseen.review.outlines import box_of
from unseen.review.places import Place
from unseen.review.session import Session
from unseen.withheld import NotPassedError, SecondLookError

_UNSEEN = "unseen"


def sign(session: Session, revision: str, by: str) -> None:
    """Sign for the plan as it is, with what was on the screen. Raises Outdated, StorageError."""
    plan = session.plan
    today = datetime.datetime.now(tz=datetime.UTC).date()
    looked = session.sight.looked({doubt.id for doubt in doubts(plan)})
    session.edit(revision, Sign(Review(by, today, decisions_digest(plan), looked)), by)


def release(place: Place, session: Session, options: ReviewOptions, progress: Progress) -> pipeline.Released:
    """Cover, audit, record and publish. Raises UnseenError; SecondLookError after its places are in the plan."""
    plan = session.plan
    demand_second(plan, options)
    as_said = replace(options, keep=(), accept=None)
    try:
        return pipeline.apply(plan, place.source, place.output, as_said, progress)
    except SecondLookError as error:
        with contextlib.suppress(OSError):
            error.kept.unlink()  # it holds what the plan under review is about to hold
        session.edit(session.revision, Put(new_tracks(plan, error.plan)), _UNSEEN)
        raise


def demand_second(plan: Plan, options: ReviewOptions) -> None:
    """Raise ReviewNeededError where two people have to sign for these decisions, and have not."""
    if not options.second_reviewer:
        return
    now = decisions_digest(plan)
    signed = [r.by for r in (plan.review, plan.second_review) if r is not None and r.decisions_sha256 == now]
    if len(set(signed)) < 2:
        said = f"only {signed[0]} has" if signed else "nobody has"
        step = "Sign, and have somebody else look and sign as well."
        raise ReviewNeededError(f"two people have to sign for these decisions, and {said}", next_step=step)


def new_tracks(plan: Plan, other: Plan) -> tuple[PlannedTrack, ...]:
    """The tracks of the other plan that this one has not."""
    known = {p.track.id for p in plan.tracks}
    return tuple(p for p in other.tracks if p.track.id not in known)


def where(plan: Plan, error: UnseenError) -> dict[str, Any]:
    """The picture and the box at which a release failed, as far as the error says."""
    times = plan.source.media.frame_times
    if times is None:
        return {}
    if isinstance(error, NotPassedError) and error.trouble is not None:
        return {"frame": clock_of(times).at_or_before(error.trouble.time), "track": error.trouble.track}
    if not isinstance(error, SecondLookError):
        return {}
    found = new_tracks(plan, error.plan)
    if not found:
        return {}
    keyframes = found[0].track.keyframes
    seen = max(keyframes, key=lambda k: k.score or 0.0)
    frame = clock_of(times).at_or_before(seen.time)
    return {"frame": frame, "box": [round(side) for side in box_of(seen.region)], "track": found[0].track.id}


def released_earlier(place: Place, plan: Plan) -> ReleaseRecord | None:
    """The record of a release that was made of just these decisions and is still there."""
    paper = pipeline.record_path_of(place.output)
    if not (place.output.is_file() and paper.is_file()):
        return None
    return _record_of(paper, plan)


def _record_of(paper: Path, plan: Plan) -> ReleaseRecord | None:
    try:
        record = read_record(paper.read_bytes())
    except (OSError, UnseenError):
        return None
    same = record.plan.source == plan.source and decisions_digest(record.plan) == decisions_digest(plan)
    return record if same else None
