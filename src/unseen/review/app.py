"""What the review answers to which address. Nothing is decided here: every answer is another module's."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from unseen.errors import InputError, UnseenError, UsageError
from unseen.review import guard
from unseen.review.asking import answered, broken, flag, got, missing, nameless, number, picture, posted, refused, sound
from unseen.review.changes import At, Batch, Change, Changes, Follow, Nameless, Shown, Who, named
from unseen.review.desk import Desk, Item
from unseen.review.document import Json, outlines
from unseen.review.jobs import Job, error_facts
from unseen.review.pages import Pages
from unseen.review.presence import Presence
from unseen.review.session import Outdated, Session

_MOST_LISTED = 1000
_MOST_OUTLINES = 256
_MOST_POINTS = 20_000
_MOST_KEPT = 500
_MOST_PIECES = 10**6
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
        self._pages, self._changes = Pages(), Changes(desk)

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
            Route(file + "/wave", got(self._wave)),
            Route(file + "/sound/{piece:int}.wav", got(self._sound)),
            Route(file + "/crossings", got(self._crossings)),
            Route(file + "/edits", posted(Change, self._edit), methods=["POST"]),
            Route(file + "/undo", posted(At, self._undo), methods=["POST"]),
            Route(file + "/redo", posted(At, self._redo), methods=["POST"]),
            Route(file + "/seen", posted(Shown, self._seen), methods=["POST"]),
            Route(file + "/sign", posted(At, self._sign), methods=["POST"]),
            Route(file + "/follow", posted(Follow, self._follow), methods=["POST"]),
            Route(file + "/release", posted(At, self._release), methods=["POST"]),
            Route("/api/batch", posted(Batch, self._batch), methods=["POST"]),
            Route("/api/jobs/{job}/stop", posted(Nothing, self._stop), methods=["POST"]),
            Route("/api/who", posted(Who, self._who), methods=["POST"]),
            Route("/api/alive", posted(Nothing, self._alive), methods=["POST"]),
            Route(guard.GOODBYE, posted(Nothing, self._close), methods=["POST"]),
        ]
        handlers = {UnseenError: refused, Nameless: nameless, Exception: broken, 404: missing, 405: missing}
        return Starlette(routes=routes, exception_handlers=handlers)

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
        return self._desk.ready(self._item(request))

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

    def _wave(self, request: Request) -> Response:
        item = self._item(request)
        try:
            return answered({"peaks": self._desk.wave(item, number(request, "points", 1000, _MOST_POINTS))})
        except InputError as error:
            return answered(error_facts(error), 404)

    def _sound(self, request: Request) -> Response:
        piece = request.path_params["piece"]
        if piece > _MOST_PIECES:
            raise UsageError("that is past the end of any sound", next_step="Choose an earlier moment.")
        try:
            return sound(self._desk.sound(self._item(request), piece, covered=flag(request, "covered")))
        except InputError as error:
            return answered(error_facts(error), 404)

    def _crossings(self, request: Request) -> Response:
        named_tracks = request.query_params.getlist("track")
        if not 0 < len(named_tracks) <= _MOST_KEPT:
            raise UsageError("name the tracks that are to be kept", next_step="Choose fewer, or at least one.")
        return answered(self._changes.meetings(self._item(request), named_tracks))

    def _edit(self, request: Request, change: Change) -> Response:
        return self._changed(request, lambda item: self._changes.edit(item, change))

    def _undo(self, request: Request, at: At) -> Response:
        return self._changed(request, lambda item: self._changes.turn(item, at, back=True))

    def _redo(self, request: Request, at: At) -> Response:
        return self._changed(request, lambda item: self._changes.turn(item, at, back=False))

    def _sign(self, request: Request, at: At) -> Response:
        return self._changed(request, lambda item: self._changes.sign(item, at))

    def _follow(self, request: Request, asked: Follow) -> Response:
        return self._changed(request, lambda item: {"job": self._changes.follow(item, asked).id})

    def _release(self, request: Request, at: At) -> Response:
        return self._changed(request, lambda item: {"job": self._changes.release(item, at).id})

    def _changed(self, request: Request, change: Callable[[Item], Json]) -> Response:
        """What a change gives; where it was made to something else than there is, what there is."""
        item = self._item(request)
        try:
            return answered(change(item))
        except Outdated:
            said = {"error": "somebody else has changed this plan meanwhile", "next_step": "Look at what changed."}
            return answered({**said, "document": self._desk.document(item, self._desk.ready(item))}, 409)

    def _seen(self, request: Request, shown: Shown) -> Response:
        return answered(self._changes.saw(self._item(request), shown))

    def _batch(self, _: Request, asked: Batch) -> Response:
        return answered({"job": self._changes.batch(asked).id})

    def _who(self, _: Request, who: Who) -> Response:
        self._desk.who = named(who.name)
        return answered({"name": self._desk.who})

    def _found(self, request: Request) -> Job:
        job = self._desk.jobs.find(request.path_params["job"])
        if job is None:
            raise InputError("there is no such job", next_step="Start it again.")
        return job

    def _job(self, request: Request) -> Response:
        return answered(self._found(request).facts())

    def _stop(self, request: Request, _: Nothing) -> Response:
        self._found(request).stopping.set()
        return answered({})

    def _alive(self, _: Request, __: Nothing) -> Response:
        return answered({})  # that somebody asks is all there is to it

    def _close(self, _: Request, __: Nothing) -> Response:
        self._presence.leaving()
        return answered({})
