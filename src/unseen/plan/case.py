"""What people say about a case that no program can see: where it was filmed, what is on paper, who consented."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta, Struct

from unseen.rules import Form, Identifier, Lifted, Paper, Scope, Setting

Said = Annotated[str, Meta(min_length=1)]


class Minors(enum.StrEnum):
    """Whether somebody under the age that the rules name may be in the footage."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"  #: taken as yes


class Consent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody's consent to stay visible, as a person attests it.

    `reference` leads to the paper and names nobody; `until` is the last day it holds, None where it has no end;
    `withdrawn` the day it was taken back. A consent is bound to a track by a person, and never by matching.
    """

    reference: Said
    attested_by: Said
    on: datetime.date
    scopes: Annotated[tuple[Scope, ...], Meta(min_length=1)]
    forms: tuple[Form, ...] = ()
    until: datetime.date | None = None
    withdrawn: datetime.date | None = None
    minor: bool = False

    def fault(self, today: datetime.date) -> str | None:
        """Why it does not hold on a day, or None."""
        if self.withdrawn is not None and self.withdrawn <= today:
            return f"was withdrawn on {self.withdrawn}"
        if self.until is not None and self.until < today:
            return f"ended on {self.until}"
        return f"is only of {self.on}" if self.on > today else None


class Exemption(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who allowed which article of which rule set to be left aside, and why; `until` is the last day it holds."""

    rules: Said
    article: Said
    authority: Said
    reason: Said
    until: datetime.date | None = None

    @property
    def lifted(self) -> Lifted:
        return Lifted(self.rules, self.article)


@dataclass(frozen=True, slots=True)
class Case:
    """What was said about the footage when the plan was made.

    `papers`: a reference for each paper that exists. `recorded`: the day the footage was made. `keep_days`: how long
    originals are kept, counted from that day, or from the release where it is not said.
    Nothing here names a person in the footage.
    """

    place: Setting | None = None
    minors: Minors | None = None
    papers: dict[Paper, Said] = field(default_factory=dict)
    exceptions: tuple[Exemption, ...] = ()
    recorded: datetime.date | None = None
    keep_days: Annotated[int, Meta(ge=0)] | None = None


class Verdict(enum.StrEnum):
    ABSENT = "absent"  #: there is none in the footage
    COVERED = "covered"  #: there is, and every one is covered
    LEFT = "left"  #: some of it stays to be seen or heard


@dataclass(frozen=True, slots=True)
class Statement:
    """A person's word about one identifier in the whole footage."""

    identifier: Identifier
    verdict: Verdict
    by: Said
    why: Said


@dataclass(frozen=True, slots=True)
class Looked:
    """What a reviewer had on the screen: `shown` of `pictures` at full size, `visited` of `doubts` doubtful places.

    Counted by the review's page; it does not know where a person's eyes were.
    """

    pictures: Annotated[int, Meta(ge=0)]
    shown: Annotated[int, Meta(ge=0)]
    doubts: Annotated[int, Meta(ge=0)]
    visited: Annotated[int, Meta(ge=0)]

    def __post_init__(self) -> None:
        if self.shown > self.pictures or self.visited > self.doubts:
            raise ValueError("nobody can look at more than there is")


@dataclass(frozen=True, slots=True)
class Review:
    """A person has looked at the whole length, at these very decisions: `decisions_sha256` is their digest.

    `looked`: what the review's page has shown that person, None where somebody signed without it.
    """

    by: Said
    on: datetime.date
    decisions_sha256: str
    looked: Looked | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """A doubtful place that a person has looked at and found right as it is; `doubt` is the name of the place."""

    doubt: Said
    by: Said
    why: Said
