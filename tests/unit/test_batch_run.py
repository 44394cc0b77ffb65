"""Many files in a row: one that fails does not stop the rest, unless the disk does."""

from __future__ import annotations

from pathlib import Path

import pytest
from make import write_photo

from unseen.batch import Job, Outcome, run, unexpected, worst
from unseen.core import quiet
from unseen.errors import (
    AuditFailedError,
    ExitCode,
    InputError,
    ReviewNeededError,
    StorageError,
    UnseenError,
    UsageError,
)
from unseen.options import RedactOptions


def outcomes(jobs: list[Job]) -> list[Outcome]:
    return list(run(jobs, RedactOptions(), resume=False, progress_of=lambda _: quiet))


def test_a_bad_file_does_not_stop_the_rest(tmp_path: Path) -> None:
    good = write_photo(tmp_path / "good.png")
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    out = tmp_path / "out"
    found = outcomes([Job(tmp_path / "bad.png", out / "bad.png"), Job(good, out / "good.png")])
    assert [o.exit_code for o in found] == [ExitCode.INPUT, ExitCode.OK]
    assert worst(found) is ExitCode.INPUT


def test_a_failing_disk_stops_the_run(tmp_path: Path) -> None:
    good = write_photo(tmp_path / "good.png")
    (tmp_path / "file").touch()
    found = outcomes([Job(good, tmp_path / "file" / "a.png"), Job(good, tmp_path / "out" / "b.png")])
    assert [o.exit_code for o in found] == [ExitCode.STORAGE]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("errors", "code"),
    [
        ([], ExitCode.OK),
        ([UsageError("")], ExitCode.USAGE),
        ([UsageError(""), InputError("")], ExitCode.INPUT),
        ([InputError(""), ReviewNeededError("")], ExitCode.REVIEW),
        ([ReviewNeededError(""), StorageError("")], ExitCode.STORAGE),
        ([StorageError(""), AuditFailedError(""), InputError("")], ExitCode.AUDIT),
    ],
)
def test_the_gravest_outcome_is_the_runs(errors: list[UnseenError], code: ExitCode) -> None:
    job = Job(Path("a"), Path("b"))
    assert worst([Outcome(job), *(Outcome(job, error=e) for e in errors)]) is code


def test_a_fault_of_its_own_names_the_file_and_asks_for_a_report() -> None:
    error = unexpected(ValueError("x\x1b[2J"), Path("a\n.png"))
    assert error.exit_code is ExitCode.INPUT
    assert "ValueError" in str(error)
    assert "\n" not in str(error)
    assert "\x1b" not in str(error)
    assert "report" in error.next_step
