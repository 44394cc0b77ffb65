"""Jobs that are disturbed at a chosen moment, and what has to be true of what they leave."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import random
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from make import Clip, Sound, write_clip, write_photo
from recordings import noise, write_recording
from runner import Origin, Runner, Verdict, Watch

CHAIN = ".unseen-chain.json"
KINDS: dict[str, Verdict] = {"kill": signal.SIGKILL, "no space": errno.ENOSPC, "I/O error": errno.EIO}
REFUSED = 6  # the exit code for a storage that fails
SHORT_STRETCHES = "from unseen.find import stretches; stretches.STRETCH = 2"
"""What is done to the program so that a clip of four pictures leaves notes."""
_LOOK = ("--find", "codes")  # needs no net: a run lasts a fraction of a second


@dataclass(frozen=True, slots=True)
class Job:
    """A command to disturb: what it reads, which files it is to release, and what is done before each time."""

    name: str
    source: str
    outputs: tuple[str, ...]
    more: tuple[str, ...] = ()
    new_key: bool = False  #: begins without a signing key
    earlier: bool = False  #: something released before is in the way, to be replaced


JOBS = (
    Job("photo", "photo.png", ("photo.png",)),
    Job("video", "clip.mp4", ("clip.mp4",)),
    Job("audio", "sound.wav", ("sound.wav",)),
    Job("folder", "all", ("clip.mp4", "photo.png", "sound.wav")),
    Job("first use", "photo.png", ("photo.png",), new_key=True),
    Job("replacing", "clip.mp4", ("clip.mp4",), more=("--overwrite",), earlier=True),
)


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What a disturbed run ended with and left, and everything about that which may not be: `wrong`."""

    code: int | None  #: None: killed
    released: int
    wrong: tuple[str, ...]
    calls: int = 0

    @property
    def outcome(self) -> str:
        ended = "killed" if self.code is None else f"exit {self.code}"
        return f"{ended}, {self.released} released" if self.released else f"{ended}, nothing at the destination"


