"""Links between documents lead somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCED = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)


def anchors(page: str) -> set[str]:
    """The anchors that headings get: lower case, words joined by dashes."""
    titles = re.findall(r"^#+ (.+)$", _FENCED.sub("", page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", t.lower()).strip().replace(" ", "-") for t in titles}


def broken_links(text: str, folder: Path) -> list[str]:
    """Relative links of a page in `folder` that lead to no file, or to no heading of it."""
    broken = []
    for link in _LINK.findall(_FENCED.sub("", text)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = folder / name
        there = not name or target.exists()
        if not there or (anchor and anchor not in anchors(target.read_text("utf-8") if name else text)):
            broken.append(link)
    return broken


# The layout of reference/cli.md, and with it its anchors, is cyclopts' own.
@pytest.mark.parametrize("page", [p for p in PAGES if p.name != "cli.md"], ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    assert broken_links(page.read_text("utf-8"), page.parent) == []


def test_a_link_to_nothing_is_caught(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# A title\n", "utf-8")
    text = "# Here\n[a](there.md) [b](there.md#a-title) [c](#here) [d](gone.md) [e](there.md#gone) [f](#gone)\n"
    assert broken_links(text, tmp_path) == ["gone.md", "there.md#gone", "#gone"]


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        links = {link.partition("#")[0] for link in _LINK.findall(page.read_text("utf-8")) if ":" not in link}
        found = {(page.parent / link).resolve() for link in links if link.endswith(".md")}
        waiting += sorted(found - reached - set(waiting))
    assert set(PAGES) <= reached
