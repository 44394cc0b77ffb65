"""How much may still have been missed: a sample drawn for a person to look at, and what the answers allow to say."""

from unseen.sample.answers import Answers, current_sample, read_answers, record_answers
from unseen.sample.bounds import CONFIDENCE, clopper_pearson, finite_upper
from unseen.sample.draw import Looks, draw
from unseen.sample.estimate import Bound, Residual, estimate
from unseen.sample.population import DARK, covers_digest
from unseen.sample.words import clock, counted, percent, question, whereabouts

__all__ = [
    "CONFIDENCE",
    "DARK",
    "Answers",
    "Bound",
    "Looks",
    "Residual",
    "clock",
    "clopper_pearson",
    "counted",
    "covers_digest",
    "current_sample",
    "draw",
    "estimate",
    "finite_upper",
    "percent",
    "question",
    "read_answers",
    "record_answers",
    "whereabouts",
]
