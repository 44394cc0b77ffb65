"""Whether the arrays an ONNX model speaks of are of a size that can be meant."""

from __future__ import annotations

import math
from collections.abc import Iterator

from unseen.models.external_data import tensors
from unseen.models.wire import contents, numbers

MOST = 1 << 28
"""Numbers in one array: a gigabyte of float32, a hundred times what the largest net here needs."""

# Field numbers of onnx.proto (github.com/onnx/onnx): what states the shape of an array.
_MODEL_GRAPH = 7
_GRAPH_VALUES = (11, 12, 13)
_VALUE_TYPE, _TYPE_TENSOR, _TENSOR_SHAPE, _SHAPE_DIM, _DIM_VALUE = 2, 1, 2, 1, 1
_TENSOR_DIMS = 1


def refuse_huge_shapes(model: bytes) -> None:
    """Return for an ONNX model whose weights, inputs and outputs are at most `MOST` numbers each; ValueError otherwise.

    Sides that are left open count as 1.
    """
    for graph in contents(model, _MODEL_GRAPH):
        for shape in _shapes(graph):
            # A negative side is written as a number of ten bytes, which is huge as well.
            if math.prod(max(1, side) for side in shape) > MOST:
                raise ValueError(f"an array of {' x '.join(map(str, shape))} numbers is too large")


def _shapes(graph: bytes) -> Iterator[list[int]]:
    for tensor in tensors(graph):
        yield numbers(tensor, _TENSOR_DIMS)
    for value in (value for number in _GRAPH_VALUES for value in contents(graph, number)):
        for kind in contents(value, _VALUE_TYPE):
            for tensor in contents(kind, _TYPE_TENSOR):
                for shape in contents(tensor, _TENSOR_SHAPE):
                    yield [side for dim in contents(shape, _SHAPE_DIM) for side in numbers(dim, _DIM_VALUE)]
