"""Tiny ONNX nets made field by field, which see red blocks and say so as the optional models would."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np

from unseen.models.wire import Field, Wire, message

# Field numbers of onnx.proto (github.com/onnx/onnx).
FLOAT, INT64 = 1, 7


def tensor(name: str, values: np.ndarray) -> bytes:
    kind = INT64 if values.dtype == np.int64 else FLOAT
    sides = [Field.of(1, side) for side in values.shape]
    return message([*sides, Field.of(2, kind), Field.of(8, name.encode()), Field.of(9, values.tobytes())])


def value(name: str, shape: Sequence[int], kind: int = FLOAT) -> bytes:
    dims = message(Field.of(1, message([Field.of(1, side)])) for side in shape)
    inner = message([Field.of(1, kind), Field.of(2, dims)])
    return message([Field.of(1, name.encode()), Field.of(2, message([Field.of(1, inner)]))])


def node(kind: str, takes: Sequence[str], gives: str, **attributes: int | Sequence[int] | float) -> bytes:
    return message(
        [
            *(Field.of(1, name.encode()) for name in takes),
            Field.of(2, gives.encode()),
            Field.of(4, kind.encode()),
            *(Field.of(5, _attribute(name, given)) for name, given in attributes.items()),
        ]
    )


def _attribute(name: str, given: int | Sequence[int] | float) -> bytes:
    start = Field.of(1, name.encode())
    if isinstance(given, float):
        return message([start, Field(2, Wire.FIXED32, struct.pack("<f", given)), Field.of(20, 1)])
    if isinstance(given, int):
        return message([start, Field.of(3, given), Field.of(20, 2)])
    return message([start, *(Field.of(8, each) for each in given), Field.of(20, 7)])


class Maker:
    """A graph from one picture to its outputs."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._nodes: list[bytes] = []
        self._weights: list[bytes] = []

    def head(self, name: str, stride: int, rows: Sequence[tuple[float, float]], *, batched: bool) -> str:
        """For each cell a row of numbers: each is a part of how red it is (0 to 1) plus a constant, at least 0."""
        reds = np.array([red for red, _ in rows], np.float32)
        weights = (reds[:, None] * np.array([1, -0.5, -0.5], np.float32) / 255)[..., None, None].astype(np.float32)
        self._weights += [
            tensor(f"{name}.w", weights),
            tensor(f"{name}.b", np.array([plain for _, plain in rows], np.float32)),
        ]
        return self.rows(name, stride, len(rows), batched=batched)

    def rows(self, name: str, stride: int, columns: int, *, batched: bool) -> str:
        square = [stride, stride]
        self._nodes += [
            node("AveragePool", ["picture"], f"{name}.cells", kernel_shape=square, strides=square),
            node("Conv", [f"{name}.cells", f"{name}.w", f"{name}.b"], f"{name}.maps", kernel_shape=[1, 1]),
            node("Transpose", [f"{name}.maps"], f"{name}.turned", perm=[0, 2, 3, 1]),
            node("Reshape", [f"{name}.turned", f"{name}.shape"], name),
        ]
        shape = [1, -1, columns] if batched else [-1, columns]
        self._weights.append(tensor(f"{name}.shape", np.array(shape, np.int64)))
        return name

    def joined(self, parts: Sequence[str], name: str, axis: int) -> None:
        self._nodes.append(node("Concat", parts, name, axis=axis))

    def model(self, outputs: dict[str, Sequence[int]]) -> bytes:
        graph = message(
            [
                *(Field.of(1, each) for each in self._nodes),
                Field.of(2, b"tiny"),
                *(Field.of(5, each) for each in self._weights),
                Field.of(11, value("picture", (1, 3, self._size[1], self._size[0]))),
                *(Field.of(12, value(name, shape)) for name, shape in outputs.items()),
            ]
        )
        opset = message([Field.of(1, b""), Field.of(2, 13)])
        return message([Field.of(1, 7), Field.of(8, opset), Field.of(7, graph)])


