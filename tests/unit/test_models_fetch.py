"""Fetching models: only what the card names is kept, whatever a server sends, and nothing half-made is ever there."""

import contextlib
import hashlib
import http.server
import importlib
import io
import os
import socket
import stat
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import make
import nets
import pytest

from unseen.errors import ModelError, StorageError
from unseen.models import ModelCard, ModelStore, choices, fetch, optional
from unseen.models.fetch import over_https
from unseen.models.shapes import MOST, refuse_huge_shapes
from unseen.models.wire import Field, message

Answer = Callable[[http.server.BaseHTTPRequestHandler], None]


@contextlib.contextmanager
def server(answer: Answer) -> Iterator[str]:
    """A server on this machine that answers every request in one way; gives its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with contextlib.suppress(ConnectionError):
                answer(self)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{serving.server_port}/model.onnx"
        finally:
            serving.shutdown()
            thread.join()


def sends(data: bytes, said: int | None = None) -> Answer:
    def answer(request: http.server.BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        if said is not None:
            request.send_header("Content-Length", str(said))
        request.end_headers()
        request.wfile.write(data)

    return answer


def card_of(weights: bytes) -> ModelCard:
    card = choices(optional())["people"]
    return replace(card, sha256=hashlib.sha256(weights).hexdigest(), size=len(weights))


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return replace(optional(), weights=tmp_path / "new" / "models")


def fetched(card: ModelCard, store: ModelStore, answer: Answer) -> Path:
    with server(answer) as address:
        return fetch(card, store, lambda _: urllib.request.urlopen(address, timeout=10))


def assert_nothing_there(store: ModelStore) -> None:
    assert store.weights is not None
    assert not store.weights.exists() or list(store.weights.iterdir()) == []


def test_what_the_card_names_is_put_into_the_store(store: ModelStore) -> None:
    weights = nets.yolox()
    path = fetched(card_of(weights), store, sends(weights))
    assert path == store.path(card_of(weights))
    assert store.load(card_of(weights)) == weights
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def changed(weights: bytes) -> bytes:
    return weights[:-1] + bytes([weights[-1] ^ 1])


@pytest.mark.parametrize(
    "sent",
    [
        changed,
        lambda w: w[:-1],
        lambda w: b"",
        lambda w: w + b"\0",
        lambda w: w * 40,
        lambda w: b"<html>not here</html>",
    ],
    ids=["changed", "truncated", "empty", "longer", "far longer", "a page"],
)
def test_anything_else_is_thrown_away(store: ModelStore, sent: Callable[[bytes], bytes]) -> None:
    weights = nets.yolox()
    with pytest.raises(ModelError, match="was thrown away: expected"):
        fetched(card_of(weights), store, sends(sent(weights)))
    assert_nothing_there(store)


def test_only_the_digest_keeps_a_changed_model_out(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Saboteur: without that check it would be there, so that the tests above see the check and nothing else."""
    weights = nets.yolox()
    monkeypatch.setattr(importlib.import_module("unseen.models.fetch"), "verify", lambda *_: None)
    assert fetched(card_of(weights), store, sends(changed(weights))).read_bytes() == changed(weights)
    with pytest.raises(ModelError, match="not the weights"):
        store.load(card_of(weights))


