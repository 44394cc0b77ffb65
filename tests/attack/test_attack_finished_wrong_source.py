"""Saboteurs of checks 9 and 10: another source, or one that was changed on the way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import finished_media as made
import pytest

from unseen.verify import Status, audit


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """A source and its finished file."""
    source = made.write_clip(tmp_path / "source.mp4", made.Clip(uncovered=frozenset(range(made.FRAMES))))
    return source, made.write_clip(tmp_path / "out.mp4", made.Clip())


def test_the_right_source_passes_both(pair: tuple[Path, Path]) -> None:
    source, output = pair
    report = audit(output, made.plan_for(source), source=source)
    assert report.passed({9, 10})


def test_a_swapped_source_is_found(pair: tuple[Path, Path], tmp_path: Path) -> None:
    source, output = pair
    plan = made.plan_for(source)
    other = made.write_clip(tmp_path / "other.mp4", made.Clip(fill=(9, 9, 9)))
    found = made.outcomes(audit(output, plan, source=other))
    assert found[9].status is found[10].status is Status.FAILED


def test_one_changed_byte_in_the_source_is_found(pair: tuple[Path, Path]) -> None:
    source, output = pair
    plan = made.plan_for(source)
    made.tampered(source, lambda data: data[:-1] + bytes([data[-1] ^ 1]))
    report = audit(output, plan, source=source)
    assert made.failed_numbers(report) == [9, 10]
    assert "SHA-256" in made.outcomes(report)[9].detail


def test_a_source_that_changes_while_it_is_audited_is_found(pair: tuple[Path, Path]) -> None:
    source, output = pair
    plan = made.plan_for(source)
    data = source.read_bytes()
    report = audit(output, plan, source=source, on_frame=lambda: source.write_bytes(data + b"!") and None)
    assert made.outcomes(report)[9].status is Status.PASSED
    assert made.outcomes(report)[10].status is Status.FAILED


def test_a_plan_of_another_size_is_found(pair: tuple[Path, Path]) -> None:
    source, output = pair
    plan = made.plan_for(source)
    plan = replace(plan, source=replace(plan.source, size=plan.source.size + 1))
    report = audit(output, plan, source=source)
    assert made.failed_numbers(report) == [9]
    assert "bytes" in made.outcomes(report)[9].detail


def test_without_the_source_neither_passes(pair: tuple[Path, Path]) -> None:
    _, output = pair
    report = audit(output, made.plan_for(None), source=None)
    assert not report.passed({9})
    assert not report.passed({10})
    assert report.passed({1, 2, 3, 5, 6})
