"""Which coded pictures of a source are copied as they are: whole groups in which nothing is covered."""

from __future__ import annotations

import bisect
import collections
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from unseen.core import FrameTimes, Span
from unseen.media import Reader
from unseen.media.av_splice import Splice
from unseen.media.coding import WHOLE_FILE, Group, ParameterSets, Unfit
from unseen.media.output import OutputFile
from unseen.plan import Copied, Copying, Plan

UNPROVEN = "the audit did not find a copy sound, and everything was encoded"
_SHORTEST = 24
"""Pictures of a run of groups below which it is encoded. Starting x264 again took the processor time of three, measured
at 768 x 432, and its first picture the room of many more."""
_OTHER_OUTPUT = "the output is not H.264 in MP4, MOV or MKV, or holds other samples than the source"
_ALL_COVERED = "no group of pictures is without a cover"
_SHORT = "a run of groups is shorter than what starting the encoder again costs"


@dataclass(frozen=True, slots=True)
class Choice:
    """What is copied, and what is said of it; None where nothing is, and where nobody asked."""

    splice: Splice | None = None
    copying: Copying | None = None


@dataclass(frozen=True, slots=True)
class _Run:
    """Pictures from one number up to another, excluded, which are all copied or all encoded."""

    start: int
    end: int
    span: Span
    reorder: int


def choose(plan: Plan, reader: Reader, output: OutputFile) -> Choice:
    """Look through the source's coding for groups that may be copied. Raises InputError or one of its kinds."""
    times = plan.source.media.frame_times
    if times is None or not output.can_copy:
        return refused(_OTHER_OUTPUT)
    sets: tuple[bytes, ...] = ()
    groups, reasons = [], collections.Counter[str]()
    for part in reader.coding():
        if isinstance(part, ParameterSets):
            sets = part.units
        elif part.unfit in WHOLE_FILE:
            return refused(str(part.unfit))
        else:
            groups.append(part)
    runs = list(_joined(_untouched(_in_place(groups, times, reasons), plan)))
    chosen = [run for run in runs if run.end - run.start >= _SHORTEST]
    reasons[_SHORT] += len(runs) - len(chosen)
    if not runs and not reasons.total():
        return refused(_ALL_COVERED)
    copied = tuple(Copied(run.span, run.end - run.start) for run in chosen)
    copying = Copying(copied, tuple(f"{why} ({count})" for why, count in sorted(reasons.items()) if count))
    splice = Splice(sets, max(run.reorder for run in chosen), copied) if chosen else None
    return Choice(splice, copying)


def refused(why: str) -> Choice:
    """Nothing is copied, for this reason."""
    return Choice(None, Copying(not_copied=(why,)))


def _in_place(groups: Iterable[Group], times: FrameTimes, reasons: collections.Counter[str]) -> Iterator[_Run]:
    """The groups whose pictures are all shown, at the source's own times and with none between them."""
    ticks = list(times.ticks())
    for group in groups:
        if group.times is None:
            reasons[str(group.unfit)] += 1
            continue
        stored = list(group.times.ticks())
        start = bisect.bisect_left(ticks, stored[0])
        end = start + len(stored)
        if group.times.time_base != times.time_base or ticks[start:end] != stored:
            reasons[str(Unfit.TIMES)] += 1
            continue
        yield _Run(start, end, Span(ticks[start] * times.time_base, ticks[end - 1] * times.time_base), group.reorder)


def _untouched(runs: Iterable[_Run], plan: Plan) -> Iterator[_Run]:
    """The runs during which no track is covered."""
    covered = _merged([track.span for track in plan.covered()])
    place = 0
    for run in runs:
        while place < len(covered) and covered[place].end < run.span.start:
            place += 1
        if place == len(covered) or covered[place].start > run.span.end:
            yield run


def _merged(spans: Sequence[Span]) -> list[Span]:
    """The same times as stretches in order that do not overlap."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def _joined(runs: Iterable[_Run]) -> Iterator[_Run]:
    """Groups that follow on each other as one run."""
    whole: _Run | None = None
    for run in runs:
        if whole is not None and whole.end == run.start:
            whole = _Run(whole.start, run.end, Span(whole.span.start, run.span.end), max(whole.reorder, run.reorder))
            continue
        if whole is not None:
            yield whole
        whole = run
    if whole is not None:
        yield whole
