"""Whether anybody is there: the page says so now and then, and the review ends when it no longer does."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

UNTIL_OPENED = 900.0
"""Seconds that the link waits for somebody to open it."""
RELOADED = 5.0
"""Seconds after a page was closed in which it may come back: reloading closes it, too."""


class Presence:
    """Until when the review waits for a sign of life."""

    def __init__(self, stay: float) -> None:
        """`stay`: seconds after the last sign of life."""
        self._stay = stay
        self._lock = threading.Lock()
        self._until = time.monotonic() + UNTIL_OPENED
        self._waiting = 0

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """Somebody waits for an answer, however long it takes."""
        with self._lock:
            self._waiting += 1
        try:
            yield
        finally:
            self.alive()
            with self._lock:
                self._waiting -= 1

    def alive(self) -> None:
        """Somebody is there."""
        with self._lock:
            self._until = time.monotonic() + self._stay

    def leaving(self) -> None:
        """The page was closed."""
        with self._lock:
            self._until = time.monotonic() + min(RELOADED, self._stay)

    @property
    def gone(self) -> bool:
        """Whether nobody has been there for long enough."""
        with self._lock:
            return self._waiting == 0 and time.monotonic() >= self._until
