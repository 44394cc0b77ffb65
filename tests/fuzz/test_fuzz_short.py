"""A short round of damaged files, in every format: read or refused, quickly, with a reason; the long one is by hand."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from damage import WOUNDS, damaged
from judge import read, release
from seeds import seeds

SLOW = 15.0  # seconds that no damaged seed takes, on a slow and busy machine
ROUND = 4  # files of each format
JOBS = 12


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return seeds(tmp_path_factory.mktemp("seeds"))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    assert not list(tmp_path.rglob(".*unseen-part*"))


def test_every_seed_is_read(made: dict[str, bytes], folder: Path) -> None:
    """Otherwise damaging it would show nothing."""
    for name, data in made.items():
        (folder / name).write_bytes(data)
        assert read(folder / name).outcome == "read", name


def test_a_damaged_file_is_read_or_refused(made: dict[str, bytes], folder: Path) -> None:
    rng, outcomes = random.Random(2026), set()
    for name, data in made.items():
        for number in range(ROUND):
            path = folder / f"{number}-{name}"
            path.write_bytes(damaged(data, list(made.values()), rng))
            verdict = read(path)
            assert not verdict.fault, (path, verdict)
            assert verdict.seconds < SLOW, (path, verdict)
            outcomes.add(verdict.outcome)
    assert {"read", "UnreadableError"} <= outcomes


def test_a_damaged_file_leaves_nothing_at_the_destination(made: dict[str, bytes], folder: Path) -> None:
    rng, names = random.Random(7), sorted(made)
    (folder / "out").mkdir()
    for name in names[:: max(1, len(names) // JOBS)]:
        path = folder / name
        path.write_bytes(damaged(made[name], (), rng))
        verdict = release(path, folder / "out" / f"out{path.suffix}")
        assert not verdict.fault, (path, verdict)
        assert not os.listdir(folder / "out")


@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_the_wounds(
    made: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """The same, found and made smaller by hypothesis: which file, which wounds, in which order."""
    name = data.draw(st.sampled_from(sorted(made)))
    wounds = data.draw(st.lists(st.sampled_from(range(len(WOUNDS))), min_size=1, max_size=4))
    rng = data.draw(st.randoms(use_true_random=False))
    hurt = bytearray(made[name])
    for wound in wounds:
        if hurt:
            WOUNDS[wound](hurt, rng)
    path = tmp_path_factory.mktemp("wounds") / name
    path.write_bytes(bytes(hurt) or b"\0")
    verdict = read(path)
    assert not verdict.fault, verdict


@given(
    data=st.binary(min_size=1, max_size=400), start=st.sampled_from([b"", b"\xff\xd8\xff", b"GIF89a", b"BM", b"II*\0"])
)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_the_bytes(tmp_path_factory: pytest.TempPathFactory, data: bytes, start: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "input"
    path.write_bytes(start + data)
    verdict = read(path)
    assert not verdict.fault, verdict


def test_a_fault_of_our_own_is_seen(made: dict[str, bytes], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The saboteur: a reader that fails in a way of its own is no refusal."""
    from unseen.media.sandbox import messages
    from unseen.media.sandbox.session import Session

    (folder / "a.png").write_bytes(made["photo.png"])
    refused = messages.Refused("", "KeyError: 'x'", "")
    monkeypatch.setattr(Session, "_receive", lambda self, seconds: (_ for _ in ()).throw(self._refusal(refused)))
    assert read(folder / "a.png").fault
