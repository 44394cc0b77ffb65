"""Running nets: the same numbers on every runtime, bounded memory, nothing sent and nothing left behind."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from unseen.errors import ModelError
from unseen.models import Net, Runtime, built_in, open_net

RUNTIMES = list(Runtime)


@pytest.fixture(scope="module", params=RUNTIMES)
def net(request: pytest.FixtureRequest) -> Net:
    pytest.importorskip(request.param)
    return opened(request.param)


def opened(on: Runtime | None = None, name: str = "centerface") -> Net:
    card = built_in().card(name)
    return open_net(card, built_in().load(card), on)


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(7).uniform(0, 255, shape).astype(np.float32)


@pytest.mark.parametrize("shape", [(1, 3, 32, 32), (1, 3, 64, 160), (3, 3, 96, 32)])
def test_any_number_and_size_of_pictures_goes_in(net: Net, shape: tuple[int, int, int, int]) -> None:
    count, _, rows, columns = shape
    heatmap, size, offset = net.run(noise(*shape))
    assert heatmap.shape == (count, 1, rows // 4, columns // 4)
    assert size.shape == offset.shape == (count, 2, rows // 4, columns // 4)
    assert all(output.dtype == np.float32 for output in (heatmap, size, offset))
    assert 0 <= heatmap.min() <= heatmap.max() <= 1


def test_no_landmarks_come_out(net: Net) -> None:
    assert len(net.run(noise(1, 3, 32, 32))) == 3


def test_an_answer_stays_when_the_next_question_is_asked(net: Net) -> None:
    first, *_ = net.run(noise(1, 3, 32, 32))
    before = first.copy()
    net.run(noise(1, 3, 32, 32) / 3)
    assert (first == before).all()


def test_both_runtimes_give_the_same_numbers_at_full_precision() -> None:
    for name in RUNTIMES:
        pytest.importorskip(name)
    batch = noise(2, 3, 96, 128) / 127.5 - 1
    for one, other in zip(*(opened(name, "mtcnn-p").run(batch) for name in RUNTIMES), strict=True):
        # bfloat16 or float16 arithmetic would differ by 0.01 and more
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


def test_a_net_that_met_many_sizes_still_gives_the_same_numbers(net: Net) -> None:
    batch = noise(1, 3, 64, 64)
    before = [output.copy() for output in net.run(batch)]
    for columns in range(32, 32 * 9, 32):
        net.run(noise(1, 3, 32, columns))
    for one, other in zip(before, net.run(batch), strict=True):
        assert (one == other).all()


IN_A_NEW_PROCESS = """
import sys
import numpy as np
from unseen.models import built_in, open_net
card = built_in().card("centerface")
net = open_net(card, built_in().load(card))
net.run(np.zeros((1, 3, 32, 32), np.float32))
{then}
"""


def run_in_a_new_process(then: str, first: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    code = first + IN_A_NEW_PROCESS.format(then=then)
    return subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


TELEMETRY = 'print([name for name, module in sys.modules.items() if "telemetry" in name and module is not None])'


def test_no_telemetry_is_loaded_and_nothing_is_written_at_home(tmp_path: Path) -> None:
    pytest.importorskip("openvino")
    home = {name: str(tmp_path) for name in ("HOME", "USERPROFILE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "TMPDIR")}
    done = run_in_a_new_process('assert "openvino" in sys.modules\n' + TELEMETRY, **home)
    assert done.stderr == ""
    assert done.stdout == "[]\n"
    assert list(tmp_path.rglob("*")) == []


def test_the_telemetry_check_would_see_it(tmp_path: Path) -> None:
    pytest.importorskip("openvino")
    stand_in = tmp_path / "openvino_telemetry"
    stand_in.mkdir()
    (stand_in / "__init__.py").write_text("")
    done = run_in_a_new_process(TELEMETRY, first="import openvino_telemetry", PYTHONPATH=str(tmp_path))
    assert done.stdout == "['openvino_telemetry']\n"


def test_openvino_that_is_missing_is_replaced_by_onnxruntime() -> None:
    pytest.importorskip("onnxruntime")
    done = run_in_a_new_process(
        'print("onnxruntime" in sys.modules)', first='import sys\nsys.modules["openvino"] = None'
    )
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_without_any_runtime_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in RUNTIMES:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ModelError, match=r"openvino cannot be imported.*onnxruntime cannot be imported") as refused:
        opened()
    assert "pip install openvino" in refused.value.next_step


def test_weights_no_runtime_understands_are_an_error_with_the_reason() -> None:
    card = built_in().card("centerface")
    with pytest.raises(ModelError, match="nothing to run centerface with"):
        open_net(card, b"not a model", Runtime.OPENVINO)
