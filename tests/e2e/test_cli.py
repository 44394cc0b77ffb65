"""Every command: what it does when all is well, what it says to machines, and what it says to wrong use."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from make import Clip, Said, is_clear, leftovers, names, unseen, write_clip, write_photo

COMMANDS = [
    "redact",
    "inspect",
    "find",
    "review",
    "sample",
    "apply",
    "verify",
    "report",
    "purge",
    "rules",
    "models",
    "demo",
]


@pytest.fixture(scope="module")
def portrait(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo with a face."""
    from PIL import Image
    from skimage import data

    path = tmp_path_factory.mktemp("portrait") / "portrait.jpg"
    Image.fromarray(data.astronaut()[:360, 60:420]).save(path, quality=92)
    return path


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clip") / "clip.mp4")


def process(*arguments: str | Path, **more: Any) -> Said:
    ran = subprocess.run(
        [sys.executable, "-m", "unseen", *map(str, arguments)], capture_output=True, check=False, timeout=60, **more
    )
    return Said(ran.returncode, ran.stdout.decode(), ran.stderr.decode())


def test_the_whole_way_by_hand(tmp_path: Path, portrait: Path) -> None:
    """Find, review, apply, verify: each understands what the one before has written."""
    plan, out = tmp_path / "plan.json", tmp_path / "out.jpg"
    said = unseen("find", portrait, "-o", plan)
    assert said.code == 0, said
    assert "1 face found" in said.out
    said = unseen("review", plan, "--json")
    assert (said.code, json.loads(said.out)["tracks"]) == (0, 1)
    assert unseen("review", plan, "--keep", "face-1").code == 2  # a decision needs a reason
    assert unseen("review", plan, "--keep", "nobody", "--because", "x").code == 2
    assert unseen("review", plan, "--keep", "face-1", "--because", "consented", "--by", "R. Eviewer").code == 0
    assert "1 kept visible" in unseen("review", plan, "--list").out
    assert unseen("review", plan, "--cover", "face-1", "--because", "withdrew").code == 0
    said = unseen("apply", plan, portrait, "-o", out)
    assert said.code == 0, said
    assert "covered" in said.out or "standing" in said.out
    said = unseen("verify", out, "--source", portrait, "--json")
    assert (said.code, json.loads(said.out)["passed"]) == (0, True)
    out.write_bytes(out.read_bytes()[:-2] + b"\0\0\0")
    assert unseen("verify", out).code == 5


def test_find_does_not_replace_a_plan_unasked(tmp_path: Path, clip: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text("mine")
    assert unseen("find", clip, "-o", plan).code == 2
    assert plan.read_text() == "mine"
    assert unseen("find", clip, "-o", plan, "--overwrite").code == 0
    assert json.loads(plan.read_text())["schema"] == "unseen.plan/1"


JSON: dict[str, Callable[[Path, Path], tuple[str | Path, ...]]] = {
    "redact": lambda clip, out: ("redact", clip, "-o", out / "o.mp4", "--json"),
    "redact dry": lambda clip, out: ("redact", clip, "-o", out / "o.mp4", "--json", "--dry-run"),
    "redact failing": lambda clip, out: ("redact", __file__, clip, "-o", out, "--json"),
    "inspect": lambda clip, out: ("inspect", clip, "--json"),
    "find": lambda clip, out: ("find", clip, "--json"),
    "find to standard output": lambda clip, out: ("find", clip),
    "rules list": lambda clip, out: ("rules", "list", "--json"),
    "rules show": lambda clip, out: ("rules", "show", "default", "--json"),
    "models list": lambda clip, out: ("models", "list", "--json"),
    "models check": lambda clip, out: ("models", "check", "--json"),
}


@pytest.mark.parametrize("arguments", JSON.values(), ids=JSON.keys())
def test_json_is_json_and_nothing_else(
    tmp_path: Path, clip: Path, arguments: Callable[[Path, Path], tuple[str | Path, ...]]
) -> None:
    said = unseen(*arguments(clip, tmp_path))
    document = json.loads(said.out)
    assert isinstance(document, dict)
    assert said.code == (3 if __file__ in map(str, arguments(clip, tmp_path)) else 0), said


def test_a_dry_run_writes_nothing(tmp_path: Path, clip: Path) -> None:
    said = unseen("redact", clip, "-o", tmp_path / "new" / "out.mp4", "--dry-run")
    assert said.code == 0
    assert "3 pictures" in said.out
    assert os.listdir(tmp_path) == []


def test_a_log_gets_plain_lines(tmp_path: Path, clip: Path) -> None:
    said = process("redact", clip, "-o", tmp_path / "out.mp4", env={**os.environ, "FORCE_COLOR": ""})
    assert said.code == 0, said
    assert all(c.isprintable() or c == "\n" for c in said.out + said.err)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    said = unseen(command, "--help")
    assert said.code == 0
    assert f"unseen {command}" in said.out
    assert said.err == ""


def test_the_whole_explains_itself_and_its_version() -> None:
    said = unseen("--help")
    assert said.code == 0
    assert all(command in said.out for command in COMMANDS)
    assert unseen("--version").out.startswith("unseen ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["redact"],
        ["redact", "a.mp4"],
        ["redact", "-o", "b.mp4"],
        ["redact", "a.mp4", "-o", "b.mp4", "--nonsense"],
        ["redact", "a.mp4", "-o", "b.mp4", "--style", "invisible"],
        ["redact", "a.mp4", "-o", "b.mp4", "--max-pixels", "many"],
        ["redact", "-", "clip.mp4", "-o", "folder"],
        ["find"],
        ["inspect"],
        ["apply", "plan.json"],
        ["verify"],
        ["sample"],
        ["report"],
        ["report", "record.json"],
        ["rules", "show", "nonsense"],
        ["rules", "show", "../default"],
    ],
    ids=lambda arguments: " ".join(arguments) or "nothing",
)
def test_wrong_use_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clip: Path, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.mp4").write_bytes(clip.read_bytes())
    said = unseen(*arguments)
    assert said.code == 2, said
    assert is_clear(said), said
    assert os.listdir(tmp_path) == ["a.mp4"]


