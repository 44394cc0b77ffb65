"""Drawing the places a person is to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from unseen.core import Clock, Kind, Timestamp
from unseen.errors import UsageError
from unseen.plan import Place, Plan, Risk, Sample, Stratum, Subject, dumps, read_plan
from unseen.sample.population import VISIBLE, Stretch, covers_digest, picture_risks, stretches
from unseen.sample.sound import pieces


@dataclass(frozen=True, slots=True)
class Looks:
    """How many places are drawn: `pictures` and `sounds` out of all, `covers` of each kind, `risky` more a risk.

    59 looks without a miss are the fewest that leave at most 5 % at 95 % confidence.
    """

    pictures: int = 60
    covers: int = 30
    sounds: int = 30
    risky: int = 5

    def __post_init__(self) -> None:
        if min(self.pictures, self.covers, self.sounds, self.risky) < 0 or not self.pictures:
            raise UsageError("at least one picture has to be looked at", next_step="Use --pictures 60.")


def draw(plan: Plan, seed: int, looks: Looks, dark: NDArray[np.bool_] | None = None) -> Plan:
    """The plan with a new sample, to be looked at, and listened to, in the finished file.

    The base is drawn without replacement from all pictures, all covered moments of each kind, and all sound that is
    left, every one with the same chance: its count of misses is hypergeometric, however misses hang together in tracks
    and scenes. More are then drawn from each risk. `dark` says of every picture whether it is dark, None where the
    source is not at hand. Raises UsageError where there is neither picture nor sound to look at.
    """
    plan = read_plan(dumps(plan))  # as it will be read again: 1 becomes 1.0, and the digest depends on that
    digest = covers_digest(plan)
    rng = np.random.default_rng([seed, int(digest[:16], 16)])
    drawn = [_draw_sounds(rng, looks, pieces(plan))]
    if plan.source.media.frame_times is not None:
        clock = Clock(plan.source.media.frame_times)
        drawn.append(_draw_pictures(rng, looks, picture_risks(plan, clock, dark), clock))
        every = stretches(plan, clock, dark)
        drawn += [_draw_covers(rng, looks, [s for s in every if s.track.kind is kind], clock) for kind in _kinds(plan)]
    strata = tuple(stratum for some, _ in drawn for stratum in some)
    if not strata:
        step = "Nothing of it is left to be seen or heard, or it is left by decision."
        raise UsageError("there is nothing in this file to draw a sample of", next_step=step)
    found = sorted((p for _, some in drawn for p in some), key=lambda p: (p.time, p.subject, p.track or ""))
    places = tuple(replace(place, number=n) for n, place in enumerate(found, start=1))
    sample = Sample(seed, digest, VISIBLE, dark is not None, strata, places)
    return replace(plan, samples=(*plan.samples, sample))


def _kinds(plan: Plan) -> list[Kind]:
    return [kind for kind in VISIBLE if any(track.kind is kind for track in plan.covered())]


def _draw_pictures(
    rng: np.random.Generator, looks: Looks, risks: NDArray[np.int8], clock: Clock
) -> tuple[list[Stratum], list[Place]]:
    drawn = _choose(rng, risks, looks.pictures, looks.risky)
    every = list(Risk)
    places = [
        Place(1, Subject.PICTURE, every[risks[number]], base, clock.time(number)) for number, base in drawn.items()
    ]
    return _strata(Subject.PICTURE, None, risks), places


def _draw_covers(
    rng: np.random.Generator, looks: Looks, found: Sequence[Stretch], clock: Clock
) -> tuple[list[Stratum], list[Place]]:
    every = list(Risk)
    risks = np.repeat(np.array([every.index(s.risk) for s in found], np.int8), [s.count for s in found])
    starts = np.cumsum([0, *(s.count for s in found)])
    places = []
    for unit, base in _choose(rng, risks, looks.covers, looks.risky).items():
        which = int(np.searchsorted(starts, unit, side="right")) - 1
        stretch = found[which]
        track, time = stretch.track, clock.time(stretch.first + unit - int(starts[which]))
        places.append(Place(1, Subject.COVER, stretch.risk, base, time, track.id, track.kind, track.region_at(time)))
    return _strata(Subject.COVER, found[0].track.kind, risks), places


def _draw_sounds(
    rng: np.random.Generator, looks: Looks, found: Sequence[tuple[Timestamp, Risk]]
) -> tuple[list[Stratum], list[Place]]:
    if not found:
        return [], []
    every = list(Risk)
    risks = np.array([every.index(risk) for _, risk in found], np.int8)
    drawn = _choose(rng, risks, looks.sounds, looks.risky)
    places = [Place(1, Subject.SOUND, found[n][1], base, found[n][0], kind=Kind.VOICE) for n, base in drawn.items()]
    return _strata(Subject.SOUND, Kind.VOICE, risks), places


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
