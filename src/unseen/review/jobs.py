"""Work that takes longer than a request: looking, following, releasing; one at a time of each sort, with progress."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from unseen.errors import UnexpectedError, UnseenError, printable

Work = Callable[["Job"], dict[str, Any]]


class Stopped(Exception):  # noqa: N818 - a person's wish, no error
    """The job was told to stop."""


@dataclass(slots=True, eq=False)
class Job:
    """One piece of work: how far it is, and what came of it (`result` or `error`)."""

    id: str
    work: Work
    step: str = "waiting"
    done: int = 0
    total: int | None = None
    result: dict[str, Any] | None = None
    error: UnseenError | None = None
    ended: threading.Event = field(default_factory=threading.Event)
    stopping: threading.Event = field(default_factory=threading.Event)

    def progress(self, step: str, done: int, total: int | None) -> None:
        """Take note of how far it is. Raises Stopped where somebody told it to stop."""
        if self.stopping.is_set():
            raise Stopped
        self.step, self.done, self.total = step, done, total

    def facts(self) -> dict[str, Any]:
        """The job as the page is told of it."""
        said: dict[str, Any] = {"id": self.id, "step": self.step, "done": self.done, "total": self.total}
        if not self.ended.is_set():
            return said | {"state": "running"}
        if self.error is not None:
            return said | {"state": "failed", **error_facts(self.error), **(self.result or {})}
        return said | {"state": "done", **(self.result or {})}


def error_facts(error: UnseenError) -> dict[str, str]:
    """An error as the page is told of it. Names of files are shown, their folders are not."""
    return {"error": printable(error.what), "next_step": printable(error.next_step)}


class Lane:
    """Jobs of one sort, one after the other, in a thread of their own; those added as urgent go first."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._waiting: list[Job] = []
        self._running: Job | None = None
        self._change = threading.Condition()
        self._open = True
        self._thread: threading.Thread | None = None

    def add(self, job: Job, *, urgent: bool = False) -> Job:
        """Put a job into the line."""
        with self._change:
            self._waiting.insert(0 if urgent else len(self._waiting), job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=f"unseen-{self._name}", daemon=True)
                self._thread.start()
            self._change.notify()
        return job

    def hurry(self, job: Job) -> None:
        """Let a waiting job go first."""
        with self._change:
            if job in self._waiting:
                self._waiting.remove(job)
                self._waiting.insert(0, job)

    @property
    def busy(self) -> bool:
        """Whether anything runs."""
        return self._running is not None

    def close(self) -> None:
        """Stop what runs at its next sign of life, and start nothing more."""
        with self._change:
            self._open = False
            for job in [*self._waiting, *([self._running] if self._running is not None else [])]:
                job.stopping.set()
            self._waiting.clear()
            self._change.notify()
        if self._thread is not None:
            self._thread.join(timeout=1.0)

    def _run(self) -> None:
        while True:
            with self._change:
                self._running = None
                self._change.wait_for(lambda: self._waiting or not self._open)
                if not self._open:
                    return
                self._running = self._waiting.pop(0)
            _do(self._running)


def _do(job: Job) -> None:
    try:
        job.progress("starting", 0, None)
        job.result = job.work(job)
    except Stopped:
        job.error = UnexpectedError("was stopped", next_step="Start it again when you want to.")
    except UnseenError as error:
        job.error = error
    except Exception as error:  # noqa: BLE001 - hostile files find the faults that tests did not; the review goes on
        what = f"Unseen failed on it ({type(error).__name__}: {printable(str(error))})"
        job.error = UnexpectedError(what, next_step="Please report this text.")
    finally:
        job.ended.set()


class Jobs:
    """Every job of the review, found by its name."""

    MOST = 20_000

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._jobs: dict[str, Job] = {}
        self.looking, self.working = Lane("looking"), Lane("working")

    def make(self, work: Work) -> Job:
        """A new job, for a lane to run."""
        with self._lock:
            job = Job(f"j{next(self._numbers)}", work)
            self._jobs[job.id] = job
            while len(self._jobs) > self.MOST:
                self._jobs.pop(next(iter(self._jobs)))
            return job

    def find(self, name: str) -> Job | None:
        """The job of that name."""
        return self._jobs.get(name)

    def close(self) -> None:
        """Stop everything."""
        self.looking.close()
        self.working.close()
