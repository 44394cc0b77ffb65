"""Whoever speaks to a review's page without being the browser that was given its link: refused, each for its reason.

The saboteurs take out one measure at a time and see the attack succeed, so that no test passes because of another one.
"""

from __future__ import annotations

import io
import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from make import write_photo
from reviewing import Browser, place_of, review, seen

from unseen.core import Region
from unseen.review import guard
from unseen.review.guard import Guard
from unseen.review.serve import Server

FILES = "/api/files"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Browser]]:
    folder = tmp_path_factory.mktemp("reviewed")
    place = place_of(write_photo(folder / "secret-name.png"), [seen("face-1", (0, Region(10, 10, 20, 20)))])
    with review(place, by="R. Eviewer") as (server, browser):
        browser.document()
        yield server, browser


@pytest.fixture
def browser(page: tuple[Server, Browser]) -> Browser:
    return page[1]


def without(monkeypatch: pytest.MonkeyPatch, measure: str) -> None:
    monkeypatch.setattr(Guard, measure, lambda *_: None)


def test_the_page_itself_is_answered(browser: Browser) -> None:
    assert browser.get("/").status in (200, 404)  # 404 only where no page is installed
    assert browser.get(FILES, Sec_Fetch_Site="same-origin", Sec_Fetch_Dest="empty").status == 200
    assert browser.post("/api/alive", {}).status == 200


NAMES = ["localhost:{}", "evil.example:{}", "127.0.0.1.evil.example:{}", "127.0.0.1", "[::1]:{}", "127.1:{}", ""]


@pytest.mark.parametrize("name", NAMES)
def test_1_and_2_another_host_or_a_rebound_name(browser: Browser, name: str) -> None:
    answer = browser.get(FILES, Host=name.format(browser.port))
    assert answer.status in (400, 421)
    assert b"secret-name" not in answer.body


def test_2_two_hosts_at_once(browser: Browser) -> None:
    request = (
        f"GET {FILES} HTTP/1.1\r\nHost: 127.0.0.1:{browser.port}\r\nHost: evil.example\r\nCookie: {browser.cookie}"
    )
    with socket.create_connection(("127.0.0.1", browser.port), timeout=10) as connection:
        connection.sendall(f"{request}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.split()[1] in (b"400", b"421")
    assert b"secret-name" not in answer


def test_1_the_saboteur_that_takes_any_host(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    original = Guard.refusal

    def any_host(self: Guard, method: str, path: str, headers: object) -> object:
        found = original(self, method, path, headers)  # type: ignore[arg-type]
        return None if found is not None and found.status == 421 else found

    monkeypatch.setattr(Guard, "refusal", any_host)
    assert browser.get(FILES, Host=f"evil.example:{browser.port}").status == 200


@pytest.mark.parametrize("cookie", [None, "", "unseen-{}=", "unseen-{}=guessed", "unseen-1={}", "x={}"])
def test_3_without_the_token(browser: Browser, cookie: str | None) -> None:
    assert browser.cookie is not None
    secret = browser.cookie.partition("=")[2]
    wrong = (
        None if cookie is None else cookie.format(secret if "unseen-1" in cookie or "x=" in cookie else browser.port)
    )
    for path in ("/", "/page/app.js", FILES, "/api/files/f1", "/api/files/f1/frames/0.jpg", "/favicon.ico"):
        answer = browser.get(path, Cookie=wrong)
        assert answer.status == 403
        assert b"secret-name" not in answer.body


def test_3_two_cookies_of_the_name_are_none(browser: Browser) -> None:
    assert browser.get(FILES, Cookie=f"unseen-{browser.port}=planted; {browser.cookie}").status == 403


def test_3_the_saboteur_that_knows_everybody(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "_stranger")
    assert browser.get(FILES, Cookie=None).status == 200


def test_4_a_link_that_was_used(page: tuple[Server, Browser]) -> None:
    server, browser = page
    other = Browser(browser.port)
    answer = other.open(server.keys.token)
    assert (answer.status, other.cookie) == (403, None)
    assert "used already" in answer.json["error"]
    assert Browser(browser.port).open("A" * 43).status == 403


def test_4_the_saboteur_that_forgets_what_was_used(
    page: tuple[Server, Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, browser = page
    monkeypatch.setattr(server.keys, "_used", False)
    assert Browser(browser.port).open(server.keys.token).status == 204


ELSEWHERE = ["http://evil.example", "null", "http://localhost:{}", "http://127.0.0.1:1", "https://127.0.0.1:{}", ""]


@pytest.mark.parametrize("origin", ELSEWHERE)
def test_5_a_change_from_another_origin(browser: Browser, origin: str) -> None:
    assert browser.post("/api/who", {"name": "Evil"}, Origin=origin.format(browser.port)).status == 403
    assert browser.get(FILES, Origin=origin.format(browser.port)).status == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_5_a_request_that_the_browser_calls_foreign(browser: Browser, site: str) -> None:
    assert browser.post("/api/who", {"name": "Evil"}, Sec_Fetch_Site=site).status == 403
    assert browser.get("/api/files/f1/frames/0.jpg", Sec_Fetch_Site=site).status == 403


def test_5_the_saboteur_that_minds_no_origin(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "_wrong_origin")
    assert browser.post("/api/alive", {}, Origin="http://evil.example").status == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content_Type": "multipart/form-data; boundary=x"}, 415),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": None}, 415),
        ({"X_Unseen": None}, 403),
        ({"Origin": None}, 403),
    ],
)
def test_6_what_a_form_can_send(browser: Browser, headers: dict[str, str | None], status: int) -> None:
    assert browser.post("/api/alive", {}, **headers).status == status


