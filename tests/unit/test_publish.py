"""Drafts and destinations: exclusive, private until published, never replacing, never left behind."""

from __future__ import annotations

import datetime
import fcntl
import os
import resource
import stat
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from unseen.errors import DestinationExistsError, StorageError, UsageError
from unseen.media import publish as room
from unseen.media.publish import abandon, draft, publish, publish_alone, refuse_existing, refuse_unusable


@dataclass
class Slip:
    """What goes with a file, and whether it was told that both are there."""

    content: bytes
    settled: bool = False

    def seal(self) -> bytes:
        return self.content

    def settle(self) -> None:
        self.settled = True

    def forget(self) -> None:
        self.settled = False


def release(out: Path, *, replace: bool = False, content: bytes = b"new") -> None:
    with draft(out) as ready, draft(out.with_name(out.name + ".record.json")) as record:
        ready.file.write(content)
        publish(ready, record, Slip(b"record of " + content), replace=replace)


def test_a_draft_is_private_locked_and_beside_its_destination(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "down" / "out.mp4"
    with draft(out) as ready:
        assert ready.path.parent == out.parent
        assert ready.path.suffix == ".mp4"
        assert stat.S_IMODE(ready.path.stat().st_mode) == 0o600
        with ready.path.open("rb") as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert os.listdir(out.parent) == []


def test_a_draft_that_fails_is_removed(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), draft(tmp_path / "out.mp4") as ready:
        ready.file.write(b"half")
        raise RuntimeError
    assert os.listdir(tmp_path) == []


def test_publishing_gives_both_their_names_and_the_users_mode(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        release(tmp_path / "out.png")
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)
    assert (tmp_path / "out.png").read_bytes() == b"new"
    assert (tmp_path / "out.png.record.json").read_bytes() == b"record of new"
    assert sorted(os.listdir(tmp_path)) == ["out.png", "out.png.record.json"]
    assert stat.S_IMODE((tmp_path / "out.png").stat().st_mode) == 0o640


def test_when_somebody_worked_is_not_told_by_what_was_published(tmp_path: Path) -> None:
    release(tmp_path / "out.png")
    times = {datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC) for path in tmp_path.iterdir()}
    assert times == {datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)}


