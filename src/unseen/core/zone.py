"""Parts of the picture that a person chose, for a while or for good."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from unseen.core.region import Region
from unseen.core.times import Span, Timestamp

_NUMBER = r"\d+(?:\.\d+)?"
_CLOCK = rf"(?:(?:\d+:)?[0-5]?\d:)?{_NUMBER}"
_ZONE = re.compile(
    rf"(?P<x>{_NUMBER}),(?P<y>{_NUMBER}),(?P<w>{_NUMBER}),(?P<h>{_NUMBER})(?:@(?P<start>{_CLOCK})-(?P<end>{_CLOCK}))?"
)


@dataclass(frozen=True, slots=True)
class Zone:
    """A `region` of the displayed picture, over a `span` or the whole length."""

    region: Region
    span: Span | None = None

    @classmethod
    def parse(cls, text: str) -> Zone:
        """Read `x,y,width,height` in pixels, with `@from-to` in seconds or as minutes:seconds.

        Raises ValueError that says what is wrong.
        """
        parts = _ZONE.fullmatch(text.strip())
        if parts is None:
            raise ValueError(f"{text!r} is not a zone")
        region = Region(*(float(parts[name]) for name in ("x", "y", "w", "h")))
        if parts["start"] is None:
            return cls(region)
        return cls(region, Span(_seconds(parts["start"]), _seconds(parts["end"])))

    def there(self, time: Timestamp) -> bool:
        """Whether it holds at `time`."""
        return self.span is None or time in self.span

    def __str__(self) -> str:
        region = self.region
        where = ",".join(f"{side:g}" for side in (region.x, region.y, region.width, region.height))
        return where if self.span is None else f"{where}@{float(self.span.start):g}-{float(self.span.end):g}"


def _seconds(clock: str) -> Timestamp:
    total = Fraction(0)
    for part in clock.split(":"):
        total = total * 60 + Fraction(part)
    return total
