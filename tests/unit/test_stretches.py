"""Watching stretch by stretch: each begins afresh, and what notes tell is not looked at again."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from unseen.core import Finding, Kind, Region, View
from unseen.find import Glances, Notes, Watch, stretches
from unseen.find.codes import CodeFinder
from unseen.plan import BlindSpot, ModelUsed

PICTURES = [View(Fraction(n, 10), np.zeros((8, 8, 3), np.uint8)) for n in range(10)]


class Growing:
    """A watcher that sees one thing more in each picture, and tells of a blind spot in the third of a stretch."""

    kinds = frozenset({Kind.FACE})
    models: tuple[ModelUsed, ...] = ()
    low = high = 0.5

    def __init__(self, met: list[Fraction]) -> None:
        self._met, self._count = met, 0

    def find(self, view: View) -> Sequence[Finding]:
        self._met.append(view.time)
        self._count += 1
        return [Finding(Kind.FACE, view.time, Region(n, 0, 4, 4), 0.1 + n / 8) for n in range(self._count)]

    def blind_spots(self) -> tuple[BlindSpot, ...]:
        return (BlindSpot("faces", "dust", None),) if self._count > 2 else ()

    def afresh(self) -> Growing:
        return Growing(self._met)


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretches, "STRETCH", 4)


def watched(notes: Notes | None) -> tuple[list[list[Finding]], tuple[BlindSpot, ...], list[Fraction]]:
    met: list[Fraction] = []
    if notes is not None:
        notes.begin("faces")
    watch = Watch([Growing(met)], notes)
    found = [watch.find(view) for view in PICTURES]
    if notes is not None:
        notes.close()
    return found, watch.blind_spots(), met


def test_every_stretch_begins_afresh() -> None:
    found, blind, met = watched(None)
    assert [len(each) for each in found] == [1, 2, 3, 4, 1, 2, 3, 4, 1, 2]
    assert len(blind) == 1
    assert met == [view.time for view in PICTURES]


def test_what_was_noted_is_told_again_and_not_looked_at(tmp_path: Path) -> None:
    bare = watched(None)
    first, second = (watched(Notes(tmp_path / "out.mp4", "clip")) for _ in range(2))
    assert first[:2] == second[:2] == bare[:2]
    assert first[2] == bare[2]
    assert second[2] == [view.time for view in PICTURES[8:]]  # of two pictures there is no whole stretch


def test_glances_begin_afresh_as_they_were_asked_for() -> None:
    """Whatever they take is handed on; a yes is asked for wherever it is not the usual."""
    taken = list(inspect.signature(Glances).parameters.values())
    wanted = {each.name: True for each in taken if each.default is False}
    glances = Glances(CodeFinder(), Fraction(1, 4), **wanted)  # type: ignore[arg-type]
    fresh = glances.afresh()
    assert fresh is not glances
    for each in taken:
        assert getattr(fresh, f"_{each.name}") == getattr(glances, f"_{each.name}"), each.name
