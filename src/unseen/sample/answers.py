"""Answers that a person gave, put into the plan."""

from __future__ import annotations

from dataclasses import dataclass, replace

from unseen.errors import UsageError
from unseen.plan import Answer, Plan, Sample, Subject, loads
from unseen.sample.population import covers_digest

SCHEMA = "unseen.answers/1"


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers to the sample of a `seed`, as a file says them."""

    seed: int
    by: str
    answers: tuple[Answer, ...]
    schema: str = SCHEMA


def read_answers(data: bytes) -> Answers:
    """Parse a file of answers; raises PlanError."""
    return loads(Answers, data, SCHEMA)


def current_sample(plan: Plan) -> Sample | None:
    """The newest sample of the covers as they are now."""
    digest = covers_digest(plan)
    return next((sample for sample in reversed(plan.samples) if sample.covers == digest), None)


def record_answers(plan: Plan, given: Answers) -> Plan:
    """The plan with these answers in its current sample; a place that is answered again has the new answer.

    Raises UsageError where there is no such sample or place, where a kind was not asked for, or where nobody is named.
    """
    sample = current_sample(plan)
    if sample is None or sample.seed != given.seed:
        what = "these answers belong to no sample of this plan as it is now"
        raise UsageError(what, next_step="Draw one and look at it: unseen sample")
    if not given.by.strip():
        raise UsageError("the answers do not say who looked", next_step='Say it: "by" in the file, or --by')
    for answer in given.answers:
        _check(sample, answer)
    kept = {a.place: a for a in sample.answers} | {a.place: a for a in given.answers}
    answered = replace(sample, answers=tuple(kept[n] for n in sorted(kept)), by=given.by)
    return replace(plan, samples=tuple(answered if s is sample else s for s in plan.samples))


def _check(sample: Sample, answer: Answer) -> None:
    if not 1 <= answer.place <= len(sample.places):
        what = f"the sample has no place {answer.place}"
        raise UsageError(what, next_step=f"It has 1 to {len(sample.places)}.")
    place = sample.places[answer.place - 1]
    asked = sample.kinds if place.subject is Subject.PICTURE else (place.kind,)
    for kind in answer.missed:
        if kind not in asked:
            raise UsageError(f"place {answer.place} does not ask for {kind}", next_step="See: unseen sample --json")
