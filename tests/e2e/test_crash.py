"""Whatever is killed, full, taken or stopped: nothing half-made at a destination, no draft left behind."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from make import Clip, Sound, is_clear, leftovers, names, unseen, write_clip, write_photo

from unseen.find.notes import folder_of

SEED = 20_260
WAIT = 60

_ZYGOTE = """
import json, os, sys
import unseen.cli
for line in sys.stdin:
    process = os.fork()
    if process == 0:
        with open(os.devnull, "r+") as nothing:
            os.dup2(nothing.fileno(), 0)
            os.dup2(nothing.fileno(), 1)
        unseen.cli.main(json.loads(line))
    print("started", process, flush=True)
    print("ended", os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""


class Zygote:
    """Starts the command line in new processes at once, without importing everything anew for each."""

    def __init__(self) -> None:
        command = [sys.executable, "-c", _ZYGOTE]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def start(self, *arguments: str | Path) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([str(a) for a in arguments]) + "\n")
        self._process.stdin.flush()
        return self._number("started")

    def ended(self) -> int:
        return self._number("ended")

    def _number(self, what: str) -> int:
        assert self._process.stdout is not None
        for line in self._process.stdout:  # what an earlier test did not wait for is passed over
            said, _, number = line.partition(" ")
            if said == what:
                return int(number)
        raise AssertionError("the zygote has ended")

    def close(self) -> None:
        self._process.communicate(timeout=WAIT)


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    each = Zygote()
    yield each
    each.close()


def launched(*arguments: str | Path, **more: Any) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "unseen", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def is_whole(out: Path) -> bool:
    """Whether a destination holds a file that its record vouches for and that passes its audit again."""
    record = json.loads(Path(f"{out}.record.json").read_bytes())
    return bool(record["output"]["sha256"] == digest(out) and unseen("verify", out).code == 0)


@pytest.fixture(params=["clip.mp4", "photo.png"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return make_source(tmp_path / request.param)


def make_source(path: Path) -> Path:
    if path.suffix == ".png":
        return write_photo(path, (320, 240))
    return write_clip(path, Clip(ticks=range(3), sounds=(Sound(seconds=0.3),)))


def test_killed_at_any_moment_leaves_nothing_or_everything(tmp_path: Path, source: Path, zygote: Zygote) -> None:
    before, out = digest(source), tmp_path / "out" / source.name
    began = time.monotonic()
    zygote.start("redact", source, "-o", tmp_path / f"first{source.suffix}")
    assert zygote.ended() == 0
    lasts = time.monotonic() - began
    moments = random.Random(SEED)
    for _ in range(6):
        process = zygote.start("redact", source, "-o", out)
        time.sleep(moments.uniform(0.0, lasts))
        with contextlib.suppress(ProcessLookupError):  # it was done already
            os.kill(process, signal.SIGKILL)
        assert zygote.ended() in (0, -signal.SIGKILL)
        if out.exists():
            assert is_whole(out)
            out.unlink()
            Path(f"{out}.record.json").unlink()
    said = unseen("redact", source, "-o", out)
    assert said.code == 0, said
    assert is_whole(out)
    assert sorted(names(out.parent)) == sorted([source.name, source.name + ".record.json"])
    assert digest(source) == before


def test_what_a_killed_run_leaves_is_swept_and_nothing_else(tmp_path: Path, zygote: Zygote) -> None:
    """The saboteur of the test above: a killed run does leave a draft, and only the next run takes it away."""
    source, out = make_source(tmp_path / "clip.mp4"), tmp_path / "out" / "clip.mp4"
    process = zygote.start("redact", source, "-o", out)
    until = time.monotonic() + WAIT
    while not (out.parent.is_dir() and leftovers(out.parent)) and time.monotonic() < until:
        time.sleep(0.001)
    os.kill(process, signal.SIGKILL)
    assert zygote.ended() == -signal.SIGKILL
    assert leftovers(out.parent)
    mine = out.parent / ".notes.unseen-part.txt"
    mine.write_text("mine")
    assert unseen("redact", source, "-o", out).code == 0
    assert leftovers(out.parent) == [mine.name]


@pytest.fixture
def heeded(request: pytest.FixtureRequest) -> Iterator[signal.Signals]:
    """A signal that programs started here do not ignore, as they would where these tests themselves run under nohup."""
    before = signal.getsignal(request.param)
    if before is signal.SIG_IGN:
        signal.signal(request.param, signal.SIG_DFL)
    yield request.param
    signal.signal(request.param, before)


@pytest.mark.parametrize("heeded", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], indirect=True)
def test_a_signal_ends_the_run_before_its_end(tmp_path: Path, heeded: signal.Signals) -> None:
    source = write_clip(tmp_path / "clip.mp4", Clip(ticks=range(3000)))
    out = tmp_path / "out" / "clip.mp4"
    for phase in ("finding", "writing"):
        if phase == "writing":  # a plan made before brings the job to its draft at once
            plan = tmp_path / "plan.json"
            few = write_clip(tmp_path / "few.mp4", Clip(ticks=range(1500), size=(16, 16)))
            plan.write_bytes(_plan_of_nothing(few))
            process = launched("apply", plan, few, "-o", out, "--codec", "av1", start_new_session=True)
            assert _until(lambda: out.parent.is_dir() and bool(leftovers(out.parent)))
        else:
            process = launched("redact", source, "-o", out, start_new_session=True)
            time.sleep(2.5)
        assert process.poll() is None
        process.send_signal(heeded)
        process.send_signal(heeded)
        _, err = process.communicate(timeout=WAIT)
        assert process.returncode == 6, (phase, err)  # 0 where it goes on to its end
        assert b"Traceback" not in err
        assert not out.parent.exists() or set(names(out.parent)) <= {folder_of(out).name}  # notes, to go on from


def _until(condition: Any) -> bool:
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.002)
    return False


