"""The review's server: on the loopback address alone, for as long as its page is open."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import uvicorn

from unseen.errors import UsageError
from unseen.review.app import Routes
from unseen.review.desk import Desk
from unseen.review.guard import DOOR, HOST, Guard, Keys
from unseen.review.presence import Presence

_LOOK = 0.2  # seconds between looks at whether anybody is there
_LAST_WORDS = 2.0  # seconds for answers that are under way
_NO_LOG: dict[str, Any] = {
    # Requests name files: what goes wrong is answered to the page, and nothing of it is written anywhere.
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"nowhere": {"class": "logging.NullHandler"}},
    "loggers": {"uvicorn": {"handlers": ["nowhere"], "level": "CRITICAL", "propagate": False}},
}


class Server:
    """A running review: its `link`, and when it ends."""

    def __init__(self, desk: Desk, port: int | None, stay: float) -> None:
        self._desk, self._presence = desk, Presence(stay)
        self._socket = _listening(port)
        self.port = self._socket.getsockname()[1]
        self.keys = Keys()
        routes = Routes(desk, self.keys, self.port, self._presence)
        config = uvicorn.Config(
            Guard(routes.app(), self.port, self.keys, self._presence),
            log_config=_NO_LOG,
            access_log=False,
            server_header=False,
            date_header=False,
            lifespan="off",
            ws="none",
            http="h11",
            loop="asyncio",
            proxy_headers=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, name="unseen-review", daemon=True)

    @property
    def link(self) -> str:
        """Good for one use. Browsers keep what stands behind the # to themselves."""
        return f"http://{HOST}:{self.port}{DOOR}#{self.keys.token}"

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Answers until the end of the block, and then lets go of everything."""
        self._thread.start()
        try:
            yield
        finally:
            self._server.should_exit = True
            self._desk.close()
            self._thread.join(_LAST_WORDS)
            self._socket.close()

    def wait(self) -> None:
        """Return when nobody has been there for a while and nothing runs."""
        while self._thread.is_alive() and (not self._presence.gone or self._desk.jobs.working.busy):
            time.sleep(_LOOK)


def _listening(port: int | None) -> socket.socket:
    try:
        return socket.create_server((HOST, port or 0))
    except (OSError, OverflowError) as error:
        what = f"cannot listen on port {port}: {getattr(error, 'strerror', None) or error}"
        raise UsageError(what, next_step="Leave --port out: a free one is found.") from error