def test_a_connection_that_breaks_off_leaves_nothing(store: ModelStore) -> None:
    weights = nets.yolox()
    with pytest.raises(ModelError, match=r"could not be fetched|was thrown away"):
        fetched(card_of(weights), store, sends(weights[: len(weights) // 2], said=len(weights)))
    assert_nothing_there(store)


def test_a_server_that_never_stops_is_not_read_to_its_end(store: ModelStore) -> None:
    read = 0

    class Endless:
        def read(self, count: int) -> bytes:
            nonlocal read
            read += count
            return b"\0" * count

    with pytest.raises(ModelError, match="found more than 100 bytes"):
        fetch(replace(card_of(b"x"), size=100), store, lambda _: contextlib.nullcontext(Endless()))
    assert read == 101


def test_a_server_that_has_nothing_says_so(store: ModelStore) -> None:
    with pytest.raises(ModelError, match=r"could not be fetched .*404"):
        fetched(card_of(b"x"), store, lambda request: request.send_error(404))
    assert_nothing_there(store)


def tensor_outside() -> bytes:
    outside = message([Field.of(8, b"w"), Field.of(14, 1)])
    return message([Field.of(7, message([Field.of(5, outside)]))])


def huge(dims: list[int]) -> bytes:
    return message([Field.of(7, message([Field.of(5, message([Field.of(1, side) for side in dims]))]))])


@pytest.mark.parametrize(
    ("weights", "reason"),
    [(tensor_outside(), "other files"), (huge([1 << 15, 1 << 15]), "too large"), (b"\x3a\x05gra", "cut off")],
)
def test_a_hostile_model_is_refused_although_its_card_names_it(store: ModelStore, weights: bytes, reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        fetched(card_of(weights), store, sends(weights))
    assert_nothing_there(store)


def test_what_was_there_stays_until_the_new_one_is_whole(store: ModelStore) -> None:
    weights = nets.yolox()
    card = card_of(weights)
    fetched(card, store, sends(weights))
    with pytest.raises(ModelError):
        fetched(card, store, sends(changed(weights)))
    assert store.load(card) == weights


def test_a_store_that_cannot_be_written_is_said(store: ModelStore, tmp_path: Path) -> None:
    (tmp_path / "new").write_bytes(b"a file where a folder belongs")
    with pytest.raises(StorageError, match="cannot be written"):
        fetched(card_of(nets.yolox()), store, sends(nets.yolox()))


def test_a_full_disk_leaves_nothing_half_made(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        fetched(card_of(nets.yolox()), store, sends(nets.yolox()))
    assert_nothing_there(store)


@pytest.mark.parametrize("address", ["file:/etc/passwd", "ftp://127.0.0.1/model", "data:,model"])
def test_nothing_but_https_is_spoken(address: str) -> None:
    with pytest.raises(urllib.error.URLError, match="only https"), over_https(address):
        pass


def test_plain_http_is_not_spoken_even_to_this_machine() -> None:
    asked: list[str] = []
    with (
        server(lambda request: asked.append(request.path)) as address,
        pytest.raises(urllib.error.URLError, match="only https"),
        over_https(address),
    ):
        pass
    assert asked == []


@pytest.mark.parametrize("address", ["http://example.org/m.onnx", "file:/m.onnx", "m.onnx"])
def test_a_card_with_another_address_makes_no_sense(address: str) -> None:
    with pytest.raises(ValueError, match="https only"):
        replace(choices(optional())["people"], address=address)


def test_redirections_stay_with_https() -> None:
    from unseen.models.fetch import _StaysHttps

    request = urllib.request.Request("https://127.0.0.1/a")
    follow = _StaysHttps().redirect_request
    with pytest.raises(urllib.error.URLError, match="away from https"):
        follow(request, io.BytesIO(), 302, "Found", {}, "http://127.0.0.1/b")
    assert follow(request, io.BytesIO(), 302, "Found", {}, "https://127.0.0.1/b") is not None


def test_cards_are_pinned_to_a_commit_and_have_their_licence() -> None:
    for card in optional().cards():
        assert card.address is not None
        assert card.source.split(" at commit ")[1][:7] in card.address
        assert (optional().folder / card.licence_file).is_file()
        assert card.licence in ("Apache-2.0", "MIT")


def test_models_lie_in_the_users_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert optional().weights == tmp_path / "unseen" / "models"
    monkeypatch.setenv("XDG_DATA_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert optional().weights == tmp_path / ".local" / "share" / "unseen" / "models"


@pytest.mark.parametrize("dims", [[MOST + 1], [1 << 14, 1 << 15], [(1 << 64) - 1], [3, 0, MOST]])
def test_huge_shapes_are_refused_wherever_they_stand(dims: list[int]) -> None:
    shape = message(Field.of(1, message([Field.of(1, side)])) for side in dims)
    value = message([Field.of(2, message([Field.of(1, message([Field.of(2, shape)]))]))])
    for number in (11, 12, 13):
        with pytest.raises(ValueError, match="too large"):
            refuse_huge_shapes(message([Field.of(7, message([Field.of(number, value)]))]))
    with pytest.raises(ValueError, match="too large"):
        refuse_huge_shapes(huge(dims))


def test_packed_shapes_are_read_too() -> None:
    side = b"\x80\x80\x80\x80\x10"  # 2 to the 32 as a varint
    tensor = message([Field.of(1, side)])
    with pytest.raises(ValueError, match="too large"):
        refuse_huge_shapes(message([Field.of(7, message([Field.of(5, tensor)]))]))


def test_sizes_that_are_used_are_not_refused() -> None:
    refuse_huge_shapes(nets.yolox())
    refuse_huge_shapes(huge([1, 3, 640, 640]))


def test_the_command_line_says_what_can_be_fetched_and_refuses_the_rest() -> None:
    assert "unseen models get people" in make.unseen("models", "list").out
    for names in (("facenet",), ()):
        said = make.unseen("models", "get", *names)
        assert said.code == 2
        assert "people" in said.err


def test_a_broken_fetched_model_stops_the_job_and_the_check(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    path = optional().path(choices(optional())["faces2"])
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not a model")
    assert "not the weights of yunet" in make.unseen("models", "check").err
    said = make.unseen("find", make.write_photo(tmp_path / "a.jpg"), "-o", tmp_path / "a.json")
    assert said.code == 3
    assert "unseen models get" in said.err


def test_no_connection_is_made_without_being_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was made")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert make.unseen("models", "list").code == 0
    assert make.unseen("find", make.write_photo(tmp_path / "a.jpg"), "-o", tmp_path / "a.json").code == 0