def cells(size: tuple[int, int], strides: Sequence[int] = (8, 16, 32)) -> list[int]:
    return [(size[0] // stride) * (size[1] // stride) for stride in strides]


def yolox(size: tuple[int, int] = (64, 64), wide: float = 24.0, person: int = 0) -> bytes:
    """Sees in a red cell of stride 8 a box `wide` pixels wide, of one class."""
    maker = Maker(size)
    for stride in (8, 16, 32):
        classes = [(0.0, 1.0 if n == person else 0.0) for n in range(80)]
        box = [(0.0, 0.5), (0.0, 0.5), *[(0.0, float(np.log(wide / stride)))] * 2]
        maker.head(f"level{stride}", stride, [*box, (1.0 if stride == 8 else 0.0, 0.0), *classes], batched=True)
    maker.joined([f"level{stride}" for stride in (8, 16, 32)], "some name", 1)
    return maker.model({"some name": (1, sum(cells(size)), 85)})


def yunet(size: tuple[int, int] = (64, 64), wide: float = 24.0) -> bytes:
    """The same as faces: with blue first, as the picture comes, red is the third colour."""
    maker = Maker(size)
    outputs: dict[str, Sequence[int]] = {}
    for stride, count in zip((8, 16, 32), cells(size), strict=True):
        box = [(0.0, 0.5), (0.0, 0.5), *[(0.0, float(np.log(wide / stride)))] * 2]
        rows = {"cls": [(0.0, 1.0)], "obj": [(1.0 if stride == 8 else 0.0, 0.0)], "bbox": box}
        for part, each in rows.items():
            maker.head(f"{part}_{stride}", stride, each, batched=True)
            outputs[f"{part}_{stride}"] = (1, count, len(each))
    return swapped(maker).model(outputs)


def lpd_yunet(size: tuple[int, int] = (320, 240)) -> bytes:
    """Sees in a red cell of the first level a plate twice as wide as high, tilted a little."""
    maker = Maker(size)
    columns, rows = size[0] // 4, size[1] // 4
    sides = {8: (10, 16, 24), 16: (32, 48), 32: (64, 96), 64: (128, 192, 256)}
    corners = [(-24, -14), (24, -10), (24, 14), (-24, 10)]  # pixels from the middle, around the plate
    count = 0
    for stride, wide in sides.items():
        columns, rows = columns // 2, rows // 2
        count += columns * rows * len(wide)
        first = stride == 8
        places, sure, fits = [], [], []
        for side in wide:
            at = [number / (0.1 * side) for corner in corners for number in corner]
            row = [0.0] * 4 + at[:4] + [0.0] * 2 + at[4:]
            places += [(0.0, each) for each in row]
            seen = 1.0 if first and side == 24 else 0.0
            sure += [(-seen, 1.0), (seen, 0.0)]
            fits += [(0.0, 1.0)]
        for name, values, each in (("loc", places, 14), ("conf", sure, 2), ("iou", fits, 1)):
            _prior_rows(maker, f"{name}{stride}", stride, values, each)
    for name in ("loc", "conf", "iou"):
        maker.joined([f"{name}{stride}" for stride in sides], name, 0)
    return swapped(maker).model({"loc": (count, 14), "conf": (count, 2), "iou": (count, 1)})


def _prior_rows(maker: Maker, name: str, stride: int, values: list[tuple[float, float]], columns: int) -> None:
    maker.head(name, stride, values, batched=False)
    maker._weights[-1] = tensor(f"{name}.shape", np.array([-1, columns], np.int64))


def swapped(maker: Maker) -> Maker:
    """Weights for blue first: each head's first and third colour change places."""
    maker._nodes.insert(0, node("Gather", ["picture", "order"], "turned picture", axis=1))
    maker._weights.append(tensor("order", np.array([2, 1, 0], np.int64)))
    maker._nodes[1:] = [each.replace(b"\x0a\x07picture", b"\x0a\x0eturned picture") for each in maker._nodes[1:]]
    return maker
