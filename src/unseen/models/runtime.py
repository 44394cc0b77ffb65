"""Running a net on the processor: OpenVINO where it works, ONNX Runtime beside it."""

from __future__ import annotations

import enum
import os
import sys
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from unseen.errors import ModelError
from unseen.models.card import ONLY, ModelCard

Batch = NDArray[np.float32]

_KEPT_LAYERS = 500
"""Layers made ready for an input size that OpenVINO's plugin keeps, of nine sizes or so, for making them ready takes
20 ms. It would keep 5,000, and oneDNN beneath it 1,024 more: up to 5 MB for each size a net meets."""


class Net(Protocol):
    """A model ready to look at pictures."""

    def run(self, batch: Batch) -> tuple[Batch, ...]:
        """The outputs in the card's order for `batch`: (pictures, channels, rows, columns), float32."""
        ...


class Runtime(enum.StrEnum):
    """What runs nets, the preferred first."""

    OPENVINO = "openvino"
    ONNXRUNTIME = "onnxruntime"


def open_net(card: ModelCard, weights: bytes, runtime: Runtime | None = None, threads: int | None = None) -> Net:
    """A net made of verified `weights`, on `runtime` or else the first that can be imported; ModelError where none can.

    `threads`: processor threads it may use; by default as many processors as this process may run on.
    """
    makers: dict[Runtime, Callable[[ModelCard, bytes, int], Net]] = {
        Runtime.OPENVINO: _OpenVinoNet,
        Runtime.ONNXRUNTIME: _OnnxRuntimeNet,
    }
    reasons = []
    for candidate in [runtime] if runtime else Runtime:
        try:
            return makers[candidate](card, weights, threads or _own_processors())
        except ImportError as error:
            reasons.append(f"{candidate} cannot be imported ({error})")
        except RuntimeError as error:
            reasons.append(f"{candidate} cannot run it ({error})")
    raise ModelError(
        f"there is nothing to run {card.name} with: {'; '.join(reasons)}",
        next_step="Install a runtime: pip install openvino, or pip install onnxruntime",
    )


def _own_processors() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _import_openvino() -> Any:
    """OpenVINO without its model converter and its telemetry.

    `import openvino` imports the converter, which reports that import over the network by `openvino_telemetry`. None
    in `sys.modules` makes an import fail (docs.python.org, "The module cache"); OpenVINO goes on without either. The
    converter is held back only while OpenVINO is imported, telemetry for good. What oneDNN keeps is told it by the
    environment alone (oneDNN, "Primitive Cache").
    """
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "0")
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    converter = "openvino.tools.ovc"
    held_back = converter not in sys.modules
    if held_back:
        sys.modules[converter] = None  # type: ignore[assignment]
    try:
        import openvino

        return openvino
    finally:
        if held_back:
            del sys.modules[converter]


class _OpenVinoNet:
    """Compiled once, for any input size."""

    def __init__(self, card: ModelCard, weights: bytes, threads: int) -> None:
        openvino = _import_openvino()
        self._outputs = card.outputs
        core = openvino.Core()
        settings = {
            "PERFORMANCE_HINT": "LATENCY",
            # Processors that know bfloat16 would round heats, and a face just under a threshold would stay uncovered.
            "INFERENCE_PRECISION_HINT": "f32",
            "INFERENCE_NUM_THREADS": threads,
            # Processes side by side would all pin their threads to the same processors.
            "ENABLE_CPU_PINNING": False,
            "CPU_RUNTIME_CACHE_CAPACITY": _KEPT_LAYERS,
        }
        self._request = core.compile_model(core.read_model(weights), "CPU", settings).create_infer_request()

    def run(self, batch: Batch) -> tuple[Batch, ...]:
        results = self._request.infer([batch])
        names = [0] if self._outputs == (ONLY,) else self._outputs
        return tuple(np.array(results[name]) for name in names)


class _OnnxRuntimeNet:
    def __init__(self, card: ModelCard, weights: bytes, threads: int) -> None:
        import onnxruntime

        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_mem_pattern = False  # it keeps a plan for each input size it meets
        self._outputs = None if card.outputs == (ONLY,) else list(card.outputs)
        self._session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def run(self, batch: Batch) -> tuple[Batch, ...]:
        return tuple(self._session.run(self._outputs, {self._input: batch}))
