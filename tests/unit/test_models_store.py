"""The model store: weights are used only when they are, byte for byte, what their card names."""

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from unseen.core import Kind
from unseen.errors import ExitCode, ModelError
from unseen.models import ModelCard, ModelStore, built_in
from unseen.models.wire import Field, message
from unseen.plan import ModelUsed


@pytest.fixture
def copy(tmp_path: Path) -> ModelStore:
    """The built-in models, to be broken."""
    shutil.copytree(built_in().folder, tmp_path / "models")
    return ModelStore(tmp_path / "models")


def weights_of(store: ModelStore) -> Path:
    return store.folder / store.card("centerface").file


def card_with(store: ModelStore, weights: bytes) -> ModelCard:
    """A card that names exactly these bytes, which lie in the store."""
    card = replace(
        store.card("centerface"), file="other.onnx", sha256=hashlib.sha256(weights).hexdigest(), size=len(weights)
    )
    (store.folder / card.file).write_bytes(weights)
    return card


def onnx(tensor: list[Field]) -> bytes:
    """A model of one weight."""
    return message([Field.of(7, message([Field.of(5, message(tensor))]))])


def test_the_built_in_models_are_whole() -> None:
    cards = built_in().check()
    assert {card.name for card in cards} >= {"centerface", "ppocr-text", "mtcnn-p", "mtcnn-r", "mtcnn-o"}
    for card in cards:
        assert hashlib.sha256(built_in().load(card)).hexdigest() == card.sha256


@pytest.mark.parametrize(
    ("name", "finds", "licence"), [("centerface", Kind.FACE, "MIT"), ("ppocr-text", Kind.TEXT, "Apache-2.0")]
)
def test_a_card_says_what_a_model_finds_and_under_which_licence(name: str, finds: Kind, licence: str) -> None:
    card = built_in().card(name)
    assert (card.finds, card.licence) == (finds, licence)


def test_plans_name_a_model_by_its_card() -> None:
    card = built_in().card("centerface")
    assert card.used == ModelUsed(card.name, card.version, card.licence, card.sha256)


def test_one_changed_bit_is_refused(copy: ModelStore) -> None:
    path = weights_of(copy)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    card = copy.card("centerface")
    with pytest.raises(ModelError) as refused:
        copy.load(card)
    error = refused.value
    assert error.path == str(path)
    assert card.sha256 in error.what
    assert hashlib.sha256(data).hexdigest() in error.what
    assert "pip install" in error.next_step
    assert error.exit_code is ExitCode.INPUT
    with pytest.raises(ModelError, match="not the weights"):
        copy.check()


@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + b"\0", lambda data: b""])
def test_weights_of_another_length_are_refused(copy: ModelStore, change: object) -> None:
    path = weights_of(copy)
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(ModelError, match="not the weights"):
        copy.check()


def test_a_file_without_end_is_not_read_to_its_end(copy: ModelStore) -> None:
    with weights_of(copy).open("r+b") as file:
        file.truncate(1 << 40)  # a hole of a terabyte
    with pytest.raises(ModelError, match="found more than"):
        copy.check()


def test_missing_weights_are_named(copy: ModelStore) -> None:
    weights_of(copy).unlink()
    with pytest.raises(ModelError, match=r"centerface\.onnx: cannot be read \(No such file"):
        copy.check()


def test_a_missing_licence_text_fails_the_check(copy: ModelStore) -> None:
    (copy.folder / copy.card("centerface").licence_file).unlink()
    with pytest.raises(ModelError, match="licence text is missing"):
        copy.check()


def test_no_models_at_all_is_not_a_pass(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="there is no model here"):
        ModelStore(tmp_path).check()


def test_an_unknown_model_is_refused_with_what_there_is() -> None:
    with pytest.raises(ModelError, match="no model called 'facenet'") as refused:
        built_in().card("facenet")
    assert "centerface" in refused.value.next_step


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        ('sha256 = "', 'sha256 = "0'),
        ('file = "', 'file = "../'),
        ('licence_file = "', 'licence_file = "/etc/'),
        ("size = ", "size = -"),
        ('finds = "face"', 'finds = "identity"'),
        ("name = ", "nom = "),
        ("name = ", "name = = "),
    ],
)
def test_a_card_that_makes_no_sense_is_refused(copy: ModelStore, line: str, becomes: str) -> None:
    path = copy.folder / "centerface.toml"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(becomes + at[len(line) :] if at.startswith(line) else at for at in lines), "utf-8")
    with pytest.raises(ModelError, match="card cannot be read") as refused:
        copy.cards()
    assert refused.value.path == str(path)


@pytest.mark.parametrize("field", [Field.of(13, b"\x0a\x08location"), Field.of(14, 1)], ids=["where", "that"])
def test_weights_outside_the_file_are_refused_although_the_digest_is_right(copy: ModelStore, field: Field) -> None:
    whole = onnx([Field.of(8, b"w"), Field.of(14, 0)])
    assert copy.load(card_with(copy, whole)) == whole
    with pytest.raises(ModelError, match="weights from other files"):
        copy.load(card_with(copy, onnx([Field.of(8, b"w"), field])))


def test_weights_outside_are_found_in_every_corner_of_a_graph(copy: ModelStore) -> None:
    outside = message([Field.of(14, 1)])
    constant = message([Field.of(1, message([Field.of(5, message([Field.of(5, outside)]))]))])
    branch = message([Field.of(1, message([Field.of(5, message([Field.of(6, constant)]))]))])
    sparse = message([Field.of(15, message([Field.of(1, outside)]))])
    for graph in (constant, branch, sparse):
        with pytest.raises(ModelError, match="weights from other files"):
            copy.load(card_with(copy, message([Field.of(7, graph)])))


@pytest.mark.parametrize("data", [b"\x08\x04", b"\x3a\x05gra"])
def test_what_is_not_onnx_is_refused(copy: ModelStore, data: bytes) -> None:
    with pytest.raises(ModelError, match="cannot be used as a model"):
        copy.load(card_with(copy, data))
