"""What a rule set is: lines that each ask for one thing and say on what authority, and how sure that is."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta, Struct

SCHEMA = "unseen.rules/1"

Share = Annotated[float, Meta(ge=0, le=2)]
Days = Annotated[int, Meta(ge=0)]
Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]*$")]
Said = Annotated[str, Meta(min_length=1)]
StyleName = Literal["solid", "mosaic", "blur"]
Date = Annotated[str, Meta(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]


class Sure(enum.StrEnum):
    """How a line is known."""

    READ = "read"  #: the words of the instrument itself were read
    SECONDARY = "secondary"  #: seen in a law firm's note, the press, an official summary, or quoted by another author
    MEMORY = "memory"  #: not confirmed: a person has to check it
    OWN = "own reading"  #: derived, and in no source


class Identifier(enum.StrEnum):
    """What identifies people: directly, or to those who know more."""

    FACES = "faces"
    BODIES = "bodies"  #: the whole person, with hair, clothes and what is carried
    PLATES = "plates"
    TEXT = "text"  #: on signs, screens, papers; names of organisations
    CODES = "codes"
    VOICES = "voices"
    CLOTHING = "clothing"
    PLACE = "place"
    GAIT = "gait"

    @property
    def direct(self) -> bool:
        """Whether it is something that is looked for and covered by itself."""
        return self not in (Identifier.CLOTHING, Identifier.PLACE, Identifier.GAIT)


class Setting(enum.StrEnum):
    """Where footage was made, as far as rules refuse places; `elsewhere` is none of the others."""

    HOTEL_ROOM = "hotel-room"
    DORMITORY = "dormitory"
    STAFF_REST_ROOM = "staff-rest-room"
    BATHROOM = "bathroom"
    TOILET = "toilet"
    CHANGING_ROOM = "changing-room"
    NURSING_ROOM = "nursing-room"
    SAUNA = "sauna"
    PRIVATE_SPACE = "private-space"
    ELSEWHERE = "elsewhere"


class Scope(enum.StrEnum):
    """What a consent to stay visible is for."""

    PUBLICATION = "publication"
    DISCLOSURE = "disclosure"


class Form(enum.StrEnum):
    """How a consent was given."""

    SEPARATE = "separate"  #: for this use alone, not among other terms
    WRITTEN = "written"
    INFORMED = "informed"  #: the risks were explained, and that it can be taken back
    GUARDIAN = "guardian"  #: by a parent or guardian


class Paper(enum.StrEnum):
    """What has to exist on paper; the case holds a reference to it."""

    PURPOSE = "purpose"
    IMPACT_ASSESSMENT = "impact-assessment"
    PROCESSING_RECORD = "processing-record"
    CALL_UP_REGISTER = "call-up-register"
    DISCLOSURE_LOG = "disclosure-log"
    NOTICE = "notice"
    SIGN = "sign"
    RETENTION_POLICY = "retention-policy"
    ANONYMITY_NOTE = "anonymity-note"


class Instrument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A law, guideline or study that lines rest on; `short` names it in messages.

    `date`: of the text, or since when it is in force.
    """

    id: Name
    short: Said
    title: Said
    source: Said
    date: Date | None = None


