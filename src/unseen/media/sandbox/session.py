"""One worker with one file open: questions, answers, and what it means when no sensible answer comes."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from fractions import Fraction
from typing import NoReturn

from unseen.core import MediaKind
from unseen.errors import InputError, LimitError, UnexpectedError, UnreadableError, UnsupportedError, printable
from unseen.media.limits import MOST_RATE, Limits
from unseen.media.sandbox import checks, messages
from unseen.media.sandbox.channel import Silence
from unseen.media.sandbox.forkserver import Workers
from unseen.media.source import SourceFile

_ERRORS: dict[str, type[InputError]] = {
    kind.__name__: kind for kind in (InputError, UnreadableError, UnsupportedError, LimitError)
}
_CARE = "It is damaged or made to do harm: open it with nothing else that you would not trust with it."
_SLOW = "Write it anew with the program it came from, and try again."
_REPORT = "Please report this text, and the file if you can share it."
_MOST_SAID = 600
_SOON = 1.0  # seconds for the pictures that are under way when a pass is left off
_HEAD_START = 600.0  # seconds that a file may take whatever its length
_SLOWER = 30.0  # seconds for each second that is shown: 8K on a slow machine takes about ten


class Session:
    """A worker from its start to its end. Raises InputError or one of its kinds, SandboxError.

    `isolation`: how it is locked up; `opened`: what the file's headers say; `done`: what the last question left.
    """

    def __init__(self, source: SourceFile, limits: Limits, workers: Workers) -> None:
        self._path, self._limits, self._workers = source.path, limits, workers
        self._process, self._channel = workers.start()
        self.ended = False
        self._until: float | None = None
        try:
            self._send(messages.Open(source.size, limits), [source.descriptor()])
            locked = self._receive(limits.idle_seconds)
            if not isinstance(locked, messages.Locked):
                self.refuse_nonsense("not locked up")
            self.isolation = locked.isolation
            opened = self._receive(limits.idle_seconds)
            if not isinstance(opened, messages.Opened):
                self.refuse_nonsense("headers that are none")
            with self.sensible():
                checks.check_opened(opened, limits)
        except BaseException:
            self.end()
            raise
        self.opened = opened
        self.done: messages.Done | None = None

    def ask(self, question: messages.Request, memory: int | None = None) -> Iterator[messages.Reply]:
        """Every answer but the last, which `done` holds then. `memory` goes with the question, and is closed."""
        self.done = None
        try:
            self._send(question, [] if memory is None else [memory])
        finally:
            if memory is not None:
                os.close(memory)
        pace = _Pace(self._limits, self.opened.kind)
        while True:
            reply = self._receive(pace.seconds_left())
            pace.waited(self._last_wait)
            if isinstance(reply, messages.Done):
                with self.sensible():
                    checks.check_done(reply, self.opened, self._limits)
                self.done = reply
                return
            if isinstance(reply, messages.GivenTime | messages.GivenView | messages.GivenPicture):
                with self.sensible():
                    pace.shown(reply.time)
            elif isinstance(reply, messages.GivenCoded):
                with self.sensible():
                    pace.coded(reply.time)
            elif isinstance(reply, messages.GivenSound):
                pace.reached(reply.time)
            yield reply

    def taken(self) -> None:
        """Say that the oldest slot is free again."""
        self._send(messages.Taken(), [])

    def leave_off(self, answers: Iterator[messages.Reply]) -> None:
        """Have the worker end a pass early; where it does not soon, `done` stays None and it is of no more use."""
        self._until = time.monotonic() + _SOON
        self._send(messages.LeaveOff(), [])
        with contextlib.suppress(InputError):
            for _ in answers:
                pass
        self._until = None

    def end(self) -> int:
        """Kill the worker, unless it has ended; what it ended with, as `Popen.returncode`."""
        if self.ended:
            return 0
        self.ended = True
        self._channel.close()
        return self._workers.end(self._process)

    @contextlib.contextmanager
    def sensible(self) -> Iterator[None]:
        """Turn a ValueError about what the worker said into the file's refusal."""
        try:
            yield
        except ValueError as error:
            self.refuse_nonsense(str(error), error)

    def refuse_nonsense(self, what: str, cause: Exception | None = None) -> NoReturn:
        """End the worker, and refuse the file whose decoder says what cannot be."""
        self.end()
        said = f"its decoder was made to say what cannot be: {printable(what)[:200]}"
        raise UnreadableError(said, path=self._path, next_step=_CARE) from cause

    def _send(self, message: messages.Request, descriptors: list[int]) -> None:
        with contextlib.suppress(EOFError):  # whatever it said before it went is still to be read
            self._channel.send(messages.encode(message), descriptors)

    def _receive(self, seconds: float) -> messages.Reply:
        began = time.monotonic()
        if self._until is not None:
            seconds = max(0.0, min(seconds, self._until - began))
        try:
            reply = messages.decode_reply(self._channel.receive(seconds))
        except Silence as error:
            what = f"its decoder gave nothing for {seconds:.0f} s"
            raise LimitError(what, path=self._path, next_step=_SLOW) from error
        except EOFError as error:
            raise self._death() from error
        except ValueError as error:
            self.refuse_nonsense(str(error), error)
        finally:
            self._last_wait = time.monotonic() - began
        if isinstance(reply, messages.Refused):
            raise self._refusal(reply)
        return reply

    def _refusal(self, said: messages.Refused) -> InputError:
        what, step = printable(said.what)[:_MOST_SAID], printable(said.next_step)[:_MOST_SAID]
        if said.error in _ERRORS:
            return _ERRORS[said.error](what, path=self._path, next_step=step)
        return UnexpectedError(
            f"Unseen failed on it ({what}); nothing was released", path=self._path, next_step=_REPORT
        )

    def _death(self) -> InputError:
        """Why the worker ended although it was needed."""
        status = self.end()
        if status == -signal.SIGXCPU:
            what = f"takes more than {self._limits.processor_seconds} s of processor time to decode"
            return LimitError(what, path=self._path, next_step=_SLOW)
        if status == -signal.SIGKILL:
            what = "its decoder was stopped by the system: there is not enough memory"
            return LimitError(what, path=self._path, next_step="Close other programs, or refuse it: --max-memory")
        how = signal.Signals(-status).name if status < 0 else f"status {status}"
        return UnreadableError(f"its decoder crashed on it ({how})", path=self._path, next_step=_CARE)


