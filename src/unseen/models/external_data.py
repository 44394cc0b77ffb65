"""Whether an ONNX model is whole: it may name other files that hold its weights, which no digest of it covers."""

from __future__ import annotations

from collections.abc import Iterator

from unseen.models.wire import contents, fields

# Field numbers of onnx.proto (github.com/onnx/onnx): where a model can hold tensors, and what a tensor says of itself.
_MODEL_GRAPH = 7
_GRAPH_NODE, _GRAPH_TENSOR, _GRAPH_SPARSE = 1, 5, 15
_NODE_ATTRIBUTE = 5
_ATTRIBUTE_TENSORS, _ATTRIBUTE_GRAPHS, _ATTRIBUTE_SPARSE = (5, 10), (6, 11), (22, 23)
_SPARSE_TENSORS = (1, 2)
_TENSOR_EXTERNAL, _TENSOR_LOCATION = 13, 14


def refuse_external_data(model: bytes) -> None:
    """Return for an ONNX model that is whole in itself; ValueError for any other, and for what is not ONNX."""
    graphs = contents(model, _MODEL_GRAPH)
    if not graphs:
        raise ValueError("there is no graph in it")
    for graph in graphs:
        for tensor in tensors(graph):
            if any(f.number in (_TENSOR_EXTERNAL, _TENSOR_LOCATION) and f.value for f in fields(tensor)):
                raise ValueError("it takes weights from other files")


def tensors(graph: bytes) -> Iterator[bytes]:
    """Every tensor of a graph and of the graphs inside it."""
    yield from contents(graph, _GRAPH_TENSOR)
    sparse = contents(graph, _GRAPH_SPARSE)
    for node in contents(graph, _GRAPH_NODE):
        for attribute in contents(node, _NODE_ATTRIBUTE):
            yield from _all(attribute, _ATTRIBUTE_TENSORS)
            for inner in _all(attribute, _ATTRIBUTE_GRAPHS):
                yield from tensors(inner)
            sparse += _all(attribute, _ATTRIBUTE_SPARSE)
    for pair in sparse:
        yield from _all(pair, _SPARSE_TENSORS)


def _all(message: bytes, numbers: tuple[int, ...]) -> list[bytes]:
    return [content for number in numbers for content in contents(message, number)]
