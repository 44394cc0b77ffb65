"""What a finder saw in one picture."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from unseen.core.region import Region
from unseen.core.times import Timestamp


class Kind(enum.StrEnum):
    """What sort of thing identifies a person."""

    FACE = "face"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something of a `kind` at a `region` of the picture shown at `time`; `score` is the finder's own, 0 to 1."""

    kind: Kind
    time: Timestamp
    region: Region
    score: float

    def __post_init__(self) -> None:
        if not 0 <= self.score <= 1:
            raise ValueError("a score lies between 0 and 1")
