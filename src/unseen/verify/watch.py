"""One pass over the pictures of the finished file, shown to every check that looks at pictures."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from unseen.core import Finding, MediaKind, Timestamp
from unseen.errors import UnseenError
from unseen.models import ModelStore
from unseen.plan import Plan
from unseen.verify.covers import CoverCheck
from unseen.verify.outcome import Outcome
from unseen.verify.patch import own_styles, patches
from unseen.verify.playback import BROKEN, Shot, reason_of, video_shots
from unseen.verify.schedule import Schedule
from unseen.verify.second_look import SecondLook
from unseen.verify.stills import still_shots
from unseen.verify.timing import TimingCheck
from unseen.verify.traces import SourceTraces

OnFrame = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Watched:
    """What came of it: outcomes of checks 1, 3, 4 and 8, what 8 found, and how many pictures a player shows.

    `shift`: seconds by which the first of them is later than in the source.
    """

    timing: Outcome
    covers: Outcome
    traces: Outcome
    second_look: Outcome
    findings: tuple[Finding, ...]
    pictures: int
    shift: Timestamp


def watch(
    output: Path, plan: Plan, traces: SourceTraces, models: ModelStore | None, on_frame: OnFrame | None
) -> Watched:
    """Decode every picture of `output` once; whatever its bytes do, the result is outcomes and no exception."""
    timing, covers, second = TimingCheck(plan.source.media), CoverCheck(plan), SecondLook(plan, models)
    planned = plan.covers()
    schedule, own = Schedule([track for track, _ in planned], plan.cover.padding), own_styles(plan)
    times = iter(plan.source.media.frame_times or ())
    seen, broken, shift = 0, None, Timestamp(0)
    with traces:
        try:
            with closing(_shots(output, plan)) as shots:
                for shot in shots:
                    seen += 1
                    timing.see(shot)
                    if (time := next(times, None)) is not None:
                        shift = shot.picture.time - time if seen == 1 else shift
                        found = patches(schedule.at(time), shot.picture, plan.cover, own)
                        covers.see(shot, time, found)
                        traces.see(shot, found)
                        second.see(shot, time, found)
                    if on_frame:
                        on_frame()
        except (*BROKEN, UnseenError) as error:
            broken = reason_of(error)
        return Watched(
            timing=timing.outcome(broken),
            covers=covers.outcome(broken),
            traces=traces.outcome(broken),
            second_look=second.outcome(broken),
            findings=second.findings,
            pictures=seen,
            shift=shift,
        )


def _shots(output: Path, plan: Plan) -> Generator[Shot, None, None]:
    media = plan.source.media
    if media.picture is None:
        return
    shots = video_shots if media.kind is MediaKind.VIDEO else still_shots
    yield from shots(output, media.picture)
