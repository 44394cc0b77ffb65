"""What a finder saw in one picture."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from unseen.core.quad import Quad
from unseen.core.region import Region
from unseen.core.times import Timestamp


class Kind(enum.StrEnum):
    """What sort of thing identifies a person."""

    FACE = "face"
    PLATE = "plate"
    TEXT = "text"
    CODE = "code"
    BODY = "body"
    VOICE = "voice"
    ZONE = "zone"  #: a part of the picture that a person chose, whatever it shows

    @property
    def plural(self) -> str:
        """Several of them, as options and messages say it."""
        return {Kind.TEXT: "text", Kind.BODY: "bodies"}.get(self, f"{self}s")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something of a `kind` at a `region` of the picture shown at `time`; `score` is the finder's own, 0 to 1.

    `quad`: the outline of something tilted, whose hull the region is then.
    """

    kind: Kind
    time: Timestamp
    region: Region
    score: float
    quad: Quad | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.score <= 1:
            raise ValueError("a score lies between 0 and 1")
        if self.quad is not None and not self.quad.fits(self.region):
            raise ValueError("the region of something tilted is its quad's hull")
