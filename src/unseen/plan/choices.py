"""What a person chooses without looking through a plan: zones, and tracks that stay visible."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from unseen.core import FrameTimes, Keyframe, Kind, Origin, Timestamp, Track, Zone
from unseen.errors import UsageError
from unseen.plan.plan import Action, BlindSpot, Decision, Plan, PlannedTrack
from unseen.rules import Identifier


def covered_zones(zones: Sequence[Zone], times: FrameTimes | None, by: str) -> Iterator[PlannedTrack]:
    """A track for each zone that is always to be covered; none where it lies outside the length of the footage."""
    every = list(times) if times is not None else [Timestamp(0)]
    for number, zone in enumerate(zones, start=1):
        there = [time for time in every if zone.there(time)]
        if there:
            ends = dict.fromkeys((there[0], there[-1]))
            keyframes = tuple(Keyframe(time, zone.region, Origin.DRAWN) for time in ends)
            track = Track(f"{Kind.ZONE}-{number}", Kind.ZONE, keyframes)
            yield PlannedTrack(track, Decision(Action.COVER, by, f"--cover-zone {zone}"))


def ignored_zones(zones: Sequence[Zone], kinds: Collection[Kind], by: str) -> Iterator[BlindSpot]:
    """What nobody looked for in the zones that are never looked at."""
    for zone in zones:
        for kind in sorted(kinds):
            yield BlindSpot(f"{kind.plural} in {zone}", f"--ignore-zone, by {by}", Identifier(kind.plural))


def keep(plan: Plan, names: Sequence[str], by: str, because: str) -> Plan:
    """The plan with the named tracks left visible. Raises UsageError without a reason, or for no such track."""
    if names and not because:
        raise UsageError("a decision needs a reason", next_step='Add one: --because "asked for access to her own data"')
    for name in names:
        try:
            plan = plan.decide(name, Decision(Action.KEEP, by, because))
        except KeyError as error:
            known = ", ".join([p.track.id for p in plan.tracks] + [s.id for s in plan.silences]) or "none"
            raise UsageError(f"the plan has no track {name!r}", next_step=f"It has: {known}") from error
    return plan
