"""Ending quickly and cleanly when told to: nothing half-made stays behind."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from types import FrameType

from unseen.errors import ExitCode
from unseen.media.publish import abandon

try:
    import resource
except ImportError:  # pragma: no cover - Windows has no such limits
    resource = None  # type: ignore[assignment]

_GRACE = 0.7  # seconds for the ordinary way out, so that Ctrl-C takes one second at most


def stop_on_signals() -> None:
    """Ctrl-C, SIGTERM and a closed terminal raise KeyboardInterrupt; a call that does not return is not waited for."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    for number in _signals():
        signal.signal(number, _interrupt)
    threading.Thread(target=_watch, args=(reader,), name="unseen-stop", daemon=True).start()


def dump_no_core() -> None:
    """No process of this job leaves its memory, and with it pictures of people, in a file when it breaks down."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _signals() -> list[signal.Signals]:
    hang_up = getattr(signal, "SIGHUP", None)
    wanted = [signal.SIGINT, signal.SIGTERM]
    # Whoever starts a job with nohup wants it to outlive the terminal.
    return wanted if hang_up is None or signal.getsignal(hang_up) == signal.SIG_IGN else [*wanted, hang_up]


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Once is enough: a second signal would break into the cleaning up."""
    for each in _signals():
        signal.signal(each, signal.SIG_IGN)
    sys.unraisablehook = _say_nothing  # where the signal met a library's callback, nobody is there to catch it
    raise KeyboardInterrupt


def _say_nothing(_: object) -> None:
    pass


def _watch(reader: int) -> None:
    """The interpreter cannot run a handler while a codec or a net works; a byte in the pipe arrives all the same."""
    os.read(reader, 1)
    time.sleep(_GRACE)
    abandon()
    os._exit(ExitCode.STORAGE)
