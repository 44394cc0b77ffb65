"""The files that the browser is given: a fixed list of names, made once; a name is never joined to a path."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.responses import Response

_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


class Pages:
    """Every part of the page by its name: the door, at which the link is exchanged, and the page itself."""

    def __init__(self) -> None:
        room = files("unseen.review")
        self._parts = dict(_below(room / "page", "page/")) | dict(_below(room / "door", "door/"))

    def part(self, name: str) -> Response | None:
        """A part as it is sent, None where there is none of that name."""
        found = self._parts.get(name)
        if found is None:
            return None
        ending = name[name.rindex(".") :]
        return Response(found.read_bytes(), media_type=_KINDS[ending])


def _below(folder: Traversable, before: str, deeper: bool = True) -> Iterator[tuple[str, Traversable]]:
    if not folder.is_dir():
        return
    for each in folder.iterdir():
        if each.is_file() and any(each.name.endswith(ending) for ending in _KINDS):
            yield before + each.name, each
        elif deeper and each.is_dir():
            yield from _below(each, f"{before}{each.name}/", deeper=False)
