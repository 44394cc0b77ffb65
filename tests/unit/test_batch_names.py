"""Which inputs become which outputs, and which requests make no sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from unseen.batch import plan_jobs
from unseen.errors import InputError, UsageError
from unseen.media.source import STDIN


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    for name in ("b.mp4", "a.jpg", "deep/er/c.png", ".hidden.jpg", ".cache/d.jpg", "a.jpg.record.json"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).touch()
    return made


def pairs(inputs: list[Path], out: Path) -> list[tuple[Path, Path]]:
    return [(job.source, job.output) for job in plan_jobs(inputs, out)]


def test_a_file_may_name_its_output(folder: Path, tmp_path: Path) -> None:
    assert pairs([folder / "a.jpg"], tmp_path / "out.png") == [(folder / "a.jpg", tmp_path / "out.png")]
    assert pairs([STDIN], tmp_path / "out.png") == [(STDIN, tmp_path / "out.png")]


def test_a_file_goes_into_a_folder_that_is_there(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert pairs([folder / "a.jpg"], tmp_path / "out") == [(folder / "a.jpg", tmp_path / "out" / "a.jpg")]


def test_a_folder_is_mirrored_in_order_without_what_is_hidden(folder: Path, tmp_path: Path) -> None:
    found = [str(o.relative_to(tmp_path / "out")) for _, o in pairs([folder], tmp_path / "out")]
    assert found == ["a.jpg", "b.mp4", "deep/er/c.png"]


def test_outputs_inside_an_input_folder_are_not_inputs_again(folder: Path) -> None:
    out = folder / "redacted"
    out.mkdir()
    (out / "a.jpg").touch()
    assert len(plan_jobs([folder], out)) == 3


def test_what_makes_no_sense_is_refused(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "a.jpg"
    other.parent.mkdir()
    other.touch()
    link = tmp_path / "link.jpg"
    link.symlink_to(folder / "a.jpg")
    (tmp_path / "empty").mkdir()
    for inputs, out in (
        ([], tmp_path / "out"),
        ([folder / "a.jpg", other], tmp_path / "out"),
        ([STDIN, other], tmp_path / "out"),
        ([other], other),
        ([folder / "a.jpg"], link),
        ([folder], folder),
        ([other], tmp_path / "other" / ".." / "other" / "a.jpg"),
    ):
        with pytest.raises(UsageError):
            plan_jobs(inputs, out)
    with pytest.raises(InputError):
        plan_jobs([tmp_path / "empty"], tmp_path / "out")


def test_names_that_no_file_can_have_are_left_to_whoever_opens_them(tmp_path: Path) -> None:
    assert len(plan_jobs([tmp_path / ("n" * 300)], tmp_path / ("m" * 300))) == 1


def test_labels_and_notes_among_footage_are_left_out_and_damaged_footage_is_not(folder: Path, tmp_path: Path) -> None:
    (folder / "labels.json").write_text("{}")
    (folder / "no-ending").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF")
    (folder / "broken.mp4").write_bytes(b"nothing of the kind")
    media = {job.source.name: job.media for job in plan_jobs([folder], tmp_path / "out")}
    assert not media["labels.json"]
    assert media["no-ending"] and media["broken.mp4"]
    (named,) = plan_jobs([folder / "labels.json"], tmp_path / "out.json")
    assert named.media  # named by hand: refused with a reason, not passed over


def test_counted_names_say_nothing_of_files_or_folders(folder: Path, tmp_path: Path) -> None:
    (folder / "notes.txt").write_text("no media")
    (folder / "deep" / "Ana.JPG").touch()
    out = tmp_path / "out"
    jobs = plan_jobs([folder, folder / "b.mp4"], out, rename=True)
    assert [(j.source.name, j.output.name) for j in jobs if j.media] == [
        ("a.jpg", "0001.jpg"),
        ("b.mp4", "0002.mp4"),
        ("Ana.JPG", "0003.jpg"),
        ("c.png", "0004.png"),
        ("b.mp4", "0005.mp4"),
    ]
    assert {j.output.parent for j in jobs if j.media} == {out}
    assert [(j.source, j.output) for j in plan_jobs([folder / "a.jpg"], out, rename=True)] == [
        (folder / "a.jpg", out / "0001.jpg")
    ]
    with pytest.raises(UsageError):
        plan_jobs([STDIN], out, rename=True)
