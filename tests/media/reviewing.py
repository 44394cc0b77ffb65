"""Reviews for tests: plans of made media without looking for anything, and a browser that says what it is told."""

from __future__ import annotations

import contextlib
import http.client
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from planning import FOUND, make_plan

from unseen.core import Keyframe, Kind, Origin, Region, Track
from unseen.media import open_media, open_source
from unseen.options import ReviewOptions
from unseen.plan import Plan, PlannedTrack, Source, StreamAction, dumps
from unseen.review import Place
from unseen.review.desk import Desk
from unseen.review.serve import Server

JSON = {"Content-Type": "application/json", "X-Unseen": "1"}


def seen(name: str, *at: tuple[float | Fraction, Region], kind: Kind = Kind.FACE, score: float = 0.9) -> PlannedTrack:
    """A track that a finder saw at these times."""
    keyframes = tuple(Keyframe(Fraction(time), region, Origin.SEEN, score) for time, region in at)
    return PlannedTrack(Track(name, kind, keyframes), FOUND)


def plan_of(path: Path, tracks: Sequence[PlannedTrack] = (), sound: StreamAction = StreamAction.SILENCE) -> Plan:
    """A plan of a file as if these tracks had been found in it."""
    with open_source(path) as source, open_media(source) as reader:
        return make_plan(Source(source.sha256(), source.size, reader.info), tracks, sound=sound)


def place_of(path: Path, tracks: Sequence[PlannedTrack] = (), **more: Any) -> Place:
    """A file with its plan beside it, ready for review."""
    plan = path.with_name(path.name + ".plan.json")
    plan.write_bytes(dumps(plan_of(path, tracks, **more)))
    return Place(path, plan, path.with_name(f"out-{path.name}"))


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Browser:
    """Sends what it is told to, as no browser would stop a hostile program from doing."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookie: str | None = None
        self.origin = f"http://127.0.0.1:{port}"

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str | None) -> Answer:
        """One request; header names with _ for -. None leaves one out that would be sent otherwise."""
        said: dict[str, str | None] = {"Host": f"127.0.0.1:{self.port}", "Cookie": self.cookie}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(connection):
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in said.items():
                if value is not None:
                    connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())

    def get(self, path: str, **headers: str | None) -> Answer:
        return self.send("GET", path, None, **headers)

    def post(self, path: str, content: object, **headers: str | None) -> Answer:
        said: dict[str, str | None] = {"Content_Type": "application/json", "X_Unseen": "1", "Origin": self.origin}
        return self.send("POST", path, json.dumps(content).encode(), **(said | headers))

    def open(self, token: str) -> Answer:
        """Exchange the link's token for the cookie."""
        answer = self.post("/api/open", {"token": token})
        if answer.status == 204:
            self.cookie = answer.headers["set-cookie"].partition(";")[0]
        return answer

    def document(self, file: str = "f1") -> Any:
        """A file's document, waited for."""
        for _ in range(600):
            answer = self.get(f"/api/files/{file}")
            if answer.status != 202:
                assert answer.status == 200, answer.body
                return answer.json
            time.sleep(0.05)
        raise AssertionError("nobody has looked at it")

    def edit(self, document: Any, **edit: Any) -> Any:
        """The document after an edit."""
        answer = self.post(f"/api/files/{document['id']}/edits", {"revision": document["revision"], "edit": edit})
        assert answer.status == 200, answer.body
        return answer.json

    def job(self, name: str) -> Any:
        """A job, waited for."""
        for _ in range(1200):
            found = self.get(f"/api/jobs/{name}").json
            if found["state"] != "running":
                return found
            time.sleep(0.05)
        raise AssertionError("the job does not end")


@contextlib.contextmanager
def review(*places: Place, **options: Any) -> Iterator[tuple[Server, Browser]]:
    """A running review of these files, and a browser that has opened its link."""
    desk = Desk(places, ReviewOptions(**options))
    server = Server(desk, None, options.get("stay", 60))
    with server.running():
        desk.look_at_all()
        browser = Browser(server.port)
        assert browser.open(server.keys.token).status == 204
        yield server, browser
