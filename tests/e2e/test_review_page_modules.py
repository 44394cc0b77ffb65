"""The review page's modules: their types, and their own tests, by the tools that tests/page/package.json pins."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHECKS = ROOT / "tests" / "page"
PAGE = ROOT / "src" / "unseen" / "review" / "page"
TSC = CHECKS / "node_modules" / ".bin" / "tsc"
NODE = shutil.which("node")

needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed: the page's modules are not checked")
needs_types = pytest.mark.skipif(
    NODE is None or not TSC.exists(),
    reason="no TypeScript: `npm ci --prefix tests/page` fetches it; the page's types are not checked",
)


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), cwd=CHECKS, capture_output=True, text=True, timeout=120, check=False)


@needs_types
def test_the_types_of_every_module_hold() -> None:
    said = run(TSC, "--project", "tsconfig.json")
    assert said.returncode == 0, said.stdout
    listed = run(TSC, "--project", "tsconfig.json", "--listFilesOnly").stdout
    assert all(str(path) in listed for path in PAGE.glob("*.js"))


@needs_types
def test_a_wrong_type_is_caught(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.js"
    wrong.write_text("/** @param {number} n */\nexport const twice = (n) => n.length * 2;\n", "utf-8")
    said = run(TSC, "--strict", "--allowJs", "--checkJs", "--noEmit", "--ignoreConfig", wrong)
    assert said.returncode != 0
    assert "'length' does not exist" in said.stdout


@needs_node
def test_the_modules_pass_their_own_tests() -> None:
    said = run(NODE or "", "--test", *sorted(CHECKS.glob("*.test.js")))
    assert said.returncode == 0, said.stdout
    passed = re.search(r"^\S* ?pass (\d+)$", said.stdout, re.MULTILINE)
    assert passed is not None
    assert int(passed[1]) > 30


@needs_node
def test_a_failing_test_of_a_module_is_noticed(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.test.mjs"
    wrong.write_text('import { test } from "node:test";\ntest("no", () => { throw new Error("no"); });\n', "utf-8")
    assert run(NODE or "", "--test", wrong).returncode != 0


def test_nothing_of_the_page_comes_from_elsewhere() -> None:
    """No address but the page's own, no markup made out of text, no code or style outside the files."""
    for path in PAGE.iterdir():
        text = path.read_text("utf-8")
        addresses = set(re.findall(r"https?://[^\s\"')]+", text)) - {"http://www.w3.org/2000/svg"}
        assert not addresses, path.name
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text), (
            path.name
        )
        if path.suffix == ".html":
            assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text), path.name
        if path.suffix == ".js":
            assert all(name.startswith("./") for name in re.findall(r'^import .* from "(.*)";$', text, re.MULTILINE)), (
                path.name
            )


def test_files_of_the_page_stay_small() -> None:
    """What the style asks of every module; the sentences are data."""
    assert not [path.name for path in PAGE.glob("*.js") if len(path.read_text("utf-8").splitlines()) > 400]
