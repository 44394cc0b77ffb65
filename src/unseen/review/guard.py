"""Who may speak to the review: one browser, which was given the link, on this machine, from this very page.

A page on the loopback address can be reached by every program and every website that the machine's browser has open. So
nothing is left to one measure: each request has to name the address that the server listens on (which a rebound name
does not), come from this page itself, and carry the cookie that a link, good for one use, was exchanged for.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from unseen.review.presence import Presence

HOST = "127.0.0.1"
DOOR = "/open"
DOOR_SCRIPT = "/open.js"
KNOCK = "/api/open"
GOODBYE = "/api/close"
_OPEN_TO_ALL = frozenset({DOOR, DOOR_SCRIPT, KNOCK})
MOST_BODY = 1 << 20  #: bytes that a request may bring
_SECRET_BYTES = 32
HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
"""On everything that is answered, refusals too; docs/adr/0028 says against what each stands."""
_FRAMES = frozenset({"iframe", "frame", "embed", "object"})


class Keys:
    """The link's token, good for one use, and the cookie that it is exchanged for."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(_SECRET_BYTES)
        self._session = secrets.token_urlsafe(_SECRET_BYTES)
        self._used = False
        self._lock = threading.Lock()

    def exchange(self, token: str) -> str | None:
        """The session's secret for the token, the first time that it is shown; None for anything else."""
        with self._lock:
            right = hmac.compare_digest(token.encode(), self.token.encode())
            if not right or self._used:
                return None
            self._used = True
            return self._session

    def fits(self, session: str) -> bool:
        """Whether this is the session's secret."""
        return hmac.compare_digest(session.encode(), self._session.encode())


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not answered."""

    status: int
    what: str

    def response(self) -> Response:
        step = "Use the link that the terminal shows; start the review again for a new one."
        return JSONResponse({"error": self.what, "next_step": step}, self.status)


class Guard:
    """Lets through what comes from the page, and puts the headers on every answer."""

    def __init__(self, app: ASGIApp, port: int, keys: Keys, presence: Presence) -> None:
        self._app, self._keys, self._presence = app, keys, presence
        self._host = f"{HOST}:{port}"
        self._cookie = cookie_name(port)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return  # there are no sockets to upgrade to

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        refusal = self.refusal(scope["method"], scope["path"], Headers(scope=scope))
        if refusal is not None:
            await refusal.response()(scope, receive, sending)
        elif scope["path"] in (*_OPEN_TO_ALL, GOODBYE):
            await self._app(scope, receive, sending)
        else:
            with self._presence.waiting():
                await self._app(scope, receive, sending)

    def refusal(self, method: str, path: str, headers: Headers) -> Refusal | None:
        """Why a request is refused, or None."""
        if headers.getlist("host") != [self._host]:
            return Refusal(421, "this is not the address that the review is at")
        return self._wrong_origin(headers) or self._wrong_change(method, headers) or self._stranger(path, headers)

    def _wrong_origin(self, headers: Headers) -> Refusal | None:
        origins = headers.getlist("origin")
        if any(origin != f"http://{self._host}" for origin in origins):
            return Refusal(403, "the request comes from another page")
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return Refusal(403, "the request comes from another page")
        if headers.get("sec-fetch-dest", "") in _FRAMES:
            return Refusal(403, "the review is not shown inside another page")
        return None

    def _wrong_change(self, method: str, headers: Headers) -> Refusal | None:
        if method in ("GET", "HEAD"):
            return None
        if method != "POST":
            return Refusal(405, "only GET and POST are answered")
        if "origin" not in headers:
            return Refusal(403, "the request does not say which page it comes from")
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return Refusal(415, "changes are sent as JSON")
        if headers.get("x-unseen") != "1":
            return Refusal(403, "the request was not made by the review's page")
        length = headers.get("content-length", "")
        if not length.isdecimal() or int(length) > MOST_BODY:
            return Refusal(413, "the request is too long, or does not say how long it is")
        return None

    def _stranger(self, path: str, headers: Headers) -> Refusal | None:
        if path in _OPEN_TO_ALL:
            return None
        cookies = [part.strip().partition("=") for part in headers.get("cookie", "").split(";")]
        mine = [value for name, _, value in cookies if name == self._cookie]
        if len(mine) != 1 or not self._keys.fits(mine[0]):
            return Refusal(403, "this browser has not opened the review's link")
        return None


def cookie_name(port: int) -> str:
    """Cookies do not tell ports apart, so the name has to."""
    return f"unseen-{port}"
