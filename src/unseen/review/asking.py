"""What requests bring, read strictly, and how answers are written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from unseen.errors import ExitCode, UnseenError, UsageError, printable
from unseen.review.jobs import error_facts

Endpoint = Callable[[Request], Awaitable[Response]]
Asked = TypeVar("Asked")

_STATUS = {
    ExitCode.USAGE: 400,
    ExitCode.INPUT: 422,
    ExitCode.REVIEW: 422,
    ExitCode.AUDIT: 422,
    ExitCode.STORAGE: 507,
}


def answered(content: object, status: int = 200) -> Response:
    """JSON."""
    return Response(msgspec.json.encode(content), status, media_type="application/json")


def picture(data: bytes) -> Response:
    """A JPEG."""
    return Response(data, media_type="image/jpeg")


def sound(data: bytes) -> Response:
    """A WAV."""
    return Response(data, media_type="audio/wav")


def got(answer: Callable[[Request], Response]) -> Endpoint:
    """An endpoint that answers in a thread of its own: decoding takes its time."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(answer, request)

    return endpoint


def posted(kind: type[Asked], answer: Callable[[Request, Asked], Response]) -> Endpoint:
    """The same for what is sent as JSON of a `kind`; anything else is refused."""

    async def endpoint(request: Request) -> Response:
        body = await request.body()
        try:
            asked = msgspec.json.decode(body, type=kind, strict=True)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return answered({"error": f"the request is not as it has to be: {error}", "next_step": ""}, 400)
        return await run_in_threadpool(answer, request, asked)

    return endpoint


async def refused(_: Request, error: Exception) -> Response:
    """An error of ours, as the page shows it."""
    assert isinstance(error, UnseenError)  # noqa: S101 - registered for these only
    return answered(error_facts(error), _STATUS[error.exit_code])


async def broken(_: Request, error: Exception) -> Response:
    """A fault of our own."""
    what = f"Unseen failed ({type(error).__name__}: {printable(str(error))})"
    return answered({"error": what, "next_step": "Please report this text. Every decision so far is saved."}, 500)


async def nameless(_: Request, __: Exception) -> Response:
    """Nothing is decided by nobody."""
    said = {"error": "it is not said who reviews", "next_step": "Write your name first.", "need": "who"}
    return answered(said, 403)


async def missing(_: Request, error: Exception) -> Response:
    """There is nothing at that address, or not that way."""
    status = getattr(error, "status_code", 404)
    return answered({"error": "the review has nothing there", "next_step": "Go back to the list of files."}, status)


def number(request: Request, name: str, default: int | None, most: int) -> int:
    """A whole number of the query, from 0 to `most`. Raises UsageError."""
    text = request.query_params.get(name)
    if text is None and default is not None:
        return default
    if text is None or not text.isascii() or not text.isdecimal() or len(text) > 12 or int(text) > most:
        what = f"{name} has to be a whole number up to {most}"
        raise UsageError(what, next_step="Ask again with another number.")
    return int(text)


def flag(request: Request, name: str, *, default: bool = False) -> bool:
    """Whether `name=1` is in the query."""
    return request.query_params.get(name, "1" if default else "0") == "1"
