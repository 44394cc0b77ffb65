"""docs/errors.md explains every exit code and every error."""

import re
from pathlib import Path

import pytest

from unseen import errors
from unseen.verify.audit import TITLES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "errors.md").read_text("utf-8")
_SECTION = re.compile(r"^## (\d)\b[^\n]*\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_BOLD = re.compile(r"^\*\*(\w+)\*\*", re.MULTILINE)


def every_error(kind: type[errors.UnseenError] = errors.UnseenError) -> list[type[errors.UnseenError]]:
    return [kind, *(each for child in kind.__subclasses__() for each in every_error(child))]


def explained(page: str) -> dict[str, int]:
    """Each error the page explains, and the exit code whose section it stands in."""
    return {name: int(code) for code, text in _SECTION.findall(page) for name in _BOLD.findall(text)}


def test_every_error_is_explained_under_its_exit_code() -> None:
    wanted = {e.__name__: int(e.exit_code) for e in every_error() if e is not errors.UnseenError}
    assert explained(PAGE) == wanted
    assert "**UnseenError**" in PAGE


def test_every_exit_code_is_in_the_table() -> None:
    assert [int(code) for code in re.findall(r"^\| (\d) \|", PAGE.partition("\n## ")[0], re.MULTILINE)] == [
        int(code) for code in errors.ExitCode
    ]


def test_every_check_of_the_audit_is_named() -> None:
    rows = re.findall(r"^\| (\d+) \|", PAGE.partition("\n## 5")[2], re.MULTILINE)
    assert [int(number) for number in rows] == sorted(TITLES)


@pytest.mark.parametrize("name", ["LimitError", "StorageError"])
def test_an_error_that_is_not_explained_is_noticed(name: str) -> None:
    assert name not in explained(PAGE.replace(f"**{name}**", name))


def test_an_error_in_the_wrong_section_is_noticed() -> None:
    assert explained("## 2: wrong use\n\n**StorageError**: no.\n")["StorageError"] != errors.StorageError.exit_code
