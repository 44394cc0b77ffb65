"""What a reviewer may do to a plan, as JSON says it, and as a history keeps it."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from unseen.core import Kind
from unseen.plan import Action, PlannedTrack, Review, Style, Verdict
from unseen.rules import Identifier

Why = Annotated[str, Meta(min_length=1, max_length=2000)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Names = Annotated[tuple[Name, ...], Meta(min_length=1, max_length=10_000)]
Frame = Annotated[int, Meta(ge=0)]
Side = Annotated[float, Meta(ge=-1_000_000, le=1_000_000)]
Box = tuple[Side, Side, Side, Side]
Seconds = Annotated[float, Meta(ge=0, le=10**9)]


class Edit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag=str.lower):
    """One thing that a reviewer does."""


class Decide(Edit, frozen=True):
    """Keep or cover tracks, or stretches of sound."""

    tracks: Names
    action: Action
    why: Why


class Remove(Edit, frozen=True):
    """Drop what is no finding: a track that a person drew goes, what a finder saw stays in the plan as kept."""

    tracks: Names
    why: Why


class Split(Edit, frozen=True):
    """Two tracks of one: the second begins with this picture."""

    track: Name
    frame: Frame


class Join(Edit, frozen=True):
    """One track of two, the gap between them bridged."""

    tracks: tuple[Name, Name]


class Trim(Edit, frozen=True):
    """A track from `first` to `last` only."""

    track: Name
    first: Frame
    last: Frame


class Retype(Edit, frozen=True, tag="kind"):
    """A track of another kind."""

    track: Name
    kind: Kind


class Restyle(Edit, frozen=True, tag="style"):
    """Other covers."""

    style: Style
    colour: str
    padding: float


class Dress(Edit, frozen=True):
    """Covers of another style for these tracks; without one they look like all others again."""

    tracks: Names
    style: Style | None


class Place(Edit, frozen=True):
    """A track's outline in one picture where a person puts it."""

    track: Name
    frame: Frame
    box: Box


class Unplace(Edit, frozen=True):
    """A track without its keyframe in this picture."""

    track: Name
    frame: Frame


class Draw(Edit, frozen=True):
    """An area, covered from `first` to `last`."""

    first: Frame
    last: Frame
    box: Box
    kind: Kind


class Mute(Edit, frozen=True):
    """A stretch of sound, silenced."""

    start: Seconds
    end: Seconds


class Unmute(Edit, frozen=True):
    """A stretch that was muted by hand, after all not."""

    silence: Name


class State(Edit, frozen=True):
    """A person's word about something that identifies people, in the whole footage."""

    what: Identifier
    verdict: Verdict
    why: Why


class Only(Edit, frozen=True):
    """These stay visible, and everything else is covered, also where it meets them."""

    tracks: Names
    why: Why


class Accept(Edit, frozen=True):
    """A doubtful place is right as it is."""

    doubt: Name
    why: Why


class Put(Edit, frozen=True):
    """Tracks that were made from the picture, such as one that was followed; `added`: tracks as plans hold them."""

    added: tuple[PlannedTrack, ...]


class Sign(Edit, frozen=True):
    """A person signs, first or second."""

    review: Review


Asked = (
    Decide
    | Remove
    | Split
    | Join
    | Trim
    | Retype
    | Restyle
    | Dress
    | Place
    | Unplace
    | Draw
    | Mute
    | Unmute
    | State
    | Only
    | Accept
)
"""What the page may ask for."""
Kept = Asked | Put | Sign
"""What a history may hold."""
