"""Stretches of time as people write them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from unseen.errors import UsageError
from unseen.plan.stretch import parse_stretch


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("00:12-00:15", Fraction(12), Fraction(15)),
        ("12-15.5", Fraction(12), Fraction(31, 2)),
        ("1:02:03.25 - 1:02:04", 3723 + Fraction(1, 4), Fraction(3724)),
        ("90-01:31", Fraction(90), Fraction(91)),
        ("0-0.001", Fraction(0), Fraction(1, 1000)),
        ("7200-2:00:01", Fraction(7200), Fraction(7201)),
    ],
)
def test_times_are_read_exactly(text: str, start: Fraction, end: Fraction) -> None:
    span = parse_stretch(text)
    assert (span.start, span.end) == (start, end)


@pytest.mark.parametrize(
    "text",
    ["", "12", "12-", "-12", "15-12", "12-12", "00:60-00:75", "1:61:00-1:62:00", "a-b", "1-2-3", "\u0661-\u0662",
     "1e3-2e3",
     "-1-2", "0:0:0:1-2", "1" * 50 + "-2"],
)  # fmt: skip
def test_what_is_no_stretch_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_stretch(text)
    assert "00:12" in caught.value.next_step
