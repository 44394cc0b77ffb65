"""unseen sample."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from unseen import pipeline
from unseen.cli import show
from unseen.cli.ask import ask_all
from unseen.cli.files import load_answers
from unseen.errors import printable
from unseen.media.documents import load_plan, write_document
from unseen.options import SampleOptions
from unseen.plan import Plan, Sample, dumps
from unseen.sample import Answers, Residual, counted, current_sample, estimate, percent, question, record_answers

_DEFAULTS = SampleOptions()


def command(
    plan: Path,
    source: Path | None = None,
    /,
    *,
    answers: Path | None = None,
    again: bool = False,
    by: str = "reviewer",
    json: bool = False,
    options: Annotated[SampleOptions, Parameter(name="*")] = _DEFAULTS,
) -> None:
    """Draw places for a person to look at in the finished file, and say how much may still have been missed.

    Places and answers are kept in the plan; `unseen apply` puts what they allow to say into the record.

    Parameters
    ----------
    plan
        A plan that `unseen find` wrote and a person has corrected. The sample is written back to it.
    source
        The file the plan was made for: with it, dark pictures are drawn as a risk of their own.
    answers
        A file of answers, as --json lays it out. Without it, a terminal asks place by place.
    again
        Draw a new sample although there is one of these covers. Several samples make each bound wider.
    by
        Who looks.
    json
        Print the sample, a form for its answers and the bounds as JSON, and ask nothing.
    """
    document = load_plan(plan)
    if answers is not None:
        document = record_answers(document, load_answers(answers))
        write_document(plan, dumps(document), overwrite=True)
    elif again or current_sample(document) is None:
        with show.progress(printable(plan.name), shown=not json) as progress:
            document = pipeline.sample(document, source, options, progress)
        write_document(plan, dumps(document), overwrite=True)
    if answers is None and not json and sys.stdin.isatty() and show.out.is_terminal:
        for answered in ask_all(document, by):
            document = answered
            write_document(plan, dumps(document), overwrite=True)
    sample = current_sample(document)
    if sample is None:
        raise AssertionError("a sample was just drawn or answered")
    if json:
        show.emit(_form(document, sample, by))
    else:
        _say(plan, document, sample)


def _form(plan: Plan, sample: Sample, by: str) -> dict[str, Any]:
    """The sample for machines: what is asked where, and answers as they stand, to be filled in."""
    answers = Answers(sample.seed, sample.by or by, sample.answers)
    return {
        "sample": sample,
        "questions": {str(p.number): question(plan, sample, p) for p in sample.places},
        "answers": answers,
        "residual": estimate(plan),
    }


def _say(path: Path, plan: Plan, sample: Sample) -> None:
    answered = {a.place for a in sample.answers}
    show.say(f"{printable(path)}: {len(answered)} of {len(sample.places)} places answered, seed {sample.seed}")
    for place in sample.places:
        if place.number not in answered:
            show.say(f"  {place.number:>3}  {question(plan, sample, place)}")
    say_residual(estimate(plan))


def say_residual(residual: Residual) -> None:
    """What the answers allow to say, a line a bound."""
    show.say(residual.said[0].upper() + residual.said[1:] + ".")
    for bound in residual.bounds:
        risk = f" ({bound.risk})" if bound.risk else ""
        seen = f"{bound.missed} of {bound.looked} looked at"
        what = counted(bound.subject, bound.kind)
        show.say(f"  {what}{risk}: {seen}; at most {percent(bound.upper)} of {bound.size}")
    if residual.bounds:
        missing = residual.drawn - residual.answered
        unsaid = f" {missing} places without an answer count as missed." if missing else ""
        show.say(f"Each holds with {residual.confidence:.0%} confidence, for this file.{unsaid}")