def _plan_of_nothing(clip: Path) -> bytes:
    """A plan without tracks, made without looking."""
    from unseen import rules
    from unseen.core import StreamKind
    from unseen.media import Limits, open_reader, open_source
    from unseen.plan import Cover, Plan, RuleSetUsed, Source, StreamAction, StreamDecision, dumps

    used = rules.load("default")
    with open_source(clip) as source:
        info = open_reader(source, Limits()).info
        redacted = StreamDecision(0, StreamKind.VIDEO, StreamAction.REDACT, "unseen", "test")
        made = Source(source.sha256(), source.size, info)
    rule = RuleSetUsed(used, rules.digest(used))
    return dumps(Plan(made, (), (redacted,), (), Cover(), (rule,), (), (), "unseen test"))


def test_a_full_disk_is_an_error_and_leaves_nothing(tmp_path: Path, source: Path, zygote: Zygote) -> None:
    out = tmp_path / "out" / source.name
    said = unseen("redact", source, "-o", tmp_path / f"whole{source.suffix}")
    assert said.code == 0, said
    size = (tmp_path / f"whole{source.suffix}").stat().st_size
    for room in (0, size // 2, size - 1):
        process = zygote.start("redact", source, "-o", out)
        resource.prlimit(process, resource.RLIMIT_FSIZE, (room, room))
        assert zygote.ended() == 6, room
        # The memory that pictures come in counts as a file here: the job may end before it makes the folder.
        assert not out.parent.exists() or names(out.parent) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk")
def test_a_small_disk_that_fills_up_is_an_error_and_leaves_nothing(tmp_path: Path, source: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4k", "unseen-test", str(disk)], capture_output=True, check=False
    )
    if mount.returncode:
        pytest.skip("this machine does not let tests mount a disk")
    try:
        big = write_photo(tmp_path / "big.png", (320, 240)) if source.suffix == ".png" else source
        filler = disk / "filler"
        filler.write_bytes(bytes(4096))
        said = unseen("redact", big, "-o", disk / source.name)
        assert said.code == 6, said
        assert is_clear(said)
        assert "Make room" in said.err
        assert names(disk) == ["filler"]
        filler.unlink()
        if source.suffix == ".png":
            said = unseen("redact", big, "-o", disk / source.name)
            assert said.code in (0, 6)  # the picture fits; its record may not
            assert (disk / source.name).exists() == (said.code == 0)
            assert not leftovers(disk)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_an_unwritable_place_is_an_error(tmp_path: Path) -> None:
    source = write_photo(tmp_path / "photo.png")
    (tmp_path / "file").write_text("not a folder")
    for out in (tmp_path / "file" / "out.png", Path("/proc/out.png"), Path("/sys/unseen/out.png")):
        said = unseen("redact", source, "-o", out)
        assert said.code == 6, said
        assert is_clear(said)
    assert unseen("redact", source, "-o", tmp_path / "file").code == 2


def test_two_runs_at_one_output_have_one_winner(tmp_path: Path) -> None:
    one = write_clip(tmp_path / "one.mp4", Clip(ticks=range(3)))
    two = write_clip(tmp_path / "two.mp4", Clip(ticks=range(4)))
    out = tmp_path / "out" / "clip.mp4"
    runs = [launched("redact", path, "-o", out) for path in (one, two)]
    said = [run.communicate(timeout=WAIT) for run in runs]
    assert sorted(run.returncode for run in runs) == [0, 2], said
    assert is_whole(out)
    assert not leftovers(tmp_path)
    winner = (one, two)[[run.returncode for run in runs].index(0)]
    record = json.loads(Path(f"{out}.record.json").read_bytes())
    assert record["plan"]["source"]["sha256"] == digest(winner)


def test_what_is_already_there_stays(tmp_path: Path, source: Path) -> None:
    out = tmp_path / f"out{source.suffix}"
    for place in (out, Path(f"{out}.record.json")):
        place.write_bytes(b"precious")
        said = unseen("redact", source, "-o", out)
        assert said.code == 2
        assert "--overwrite" in said.err
        assert place.read_bytes() == b"precious"
        place.unlink()
    out.symlink_to(tmp_path / "elsewhere")
    assert unseen("redact", source, "-o", out).code == 2
    assert not (tmp_path / "elsewhere").exists()


def test_overwrite_replaces_the_name_and_not_what_it_links_to(tmp_path: Path, source: Path) -> None:
    precious, out = tmp_path / "precious", tmp_path / f"out{source.suffix}"
    precious.write_bytes(b"precious")
    out.symlink_to(precious)
    Path(f"{out}.record.json").write_bytes(b"old")
    said = unseen("redact", source, "-o", out, "--overwrite")
    assert said.code == 0, said
    assert is_whole(out)
    assert precious.read_bytes() == b"precious"
    assert not out.is_symlink()


def test_overwrite_does_not_lose_the_old_file_to_a_folder_in_the_way(tmp_path: Path) -> None:
    source, out = write_photo(tmp_path / "photo.png"), tmp_path / "out.png"
    out.write_bytes(b"old")
    Path(f"{out}.record.json").mkdir()
    said = unseen("redact", source, "-o", out, "--overwrite")
    assert said.code == 2
    assert out.read_bytes() == b"old"


def test_a_record_without_its_file_is_left_over_and_replaced(tmp_path: Path, source: Path) -> None:
    out = tmp_path / f"out{source.suffix}"
    assert unseen("redact", source, "-o", out).code == 0
    out.unlink()
    said = unseen("redact", source, "-o", out)
    assert said.code == 0, said
    assert is_whole(out)


def released(folder: Path) -> set[str]:
    return set(names(folder))


def test_resume_goes_on_where_a_run_was_killed(tmp_path: Path, zygote: Zygote) -> None:
    inputs, out = tmp_path / "in", tmp_path / "out"
    inputs.mkdir()
    names = ["a.png", "b.png", "c.mp4", "d.png"]
    for name in names:
        make_source(inputs / name) if name.endswith("4") else write_photo(
            inputs / name, (64, 48 + 2 * names.index(name))
        )
    process = zygote.start("redact", inputs, "-o", out)
    assert _until(lambda: (out / "b.png").exists())
    os.kill(process, signal.SIGKILL)
    zygote.ended()
    kept = {p: (p.stat().st_ino, p.stat().st_mtime_ns) for p in out.iterdir() if not p.name.startswith(".")}
    said = unseen("redact", inputs, "-o", out, "--resume")
    assert said.code == 0, said
    assert said.out.count("released already") >= 2
    assert released(out) == {n + e for n in names for e in ("", ".record.json")}
    for path, before in kept.items():
        assert (path.stat().st_ino, path.stat().st_mtime_ns) == before
    assert all(is_whole(out / name) for name in names)


def test_resume_does_not_take_another_release_for_this_one(tmp_path: Path) -> None:
    source, out = write_photo(tmp_path / "photo.png"), tmp_path / "out.png"
    assert unseen("redact", source, "-o", out, "--style", "mosaic").code == 0
    assert unseen("redact", source, "-o", out, "--resume", "--style", "mosaic").code == 0
    assert unseen("redact", source, "-o", out, "--resume").code == 2  # covered otherwise than asked now
    write_photo(source, (80, 60))
    assert unseen("redact", source, "-o", out, "--resume", "--style", "mosaic").code == 2  # another source
    out.write_bytes(out.read_bytes() + b"\0")
    assert unseen("redact", source, "-o", out, "--resume", "--style", "mosaic").code == 2  # another output


@pytest.mark.parametrize(
    ("bad", "code"), [({}, 0), ({"empty.png": b""}, 3), ({"text.mp4": b"hello"}, 3), ({"taken.png": None}, 2)]
)
def test_a_folder_ends_with_its_gravest_outcome(tmp_path: Path, bad: dict[str, bytes | None], code: int) -> None:
    inputs, out = tmp_path / "in", tmp_path / "out"
    inputs.mkdir()
    out.mkdir()
    good: Sequence[str] = ("good.png", "zood.png")
    for name in good:
        write_photo(inputs / name)
    for name, content in bad.items():
        if content is None:
            write_photo(inputs / name)
            (out / name).write_bytes(b"precious")
        else:
            (inputs / name).write_bytes(content)
    said = unseen("redact", inputs, "-o", out, "--json")
    assert said.code == code, said
    facts = {Path(f["source"]).name: f["exit_code"] for f in json.loads(said.out)["files"]}
    assert facts == {**dict.fromkeys(good, 0), **dict.fromkeys(bad, code)}
    assert all(is_whole(out / name) for name in good)
    assert (out / "taken.png").read_bytes() == b"precious" if "taken.png" in bad else True
