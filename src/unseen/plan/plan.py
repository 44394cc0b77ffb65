"""The plan: what was found in one source, and what is decided about each part of it."""

from __future__ import annotations

import enum
import itertools
import re
from dataclasses import dataclass, field, replace

from unseen.core import DisclosureKind, MediaInfo, Region, Span, StreamKind, Timestamp, Track
from unseen.plan.case import Case, Consent, Review, Settled, Statement
from unseen.plan.sample import Sample
from unseen.rules import Identifier, RuleSet, digest

SCHEMA = "unseen.plan/1"


class Action(enum.StrEnum):
    COVER = "cover"
    KEEP = "keep"


class Style(enum.StrEnum):
    """How a cover looks. Only `solid` is irreversible; the others are *reduced recognisability*."""

    SOLID = "solid"
    MOSAIC = "mosaic"
    BLUR = "blur"

    @property
    def irreversible(self) -> bool:
        return self is Style.SOLID


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens to a track, by whose word (`unseen` where nobody chose) and why.

    `style`: how its cover looks where that is not how all others of the plan look.
    """

    action: Action
    by: str
    why: str
    style: Style | None = None

    def __post_init__(self) -> None:
        if not self.by or not self.why:
            raise ValueError("a decision names who made it and why")


@dataclass(frozen=True, slots=True)
class PlannedTrack:
    """A track and what becomes of it; where rules ask for it, with the consent of whoever stays visible."""

    track: Track
    decision: Decision
    consent: Consent | None = None


@dataclass(frozen=True, slots=True)
class PlannedSilence:
    """A stretch of sound and what is decided about it: `cover` makes it silent in every channel.

    `id` names it inside its plan only, as tracks are. `score` is the finder's, None where a person chose it.
    """

    id: str
    span: Span
    decision: Decision
    score: float | None = None

    def __post_init__(self) -> None:
        if self.score is not None and not 0 <= self.score <= 1:
            raise ValueError("a score lies between 0 and 1")


class StreamAction(enum.StrEnum):
    REDACT = "redact"  #: decoded, what was found in it covered or silenced, and encoded anew
    SILENCE = "silence"  #: replaced by silence of the same length
    KEEP = "keep"  #: decoded and encoded anew, nothing looked for in it
    DISGUISE = "disguise"  #: sound whose voices are changed, which hides nobody
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class StreamDecision:
    index: int
    kind: StreamKind
    action: StreamAction
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class MetadataDecision:
    """A class of metadata the source holds (never its value), and that it goes."""

    kind: DisclosureKind
    where: str
    action: StreamAction = StreamAction.REMOVE


@dataclass(frozen=True, slots=True)
class Cover:
    """How everything decided `cover` is covered where its decision does not name another style.

    `colour`: the solid fill as #rrggbb. `padding`: growth of every region on each side, a share of its width or height.
    `grid`: edges then move outwards to multiples of so many pixels of the displayed picture.
    """

    style: Style = Style.SOLID
    colour: str = "#000000"
    padding: float = 0.2
    grid: int = 1

    def __post_init__(self) -> None:
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", self.colour):
            raise ValueError(f"a colour is written #rrggbb, not {self.colour!r}")
        if not 0 <= self.padding <= 2:
            raise ValueError("padding is a share between 0 and 2")
        if not 1 <= self.grid <= 128:
            raise ValueError("a cover's grid is 1 to 128 pixels")

    @property
    def rgb(self) -> tuple[int, int, int]:
        """The fill's red, green and blue, 0 to 255."""
        red, green, blue = bytes.fromhex(self.colour[1:])
        return red, green, blue


@dataclass(frozen=True, slots=True)
class ModelUsed:
    name: str
    version: str
    licence: str
    sha256: str


@dataclass(frozen=True, slots=True)
class RuleSetUsed:
    """A rule set in force, whole: it binds where its file is not at hand. `sha256` is as `unseen rules show` has it."""

    rule_set: RuleSet
    sha256: str

    def __post_init__(self) -> None:
        if digest(self.rule_set) != self.sha256:
            raise ValueError(f"the rule set {self.rule_set.name} is not the one whose digest stands beside it")

    @property
    def name(self) -> str:
        return self.rule_set.name


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """What nobody looked for, or where nobody could look, and the reason; `identifier` where it is all of that sort."""

    what: str
    why: str
    identifier: Identifier | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A place at which the audit saw what looks like a person, and which somebody let pass, and why."""

    time: Timestamp
    region: Region
    by: str
    why: str

    def __post_init__(self) -> None:
        if not self.by or not self.why:
            raise ValueError("whoever accepts a finding has a name and a reason")


@dataclass(frozen=True, slots=True)
class Copied:
    """A stretch of the release whose coded pictures are the source's own: its first and last picture, and how many."""

    span: Span
    pictures: int

    def __post_init__(self) -> None:
        if self.pictures < 1:
            raise ValueError("a copied stretch has a picture")


@dataclass(frozen=True, slots=True)
class Copying:
    """What became of the wish to copy what is not covered: the stretches copied, in order, and why others were not."""

    stretches: tuple[Copied, ...] = ()
    not_copied: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        pairs = itertools.pairwise(self.stretches)
        if any(after.span.start <= before.span.end for before, after in pairs):
            raise ValueError("copied stretches are in order and do not overlap")


