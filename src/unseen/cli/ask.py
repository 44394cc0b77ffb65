"""Asking a person on the terminal, place by place."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from unseen.cli import show
from unseen.core import Kind
from unseen.plan import Answer, Place, Plan, Sample, Subject
from unseen.sample import Answers, current_sample, question, record_answers

_HOW = """Play the finished file and look at, or listen to, each place. What was left by decision is no miss.
  n   nothing shows, nobody is heard
  y   it shows, or somebody is heard (for a whole picture: name the kinds, such as: face)
  ?   it cannot be told, which counts as missed
  b   back to the place before
  q   stop; the answers so far are kept, and the rest count as missed"""


def ask_all(plan: Plan, by: str, ask: Callable[[str], str] = input) -> Iterator[Plan]:
    """The plan after each answer, until every place of its current sample is answered or the person stops."""
    sample = current_sample(plan)
    waiting = [] if sample is None else [p for p in sample.places if p.number not in {a.place for a in sample.answers}]
    if sample is None or not waiting:
        return
    show.say(_HOW)
    at = 0
    while at < len(waiting):
        place = waiting[at]
        try:
            said = ask(f"{place.number}/{len(sample.places)}  {question(plan, sample, place)} ").strip().lower()
        except EOFError:
            return
        if said == "q":
            return
        if said == "b":
            at = max(0, at - 1)
            continue
        answer = understand(said, sample, place)
        if answer is None:
            show.say("  Not understood: n, y, ?, b, q" + (f", or of {', '.join(sample.kinds)}" * _many(sample, place)))
            continue
        plan = record_answers(plan, Answers(sample.seed, by, (answer,)))
        yield plan
        at += 1


def understand(said: str, sample: Sample, place: Place) -> Answer | None:
    """What was typed, as an answer; None where it is none. Kinds may be shortened as far as they stay apart."""
    if said in ("n", "no"):
        return Answer(place.number)
    if said == "?":
        return Answer(place.number, unsure=True)
    kinds = sample.kinds if place.subject is Subject.PICTURE else tuple(k for k in (place.kind,) if k)
    if said in ("y", "yes"):
        return Answer(place.number, kinds) if len(kinds) == 1 else None
    words = said.replace(",", " ").split()
    meant = [[kind for kind in kinds if kind.startswith(word)] for word in words]
    if not words or any(len(kinds_meant) != 1 for kinds_meant in meant):
        return None
    found: list[Kind] = [only for (only,) in meant]
    return Answer(place.number, tuple(dict.fromkeys(found)))


def _many(sample: Sample, place: Place) -> bool:
    return place.subject is Subject.PICTURE and len(sample.kinds) > 1
