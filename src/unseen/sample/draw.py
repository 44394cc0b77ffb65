"""Drawing the places a person is to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from unseen.core import Kind
from unseen.errors import UsageError
from unseen.plan import Place, Plan, Risk, Sample, Stratum, Subject, dumps, read_plan
from unseen.sample.population import VISIBLE, Frames, Stretch, covers_digest, picture_risks, stretches


@dataclass(frozen=True, slots=True)
class Looks:
    """How many places are drawn: `pictures` out of all, `covers` out of those of each kind, `risky` more a risk.

    59 looks without a miss are the fewest that leave at most 5 % at 95 % confidence.
    """

    pictures: int = 60
    covers: int = 30
    risky: int = 5

    def __post_init__(self) -> None:
        if min(self.pictures, self.covers, self.risky) < 0 or not self.pictures:
            raise UsageError("at least one picture has to be looked at", next_step="Use --pictures 60.")


def draw(plan: Plan, seed: int, looks: Looks, dark: NDArray[np.bool_] | None = None) -> Plan:
    """The plan with a new sample, to be looked at in the finished file.

    The base is drawn without replacement from all pictures, and from all covered moments of each kind, every one with
    the same chance: its count of misses is hypergeometric, however misses hang together in tracks and scenes. More are
    then drawn from each risk. `dark` says of every picture whether it is dark, None where the source is not at hand.
    Raises UsageError where there is no picture.
    """
    media = plan.source.media
    if media.frame_times is None:
        raise UsageError("the plan is of a file without pictures", next_step="Listen to the whole file instead.")
    plan = read_plan(dumps(plan))  # as it will be read again: 1 becomes 1.0, and the digest depends on that
    frames = Frames(media.frame_times)
    digest = covers_digest(plan)
    rng = np.random.default_rng([seed, int(digest[:16], 16)])
    risks = picture_risks(plan, frames, dark)
    strata, places = _draw_pictures(rng, looks, risks, frames)
    for kind in _kinds(plan):
        found = [s for s in stretches(plan, frames, dark) if s.track.kind is kind]
        more = _draw_covers(rng, looks, found, frames)
        strata, places = strata + more[0], places + more[1]
    places.sort(key=lambda p: (p.time, p.subject is Subject.COVER, p.track or ""))
    numbered = tuple(replace(place, number=n) for n, place in enumerate(places, start=1))
    drawn = Sample(seed, digest, VISIBLE, dark is not None, tuple(strata), numbered)
    return replace(plan, samples=(*plan.samples, drawn))


def _kinds(plan: Plan) -> list[Kind]:
    return [kind for kind in VISIBLE if any(track.kind is kind for track in plan.covered())]


def _draw_pictures(
    rng: np.random.Generator, looks: Looks, risks: NDArray[np.int8], frames: Frames
) -> tuple[list[Stratum], list[Place]]:
    drawn = _choose(rng, risks, looks.pictures, looks.risky)
    every = list(Risk)
    places = [
        Place(1, Subject.PICTURE, every[risks[number]], base, frames.time(number)) for number, base in drawn.items()
    ]
    return _strata(Subject.PICTURE, None, risks), places


def _draw_covers(
    rng: np.random.Generator, looks: Looks, found: Sequence[Stretch], frames: Frames
) -> tuple[list[Stratum], list[Place]]:
    every = list(Risk)
    risks = np.repeat(np.array([every.index(s.risk) for s in found], np.int8), [s.count for s in found])
    starts = np.cumsum([0, *(s.count for s in found)])
    places = []
    for unit, base in _choose(rng, risks, looks.covers, looks.risky).items():
        which = int(np.searchsorted(starts, unit, side="right")) - 1
        stretch = found[which]
        track, time = stretch.track, frames.time(stretch.first + unit - int(starts[which]))
        places.append(Place(1, Subject.COVER, stretch.risk, base, time, track.id, track.kind, track.region_at(time)))
    return _strata(Subject.COVER, found[0].track.kind, risks), places


def _strata(subject: Subject, kind: Kind | None, risks: NDArray[np.int8]) -> list[Stratum]:
    sizes = np.bincount(risks, minlength=len(Risk))
    return [Stratum(subject, kind, risk, int(size)) for risk, size in zip(Risk, sizes, strict=True) if size]


def _choose(rng: np.random.Generator, risks: NDArray[np.int8], base: int, risky: int) -> dict[int, bool]:
    """Numbers of the chosen units, and whether each belongs to the base.

    What is chosen more for a risk comes, with equal chances, from those of that risk that the base left over.
    """
    size = len(risks)
    chosen = dict.fromkeys(map(int, rng.choice(size, min(base, size), replace=False)), True)
    for number, risk in enumerate(Risk):
        (there,) = np.nonzero(risks == number)
        if risk is Risk.ORDINARY or len(there) == size:  # the base has looked at these and nothing else
            continue
        taken = sum(1 for unit in chosen if risks[unit] == number)
        order = rng.choice(there, min(risky + taken, len(there)), replace=False)
        left = [int(unit) for unit in order if int(unit) not in chosen]
        chosen |= dict.fromkeys(left[:risky], False)
    return chosen
