"""Reading what people bring: papers for a case, and consents to stay visible."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from unseen.errors import UsageError
from unseen.plan.case import Case, Consent, Exemption, Minors, Said
from unseen.rules import Paper, Setting

_MOST = 1 << 20
Kind = TypeVar("Kind", bound=Struct)


class Papers(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a case's file holds: see Case."""

    papers: dict[Paper, Said] = {}
    exceptions: tuple[Exemption, ...] = ()
    recorded: datetime.date | None = None
    keep_days: Annotated[int, Meta(ge=0)] | None = None

    def case(self, place: Setting | None, minors: Minors | None) -> Case:
        """The case, with what was answered besides."""
        return Case(place, minors, self.papers, self.exceptions, self.recorded, self.keep_days)


def read_papers(path: Path | None) -> Papers:
    """The papers of a case; none where there is no file. Raises UsageError that names the file."""
    return Papers() if path is None else _read(path, Papers)


def read_consent(path: Path) -> Consent:
    """One consent. A field that does not belong there, such as a name, is refused. Raises UsageError."""
    return _read(path, Consent)


def _read(path: Path, kind: type[Kind]) -> Kind:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", path=path, next_step="Check the name.") from error
    if len(data) > _MOST:
        raise UsageError("is too large", path=path, next_step="See docs/howto-rules.md for what it holds.")
    try:
        if path.suffix == ".json":
            return msgspec.json.decode(data, type=kind, strict=True)
        return msgspec.toml.decode(data, type=kind, strict=True)
    except (msgspec.DecodeError, ValueError) as error:
        step = "See docs/howto-rules.md for what it holds."
        raise UsageError(f"is not as it has to be: {error}", path=path, next_step=step) from error