def test_6_the_saboteur_that_takes_forms(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "_wrong_change")
    assert browser.post("/api/alive", {}, Content_Type="text/plain", X_Unseen=None, Origin=None).status == 200


def test_6_a_body_without_end_or_measure(browser: Browser) -> None:
    huge = browser.send(
        "POST", "/api/alive", None, Content_Type="application/json", X_Unseen="1", Origin=browser.origin,
        Content_Length=str(1 << 30),
    )  # fmt: skip
    assert huge.status == 413
    chunked = browser.send(
        "POST", "/api/alive", None, Content_Type="application/json", X_Unseen="1", Origin=browser.origin,
        Transfer_Encoding="chunked",
    )  # fmt: skip
    assert chunked.status == 413


CHANGES = ["edits", "undo", "redo", "seen", "sign", "follow", "release"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_7_a_change_by_anything_but_post(browser: Browser, method: str) -> None:
    before = browser.document()
    for change in (*(f"/api/files/f1/{name}" for name in CHANGES), "/api/who", "/api/batch", "/api/open", "/api/close"):
        assert browser.send(method, change).status == 405
    assert browser.document() == before


def test_7_the_saboteur_is_the_same_change_by_post(browser: Browser) -> None:
    before = browser.document()
    after = browser.edit(before, do="draw", first=0, last=0, box=[1, 1, 5, 5], kind="face")
    assert len(after["tracks"]) == len(before["tracks"]) + 1
    undone = browser.post("/api/files/f1/undo", {"revision": after["revision"]}).json
    assert undone["tracks"] == before["tracks"]


@pytest.mark.parametrize("how", ["iframe", "frame", "embed", "object"])
def test_8_inside_a_frame(browser: Browser, how: str) -> None:
    assert browser.get("/", Sec_Fetch_Dest=how).status == 403
    headers = browser.get("/").headers
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_8_the_saboteur_that_lets_itself_be_framed(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_FRAMES", frozenset())
    monkeypatch.setattr(guard, "HEADERS", {})
    answer = browser.get(FILES, Sec_Fetch_Dest="iframe")
    assert answer.status == 200
    assert "x-frame-options" not in answer.headers


PATHS = [
    *(
        "/page/../guard.py",
        "/page/%2e%2e/guard.py",
        "/page/..%2fguard.py",
        "/page//etc/passwd",
        "/page/%2fetc%2fpasswd",
    ),
    *("/page/strings/../../guard.py", "/page/..\\guard.py", "/page/index.html%00.js", "/page/../door/open.html"),
    *("/page/", "/page/.", "/page/app.py", "//etc/passwd", "/../../etc/passwd", "/page/__init__.py"),
    *("/api/files/..%2f..%2fsecret-name.png", "/api/files/secret-name.png", "/api/files/f1/../f1", "/api/files/f0"),
    *("/api/files/f1/frames/..%2f0.jpg", "/api/files/f1/frames/-1.jpg", "/api/files/f1/frames/1.jpg"),
]


@pytest.mark.parametrize("path", PATHS)
def test_9_a_path_that_leads_elsewhere(browser: Browser, path: str) -> None:
    answer = browser.get(path)
    assert answer.status in (400, 404, 422)
    assert answer.headers["content-type"] == "application/json"
    assert b"import" not in answer.body and b"root:" not in answer.body


def test_9_the_saboteur_is_a_name_on_the_list(browser: Browser) -> None:
    assert browser.get("/open").headers["content-type"].startswith("text/html")
    assert browser.get("/open.js").headers["content-type"].startswith("text/javascript")


def test_10_any_other_address_of_this_machine(browser: Browser) -> None:
    assert browser.get(FILES, Host=f"0.0.0.0:{browser.port}").status == 421
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} | {"127.0.0.2"}
    for address in others - {"127.0.0.1"}:
        with pytest.raises(OSError), socket.create_connection((address, browser.port), timeout=2):
            pass


def test_10_the_saboteur_that_listens_everywhere() -> None:
    with socket.create_server(("0.0.0.0", 0)) as everywhere:
        socket.create_connection(("127.0.0.2", everywhere.getsockname()[1]), timeout=2).close()


def test_11_nothing_stays_in_the_cache_or_history(browser: Browser) -> None:
    for path in ("/", "/open", "/open.js", FILES, "/api/files/f1", "/api/files/f1/frames/0.jpg", "/nothing", "/page/x"):
        answer = browser.get(path)
        assert answer.headers["cache-control"] == "no-store", path
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert not {"etag", "last-modified", "server", "set-cookie"} & set(answer.headers)
    refused = browser.get(FILES, Cookie=None)
    assert refused.headers["cache-control"] == "no-store"
    script = browser.get("/open.js").body.decode()
    assert script.index("history.replaceState") < script.index("fetch(")
    assert "location.replace" in script


def test_11_the_cookie_dies_with_the_browser_and_no_script_reads_it(page: tuple[Server, Browser]) -> None:
    server, browser = page
    server.keys._used = False
    said = Browser(browser.port).open(server.keys.token).headers["set-cookie"]
    parts = {part.strip().lower() for part in said.split(";")[1:]}
    assert parts == {"httponly", "path=/", "samesite=strict"}


def test_11_the_saboteur_that_sends_no_headers(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "HEADERS", {})
    assert "cache-control" not in browser.get(FILES).headers


def logged(page: tuple[Server, Browser], asked: str) -> str:
    """What all of Python's logging says, down to its lowest level, while things are asked for."""
    _, browser = page
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    names = ("", "uvicorn", "uvicorn.access", "uvicorn.error", "asyncio", "starlette")
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
        logging.getLogger(name).addHandler(handler)
    try:
        browser.get(asked)
        browser.get("/api/files/f1")
        browser.get("/nothing")
        Browser(browser.port).open("wrong")
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
            logging.getLogger(name).removeHandler(handler)
    return kept.getvalue()


def test_12_the_token_and_the_names_are_in_no_log(page: tuple[Server, Browser]) -> None:
    server, browser = page
    said = logged(page, "/open")
    assert browser.cookie is not None
    for secret in (server.keys.token, browser.cookie.partition("=")[2], "secret-name"):
        assert secret not in said
    assert server.link.partition("#")[2] == server.keys.token  # browsers keep that part to themselves


def test_12_the_saboteur_that_puts_it_before_the_hash(
    page: tuple[Server, Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, _ = page
    original = Guard.refusal

    def telling(self: Guard, method: str, path: str, headers: object) -> object:
        logging.getLogger("uvicorn.access").info("%s %s", method, path)
        return original(self, method, path, headers)  # type: ignore[arg-type]

    monkeypatch.setattr(Guard, "refusal", telling)
    assert server.keys.token in logged(page, f"/open/{server.keys.token}")


def test_a_web_socket_is_not_opened(browser: Browser) -> None:
    answer = browser.get(FILES, Connection="Upgrade", Upgrade="websocket", Sec_WebSocket_Version="13",
                         Sec_WebSocket_Key="AAAAAAAAAAAAAAAAAAAAAA==")  # fmt: skip
    assert answer.status != 101


def test_names_of_folders_are_told_to_nobody(page: tuple[Server, Browser], tmp_path: Path) -> None:
    _, browser = page
    for path in (FILES, "/api/files/f1", "/api/files/f9", "/api/files/f1/frames/99.jpg"):
        assert str(tmp_path.parent).encode() not in browser.get(path).body