class _Pace:
    """How long a worker may keep others waiting: never long for one picture, and in all no more than decoding takes.

    Pictures come in order of time, each later than the one before, and no more of them than there may be.
    """

    def __init__(self, limits: Limits, kind: MediaKind) -> None:
        self._limits = limits
        many = limits.seconds * MOST_RATE if kind is MediaKind.AUDIO else limits.frames
        self._left = 1 if kind is MediaKind.PHOTO else many
        self._first: Fraction | None = None
        self._last: Fraction | None = None
        self._waited = 0.0

    def shown(self, time: Fraction) -> None:
        checks.need(abs(time) <= checks.LONGEST_TIME, "a time out of this world")
        checks.need(self._last is None or time > self._last, "times that do not increase")
        checks.need(self._left > 0, "more pictures than there may be")
        self._left -= 1
        self.reached(time)

    def coded(self, time: Fraction) -> None:
        """Coded pictures come in the file's order, which is not that of their times."""
        checks.need(abs(time) <= checks.LONGEST_TIME, "a time out of this world")
        checks.need(self._left > 0, "more pictures than there may be")
        self._left -= 1
        self.reached(time if self._last is None else max(time, self._last))

    def reached(self, time: Fraction) -> None:
        self._first = time if self._first is None else self._first
        self._last = time

    def waited(self, seconds: float) -> None:
        self._waited += seconds

    def seconds_left(self) -> float:
        """How long the next answer may take."""
        length = float(self._last - self._first) if self._last is not None and self._first is not None else 0.0
        return max(1.0, min(self._limits.idle_seconds, _HEAD_START + _SLOWER * length - self._waited))