@dataclass(slots=True)
class Bench:
    """A folder with sources, a key and outputs, and the processes that work there."""

    root: Path
    origin: Origin
    out: Path = field(init=False)
    _runner: Runner | None = None
    _whole: dict[str, dict[str, str]] = field(default_factory=dict)  #: of undisturbed runs: digests by name
    _sources: dict[Path, tuple[Any, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.out = self.root / "out"
        (self.root / "all").mkdir()
        (self.root / "temporary").mkdir()
        for folder in (self.root, self.root / "all"):
            write_photo(folder / "photo.png", (96, 64))
            write_clip(folder / "clip.mp4", Clip(ticks=range(4), sounds=(Sound(seconds=0.3),)))
            write_recording(folder / "sound.wav", noise(0.3))
        self._sources = {path: _state(path) for path in self.root.rglob("*") if path.is_file()}

    @staticmethod
    def environment(root: Path) -> dict[str, str]:
        """What the origin of the runners has to be started with."""
        return {"UNSEEN_KEY": str(root / "key" / "key.pem"), "TMPDIR": str(root / "temporary")}

    def runner(self) -> Runner:
        """A process that has not been killed, warm where there is one."""
        if self._runner is None:
            self._runner = self.origin.runner()
        return self._runner

    def close(self) -> None:
        if self._runner is not None:
            self._runner.close()
            self._runner = None

    def arguments(self, job: Job, out: Path | None = None) -> list[str]:
        destination = (out or self.out) / ("" if job.source == "all" else job.outputs[0])
        return ["redact", str(self.root / job.source), "-o", str(destination), *_LOOK, *job.more]

    def prepare(self, job: Job) -> None:
        """The state in which a job begins."""
        shutil.rmtree(self.out, ignore_errors=True)
        if job.new_key:
            shutil.rmtree(self.root / "key", ignore_errors=True)
        self.whole(job)
        shutil.rmtree(self.out, ignore_errors=True)
        if job.new_key:
            shutil.rmtree(self.root / "key", ignore_errors=True)
        if job.earlier:
            assert self.runner().run([*self.arguments(job), "--style", "mosaic"]) == (0, "")

    def whole(self, job: Job) -> dict[str, str]:
        """Digests of what an undisturbed run releases, audited once more."""
        if job.name not in self._whole:
            code, said = self.runner().run(self.arguments(job))
            assert code == 0, said
            assert not self._unverified(job.outputs)
            self._whole[job.name] = {name: _digest(self.out / name) for name in job.outputs}
        return self._whole[job.name]

    def points(self, job: Job) -> int:
        """How many calls of an undisturbed run change a file."""
        self.prepare(job)
        watch = Watch(self.root, lambda number, call: None)
        code, said = self.runner().run(self.arguments(job), watch)
        assert code == 0, said
        return len(watch.calls)

    def disturb(self, job: Job, point: int, kind: str) -> Aftermath:
        """Let one call of a run fail, or kill the run before it."""
        self.prepare(job)
        watch = Watch(self.root, lambda number, call: KINDS[kind] if number == point else None)
        runner = self.runner()
        code, said = runner.run(self.arguments(job), watch)
        if code is None:
            self._runner = None
        return self.judge(job, code, said, len(watch.calls))

    def kill_at(self, job: Job, seconds: float, whom: random.Random | None = None) -> Aftermath:
        """Kill a run that starts cold after so many seconds; with `whom`, one of the processes that it started."""
        self.prepare(job)
        runner = self.origin.runner()
        timer = threading.Timer(seconds, runner.kill if whom is None else lambda: runner.kill_helper(whom))
        timer.start()
        code, said = runner.run(self.arguments(job))
        timer.cancel()
        timer.join()
        if code is not None:
            runner.close()
        return self.judge(job, code, said, 0, storage=whom is None)

    def together(self, job: Job, others: Sequence[Runner]) -> tuple[list[int | None], list[str]]:
        """Run a job in several processes at once: how each ended, and what is wrong with what they leave."""
        self.prepare(job)
        runners = [self.runner(), *others]
        for runner in runners:
            runner.start(self.arguments(job))
        codes = [runner.ended()[0] for runner in runners]
        wrong = self.unlike_whole(job)
        if set(codes) - {0, 2} or (len(job.outputs) == 1 and codes.count(0) != 1):
            wrong.append(f"ended with {codes}")
        return codes, wrong

    def fill_up(self, job: Job, room: int) -> Aftermath:
        """Run a job on a disk of so many bytes, and again on one with enough. Needs the right to mount."""
        self.prepare(job)
        self.out.mkdir()
        with _disk(self.out, room):
            code, said = self.runner().run(self.arguments(job))
            there = [name for name in job.outputs if (self.out / name).exists()]
            wrong = [f"left behind: {path.name}" for path in self.out.glob(".*unseen-part*")]
            if code not in (0, REFUSED) or (code == 0) != (len(there) == len(job.outputs)):
                wrong.append(f"exit {code} with {there}: {said}")
            wrong += self._unverified(there)
            subprocess.run(["mount", "-o", "remount,size=8m", str(self.out)], check=True)
            after = self.judge(job, code, said, 0)
        return Aftermath(code, len(there), (*wrong, *after.wrong))

    def lasts(self, job: Job) -> float:
        """Seconds that a run takes that starts cold."""
        self.prepare(job)
        runner = self.origin.runner()
        began = time.monotonic()
        code, said = runner.run(self.arguments(job))
        assert code == 0, said
        taken = time.monotonic() - began
        runner.close()
        return taken

    def judge(self, job: Job, code: int | None, said: str, calls: int, *, storage: bool = True) -> Aftermath:
        """What a run left, and what the same command makes of it."""
        wrong = []
        if storage and code not in (None, 0, REFUSED):
            wrong.append(f"exit {code}: {said}")
        if "Traceback" in said or "Unseen failed on it" in said:
            wrong.append(f"said {said}")
        there = [name for name in job.outputs if (self.out / name).exists()]
        wrong += self._unverified(there)
        if code == 0 and len(there) != len(job.outputs):
            wrong.append("said that all is released, and it is not")
        if code == REFUSED and job.earlier and not there:
            wrong.append("what was released before is gone, and nothing is in its place")
        again, complaint = self.runner().run([*self.arguments(job), "--resume"])
        if again != 0:
            wrong.append(f"the same command again: exit {again}: {complaint}")
        wrong += self.unlike_whole(job)
        return Aftermath(code, len(there), tuple(wrong), calls)

    def unlike_whole(self, job: Job) -> list[str]:
        """How what is there now differs from what an undisturbed run leaves."""
        wrong = []
        expected = {CHAIN, *job.outputs, *(f"{name}.record.json" for name in job.outputs)}
        left = {path.name for path in self.out.iterdir()} if self.out.is_dir() else set()
        wrong += [f"left behind: {name}" for name in left - expected]
        wrong += [f"missing: {name}" for name in expected - left]
        for name, digest in self.whole(job).items():
            if _digest(self.out / name) != digest and self._unverified([name]):
                wrong.append(f"{name} is not what was to be released")
        code, said = self.runner().run(["verify", str(self.out)])
        if code != 0:
            wrong.append(f"the folder's history: {said}")
        wrong += [f"{path.name} was changed" for path, before in self._sources.items() if _state(path) != before]
        wrong += [f"left in the folder for temporary files: {p.name}" for p in (self.root / "temporary").iterdir()]
        wrong += [f"left beside the key: {p.name}" for p in (self.root / "key").iterdir() if p.name != "key.pem"]
        return wrong

    def _unverified(self, names: Sequence[str]) -> list[str]:
        """What of these is no whole file, audited, beside a record that vouches for it."""
        wrong = []
        for name in names:
            record = self.out / f"{name}.record.json"
            with contextlib.suppress(OSError, ValueError):
                if json.loads(record.read_bytes())["output"]["sha256"] == _digest(self.out / name):
                    code, said = self.runner().run(["verify", str(self.out / name)])
                    if code == 0:
                        continue
                    wrong.append(f"{name}: exit {code}: {said}")
                    continue
            wrong.append(f"{name} is at the destination without its record")
        return wrong


@contextlib.contextmanager
def _disk(folder: Path, room: int) -> Iterator[None]:
    """A disk of so many bytes, in pages of 4096."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={room}", "unseen-test", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _state(path: Path) -> tuple[Any, ...]:
    facts = path.stat()
    return _digest(path), facts.st_ino, facts.st_mode, facts.st_mtime_ns, facts.st_nlink
