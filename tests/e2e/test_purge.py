"""Originals go when a rule's maximum is reached, never inside a minimum, never by default, and never unlogged."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from house import HOUSE, line
from make import unseen, write_photo

from unseen.batch import Fate, purge, survey
from unseen.errors import PlanError, TamperedError, UnseenError
from unseen.plan import dumps
from unseen.record import own_key, read_history
from unseen.record.chain import CHAIN, read_head, recovered, write_head
from unseen.record.deletion import LOG, read_log

LONG_AGO = datetime.date(2020, 1, 1)
DAY = datetime.timedelta(days=1)


def release(folder: Path, limits: str, name: str = "photo.png", papers: str = "recorded = 2020-01-01\n") -> Path:
    """An original, a plan made for it, and its release, under rules that keep originals as `limits` say."""
    folder.mkdir(exist_ok=True)
    original = folder / name
    if not original.exists():
        write_photo(original)
    (folder.parent / "house.toml").write_text(HOUSE + line("originals", "page 9", limits))
    (folder.parent / "papers.toml").write_text(papers)
    flags = ("--rules", folder.parent / "house.toml", "--papers", folder.parent / "papers.toml")
    assert unseen("find", original, "-o", folder / f"{name}.plan.json", "--overwrite").code == 0
    out = folder / f"{len(os.listdir(folder))}-out.png"
    said = unseen("redact", original, "-o", out, *flags)
    assert said.code == 0, said
    return original


def fate(folder: Path, today: datetime.date) -> Fate:
    (held,) = survey([folder], today).held
    return held.fate


def test_what_is_due_is_listed_and_stays_until_told(tmp_path: Path) -> None:
    original = release(tmp_path / "a", "max_days = 3")
    before = sorted(os.listdir(tmp_path / "a"))
    said = unseen("purge", tmp_path / "a")
    assert said.code == 0 and "due, since 2020-01-04" in said.out and "Handbook, page 9" in said.out, said
    assert "Nothing was removed" in said.out
    assert sorted(os.listdir(tmp_path / "a")) == before
    said = unseen("purge", tmp_path / "a", "--delete", "--by", "records office")
    assert said.code == 0, said
    assert "does not wipe" in said.out and "snapshots" in said.out
    left = set(before) - {original.name, f"{original.name}.plan.json"} | {LOG}
    assert set(os.listdir(tmp_path / "a")) == left
    intent, done = read_log(tmp_path / "a")
    assert (intent.done, done.done, done.by, done.names) == (False, True, "records office", 1)
    assert "page 9" in done.why[0] and len(done.leftovers) == 1
    (out,) = (tmp_path / "a").glob("*-out.png")
    assert unseen("verify", out).code == 0
    assert "No original" in unseen("purge", tmp_path / "a").out


@pytest.mark.parametrize(
    ("limits", "days", "expected"),
    [
        ("max_days = 3", 2, Fate.WAITING),
        ("max_days = 3", 3, Fate.DUE),
        ("max_days = 0", 0, Fate.DUE),
        ("min_days = 30\nmax_days = 40", 0, Fate.MINIMUM),
        ("min_days = 30\nmax_days = 40", 31, Fate.MINIMUM),
        ("min_days = 30\nmax_days = 40", 32, Fate.WAITING),
        ("min_days = 30\nmax_days = 30", 30, Fate.MINIMUM),
        ("min_days = 30\nmax_days = 30", 32, Fate.DUE),
        ("min_days = 30", 9999, Fate.NO_MAXIMUM),
    ],
)
def test_the_days_count(tmp_path: Path, limits: str, days: int, expected: Fate) -> None:
    release(tmp_path / "a", limits)
    assert fate(tmp_path / "a", LONG_AGO + days * DAY) is expected


def test_without_a_day_of_recording_the_release_counts(tmp_path: Path) -> None:
    release(tmp_path / "a", "max_days = 3", papers="")
    today = datetime.datetime.now(tz=datetime.UTC).date()
    assert fate(tmp_path / "a", today) is Fate.WAITING
    assert fate(tmp_path / "a", today + 3 * DAY) is Fate.DUE


def test_what_the_case_says_is_a_maximum_too(tmp_path: Path) -> None:
    release(tmp_path / "a", "min_days = 2", papers="recorded = 2020-01-01\nkeep_days = 5\n")
    assert fate(tmp_path / "a", LONG_AGO + 4 * DAY) is Fate.WAITING
    assert fate(tmp_path / "a", LONG_AGO + 5 * DAY) is Fate.DUE


def test_a_rule_that_is_not_confirmed_removes_nothing_and_holds_what_it_holds(tmp_path: Path) -> None:
    doubtful = 'article_sure = "memory"\n'
    original = release(tmp_path / "a", doubtful + "max_days = 3")
    said = unseen("purge", tmp_path / "a", "--delete")
    assert "not confirmed" in said.out and "keep_days" in said.out and original.exists(), said
    release(tmp_path / "b", doubtful + "min_days = 30\nmax_days = 40")
    assert fate(tmp_path / "b", LONG_AGO + 9 * DAY) is Fate.MINIMUM
    release(tmp_path / "c", doubtful + "max_days = 3", papers="recorded = 2020-01-01\nkeep_days = 2\n")
    assert fate(tmp_path / "c", LONG_AGO + 2 * DAY) is Fate.DUE


def test_of_two_releases_the_longer_minimum_holds(tmp_path: Path) -> None:
    release(tmp_path / "a", "max_days = 3")
    release(tmp_path / "a", "min_days = 90")
    assert fate(tmp_path / "a", LONG_AGO + 9 * DAY) is Fate.MINIMUM
    assert fate(tmp_path / "a", LONG_AGO + 92 * DAY) is Fate.DUE
    (held,) = survey([tmp_path / "a"], LONG_AGO + 9 * DAY).held
    with pytest.raises(ValueError, match="has to stay"):
        purge(held, "me", LONG_AGO, own_key())


def test_every_copy_goes_and_nothing_that_only_looks_alike(tmp_path: Path) -> None:
    original = release(tmp_path / "a", "max_days = 3")
    (tmp_path / "b").mkdir()
    copy, alike, link = (tmp_path / "b" / name for name in ("copy.png", "alike.png", "link.png"))
    copy.write_bytes(original.read_bytes())
    data = bytearray(original.read_bytes())
    data[-1] ^= 1
    alike.write_bytes(data)
    link.symlink_to(original)
    said = unseen("purge", tmp_path / "a", tmp_path / "b", "--delete")
    assert said.code == 0, said
    assert not original.exists() and not copy.exists()
    assert len(list((tmp_path / "a").glob("*-out.png"))) == 1  # although nothing was covered and its bytes are the same
    assert alike.exists() and link.is_symlink()


def test_a_hard_link_elsewhere_is_told(tmp_path: Path) -> None:
    original = release(tmp_path / "a", "max_days = 3")
    os.link(original, tmp_path / "elsewhere.png")
    said = unseen("purge", tmp_path / "a", "--delete")
    assert "hard link" in said.err and not original.exists()


def test_an_original_changed_since_it_was_judged_stays(tmp_path: Path) -> None:
    original = release(tmp_path / "a", "max_days = 3")
    (held,) = survey([tmp_path / "a"], LONG_AGO + 9 * DAY).held
    data = bytearray(original.read_bytes())
    data[-1] ^= 1
    original.write_bytes(data)
    with pytest.raises(PlanError, match="no longer the original"):
        purge(held, "me", LONG_AGO + 9 * DAY, own_key())
    assert original.exists() and read_log(tmp_path / "a") == ()


@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_an_original_whose_release_is_not_whole_stays(tmp_path: Path, harm: str) -> None:
    original = release(tmp_path / "a", "max_days = 3")
    (out,) = (tmp_path / "a").glob("*-out.png")
    if harm == "gone":
        out.unlink()
    else:
        out.write_bytes(out.read_bytes() + b"\0")
    said = unseen("purge", tmp_path / "a", "--delete")
    assert "its release is not whole" in said.out and original.exists(), said


def test_a_damaged_record_is_told_and_its_original_stays(tmp_path: Path) -> None:
    original = release(tmp_path / "a", "max_days = 3")
    (record,) = (tmp_path / "a").glob("*.record.json")
    record.write_bytes(record.read_bytes().replace(b'"max_days": 3', b'"max_days": 0'))
    said = unseen("purge", tmp_path / "a", "--delete", "--json")
    assert (said.code, original.exists()) == (3, True), said
    assert json.loads(said.out)["damaged"] == [str(record)]


def test_another_files_plan_and_other_documents_stay(tmp_path: Path) -> None:
    release(tmp_path / "a", "max_days = 3")
    other = write_photo(tmp_path / "other.png", (32, 32))
    assert unseen("find", other, "-o", tmp_path / "a" / "other.plan.json").code == 0
    (tmp_path / "a" / "notes.json").write_text('{"source": {"sha256": "x"}}')
    assert unseen("purge", tmp_path / "a", "--delete").code == 0
    assert {"other.plan.json", "notes.json"} <= set(os.listdir(tmp_path / "a"))


@pytest.mark.parametrize(
    "harm",
    [
        lambda lines: lines[1:],
        lambda lines: lines[:1],
        lambda lines: [],
        lambda lines: [lines[0][:-3] + b"\n", lines[1]],
        lambda lines: [lines[0].replace(b"operator", b"somebody"), lines[1]],
        lambda lines: [lines[0], lines[1].replace(b"operator", b"somebody")],
        lambda lines: [*lines, lines[1]],
    ],
    ids=["first gone", "last gone", "all gone", "cut off", "first changed", "last changed", "one added"],
)
def test_a_log_that_was_touched_is_refused_and_nothing_is_removed(
    tmp_path: Path, harm: Callable[[list[bytes]], list[bytes]]
) -> None:
    release(tmp_path / "a", "max_days = 3")
    assert unseen("purge", tmp_path / "a", "--delete").code == 0
    assert read_history(tmp_path / "a").faults == ()
    log = tmp_path / "a" / LOG
    log.write_bytes(b"".join(harm(log.read_bytes().splitlines(keepends=True))))
    with pytest.raises(UnseenError, match="line"):
        read_log(tmp_path / "a")
    (fault,) = read_history(tmp_path / "a").faults
    assert fault.startswith(LOG)
    original = release(tmp_path / "a", "max_days = 3", "second.png")
    said = unseen("purge", tmp_path / "a", "--delete")
    assert said.code in (TamperedError.exit_code, PlanError.exit_code) and original.exists(), said


def test_a_log_that_was_removed_with_the_count_of_its_lines_is_missed(tmp_path: Path) -> None:
    release(tmp_path / "a", "max_days = 3")
    assert unseen("purge", tmp_path / "a", "--delete").code == 0
    (tmp_path / "a" / LOG).unlink()
    head = recovered(tmp_path / "a")
    (tmp_path / "a" / CHAIN).write_bytes(dumps(replace(head, removals=0, last_removal=None)))
    with pytest.raises(TamperedError, match="signature"):
        read_head(tmp_path / "a")


def test_whoever_is_killed_before_the_line_is_counted_goes_on(tmp_path: Path) -> None:
    release(tmp_path / "a", "max_days = 3")
    assert unseen("purge", tmp_path / "a", "--delete").code == 0
    first = hashlib.sha256((tmp_path / "a" / LOG).read_bytes().splitlines()[0]).hexdigest()
    write_head(tmp_path / "a", replace(recovered(tmp_path / "a"), removals=1, last_removal=first), own_key())
    assert len(read_log(tmp_path / "a")) == 2
    release(tmp_path / "a", "max_days = 3", "second.png")
    assert unseen("purge", tmp_path / "a", "--delete").code == 0
    assert len(read_log(tmp_path / "a")) == 6  # two more for each release of the same picture


def test_with_the_original_gone_the_release_may_be_called_more(tmp_path: Path) -> None:
    """The last reason goes; what else keeps it from anonymised stays."""
    release(tmp_path / "a", "max_days = 3")
    said = unseen("purge", tmp_path / "a", "--delete")
    assert "may now be called: covered" in said.out


def test_a_folder_that_is_none_is_an_input_error(tmp_path: Path) -> None:
    assert unseen("purge", tmp_path / "gone").code == 3
