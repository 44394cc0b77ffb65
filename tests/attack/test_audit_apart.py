"""The audit's own process: it answers as the audit does, its end is a failed audit, and it outlives nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import finished_media as made
import pytest
from make import write_photo

import unseen
from unseen.errors import AuditFailedError
from unseen.media import open_source
from unseen.verify import apart as room
from unseen.verify import audit, audit_apart


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return made.write_clip(tmp_path / "out.mp4", made.Clip())


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.mp4"
    made.write_clip(path, made.Clip(uncovered=frozenset(range(made.FRAMES))))
    return path


def until(true: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


def gone(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_it_answers_as_the_audit_does_and_counts_every_picture(clip: Path, source: Path) -> None:
    plan = made.plan_for(source)
    seen: list[None] = []
    apart = audit_apart(clip, plan, source=source, on_frame=lambda: seen.append(None))
    assert apart == audit(clip, plan, source=source)
    assert len(seen) == made.FRAMES
    with open_source(source) as opened:
        assert audit_apart(clip, plan, source=opened) == apart


def test_it_is_ready_before_it_is_asked_but_beside_the_largest_clips(clip: Path) -> None:
    media = made.plan_for(None).source.media
    assert media.picture is not None
    room._auditor.stop()
    room.warm(replace(media, picture=replace(media.picture, width=3840, height=2160)))
    assert room._auditor._process is None
    room.warm(media)
    waiting = room._auditor._process
    assert waiting is not None
    assert not audit_apart(clip, made.plan_for(None), source=None).failed
    assert room._auditor._process is waiting


def test_what_is_wrong_comes_through(clip: Path) -> None:
    made.tampered(clip, lambda data: data[: len(data) // 2])
    report = audit_apart(clip, made.plan_for(None), source=None)
    assert report.failed
    assert report == audit(clip, made.plan_for(None), source=None)


def test_one_process_answers_for_photo_after_photo(tmp_path: Path) -> None:
    photo = write_photo(tmp_path / "photo.png")
    audit_apart(photo, plan := unseen.find(photo, unseen.FindOptions()), source=None)
    first = room._auditor._process
    assert first is not None
    audit_apart(photo, plan, source=None)
    assert room._auditor._process is first


def test_what_a_clip_took_is_given_back_with_its_process(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for small ones, of which there may be many, as with photos."""
    audit_apart(clip, made.plan_for(None), source=None)
    assert room._auditor._process is not None
    monkeypatch.setattr(room, "_SMALL", made.WIDTH * made.HEIGHT - 1)
    audit_apart(clip, made.plan_for(None), source=None)
    assert room._auditor._process is None


def test_a_process_that_is_killed_is_a_failed_audit_and_the_next_file_is_audited(clip: Path) -> None:
    def kill() -> None:
        assert room._auditor._process is not None
        os.kill(room._auditor._process.pid, signal.SIGKILL)

    plan = made.plan_for(None)
    with pytest.raises(AuditFailedError, match="ended before it was done"):
        audit_apart(clip, plan, source=None, on_frame=kill)
        audit_apart(clip, plan, source=None)
    assert not audit_apart(clip, plan, source=None).failed


def test_what_cannot_be_read_at_all_is_a_failed_audit(clip: Path) -> None:
    with pytest.raises(AuditFailedError, match=r"the audit broke down: FileNotFoundError"):
        audit_apart(clip.with_name("nothing.mp4"), made.plan_for(None), source=None)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_it_does_not_outlive_who_asked(clip: Path) -> None:
    script = (
        "import sys, time; from unseen.verify import apart; apart._auditor.start()\n"
        "print(apart._auditor._process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert not gone(child)
        parent.kill()
    assert until(lambda: gone(child))
