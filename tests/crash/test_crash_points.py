"""A short round of faults at calls that change files; every point in every way: benchmarks/crash.py, by hand."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import interception
from bench import CHAIN, JOBS, KINDS, REFUSED, SHORT_STRETCHES, Bench
from runner import Origin, Watch

POINTS = 3  # of each job
BY_NAME = {job.name: job for job in JOBS}

pytestmark = pytest.mark.skipif(not interception.available(), reason="only Linux tells of calls")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    yield from benches(tmp_path_factory.mktemp("crash"))


def benches(root: Path, sabotage: str = "") -> Iterator[Bench]:
    with Origin(Bench.environment(root), f"{SHORT_STRETCHES}\n{sabotage}") as origin:
        try:
            found = Bench(root, origin)
            found.runner()
        except OSError as error:
            pytest.skip(f"calls cannot be watched here: {error}")
        yield found
        found.close()


@pytest.mark.parametrize("job", BY_NAME)
def test_a_fault_leaves_nothing_or_everything_and_the_next_run_completes(bench: Bench, job: str) -> None:
    points = bench.points(BY_NAME[job])
    assert points > 30
    for number in range(POINTS):
        point, kind = number * points // POINTS + len(job) % (points // POINTS), list(KINDS)[number % len(KINDS)]
        found = bench.disturb(BY_NAME[job], point, kind)
        assert not found.wrong, (point, kind)
        assert (found.code is None) == (kind == "kill")


def test_every_call_that_changes_a_file_is_the_jobs_own(bench: Bench) -> None:
    """What decodes and what audits write nothing: one process is the one to kill."""
    job = BY_NAME["video"]
    bench.prepare(job)
    bench.close()
    watch = Watch(bench.root, lambda number, call: None)
    runner = bench.runner()
    assert runner.run(bench.arguments(job), watch)[0] == 0
    assert {call.process for call in watch.calls} == {runner.process}
    assert {"open", "write", "fsync", "link", "unlink"} <= {call.name.removesuffix("at") for call in watch.calls}


def test_a_random_kill_leaves_nothing_or_everything(bench: Bench) -> None:
    lasts = bench.lasts(BY_NAME["photo"])
    for share in (0.5, 0.95):
        assert not bench.kill_at(BY_NAME["photo"], share * lasts).wrong


def test_processes_at_one_folder_release_each_file_once(bench: Bench) -> None:
    other = bench.origin.runner()
    codes, wrong = bench.together(BY_NAME["folder"], [other])
    other.close()
    assert not wrong, codes


@pytest.mark.parametrize("room", [4096, 53_248])
def test_a_disk_that_fills_up_is_a_clear_error(bench: Bench, room: int) -> None:
    """At the second size a muxer meets the full disk twice."""
    try:
        found = bench.fill_up(BY_NAME["audio"], room)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this machine does not let tests mount a disk")
    assert not found.wrong
    assert found.code == REFUSED


def test_an_old_release_stays_where_a_new_one_fails(bench: Bench) -> None:
    job = BY_NAME["replacing"]
    bench.prepare(job)
    before = {path.name: path.read_bytes() for path in bench.out.iterdir()}
    fails = Watch(bench.root, lambda number, call: errno.EIO if call.path.endswith(".mp4.record.json") else None)
    code, _ = bench.runner().run(bench.arguments(job), fails)
    assert code == REFUSED
    assert {path.name: path.read_bytes() for path in bench.out.iterdir() if path.is_file()} == before


SWEEPS_NOTHING = """
import sys
for name in ("unseen.batch.run", "unseen.media.publish", "unseen.pipeline"):
    sys.modules[name].sweep = lambda folder: None
"""
PUTS_NOTHING_BACK = """
import contextlib
from unseen.media import publish
publish._put_back = lambda *names: contextlib.nullcontext([])
"""
NAMES_THE_FILE_FIRST = """
import os
from unseen.media import publish
def names(ready, record, others, *, replace):
    os.link(ready.path, ready.destination)
    os.replace(record.path, record.destination)
publish._name = names
"""
SABOTAGES = [
    ("photo", ("unlink", ".png"), "kill", SWEEPS_NOTHING, "left behind"),
    ("replacing", ("unlink", ".c2pa"), "I/O error", PUTS_NOTHING_BACK, "nothing is in its place"),
    ("photo", ("rename", ".record.json"), "kill", NAMES_THE_FILE_FIRST, "without its record"),
]


@pytest.mark.parametrize(("job", "call", "kind", "sabotage", "seen"), SABOTAGES)
def test_a_program_that_is_not_safe_is_seen(
    tmp_path: Path, job: str, call: tuple[str, str], kind: str, sabotage: str, seen: str
) -> None:
    for bench in benches(tmp_path, sabotage):
        bench.prepare(BY_NAME[job])
        watch = Watch(bench.root, lambda number, call: None)
        bench.runner().run(bench.arguments(BY_NAME[job]), watch)
        name, end = call
        at = next(n for n, c in enumerate(watch.calls) if c.name.startswith(name) and c.path.endswith(end))
        found = bench.disturb(BY_NAME[job], at, kind)
        assert any(seen in each for each in found.wrong), found


def test_a_changed_source_and_a_missing_record_are_seen(bench: Bench) -> None:
    job = BY_NAME["photo"]
    bench.prepare(job)
    assert bench.runner().run(bench.arguments(job))[0] == 0
    source, record = bench.root / "photo.png", bench.out / "photo.png.record.json"
    kept = source.stat()
    source.touch()
    record.unlink()
    (bench.out / CHAIN).unlink()
    wrong = "; ".join(bench.unlike_whole(job))
    assert "photo.png was changed" in wrong
    assert "missing: photo.png.record.json" in wrong
    os.utime(source, ns=(kept.st_atime_ns, kept.st_mtime_ns))