@pytest.mark.parametrize("kind", ["file", "link", "dangling", "folder"])
def test_what_is_there_is_never_replaced_unasked(tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out.png"
    target = tmp_path / "target"
    if kind == "file":
        out.write_bytes(b"precious")
    elif kind == "folder":
        out.mkdir()
    else:
        out.symlink_to(target)
        if kind == "link":
            target.write_bytes(b"precious")
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(UsageError):
        release(out)
    assert sorted(os.listdir(tmp_path)) == before
    assert kind != "file" or out.read_bytes() == b"precious"
    assert kind != "link" or target.read_bytes() == b"precious"


def test_publishing_alone_does_not_replace_either(tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    for content, replace in ((b"one", False), (b"two", True)):
        with draft(out) as ready:
            ready.file.write(content)
            publish_alone(ready, replace=replace)
        assert out.read_bytes() == content
    with draft(out) as ready, pytest.raises(DestinationExistsError):
        publish_alone(ready, replace=False)
    assert os.listdir(tmp_path) == ["plan.json"]


def test_of_many_at_one_destination_one_wins_with_its_own_record(tmp_path: Path) -> None:
    out, won = tmp_path / "out.png", []

    def run(number: int) -> None:
        try:
            release(out, content=b"%d" % number)
            won.append(number)
        except DestinationExistsError:
            pass

    threads = [threading.Thread(target=run, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert out.read_bytes() == b"%d" % won[0]
    assert (tmp_path / "out.png.record.json").read_bytes() == b"record of %d" % won[0]
    assert sorted(os.listdir(tmp_path)) == ["out.png", "out.png.record.json"]


def test_runs_in_one_folder_do_not_sweep_each_others_new_drafts(tmp_path: Path) -> None:
    """Between its making and its lock a draft looks left over: whoever loses it then makes another."""
    failed: list[Exception] = []

    def run(number: int) -> None:
        try:
            for turn in range(15):
                release(tmp_path / f"{number}-{turn}.png", content=b"%d" % number)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test has to see it
            failed.append(error)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(os.listdir(tmp_path)) == 6 * 15 * 2


def test_only_drafts_that_nobody_holds_are_swept(tmp_path: Path) -> None:
    left = tmp_path / ".0123456789abcdef.unseen-part.mp4"
    left.write_bytes(b"what a killed run left")
    others = [".0123.unseen-part.mp4", "0123456789abcdef.unseen-part", ".notes.unseen-part.txt", ".hidden"]
    for name in others:
        (tmp_path / name).write_bytes(b"somebody's")
    target = tmp_path / "target"
    target.write_bytes(b"somebody's")
    (tmp_path / ".aaaaaaaaaaaaaaaa.unseen-part").symlink_to(target)
    with draft(tmp_path / "one.mp4") as held, draft(tmp_path / "two.mp4"):
        assert held.path.exists()
    assert not left.exists()
    assert sorted(os.listdir(tmp_path)) == sorted([*others, "target", ".aaaaaaaaaaaaaaaa.unseen-part"])


def test_abandoning_removes_every_draft_of_this_process(tmp_path: Path) -> None:
    with draft(tmp_path / "one.mp4"), draft(tmp_path / "two.mp4"):
        assert len(os.listdir(tmp_path)) == 2
        abandon()
        assert os.listdir(tmp_path) == []


def test_a_full_disk_is_told_where_it_happens(tmp_path: Path) -> None:
    """`/dev/full` is a disk without room: through the buffer, too, the error is ours and names the destination."""
    with pytest.raises(StorageError) as caught, draft(tmp_path / "out.mp4") as ready:
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, ready.file.fileno())
        os.close(full)
        ready.file.write(bytes(100))
        ready.sync()
    assert caught.value.path == str(tmp_path / "out.mp4")
    assert "Make room" in caught.value.next_step
    assert os.listdir(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for out in (tmp_path / "file" / "out.png", Path("/proc/out.png")):
        with pytest.raises(StorageError, match="cannot be written"), draft(out):
            pass


def test_names_that_can_never_be_are_refused_early(tmp_path: Path) -> None:
    refuse_unusable(tmp_path / "fine.png", tmp_path / "n" / "fine.png")
    for path in (tmp_path, tmp_path / ("n" * 256)):
        with pytest.raises(UsageError):
            refuse_unusable(path)
    refuse_existing(tmp_path / "fine.png")
    with pytest.raises(DestinationExistsError):
        refuse_existing(tmp_path)


def test_a_failing_record_leaves_the_old_file(tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    out.write_bytes(b"old")
    (tmp_path / "out.png.record.json").mkdir()
    with pytest.raises(UsageError):
        release(out, replace=True)
    assert out.read_bytes() == b"old"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts file systems")
def test_where_there_are_no_links_files_are_published_all_the_same(tmp_path: Path) -> None:
    import shutil
    import subprocess

    image, disk = tmp_path / "fat.img", tmp_path / "fat"
    disk.mkdir()
    if shutil.which("mkfs.vfat") is None:
        pytest.skip("there is no tool to make a FAT file system")
    with image.open("wb") as file:
        file.truncate(1 << 20)
    subprocess.run(["mkfs.vfat", str(image)], check=True, capture_output=True)
    if subprocess.run(["mount", "-o", "loop", str(image), str(disk)], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let tests mount a disk")
    try:
        release(disk / "out.png")
        assert (disk / "out.png").read_bytes() == b"new"
        with pytest.raises(DestinationExistsError):
            release(disk / "out.png")
        assert sorted(os.listdir(disk)) == ["out.png", "out.png.record.json"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_live_drafts_are_forgotten_when_done(tmp_path: Path) -> None:
    release(tmp_path / "out.png")
    assert not room._live


def release_with_more(out: Path, *, replace: bool = False, more: bytes | None = b"more") -> None:
    """A file with its record and, where there is `more`, another file beside it."""
    name = out.with_name(out.name + ".more")
    with draft(out) as ready, draft(out.with_name(out.name + ".record.json")) as record, draft(name) as other:
        ready.file.write(b"new")
        other.file.write(more or b"")
        publish(ready, record, Slip(b"record"), replace=replace, beside={name: None if more is None else other})


def test_what_else_goes_with_a_file_is_published_with_it(tmp_path: Path) -> None:
    release_with_more(tmp_path / "out.png")
    assert sorted(os.listdir(tmp_path)) == ["out.png", "out.png.more", "out.png.record.json"]
    more = tmp_path / "out.png.more"
    assert more.read_bytes() == b"more"
    assert more.stat().st_mtime == (tmp_path / "out.png").stat().st_mtime
    assert stat.S_IMODE(more.stat().st_mode) == stat.S_IMODE((tmp_path / "out.png").stat().st_mode)


def test_what_went_with_a_file_that_is_replaced_goes_with_it(tmp_path: Path) -> None:
    release_with_more(tmp_path / "out.png")
    release_with_more(tmp_path / "out.png", replace=True, more=b"newer")
    assert (tmp_path / "out.png.more").read_bytes() == b"newer"
    release_with_more(tmp_path / "out.png", replace=True, more=None)
    assert sorted(os.listdir(tmp_path)) == ["out.png", "out.png.record.json"]


def test_where_a_name_is_taken_in_between_nothing_else_gets_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, link = tmp_path / "out.png", room._link

    def taken(path: Path, destination: Path) -> None:
        if destination == out:
            out.write_bytes(b"somebody's")
        link(path, destination)

    monkeypatch.setattr(room, "_link", taken)
    with pytest.raises(DestinationExistsError):
        release_with_more(out)
    assert os.listdir(tmp_path) == ["out.png"]
    assert out.read_bytes() == b"somebody's"


def test_a_folder_of_that_name_is_refused_before_anything_has_its_name(tmp_path: Path) -> None:
    (tmp_path / "out.png.more").mkdir()
    with pytest.raises(UsageError, match="is a folder"):
        release_with_more(tmp_path / "out.png")
    assert os.listdir(tmp_path) == ["out.png.more"]


def test_a_disk_that_failed_once_is_told_once_and_never_forgotten(tmp_path: Path) -> None:
    """A muxer may swallow the complaint and go on; nothing of what it writes is published."""
    full = tmp_path / "out.bin"
    with pytest.raises(StorageError), draft(full) as ready:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
        try:
            with pytest.raises(StorageError):
                for _ in range(2):  # the first one is cut short
                    ready.disk.write(b"x" * 11)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.getrlimit(resource.RLIMIT_FSIZE)[1],) * 2)
        ready.file.seek(0)
        ready.file.write(b"more")
        publish_alone(ready, replace=False)
    assert not full.exists()
