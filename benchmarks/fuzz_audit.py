"""Damage files for the audit's own parsers, led by the code that the damage reaches. Needs `pip install atheris`.

    python benchmarks/fuzz_audit.py FOLDER [-max_total_time=600] [-max_len=65536]

FOLDER keeps what reached new code; where it is empty, a small file of every format is made in it first. Every other
option is libFuzzer's. Whatever the bytes are, a parser has to say what it found or that it does not understand;
anything that it raises ends the run, and the file that did it lies in the folder of the call (`crash-...`).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

sys.path[:0] = [str(Path(__file__).parents[1] / "tests" / name) for name in ("fuzz", "media")]

from seeds import seeds  # noqa: E402

with atheris.instrument_imports(include=["unseen.verify.structure"]):
    from unseen.verify.structure import inspect_structure

IN_MEMORY = Path("/dev/shm")


def main() -> None:
    """Run until told to stop."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        with tempfile.TemporaryDirectory() as made:
            for name, data in seeds(Path(made)).items():
                (folder / name).write_bytes(data)
    with tempfile.NamedTemporaryFile(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as file:
        path = Path(file.name)

        def look(data: bytes) -> None:
            path.write_bytes(data)
            inspect_structure(path)

        atheris.Setup(sys.argv, look)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