class Line(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing a rule set asks for.

    `says`: in one sentence. `instrument`: the id it rests on; without one the line is a choice of whoever wrote the
    rule set. `article`: where in it, for which `article_sure` holds where the number is less sure than the duty.
    """

    says: Said
    sure: Sure
    instrument: Name | None = None
    article: str = ""
    article_sure: Sure | None = None

    @property
    def confirmed(self) -> bool:
        """False where it claims an instrument asks for it, and neither that nor a secondary source was seen."""
        known = (Sure.READ, Sure.SECONDARY)
        return self.instrument is None or (self.sure in known and (self.article_sure or self.sure) in known)


class CoverLine(Line, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What has to be looked for and covered; `styles` that covers may have; `least_padding` of them on each side."""

    identifiers: tuple[Identifier, ...] = ()
    styles: tuple[StyleName, ...] = ("solid", "mosaic", "blur")
    least_padding: Share = 0.0

    def __post_init__(self) -> None:
        if not self.styles:
            raise ValueError("a cover line that allows no style allows nothing")
        if any(not identifier.direct for identifier in self.identifiers):
            raise ValueError("clothing, place and gait cannot be covered by themselves: ask for bodies")


class PlaceLine(Line, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Places whose footage is refused."""

    places: Annotated[tuple[Setting, ...], Meta(min_length=1)]

    def __post_init__(self) -> None:
        if Setting.ELSEWHERE in self.places:
            raise ValueError("a place that is none of the others cannot be refused")


class ConsentLine(Line, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whoever stays visible has consented: for one of `scopes`, in every one of `forms`."""

    scopes: Annotated[tuple[Scope, ...], Meta(min_length=1)]
    forms: tuple[Form, ...] = ()


class MinorsLine(Line, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """It matters whether anybody in the footage is younger than `under` years.

    Where somebody may be, covers have one of `styles`, and a minor stays visible only by consent in all of `forms`.
    """

    under: Annotated[int, Meta(ge=1, le=21)]
    forms: tuple[Form, ...] = (Form.GUARDIAN,)
    styles: Annotated[tuple[StyleName, ...], Meta(min_length=1)] = ("solid",)


class OriginalsLine(Line, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many days originals are kept, from the day they were recorded or, where that is not known, released.

    `stated`: the case has to say how long, because the instrument gives no number.
    """

    min_days: Days | None = None
    max_days: Days | None = None
    stated: bool = False

    def __post_init__(self) -> None:
        if self.min_days is None and self.max_days is None and not self.stated:
            raise ValueError("a line on originals has min_days, max_days or stated")
        if self.min_days is not None and self.max_days is not None and self.min_days > self.max_days:
            raise ValueError(f"originals cannot be kept {self.min_days} days at least and {self.max_days} at most")


class PaperLine(Line, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`papers` that have to exist, kept for `years`."""

    papers: Annotated[tuple[Paper, ...], Meta(min_length=1)]
    years: Annotated[int, Meta(ge=1)] | None = None


class NoteLine(Line, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A duty that no program can check, or that this one meets by what it is."""


class Release(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`required_checks`: numbers of the audit's checks that pass; `review`: a person signs for the whole length."""

    required_checks: Annotated[tuple[Annotated[int, Meta(ge=1)], ...], Meta(min_length=1)]
    review: bool = False


class RuleSet(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule set as its TOML file has it; `standing` says whether it is law in force, a draft, guidance or a choice."""

    schema: str
    name: Name
    version: Said
    title: Said
    jurisdiction: Said
    standing: Said
    checked: Date
    release: Release
    instruments: tuple[Instrument, ...] = ()
    cover: tuple[CoverLine, ...] = ()
    refuse: tuple[PlaceLine, ...] = ()
    consent: tuple[ConsentLine, ...] = ()
    minors: tuple[MinorsLine, ...] = ()
    originals: tuple[OriginalsLine, ...] = ()
    papers: tuple[PaperLine, ...] = ()
    notes: tuple[NoteLine, ...] = ()

    def __post_init__(self) -> None:
        if self.schema != SCHEMA:
            raise ValueError(f"its schema is {self.schema!r}, and this Unseen reads {SCHEMA}")
        known = [i.id for i in self.instruments]
        if len(set(known)) != len(known):
            raise ValueError("two instruments have the same id")
        if wrong := sorted({line.instrument for line in self.lines() if line.instrument} - set(known)):
            raise ValueError(f"lines name instruments that are not in the file: {', '.join(wrong)}")
        if any(bool(line.article) and not line.instrument for line in self.lines()):
            raise ValueError("a line with an article names its instrument")

    def lines(self) -> Iterator[Line]:
        """Every line, in the order of its kinds."""
        for group in (self.cover, self.refuse, self.consent, self.minors, self.originals, self.papers, self.notes):
            yield from group

    def instrument(self, line: Line) -> Instrument | None:
        """What a line rests on."""
        return next((i for i in self.instruments if i.id == line.instrument), None)

    def cite(self, line: Line) -> str:
        """Rule set, instrument and article of a line, for messages."""
        instrument = self.instrument(line)
        if instrument is None:
            return self.name
        return f"{self.name}, {instrument.short}" + (f", {line.article}" if line.article else "")
