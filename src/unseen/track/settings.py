"""The numbers that decide what earns a track and how far it is followed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Settings:
    """Scores are the finder's, times are seconds.

    `low`: findings below it are not looked at. `high`: one finding of this score earns a track. `evidence`: so do
    weaker ones on one path whose scores, each less `noise`, add up to this. `patience`: how long a track that sees
    nothing goes on before a camera at rest, where a face that is not found has turned or left; `patience_moving`:
    before a moving one, which blurs and tilts faces that are still there. `tentative`: how long a path goes on that
    has not earned a track. `away`: how long a path is kept outside the picture, to be known when it comes back.
    """

    low: float = 0.05
    high: float = 0.4
    evidence: float = 0.5
    noise: float = 0.05
    patience: float = 1.0
    patience_moving: float = 6.0
    tentative: float = 0.3
    away: float = 3.0

    @property
    def longest(self) -> Fraction:
        """Seconds beyond which nothing that is not seen is followed."""
        return Fraction(self.patience_moving + self.away)
