"""What a release may be called: computed from what was done, never chosen."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterator
from dataclasses import dataclass

from unseen.core import MediaKind, StreamKind
from unseen.plan import Action, Plan, StreamAction, Verdict, decisions_digest
from unseen.rules import Identifier

LEAST_PADDING = 0.15
"""Growth on each side below which a cover counts as tight: a caution value, not a proven bound."""

CODEC_BLOCK = 16
"""Pixels of a JPEG's block with halved chroma and of H.264's macroblock: traces of what a cover hides can lie in the
blocks that it cuts through (Ho and Chang, residual information in compression artifacts)."""

_RESIDUAL = tuple(i for i in Identifier if i not in (Identifier.FACES, Identifier.BODIES, Identifier.VOICES))
_SILENT = (StreamAction.SILENCE, StreamAction.REMOVE)


_DISGUISED = (
    "a disguised voice is told apart nearly as well as an untouched one: equal error rate 4.5 % against 4.6 % "
    "(McAdams; VoicePrivacy Challenge 2024)"
)


class Standing(enum.StrEnum):
    """What a release may be called; computed, never chosen."""

    ANONYMISED = "anonymised"
    DE_IDENTIFIED = "de-identified"
    COVERED = "covered"


class Why(enum.StrEnum):
    """Why a release is not called something better, for machines."""

    CHECK = "check-not-passed"
    STYLE = "style-can-be-undone"
    SOUND = "sound-left"
    AMBIENT = "sound-left-in-part"
    KEPT = "kept-visible"
    ACCEPTED = "finding-accepted"
    NOT_LOOKED_FOR = "not-looked-for"
    LEFT = "identifier-left"
    INDIRECT = "indirect-identifier-left"
    TIGHT = "cover-tight"
    EDGES = "cover-not-on-codec-blocks"
    BLIND_SPOT = "blind-spot"
    UNANSWERED = "identifier-not-answered"
    NO_REVIEW = "no-review"
    OLD_REVIEW = "review-of-other-decisions"
    ORIGINAL = "original-kept"


ONLY_COVERED = frozenset({Why.CHECK, Why.STYLE, Why.SOUND, Why.AMBIENT, Why.KEPT, Why.NOT_LOOKED_FOR, Why.LEFT})
"""What keeps a release from being called de-identified; every other reason keeps it from anonymised."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a release is not called something better: `code` for machines, `says` for people."""

    code: Why
    says: str


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """One of the audit's numbered checks: `status` is passed, failed or not checked."""

    number: int
    title: str
    status: str
    detail: str

    @property
    def passed(self) -> bool:
        return self.status == "passed"


def compute_standing(
    plan: Plan, checks: tuple[CheckOutcome, ...], original_removed: datetime.date | None = None
) -> tuple[Standing, tuple[Reason, ...]]:
    """What a release may be called, and every reason why it is not called something better.

    `covered` where a check did not pass, a style can be undone, sound is left, somebody stays visible, or nobody looked
    for something that identifies directly. `anonymised` only where besides a person has signed for the whole length,
    answered for what identifies indirectly, nothing is blind, covers reach out far enough, and the original is removed:
    whoever holds it can tell who is who (PIPL art. 73; GDPR art. 4(5), recital 26). `original_removed` is the day a
    record says so.
    """
    reasons = (
        *(Reason(Why.CHECK, f"check {c.number} ({c.title}) is {c.status}") for c in checks if not c.passed),
        *_what_stays(plan),
        *_what_nobody_looked_for(plan),
        *_covers(plan),
        *_people_say(plan),
        *_originals(original_removed),
    )
    if any(r.code in ONLY_COVERED for r in reasons):
        return Standing.COVERED, reasons
    return (Standing.DE_IDENTIFIED if reasons else Standing.ANONYMISED), reasons


def _what_stays(plan: Plan) -> Iterator[Reason]:
    for style in sorted(plan.styles()):
        if not style.irreversible:
            yield Reason(Why.STYLE, f"the style {style} is reduced recognisability: machines can undo it")
    for stream in plan.streams:
        if stream.kind is not StreamKind.AUDIO or stream.action in _SILENT:
            continue
        if stream.action is StreamAction.REDACT and Identifier.VOICES in plan.looked_for:
            yield Reason(
                Why.AMBIENT, "only the speech that was found is silenced, and nobody listened to the rest again"
            )
        elif stream.action is StreamAction.DISGUISE:
            yield Reason(Why.SOUND, _DISGUISED)
        else:
            yield Reason(Why.SOUND, f"sound was left ({stream.action}): voices identify people")
    for kept in plan.kept():
        yield Reason(Why.KEPT, f"kept visible by decision: track {kept.track.id}")
    for silence in plan.silences:
        if silence.decision.action is Action.KEEP:
            yield Reason(Why.KEPT, f"kept audible by decision: {silence.id}")
    for by, why in dict.fromkeys((accepted.by, accepted.why) for accepted in plan.accepted):
        yield Reason(Why.ACCEPTED, f"looked like a face, and was let pass by {by}: {why}")


def _possible(kind: MediaKind) -> tuple[Identifier, ...]:
    """What a file of a kind can hold."""
    if kind is MediaKind.AUDIO:
        return (Identifier.VOICES,)
    return tuple(i for i in Identifier if kind is not MediaKind.PHOTO or i is not Identifier.GAIT)


def _what_nobody_looked_for(plan: Plan) -> Iterator[Reason]:
    """A finder or a person has to have looked for whatever identifies directly; sound that is left counts anyway."""
    looked_for = {*plan.looked_for, *(s.identifier for s in plan.statements), Identifier.VOICES}
    for identifier in _possible(plan.source.media.kind):
        if identifier.direct and identifier not in looked_for:
            yield Reason(Why.NOT_LOOKED_FOR, f"nobody looked for {identifier}")
    answered = {s.identifier for s in plan.statements}
    for spot in plan.blind_spots:
        if spot.identifier in answered:
            continue
        yield Reason(Why.BLIND_SPOT, f"not looked for: {spot.what} ({spot.why})")


def _covers(plan: Plan) -> Iterator[Reason]:
    if plan.cover.padding < LEAST_PADDING:
        yield Reason(Why.TIGHT, f"covers reach less than {LEAST_PADDING} over what was found")
    if plan.cover.grid % CODEC_BLOCK:
        yield Reason(
            Why.EDGES, "covers do not reach out to whole blocks of the codec: traces may lie along their edges"
        )


def _people_say(plan: Plan) -> Iterator[Reason]:
    stated = {s.identifier for s in plan.statements}
    for identifier in _possible(plan.source.media.kind):
        if identifier in _RESIDUAL and identifier not in stated:
            yield Reason(Why.UNANSWERED, f"no person has answered whether anybody is recognised by {identifier}")
    for statement in plan.statements:
        if statement.verdict is Verdict.LEFT:
            code = Why.LEFT if statement.identifier.direct else Why.INDIRECT
            yield Reason(code, f"a person says that {statement.identifier} can still be recognised")
    if plan.review is None:
        yield Reason(Why.NO_REVIEW, "nobody has signed a review of the whole length")
    elif plan.review.decisions_sha256 != decisions_digest(plan):
        yield Reason(Why.OLD_REVIEW, "the signed review is of other decisions than these")


def _originals(removed: datetime.date | None) -> Iterator[Reason]:
    if removed is None:
        yield Reason(Why.ORIGINAL, "the original is kept: whoever holds it can tell who is who")
