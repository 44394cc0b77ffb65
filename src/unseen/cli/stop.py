"""Ending quickly and cleanly when told to: nothing half-made stays behind."""

from __future__ import annotations

import os
import signal
import threading
import time
from types import FrameType

from unseen.errors import ExitCode
from unseen.media.publish import abandon

_GRACE = 0.7  # seconds for the ordinary way out, so that Ctrl-C takes one second at most


def stop_on_signals() -> None:
    """Ctrl-C and SIGTERM raise KeyboardInterrupt; a library call that does not return is not waited for."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    threading.Thread(target=_watch, args=(reader,), name="unseen-stop", daemon=True).start()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _watch(reader: int) -> None:
    """The interpreter cannot run a handler while a codec or a net works; a byte in the pipe arrives all the same."""
    os.read(reader, 1)
    time.sleep(_GRACE)
    abandon()
    os._exit(ExitCode.STORAGE)
