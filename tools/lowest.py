"""Print pip constraints that hold every direct dependency at the oldest series pyproject.toml allows.

    python tools/lowest.py > oldest.txt && pip install --constraint oldest.txt '.[test]'

`name>=2` becomes `name==2.0.*`, `name>=1.4` becomes `name==1.4.*` and `name>=1.4.2` becomes `name==1.4.2`: the last
correction of the oldest series, which is the oldest thing that anybody should still run.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
_FLOOR = re.compile(r"([A-Za-z0-9._-]+)>=([0-9]+(?:\.[0-9]+)*)(?:,<[0-9.]+)?(\s*;.*)?")


def pinned(requirement: str) -> str:
    """The requirement held at its floor; ends the script where it has none."""
    found = _FLOOR.fullmatch(requirement.strip())
    if found is None:
        sys.exit(f"{requirement!r} names no oldest version: write it as name>=version")
    name, floor, marker = found.groups()
    parts = floor.split(".")
    version = floor if len(parts) > 2 else f"{'.'.join([*parts, '0'][:2])}.*"
    return f"{name}=={version}{marker or ''}"


def constraints(requirements: Iterable[str]) -> list[str]:
    """One line a package, in order, each once."""
    return sorted({pinned(requirement) for requirement in requirements})


def main() -> None:
    """Print the constraints of the runtime and test dependencies."""
    project = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]
    print("\n".join(constraints([*project["dependencies"], *project["optional-dependencies"]["test"]])))


if __name__ == "__main__":
    main()
