"""Work ahead in a thread, by a bounded number of items."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Generator, Iterator
from typing import TypeVar

Item = TypeVar("Item")


class _End:
    """Closes the queue, with the error that ended it."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


AHEAD = 4
"""Decoded pictures waiting: enough to keep a second core busy, little memory at 4K."""


def prefetch(items: Iterator[Item], depth: int) -> Generator[Item, None, None]:
    """The same items, produced up to `depth` ahead in another thread; what it raises is raised here.

    Closing it stops the thread and closes `items`. Whoever may leave the loop early closes it (`contextlib.closing`):
    an error keeps the loop that it left alive, and with it the thread, for as long as the error itself is kept.
    """
    ready: queue.Queue[Item | _End] = queue.Queue(depth)
    stop = threading.Event()

    def put(item: Item | _End) -> bool:
        while not stop.is_set():
            try:
                ready.put(item, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def work() -> None:
        error: BaseException | None = None
        try:
            with contextlib.ExitStack() as stack:
                if isinstance(items, Generator):
                    stack.callback(items.close)
                for item in items:
                    if not put(item):
                        break
        except BaseException as caught:  # noqa: BLE001 - carried over to the thread that asked
            error = caught
        put(_End(error))

    worker = threading.Thread(target=work, name="unseen-prefetch", daemon=True)
    worker.start()
    try:
        while True:
            item = ready.get()
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item
    finally:
        stop.set()
        worker.join()
