"""Nets of 8-bit numbers: that they say what the nets of floats said, and that their maker is exact."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
if not hasattr(pytest.importorskip("onnxruntime.quantization.calibrate"), "save_tensors_data"):
    pytest.skip("the weights are made with the locked onnxruntime, not with one so old", allow_module_level=True)

TOOLS = Path(__file__).resolve().parents[2] / "tools"
RANDOM = np.random.default_rng(5)
SAMPLES = RANDOM.uniform(0, 255, (1, 3, 32, 32)).astype(np.float32)


@pytest.fixture(scope="module")
def quantise() -> ModuleType:
    sys.path.insert(0, str(TOOLS))
    try:
        return importlib.import_module("quantise")
    finally:
        sys.path.remove(str(TOOLS))


@pytest.fixture(scope="module")
def floats() -> bytes:
    """A net of one layer: 3 x 3 windows into four channels, negative values cut off."""
    weights = onnx.numpy_helper.from_array(RANDOM.normal(0, 0.01, (4, 3, 3, 3)).astype(np.float32), "w")
    nodes = [
        onnx.helper.make_node("Conv", ["pictures", "w"], ["sums"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        onnx.helper.make_node("Relu", ["sums"], ["out"]),
    ]
    ends = [
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["batch", channels, "height", "width"])
        for name, channels in (("pictures", 3), ("out", 4))
    ]
    graph = onnx.helper.make_graph(nodes, "small", ends[:1], ends[1:], [weights])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 9)], ir_version=4)
    return bytes(model.SerializeToString())


def said(model: bytes) -> np.ndarray:
    import onnxruntime

    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"pictures": SAMPLES})[0])


def ranges_of(floats: bytes) -> dict[str, tuple[float, float]]:
    most = float(said(floats).max())
    return {"pictures": (0.0, 255.0), "sums": (-most, most), "out": (0.0, most)}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_quantised_net_says_nearly_the_same_and_is_the_same_each_time(quantise: ModuleType, floats: bytes) -> None:
    ranges = ranges_of(floats)
    first, second = quantise.quantised(floats, ranges), quantise.quantised(floats, ranges)
    assert first == second
    types = {tensor.data_type for tensor in onnx.load_from_string(first).graph.initializer}
    assert onnx.TensorProto.INT8 in types
    before = said(floats)
    assert np.abs(said(first) - before).max() < 0.05 * before.max()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_ranges_too_narrow_are_seen_in_what_it_says(quantise: ModuleType, floats: bytes) -> None:
    narrow = {name: (low / 4, high / 4) for name, (low, high) in ranges_of(floats).items()}
    before = said(floats)
    assert np.abs(said(quantise.quantised(floats, narrow)) - before).max() > 0.3 * before.max()