@dataclass(frozen=True, slots=True)
class Isolation:
    """How the process that parsed the source was locked up: `layers`, strongest first, and what was `missing` and why.

    Without a layer it was not locked up at all.
    """

    layers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def full(self) -> bool:
        return bool(self.layers) and not self.missing


@dataclass(frozen=True, slots=True)
class Source:
    """Which file the plan belongs to: its digest and size, and its media facts. Its name is not kept."""

    sha256: str
    size: int
    media: MediaInfo


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything `apply` needs to know, and everything a reviewer may change.

    `looked_for`: what finders looked for. `case`, `statements`, `review`, `second_review`, `settled`: what people say.
    `cuts`: the times of the pictures with which a new scene begins. `warnings`: rules in
    force that are not confirmed. `sandbox`: how the decoder was locked up that the source was looked at with.
    `copying`: in the plan of a release, what was copied as it was coded; None where nobody asked for it.
    """

    source: Source
    tracks: tuple[PlannedTrack, ...]
    streams: tuple[StreamDecision, ...]
    metadata: tuple[MetadataDecision, ...]
    cover: Cover
    rules: tuple[RuleSetUsed, ...]
    models: tuple[ModelUsed, ...]
    blind_spots: tuple[BlindSpot, ...]
    made_by: str
    silences: tuple[PlannedSilence, ...] = ()
    looked_for: tuple[Identifier, ...] = ()
    case: Case = field(default_factory=Case)
    statements: tuple[Statement, ...] = ()
    review: Review | None = None
    second_review: Review | None = None
    settled: tuple[Settled, ...] = ()
    cuts: tuple[Timestamp, ...] = ()
    warnings: tuple[str, ...] = ()
    samples: tuple[Sample, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    sandbox: Isolation = Isolation()
    copying: Copying | None = None
    schema: str = SCHEMA

    def __post_init__(self) -> None:
        ids = [planned.track.id for planned in self.tracks] + [silence.id for silence in self.silences]
        if len(set(ids)) != len(ids):
            raise ValueError("two tracks or silences have the same id")
        if {s.index for s in self.source.media.streams} != {s.index for s in self.streams}:
            raise ValueError("every stream of the source needs exactly one decision")
        if not self.rules:
            raise ValueError("a plan without a rule set would release anything")
        if len({s.identifier for s in self.statements}) != len(self.statements):
            raise ValueError("two statements about the same identifier")
        if self.second_review is not None and (self.review is None or self.review.by == self.second_review.by):
            raise ValueError("a second reviewer is somebody else than the first")
        if len({s.doubt for s in self.settled}) != len(self.settled):
            raise ValueError("the same doubtful place is settled twice")

    def covered(self) -> tuple[Track, ...]:
        """The tracks to cover."""
        return tuple(p.track for p in self.tracks if p.decision.action is Action.COVER)

    def copied(self) -> tuple[Copied, ...]:
        """The stretches of the release that are the source's coded pictures."""
        return self.copying.stretches if self.copying is not None else ()

    def cover_of(self, planned: PlannedTrack) -> Cover:
        """How a track is covered, or would be."""
        style = planned.decision.style
        return self.cover if style is None else replace(self.cover, style=style)

    def covers(self) -> tuple[tuple[Track, Cover], ...]:
        """The tracks to cover and how, in the order of drawing: no cover that can be undone lies over a solid one."""
        found = [(p.track, self.cover_of(p)) for p in self.tracks if p.decision.action is Action.COVER]
        return tuple(sorted(found, key=lambda each: each[1].style.irreversible))

    def styles(self) -> frozenset[Style]:
        """Every style in which something is covered; the plan's own where nothing is."""
        return frozenset(cover.style for _, cover in self.covers()) or frozenset({self.cover.style})

    def kept(self) -> tuple[PlannedTrack, ...]:
        """The tracks that stay visible."""
        return tuple(p for p in self.tracks if p.decision.action is Action.KEEP)

    def silenced(self) -> tuple[Span, ...]:
        """The stretches of sound to make silent, in order of time; those that touch are one."""
        found: list[Span] = []
        for span in sorted((s.span for s in self.silences if s.decision.action is Action.COVER), key=lambda s: s.start):
            if found and span.start <= found[-1].end:
                found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
            else:
                found.append(span)
        return tuple(found)

    def decide(self, name: str, decision: Decision, consent: Consent | None = None) -> Plan:
        """The same plan with another decision on one track or silence; KeyError where there is none of that id."""
        if name not in {p.track.id for p in self.tracks} | {s.id for s in self.silences}:
            raise KeyError(name)
        tracks = tuple(replace(p, decision=decision, consent=consent) if p.track.id == name else p for p in self.tracks)
        silences = tuple(replace(s, decision=decision) if s.id == name else s for s in self.silences)
        return replace(self, tracks=tracks, silences=silences)

    def state(self, statement: Statement) -> Plan:
        """The same plan with a person's word about one identifier, in place of an earlier one."""
        others = tuple(s for s in self.statements if s.identifier is not statement.identifier)
        return replace(self, statements=(*others, statement))
