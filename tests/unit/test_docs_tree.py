"""Nothing in the tree names a machine it was made on or an index it was fetched from."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("src", "tests", "tools", "docs", "benchmarks", ".ci")
_MADE = {"__pycache__", ".hypothesis", "node_modules"}
_LOCAL = re.compile(r"(?<![\w.$}/-])/(?:work|opt|root|home|Users|mnt|srv)/|\bfile:/" + "/")
_INDEX = re.compile("python" + r"hosted|pypi\." + r"org|find-" + r"links|index-" + "url")


def files() -> Iterator[Path]:
    yield from (p for p in ROOT.iterdir() if p.is_file() and p.name != ".git")  # a worktree's pointer to its repository
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and not _MADE & set(path.parts):
                yield path


def local_traces(text: str) -> list[str]:
    """Paths of a machine, and hosts or options of a package index."""
    return [match[0] for pattern in (_LOCAL, _INDEX) for match in pattern.finditer(text)]


def test_no_file_names_a_machine_path_or_a_registry() -> None:
    found = {}
    for path in files():
        data = path.read_bytes()
        if b"\0" not in data and path != Path(__file__):
            traces = local_traces(data.decode("utf-8"))
            found |= {path.relative_to(ROOT).as_posix(): traces} if traces else {}
    assert found == {}


@pytest.mark.parametrize("text", ["see /home/" + "jo/clips", "x @ file:/" + "//a.whl", "--index-" + "url https://x"])
def test_a_trace_is_noticed(text: str) -> None:
    assert local_traces(text)


def locked() -> dict[str, str]:
    """Package and version of each line of the lock."""
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    pins = [line.split(";")[0].rstrip("\\ ") for line in lines if line[:1].isalnum()]
    return dict(pin.split("==") for pin in pins)


def test_the_lock_holds_every_dependency_within_its_range() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    ]
    pins = locked()
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(pins[requirement.name]), requirement


def test_the_lock_pins_every_package_by_digest() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    entries = re.split(r"\n(?=[a-z])", text)[1:]
    assert len(entries) == len(locked()) > 20
    assert all("--hash=sha256:" in entry for entry in entries)
