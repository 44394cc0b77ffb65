"""Stretches of time as a person writes them."""

from __future__ import annotations

import re
from fractions import Fraction

from unseen.core import Span
from unseen.errors import UsageError

_TIME = r"(?:(?:(\d+):)?([0-5]?\d):)?(\d+(?:\.\d+)?)"
_STRETCH = re.compile(rf"\s*{_TIME}\s*-\s*{_TIME}\s*", re.ASCII)
_LONGEST = 40  # characters


def parse_stretch(text: str) -> Span:
    """`12-15.5`, `00:12-00:15.5` or `1:02:03-1:02:04`: start and end, exact. Raises UsageError."""
    found = _STRETCH.fullmatch(text) if len(text) <= _LONGEST else None
    step = "Write START-END, in seconds or [hours:]minutes:seconds, such as 00:12-00:15.5"
    if found is None:
        raise UsageError(f"{text[:_LONGEST]!r} is no stretch of time", next_step=step)
    parts = found.groups()
    start, end = _seconds(*parts[:3]), _seconds(*parts[3:])
    if start is None or end is None:
        raise UsageError(f"{text!r} has 60 seconds or more in a minute", next_step=step)
    if end <= start:
        raise UsageError(f"{text!r} ends before it starts", next_step=step)
    return Span(start, end)


def _seconds(hours: str | None, minutes: str | None, seconds: str) -> Fraction | None:
    """None where minutes are told apart and there are more than 59 seconds left over."""
    rest = Fraction(seconds)
    if minutes is None:
        return rest
    return None if rest >= 60 else 3600 * int(hours or 0) + 60 * int(minutes) + rest
