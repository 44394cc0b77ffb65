"""Make a net of 8-bit whole numbers out of one of floats: it takes a third of the time (docs/adr/0027).

    python tools/quantise.py MODEL.onnx PICTURES... -o RANGES.json

measures between which values the output of each layer lies. `prepare_models.py` writes the weights with those ranges.
Measuring needs pictures, of people in all sizes, and no two processors round alike; writing needs neither: the same
model, ranges and versions of `onnx` and `onnxruntime` (requirements.lock) give the same bytes everywhere. ONNX
Runtime's own quantiser does the work (onnxruntime.ai/docs/performance/model-optimizations/quantization.html).
"""

from __future__ import annotations

import argparse
import json
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

OPSET = 13
"""The oldest ONNX operator set in which each channel of a weight has its own step."""
SIDES = (448, 640, 960)
"""Longest sides in pixels at which pictures are measured, in turn."""
STEP = 32
"""Sides that nets take are multiples of this."""
DIGITS = 4

Ranges = dict[str, tuple[float, float]]


def quantised(model: bytes, ranges: Ranges) -> bytes:
    """`model` with weights of 7 bits and outputs of layers of 8, between the `ranges` named for their outputs.

    Weights keep a bit free: processors without VNNI add two products in 16 bits, which 8-bit weights can overflow
    (oneDNN, "Nuances of int8 computations").
    """
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.calibrate import TensorsData, save_tensors_data

    with tempfile.TemporaryDirectory() as folder:
        source, cache, target = (Path(folder, name) for name in ("source.onnx", "ranges.json", "target.onnx"))
        prepared(model, source)
        as_arrays = {name: tuple(np.array([end], np.float32) for end in ends) for name, ends in ranges.items()}
        save_tensors_data(TensorsData(CalibrationMethod.MinMax, as_arrays), cache)
        quantize_static(
            source,
            target,
            None,
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
            calibration_cache_path=cache,
        )
        return target.read_bytes()


def prepared(model: bytes, target: Path) -> None:
    """Write `model` in operators that can be quantised, normalisations folded into the weights before them."""
    import onnx
    from onnx import version_converter
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with tempfile.TemporaryDirectory() as folder:
        newer = Path(folder, "newer.onnx")
        onnx.save(version_converter.convert_version(onnx.load_from_string(model), OPSET), newer)
        quant_pre_process(newer, target, skip_symbolic_shape=True)


def measured(model: bytes, pictures: list[Path]) -> Ranges:
    """The least and the greatest value of every layer's output over all `pictures`."""
    from onnxruntime.quantization import CalibrationMethod
    from onnxruntime.quantization.calibrate import create_calibrator

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "source.onnx")
        prepared(model, source)
        calibrator = create_calibrator(
            source, augmented_model_path=str(Path(folder, "out.onnx")), calibrate_method=CalibrationMethod.MinMax
        )
        calibrator.collect_data(_Inputs(calibrator.model.graph.input[0].name, pictures))
        found = calibrator.compute_data()
        return {name: (rounded(data.lowest), rounded(data.highest)) for name, data in sorted(found.items())}


def rounded(value: NDArray[Any]) -> float:
    """To so few digits that a table of them can be read."""
    return float(f"{float(np.ravel(value)[0]):.{DIGITS}g}")


class _Inputs:
    """What ONNX Runtime's calibrators read: one picture after the other, None at the end."""

    def __init__(self, name: str, pictures: list[Path]) -> None:
        self._batches = self._read(name, pictures)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        return next(self._batches, None)

    @staticmethod
    def _read(name: str, pictures: list[Path]) -> Iterator[dict[str, NDArray[np.float32]]]:
        from PIL import Image, ImageOps

        for n, path in enumerate(pictures):
            with path.open("rb") as file, Image.open(file) as opened:
                picture = ImageOps.exif_transpose(opened).convert("RGB")
            scale = SIDES[n % len(SIDES)] / max(picture.size)
            width, height = (max(STEP, int(side * scale) // STEP * STEP) for side in picture.size)
            samples = np.asarray(picture.resize((width, height)), np.float32)
            yield {name: np.ascontiguousarray(samples.transpose(2, 0, 1)[None])}


def main() -> None:
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("pictures", type=Path, nargs="+")
    parser.add_argument("-o", dest="out", type=Path, required=True)
    args = parser.parse_args()
    logging.getLogger().setLevel(logging.ERROR)
    ranges = measured(args.model.read_bytes(), sorted(args.pictures))
    lines = (f"  {json.dumps(name)}: {json.dumps(ends)}" for name, ends in ranges.items())
    args.out.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    print(f"{args.out}: {len(ranges)} outputs, over {len(args.pictures)} pictures")


if __name__ == "__main__":
    main()
