"""unseen sample: drawn, asked on a terminal or answered by a file, and carried into the record."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from make import Clip, is_clear, unseen, write_clip

FEW = ("--pictures", "4", "--risky", "1")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", Clip(ticks=range(12)))


@pytest.fixture
def plan(clip: Path, tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    assert unseen("find", clip, "-o", path).code == 0
    return path


def test_a_drawn_sample_is_kept_and_answered_by_a_file(clip: Path, plan: Path, tmp_path: Path) -> None:
    said = unseen("sample", plan, clip, *FEW, "--json")
    assert said.code == 0, said
    form = json.loads(said.out)
    assert form["sample"]["dark_known"] is True
    assert form == json.loads(unseen("sample", plan, "--json").out)  # kept, not drawn again
    form["answers"]["by"] = "ana"
    form["answers"]["answers"] = [{"place": p["number"], "missed": []} for p in form["sample"]["places"]]
    form["answers"]["answers"][0]["missed"] = ["plate"]
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps(form["answers"]))
    said = unseen("sample", plan, "--answers", answers)
    assert said.code == 0, said
    assert "pictures that show plates: 1 of 4 looked at" in said.out
    out = tmp_path / "out.mp4"
    assert unseen("apply", plan, clip, "-o", out).code == 0
    residual = json.loads(Path(f"{out}.record.json").read_bytes())["residual"]
    assert (residual["by"], residual["answered"]) == ("ana", len(form["sample"]["places"]))
    assert unseen("verify", out).code == 0


def test_a_record_says_that_nobody_looked(clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    assert unseen("redact", clip, "-o", out).code == 0
    assert "nobody has looked" in json.loads(Path(f"{out}.record.json").read_bytes())["residual"]["said"]


def test_where_nobody_can_answer_the_places_are_listed(plan: Path) -> None:
    said = unseen("sample", plan, *FEW)
    assert said.code == 0, said
    assert "0 of 4 places answered" in said.out
    assert said.out.count("the whole picture") == 4
    assert "nobody has looked" in said.out.lower()


def test_again_draws_another(plan: Path) -> None:
    first = json.loads(unseen("sample", plan, *FEW, "--json").out)["sample"]["seed"]
    assert json.loads(unseen("sample", plan, *FEW, "--again", "--json").out)["sample"]["seed"] != first
    said = json.loads(unseen("sample", plan, *FEW, "--again", "--seed", "7", "--json").out)
    assert said["sample"]["seed"] == 7
    assert len(json.loads(plan.read_bytes())["samples"]) == 3


def test_answers_to_another_sample_are_refused_and_change_nothing(plan: Path, tmp_path: Path) -> None:
    assert unseen("sample", plan, *FEW).code == 0
    before = plan.read_bytes()
    answers = tmp_path / "answers.json"
    answers.write_text('{"schema": "unseen.answers/1", "seed": 1, "by": "ana", "answers": []}')
    said = unseen("sample", plan, "--answers", answers)
    assert said.code == 2 and is_clear(said), said
    assert plan.read_bytes() == before


def test_a_plan_of_another_file_is_refused(plan: Path, tmp_path: Path) -> None:
    other = write_clip(tmp_path / "other.mp4", Clip(ticks=range(5)))
    assert unseen("sample", plan, other, *FEW).code == 3


def test_a_terminal_asks_place_by_place(plan: Path) -> None:
    """Nothing, back, two kinds by their first letters, what nobody understands, cannot be told, stop."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "unseen", "sample", str(plan), *FEW, "--by", "ana"]
    ran = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.write(ours, b"n\nb\nf, pl\nwhat\n?\nq\n")
    said = b""
    try:
        while chunk := os.read(ours, 4096):
            said += chunk
    except OSError:  # the other side has closed the terminal
        pass
    os.close(ours)
    assert ran.wait(30) == 0, said.decode()
    assert b"Not understood" in said and b"2 of 4 places answered" in said
    (sample,) = json.loads(plan.read_bytes())["samples"]
    assert sample["by"] == "ana"
    assert sample["answers"] == [
        {"place": 1, "missed": ["face", "plate"], "unsure": False},
        {"place": 2, "missed": [], "unsure": True},
    ]