def test_options_that_cannot_be_are_wrong_use(tmp_path: Path, clip: Path) -> None:
    for flags in (["--colour", "red"], ["--padding", "-1"], ["--rules", "nonsense"], ["--codec", "vp8"]):
        said = unseen("redact", clip, "-o", tmp_path / "out.mp4", *flags)
        assert said.code == 2, said
        assert is_clear(said), said
    assert unseen("redact", clip, "-o", tmp_path / "out.xyz").code == 2
    assert unseen("redact", clip, "-o", clip).code == 2
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["photo.png", "clip.mp4"])
def test_a_pipe_is_an_input_too(tmp_path: Path, clip: Path, name: str) -> None:
    source = clip if name == "clip.mp4" else write_photo(tmp_path / name)
    (tmp_path / "empty").mkdir()
    out = tmp_path / "empty" / f"out{source.suffix}"
    said = process("redact", "-", "-o", out, input=source.read_bytes(), cwd=out.parent)
    assert said.code == 0, said
    assert sorted(names(out.parent)) == [out.name, out.name + ".record.json"]
    record = json.loads(Path(f"{out}.record.json").read_bytes())
    assert {c["number"] for c in record["checks"] if c["status"] == "passed"} >= {9, 10}


def test_a_file_called_like_the_pipe_is_not_audited_in_its_place(tmp_path: Path) -> None:
    decoy, real = write_photo(tmp_path / "decoy.png", (64, 48)), write_photo(tmp_path / "real.png")
    (tmp_path / "-").write_bytes(decoy.read_bytes())
    said = process("redact", "-", "-o", "out.png", input=real.read_bytes(), cwd=tmp_path)
    assert said.code == 0, said


def test_nobody_reading_does_not_change_the_outcome(tmp_path: Path, clip: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "unseen", "redact", str(clip), "-o", str(tmp_path / "out.mp4")]
    ran = subprocess.run(command, stdout=writing, stderr=writing, check=False, timeout=60)
    os.close(writing)
    assert ran.returncode == 0
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run([*command, "--overwrite"], stdout=full, stderr=full, check=False, timeout=60)
    assert ran.returncode == 0
    assert not leftovers(tmp_path)


def test_inspect_says_what_a_file_gives_away(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", Clip(tags={"location": "+47.3769+008.5417/", "title": "\x1b[31mCANARY"}))
    said = unseen("inspect", clip)
    assert said.code == 0
    assert "47.3769" in said.out
    assert "CANARY" in said.out
    assert "\x1b" not in said.out


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_thumbnails_are_drawn_on_a_terminal_and_nowhere_else(tmp_path: Path, portrait: Path) -> None:
    before = set(tmp_path.parent.rglob("*"))
    command = [sys.executable, "-m", "unseen", "inspect", str(portrait), "--find", "faces", "--thumbnails"]
    where = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "TMPDIR": str(tmp_path)}
    ours, theirs = os.openpty()
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, env=where) as asked:
        os.close(theirs)
        drawn = b""
        with contextlib.suppress(OSError):  # the other end is closed
            while part := os.read(ours, 65536):
                drawn += part
    os.close(ours)
    assert asked.returncode == 0
    assert 200 <= drawn.decode().count("\u2580") <= 24 * 12
    assert b"\x1b[38;2;" in drawn
    assert set(tmp_path.parent.rglob("*")) == before
    for refused in (command, [*command, "--json"]):
        said = subprocess.run(refused, capture_output=True, check=False, env=where)
        assert said.returncode == 2
        assert b"on a terminal only" in said.stderr
        assert not said.stdout


def test_several_inputs_go_into_a_folder(tmp_path: Path, clip: Path) -> None:
    photo = write_photo(tmp_path / "photo.png")
    said = unseen("redact", clip, photo, "-o", tmp_path / "out")
    assert said.code == 0, said
    assert "2 of 2 files released" in said.out
    assert sorted(p.name for p in (tmp_path / "out").glob("*g")) == ["photo.png"]
    other = tmp_path / "other" / "photo.png"
    other.parent.mkdir()
    write_photo(other)
    assert unseen("redact", other, photo, "-o", tmp_path / "out2").code == 2  # two inputs of one name
    assert not (tmp_path / "out2").exists()
