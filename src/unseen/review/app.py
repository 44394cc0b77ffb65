"""What the review answers to which address. Nothing is decided here: every answer is another module's."""

from __future__ import annotations

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from unseen.errors import InputError, UnseenError, UsageError
from unseen.review import guard
from unseen.review.asking import answered, flag, got, missing, number, picture, posted, refused
from unseen.review.desk import Desk, Item
from unseen.review.document import outlines
from unseen.review.pages import Pages
from unseen.review.presence import Presence
from unseen.review.session import Session

_MOST_LISTED = 1000
_MOST_OUTLINES = 256
_WIDEST = 3840
_WIDEST_THUMB = 640


class Token(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the link carries behind its #."""

    token: str


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An empty object."""


class Routes:
    """The answers, over one desk."""

    def __init__(self, desk: Desk, keys: guard.Keys, port: int, presence: Presence) -> None:
        self._desk, self._keys, self._port, self._presence = desk, keys, port, presence
        self._pages = Pages()

    def app(self) -> Starlette:
        """Every address and its answer."""
        file = "/api/files/{file}"
        routes = [
            Route(guard.DOOR, lambda _: self._part("door/open.html")),
            Route(guard.DOOR_SCRIPT, lambda _: self._part("door/open.js")),
            Route(guard.KNOCK, posted(Token, self._knock), methods=["POST"]),
            Route("/", lambda _: self._part("page/index.html")),
            Route("/page/{name:path}", lambda request: self._part(f"page/{request.path_params['name']}")),
            Route("/api/files", got(self._files)),
            Route(file, got(self._document)),
            Route(file + "/times", got(self._times)),
            Route(file + "/outlines", got(self._outlines)),
            Route(file + "/frames/{number:int}.jpg", got(self._frame)),
            Route(file + "/thumb.jpg", got(self._thumb)),
            Route("/api/jobs/{job}", got(self._job)),
            Route("/api/alive", posted(Nothing, self._alive), methods=["POST"]),
            Route("/api/close", posted(Nothing, self._close), methods=["POST"]),
        ]
        return Starlette(routes=routes, exception_handlers={UnseenError: refused, 404: missing, 405: missing})

    def _knock(self, _: Request, asked: Token) -> Response:
        session = self._keys.exchange(asked.token)
        if session is None:
            return guard.Refusal(403, "this link was used already, or is not the one of this review").response()
        self._presence.alive()
        response = Response(status_code=204)
        response.set_cookie(guard.cookie_name(self._port), session, path="/", httponly=True, samesite="strict")
        return response

    def _part(self, name: str) -> Response:
        found = self._pages.part(name)
        return (
            answered({"error": "there is no such part of the page", "next_step": ""}, 404) if found is None else found
        )

    def _item(self, request: Request) -> Item:
        return self._desk.item(request.path_params["file"])

    def _session(self, request: Request) -> Session:
        session = self._desk.session(self._item(request))
        if session is None:
            raise InputError("was not looked at yet", next_step="Wait until it is.")
        return session

    def _files(self, request: Request) -> Response:
        first = number(request, "from", 0, 10**9)
        return answered(self._desk.listed(first, number(request, "count", 200, _MOST_LISTED)))

    def _document(self, request: Request) -> Response:
        item = self._item(request)
        session = self._desk.session(item)
        if session is None:
            job = item.job.id if item.job is not None else None
            return answered({"id": item.id, "name": item.name, "kind": None, "state": "looking", "job": job}, 202)
        return answered(self._desk.document(item, session))

    def _times(self, request: Request) -> Response:
        times = self._session(request).clock
        return answered({"times": times.seconds() if times is not None else []})

    def _outlines(self, request: Request) -> Response:
        first, last = number(request, "first", None, 10**9), number(request, "last", None, 10**9)
        if not 0 <= last - first < _MOST_OUTLINES:
            raise UsageError(f"ask for up to {_MOST_OUTLINES} pictures at once", next_step="Ask for fewer.")
        return answered(outlines(self._session(request).plan, first, last))

    def _frame(self, request: Request) -> Response:
        width = number(request, "width", 1280, _WIDEST)
        shown = request.path_params["number"]
        return picture(self._desk.picture(self._item(request), shown, width, covered=flag(request, "covered")))

    def _thumb(self, request: Request) -> Response:
        width = number(request, "width", 320, _WIDEST_THUMB)
        covered = flag(request, "covered", default=True)
        return picture(self._desk.thumb(self._item(request), width, covered=covered))

    def _job(self, request: Request) -> Response:
        job = self._desk.jobs.find(request.path_params["job"])
        if job is None:
            raise InputError("there is no such job", next_step="Start it again.")
        return answered(job.facts())

    def _alive(self, _: Request, __: Nothing) -> Response:
        self._presence.alive()
        return answered({})

    def _close(self, _: Request, __: Nothing) -> Response:
        self._presence.leaving()
        return answered({})
