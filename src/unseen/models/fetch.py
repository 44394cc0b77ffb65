"""Fetching a model: the only thing Unseen does over a network, and only when asked to.

What comes is untrusted until it is, byte for byte, what the model's card names.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

from unseen.errors import ModelError, StorageError
from unseen.models.card import ModelCard
from unseen.models.external_data import refuse_external_data
from unseen.models.shapes import refuse_huge_shapes
from unseen.models.store import ModelStore, verify

TIMEOUT = 30.0
"""Seconds without an answer."""
_CHUNK = 1 << 16

Opener = Callable[[str], AbstractContextManager[IO[bytes]]]
"""Opens an address for reading."""
Progress = Callable[[int, int], None]
"""Called with how many bytes are here, and of how many."""


def fetch(card: ModelCard, store: ModelStore, opened: Opener | None = None, progress: Progress | None = None) -> Path:
    """Fetch a model and put it, whole and checked, into the store at once; gives its path.

    `opened`: by default `over_https`. ModelError where it cannot be reached or is not the model its card names;
    StorageError where it cannot be put down. What was there before stays until then.
    """
    if card.address is None:
        raise ModelError(f"{card.name} comes with Unseen", next_step="Use it: there is nothing to fetch.")
    weights = _received(card, card.address, opened or over_https, progress)
    try:
        verify(card, weights)
        refuse_external_data(weights)
        refuse_huge_shapes(weights)
    except ValueError as error:
        what = f"what came from {card.address} is not {card.name}, and was thrown away: {error}"
        raise ModelError(
            what, next_step="Try again later; if it stays, its makers changed it: please report it."
        ) from error
    return _put(weights, store.path(card))


@contextlib.contextmanager
def over_https(address: str) -> Iterator[IO[bytes]]:
    """The answer to an https request, through redirections to https only. URLError where there is none."""
    if not address.startswith("https://"):
        raise urllib.error.URLError("only https is spoken")
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
        _StaysHttps(),
    ):
        opener.add_handler(handler)
    with opener.open(address, timeout=TIMEOUT) as answer:
        yield answer


class _StaysHttps(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if not newurl.startswith("https://"):
            raise urllib.error.URLError("redirected away from https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _received(card: ModelCard, address: str, opened: Opener, progress: Progress | None) -> bytes:
    """At most one byte more than the card's size, however much is sent."""
    weights = bytearray()
    try:
        with opened(address) as answer:
            while chunk := answer.read(min(_CHUNK, card.size + 1 - len(weights))):
                weights += chunk
                if progress is not None:
                    progress(len(weights), card.size)
    except (OSError, http.client.HTTPException) as error:
        what = f"{card.name} could not be fetched from {address}: {error}"
        raise ModelError(what, next_step="Check the connection, and try again.") from error
    return bytes(weights)


def _put(weights: bytes, path: Path) -> Path:
    """Write beside, make durable, and only then give it its name. Folders are the user's alone, the model readable."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            try:
                file.write(weights)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).chmod(0o644)
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        what = f"cannot be written ({error.strerror})"
        raise StorageError(what, path=path, next_step="Make room, or point XDG_DATA_HOME elsewhere.") from error
    return path
