"""What the documents tell a user to type is what the program takes, and what CI runs."""

import re
import shlex
from pathlib import Path

import pytest
from cyclopts import CycloptsError

from unseen.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
_BLOCK = re.compile(r"^( *)```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`unseen ([a-z]+)")
_MARKED = re.compile(r"^<!-- command: (\w+) -->\n```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def shown_commands(text: str) -> list[str]:
    """Every `unseen ...` line of the shell blocks of a page, also where it stands behind `&&`."""
    lines = [line.strip() for _, block in _BLOCK.findall(text) for line in block.splitlines()]
    parts = [part.strip() for line in lines for part in line.split("&&")]
    return [f"unseen{part.partition('unseen')[2]}" for part in parts if re.match(r"(\.venv/bin/)?unseen ", part)]


def parse(command: str) -> None:
    """Raises CycloptsError where the command line would refuse it; what the shell redirects is not its business."""
    words = shlex.split(command.partition(" > ")[0])
    app.parse_args(words[1:], exit_on_error=False, print_error=False)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_shown_command_parses(page: Path) -> None:
    for command in shown_commands(page.read_text("utf-8")):
        parse(command)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_named_command_exists(page: Path) -> None:
    named = set(_INLINE.findall(page.read_text("utf-8")))
    assert named <= set(app.resolved_commands())


def test_the_pages_show_commands_at_all() -> None:
    found = [command for page in PAGES for command in shown_commands(page.read_text("utf-8"))]
    assert len(found) > 20


@pytest.mark.parametrize(
    "wrong", ["unseen redcat a.mp4 -o b.mp4", "unseen redact a.mp4", "unseen find a.mp4 --recall 1"]
)
def test_a_command_that_does_not_exist_is_caught(wrong: str) -> None:
    (found,) = shown_commands(f"text\n```sh\n{wrong}\n```\n")
    with pytest.raises(CycloptsError):
        parse(found)


def test_ci_runs_the_commands_of_the_readme_and_the_tests_last() -> None:
    marked = dict(_MARKED.findall((ROOT / "README.md").read_text("utf-8")))
    run = re.findall(r'readme_command (\w+)\)"', (ROOT / ".ci" / "run").read_text("utf-8"))
    assert run == ["redact", "test"] == sorted(marked)
    assert marked["redact"].strip().endswith("unseen demo")
    assert marked["test"].strip().endswith("-m pytest")
    assert "requirements.lock" in marked["test"]
