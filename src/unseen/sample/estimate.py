"""What the answers allow to say about everything that nobody looked at."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from unseen.core import Kind
from unseen.plan import Answer, Place, Plan, Risk, Sample, Subject
from unseen.sample.answers import current_sample
from unseen.sample.bounds import CONFIDENCE, finite_upper

_DIGITS = 10**6  # bounds are rounded up to a millionth, so that they are the same on every machine


@dataclass(frozen=True, slots=True)
class Bound:
    """Of `size` places, `looked` were looked at and `missed` of them showed a `kind` uncovered: at most `upper` do.

    `risk` is None for the bound over everything, for which only what was drawn from everything counts. `upper` is a
    share of `size`; each bound holds by itself with the confidence stated beside it.
    """

    kind: Kind
    subject: Subject
    risk: Risk | None
    size: int
    looked: int
    missed: int
    upper: float


@dataclass(frozen=True, slots=True)
class Residual:
    """How much may still have been missed, or that nobody looked. `answered` of `drawn` places have an answer.

    `confidence` is one-sided. `draws`: samples drawn of these covers; more than one raises the confidence asked of
    each, so that nobody gains by drawing until the answer pleases (Bonferroni).
    """

    said: str
    bounds: tuple[Bound, ...] = ()
    by: str = ""
    confidence: float = CONFIDENCE
    draws: int = 0
    drawn: int = 0
    answered: int = 0
    seed: int | None = None


NOBODY = "nobody has looked at a sample of this release: how much may still be missed is not known"
CHANGED = "the covers were changed after a sample was looked at, and nobody has looked at one since"
LOOKED = "a person looked at a drawn sample"


def estimate(plan: Plan) -> Residual:
    """The bounds that the newest sample of the plan's covers, as they are now, allows.

    A place without an answer and one where it could not be told count as missed.
    """
    sample = current_sample(plan)
    if sample is None or not sample.answers:
        changed = sample is None and any(s.answers for s in plan.samples)
        return Residual(CHANGED if changed else NOBODY)
    draws = sum(1 for s in plan.samples if s.covers == sample.covers)
    confidence = 1 - (1 - CONFIDENCE) / draws
    return Residual(
        LOOKED,
        tuple(_bounds(sample, confidence)),
        sample.by,
        CONFIDENCE,
        draws,
        len(sample.places),
        len(sample.answers),
        sample.seed,
    )


def _bounds(sample: Sample, confidence: float) -> Iterator[Bound]:
    answers = {a.place: a for a in sample.answers}
    for subject, stratum_kind in dict.fromkeys((s.subject, s.kind) for s in sample.strata):
        strata = [s for s in sample.strata if (s.subject, s.kind) == (subject, stratum_kind)]
        places = [p for p in sample.places if (p.subject, p.kind) == (subject, stratum_kind)]
        for kind in sample.kinds if stratum_kind is None else (stratum_kind,):
            base = [p for p in places if p.base]
            yield _bound(kind, subject, None, (sum(s.size for s in strata), confidence), _misses(base, kind, answers))
            for stratum in strata:
                here = _misses([p for p in places if p.risk is stratum.risk], kind, answers)
                if here and len(strata) > 1:
                    yield _bound(kind, subject, stratum.risk, (stratum.size, confidence), here)


def _misses(places: Iterable[Place], kind: Kind, answers: dict[int, Answer]) -> list[bool]:
    given = (answers.get(place.number) for place in places)
    return [answer is None or answer.unsure or kind in answer.missed for answer in given]


def _bound(kind: Kind, subject: Subject, risk: Risk | None, population: tuple[int, float], misses: list[bool]) -> Bound:
    size, confidence = population
    upper = finite_upper(sum(misses), len(misses), size, confidence)
    return Bound(kind, subject, risk, size, len(misses), sum(misses), math.ceil(upper * _DIGITS) / _DIGITS)
