"""Several rule sets at once: the strictest of each wins, and what cannot be had together is an error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Generic, TypeVar

from unseen.errors import UsageError
from unseen.rules.ruleset import (
    ConsentLine,
    CoverLine,
    Identifier,
    Line,
    MinorsLine,
    OriginalsLine,
    PaperLine,
    PlaceLine,
    RuleSet,
    Setting,
)

LineT = TypeVar("LineT", bound=Line, covariant=True)
_LIFT = "or name who allows an exception to one of them: --papers"


@dataclass(frozen=True, slots=True)
class Cited(Generic[LineT]):
    """A line and where it stands."""

    line: LineT
    cite: str

    def __str__(self) -> str:
        return self.cite


@dataclass(frozen=True, slots=True)
class Lifted:
    """Lines that an exception takes out of force: those of one article of one rule set."""

    rule_set: str
    article: str


@dataclass(frozen=True, slots=True)
class Requirements:
    """What the rule sets in force ask for together."""

    cover: tuple[Cited[CoverLine], ...]
    refuse: tuple[Cited[PlaceLine], ...]
    consent: tuple[Cited[ConsentLine], ...]
    minors: tuple[Cited[MinorsLine], ...]
    originals: tuple[Cited[OriginalsLine], ...]
    papers: tuple[Cited[PaperLine], ...]
    unconfirmed: tuple[Cited[Line], ...]
    required_checks: tuple[int, ...]
    review: tuple[str, ...]

    @property
    def styles(self) -> tuple[str, ...]:
        """Styles that every line allows."""
        return _common(c.line.styles for c in self.cover)

    @property
    def least_padding(self) -> float:
        return max((c.line.least_padding for c in self.cover), default=0.0)

    @property
    def identifiers(self) -> dict[Identifier, Cited[CoverLine]]:
        """What has to be looked for and covered, and the first line that asks for it."""
        found: dict[Identifier, Cited[CoverLine]] = {}
        for cited in self.cover:
            for identifier in cited.line.identifiers:
                found.setdefault(identifier, cited)
        return found

    @property
    def keep_at_least(self) -> tuple[int, Cited[OriginalsLine]] | None:
        """The longest minimum for originals, in days, and whose it is."""
        found = [(c.line.min_days, c) for c in self.originals if c.line.min_days is not None]
        return max(found, key=lambda each: each[0], default=None)

    @property
    def keep_at_most(self) -> tuple[int, Cited[OriginalsLine]] | None:
        """The shortest maximum for originals, in days, and whose it is."""
        found = [(c.line.max_days, c) for c in self.originals if c.line.max_days is not None]
        return min(found, key=lambda each: each[0], default=None)

    def refuses(self, place: Setting) -> Cited[PlaceLine] | None:
        """The line that refuses a place."""
        return next((c for c in self.refuse if place in c.line.places), None)

    def check_cover(self, style: str, padding: float) -> None:
        """Raise UsageError where a cover of this style and padding is not allowed."""
        for cited in self.cover:
            if style not in cited.line.styles:
                allowed = ", ".join(self.styles)
                what = f"{cited} does not allow the style {style}: {cited.line.says}"
                raise UsageError(what, next_step=f"Use --style {allowed}.")
            if padding < cited.line.least_padding:
                what = f"{cited} asks for a padding of at least {cited.line.least_padding}"
                raise UsageError(what, next_step=f"Use --padding {self.least_padding} or more.")


def combine(sets: Iterable[RuleSet], lifted: Iterable[Lifted] = ()) -> Requirements:
    """What `sets` ask for together, without the lines that are lifted.

    Raises UsageError where they contradict each other, or an exception lifts what there is not or cannot be lifted.
    """
    sets, lifted = tuple(sets), tuple(lifted)
    _check_lifted(sets, lifted)
    asked = Requirements(
        cover=tuple(_cited(((s, s.cover) for s in sets), lifted)),
        refuse=tuple(_cited(((s, s.refuse) for s in sets), ())),
        consent=tuple(_cited(((s, s.consent) for s in sets), lifted)),
        minors=tuple(_cited(((s, s.minors) for s in sets), lifted)),
        originals=tuple(_cited(((s, s.originals) for s in sets), lifted)),
        papers=tuple(_cited(((s, s.papers) for s in sets), lifted)),
        unconfirmed=tuple(c for c in _cited(((s, tuple(s.lines())) for s in sets), lifted) if not c.line.confirmed),
        required_checks=tuple(sorted({n for s in sets for n in s.release.required_checks})),
        review=tuple(s.name for s in sets if s.release.review),
    )
    _refuse_contradictions(asked)
    return asked


def _cited(groups: Iterable[tuple[RuleSet, tuple[LineT, ...]]], lifted: tuple[Lifted, ...]) -> Iterator[Cited[LineT]]:
    for rule_set, lines in groups:
        for line in lines:
            if Lifted(rule_set.name, line.article) not in lifted:
                yield Cited(line, rule_set.cite(line))


def _check_lifted(sets: tuple[RuleSet, ...], lifted: tuple[Lifted, ...]) -> None:
    """An exception without an article would lift every line that names none; one of no use is a slip of the pen."""
    for each in lifted:
        of = [s for s in sets if s.name == each.rule_set]
        lines = [line for s in of for line in s.lines() if each.article and line.article == each.article]
        if not lines:
            what = f"an exception lifts {each.article or 'no article'} of {each.rule_set}, which is not in force"
            raise UsageError(what, next_step="See the articles in force: unseen rules show")
        if any(isinstance(line, PlaceLine) for line in lines):
            what = f"no exception lifts {each.article} of {each.rule_set}: refused places stay refused"
            raise UsageError(what, next_step="Do not process this footage.")


def _refuse_contradictions(asked: Requirements) -> None:
    least, most = asked.keep_at_least, asked.keep_at_most
    if least and most and least[0] > most[0]:
        what = (
            f"these rules contradict each other: {least[1]} keeps originals at least {least[0]} days, "
            f"and {most[1]} at most {most[0]}"
        )
        raise UsageError(what, next_step=f"Leave one of the rule sets out, {_LIFT}")
    for number, cited in enumerate(asked.cover):
        if not _common(c.line.styles for c in asked.cover[: number + 1]):
            others = " and ".join(dict.fromkeys(c.cite for c in asked.cover[:number]))
            what = f"these rules contradict each other: no style of cover is allowed by {cited} and by {others}"
            raise UsageError(what, next_step=f"Leave one of the rule sets out, {_LIFT}")


def _common(allowed: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """What is in all, in the order of the first."""
    return reduce(
        lambda left, right: tuple(style for style in left if style in right), allowed, ("solid", "mosaic", "blur")
    )
