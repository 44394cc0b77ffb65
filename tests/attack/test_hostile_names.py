"""File names are never code: not for the shell of the command line, not for FFmpeg, not for the terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import av
import pytest
from make import Clip, Said, is_clear, leftovers, names, unseen, write_clip, write_photo

NAMES = {
    "dash": "-rf.mp4",
    "double dash": "--overwrite.mp4",
    "sequence": "IMG_%03d.mp4",
    "concat": "concat:a.mp4|b.mp4",
    "protocol": "http:127.0.0.1.mp4",
    "subfile": "subfile,,start,0,end,0,,:x.mp4",
    "newline": "a\nunseen: released\n.mp4",
    "escape": "\x1b[2J\x1b]0;owned\x07.mp4",
    "right to left": "photo\u202e4pm.mp4",
    "at file": "@arguments.mp4",
    "markup": "[red][bold]x.mp4",
    "emoji": ":smile:.mp4",
    "percent": "%s%n%d.mp4",
    "quotes": "'; touch owned; '.mp4",
    "bytes": os.fsdecode(b"\xff\xfe\x80.mp4"),
    "spaces": "  .mp4",
    "long": "n" * 239 + ".mp4",
}


@pytest.fixture(params=NAMES.values(), ids=NAMES.keys())
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def is_safe(text: str) -> bool:
    """No line but our own, nothing a terminal obeys, every character one that UTF-8 can write."""
    text.encode()
    return all(c.isprintable() or c == "\n" for c in text) and "\nunseen: released\n" not in text


def test_a_file_of_any_name_is_only_a_file(tmp_path: Path, name: str, tiny: bytes) -> None:
    (tmp_path / name).write_bytes(tiny)
    out = tmp_path / "out"
    out.mkdir()
    said = unseen("redact", tmp_path / name, "-o", out / name)
    assert said.code == 0, said
    assert is_safe(said.out + said.err)
    assert sorted(os.listdir(tmp_path)) == sorted([name, "out"])
    assert sorted(names(out)) == sorted([name, name + ".record.json"])


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write_clip(tmp_path_factory.mktemp("tiny") / "tiny.mp4", Clip(ticks=(0,))).read_bytes()


@pytest.mark.parametrize("command", ["redact", "inspect", "find", "verify", "apply"])
def test_a_missing_file_of_any_name_is_told_safely(tmp_path: Path, command: str) -> None:
    for name in NAMES.values():
        path = tmp_path / name
        extra = {"redact": ["-o", tmp_path / "x.mp4"], "apply": [path, "-o", tmp_path / "x.mp4"]}
        said = unseen(command, path, *extra.get(command, []))
        assert said.code == 3
        assert is_clear(said)
        assert is_safe(said.err)


def test_relative_names_that_look_like_options_need_the_usual_two_dashes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_clip(tmp_path / "in.mp4").rename(tmp_path / "--overwrite")
    assert unseen("redact", "-o", "a.mp4", "--", "--overwrite").code == 0
    assert unseen("redact", "./--overwrite", "-o", "b.mp4").code == 0
    assert unseen("redact", "./--overwrite", "-o=-c.mp4").code == 0
    assert {"a.mp4", "b.mp4", "-c.mp4"} <= set(os.listdir())


def test_a_name_is_too_long_for_its_record(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4")
    for flags in ([], ["--overwrite"]):
        said = unseen("redact", source, "-o", tmp_path / ("n" * 246 + ".mp4"), *flags)
        assert said.code == 2
        assert is_clear(said)
    assert unseen("redact", source, "-o", tmp_path / ("n" * 300 + ".mp4")).code == 2
    assert os.listdir(tmp_path) == ["in.mp4"]


def test_a_folder_of_hostile_names_is_redacted_as_files(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    clip = write_clip(tmp_path / "clip.mp4").read_bytes()
    hostile = [NAMES[n] for n in ("dash", "sequence", "newline", "bytes", "markup")]
    for each in hostile:
        (folder / each).write_bytes(clip)
    said = unseen("redact", folder, "-o", tmp_path / "out")
    assert said.code == 0, said
    assert is_safe(said.out)
    assert set(names(tmp_path / "out")) == {n + e for n in hostile for e in ("", ".record.json")}


def test_a_sequence_name_reads_one_file_and_not_its_siblings(tmp_path: Path) -> None:
    for number in range(3):
        write_photo(tmp_path / f"IMG_{number:03d}.png")
    pattern = tmp_path / "IMG_%03d.png"
    write_photo(pattern)
    said = unseen("redact", pattern, "-o", tmp_path / "out.png")
    assert said.code == 0, said
    pattern.unlink()
    with av.open(str(pattern)) as container:  # the saboteur: to FFmpeg the same name is the whole sequence
        assert sum(1 for _ in container.decode(video=0)) == 3
    assert unseen("redact", pattern, "-o", tmp_path / "again.png").code == 3


def test_a_concat_name_joins_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_clip(tmp_path / "a.ts", Clip())
    write_clip(tmp_path / "b.ts", Clip())
    name = "concat:a.ts|b.ts"
    with av.open(name) as container:  # the saboteur: FFmpeg opens both
        assert sum(1 for _ in container.decode(video=0)) > 3
    assert unseen("redact", name, "-o", "out.ts").code == 3
    assert not leftovers(tmp_path)


def test_names_are_shown_as_text_on_a_terminal(tmp_path: Path) -> None:
    """Progress bars, too: there, markup in a name once ended the run."""
    source = write_clip(tmp_path / "in.mp4").rename(tmp_path / "[bold]:smile:[%]\x1b[2J.mp4")
    said = on_a_terminal("redact", str(source), "-o", str(tmp_path / "out.mp4"))
    assert said.code == 0, said.out
    assert ":smile:" in said.out
    assert "\x1b[2J" not in said.out


def test_names_can_be_said_where_only_ascii_can(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4").rename(tmp_path / "Zürich-Zürich-東京.mp4")
    command = [sys.executable, "-m", "unseen", "redact", str(source), "-o", str(tmp_path / "aus-東京.mp4")]
    ran = subprocess.run(command, env={**os.environ, "PYTHONIOENCODING": "ascii"}, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert b"\\u6771" in ran.stdout


def on_a_terminal(*arguments: str) -> Said:
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(sys.executable, [sys.executable, "-m", "unseen", *arguments], {**os.environ, "COLUMNS": "300"})
    shown = b""
    while True:
        try:
            chunk = os.read(terminal, 4096)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    return Said(os.waitstatus_to_exitcode(status), shown.decode(errors="replace"), "")
