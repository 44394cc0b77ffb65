"""A job that is killed while it looks at a clip goes on from what it had noted, and makes the same of it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))

import interception
from make import Clip, write_clip
from runner import Origin, Watch

from unseen.core import Timestamp
from unseen.errors import AuditFailedError, StorageError, UnseenError
from unseen.find.notes import Notes, Stretch, folder_of, notes_for

PICTURES, STRETCH = 14, 4
SET_UP = f"""
from unseen.find import stretches
from unseen.find.codes import CodeFinder
stretches.STRETCH = {STRETCH}
usual = CodeFinder.find
def find(finder, views):
    with open(%r, "a") as file:
        file.writelines(f"{{view.time}}\\n" for view in views)
    return usual(finder, views)
CodeFinder.find = find
"""


@dataclass
class Desk:
    """A clip, its output, and what was looked at."""

    source: Path
    out: Path
    looks: Path
    origin: Origin

    def run(self, until: Callable[[str], bool] | None = None) -> tuple[int | None, set[int]]:
        """How a run ended, killed at the first call on a file with such a name, and which pictures it looked at."""
        self.looks.write_text("")
        runner = self.origin.runner()
        killed = Watch(self.out.parent, lambda _, call: signal.SIGKILL if until and until(call.path) else None)
        code, said = runner.run(["redact", str(self.source), "-o", str(self.out), "--find", "codes"], killed)
        if code is not None:
            runner.close()
            assert code == 0, said
        return code, {int(Fraction(line) * 10) for line in self.looks.read_text().split()}

    def plan(self) -> object:
        return json.loads(Path(f"{self.out}.record.json").read_bytes())["plan"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    if not interception.available():
        pytest.skip("only Linux tells of calls")
    code = np.asarray(zxingcpp.create_barcode("somebody", zxingcpp.BarcodeFormat.QRCode).to_image(scale=3))

    def paint(number: int, rgb: NDArray[np.uint8]) -> None:
        rgb[20 : 20 + len(code), 4 * number : 4 * number + code.shape[1]] = code[..., None]

    source = write_clip(tmp_path / "clip.mp4", Clip(ticks=range(PICTURES), size=(256, 160), paint=paint))
    looks = tmp_path / "looks"
    environment = {"UNSEEN_KEY": str(tmp_path / "key.pem")}
    with Origin(environment, SET_UP % str(looks)) as origin:
        yield Desk(source, tmp_path / "out" / "clip.mp4", looks, origin)


def test_a_killed_job_does_not_look_again(desk: Desk) -> None:
    _, whole = desk.run()
    plan, released = desk.plan(), desk.out.read_bytes()
    assert {0, STRETCH, 2 * STRETCH, 3 * STRETCH} <= whole  # each stretch begins with a look
    shutil.rmtree(desk.out.parent)
    code, before = desk.run(until=lambda path: path.endswith(".mp4"))  # when it begins to write
    assert code is None
    assert before == whole
    notes = folder_of(desk.out)
    assert sorted(p.name for p in desk.out.parent.iterdir()) == [notes.name]
    assert stat.S_IMODE(notes.stat().st_mode) == 0o700
    assert sorted(p.name for p in notes.iterdir()) == ["000000.json", "000001.json", "000002.json"]
    _, after = desk.run()
    assert after == {number for number in whole if number >= 3 * STRETCH}  # the last stretch is not a whole one
    assert (desk.plan(), desk.out.read_bytes()) == (plan, released)
    assert not notes.exists()


def test_notes_that_do_not_fit_are_not_believed(desk: Desk) -> None:
    """The saboteur: somebody damages the second stretch, or takes something that was found out of it."""
    _, whole = desk.run()
    plan = desk.plan()
    shutil.rmtree(desk.out.parent)
    assert desk.run(until=lambda path: path.endswith(".mp4"))[0] is None
    kept = folder_of(desk.out).with_name("kept")
    shutil.copytree(folder_of(desk.out), kept)
    for harm in (_cut_short, _nothing_found, _another_place, _of_another_clip):
        notes = folder_of(desk.out)
        _restore(desk, kept, notes)
        harm(notes / "000001.json")
        _, after = desk.run()
        assert {n for n in whole if STRETCH <= n < 2 * STRETCH} <= after, harm.__name__
        assert not after & set(range(STRETCH)), harm.__name__
        assert desk.plan() == plan, harm.__name__


def _restore(desk: Desk, kept: Path, notes: Path) -> None:
    for path in desk.out.parent.iterdir():
        if path not in (kept, notes):
            path.unlink()
    shutil.rmtree(notes, ignore_errors=True)
    shutil.copytree(kept, notes)


def _cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _nothing_found(path: Path) -> None:
    document = json.loads(path.read_bytes())
    document["pictures"] = [[[]] for _ in document["pictures"]]
    path.write_text(json.dumps(document))


def _another_place(path: Path) -> None:
    shutil.copy(path.with_name("000002.json"), path)


def _of_another_clip(path: Path) -> None:
    from unseen.plan import dumps, loads

    found = loads(Stretch, path.read_bytes(), "unseen.looked/1")
    path.write_bytes(dumps(Stretch(found.number, found.start, "0" * 64, found.pictures, ()).sealed()))


def test_notes_stay_only_where_the_same_command_goes_on(tmp_path: Path) -> None:
    stretch = Stretch(0, Timestamp(0), "", ((),), ())
    for error, stays in ((StorageError("x"), True), (KeyboardInterrupt(), True), (AuditFailedError("x"), False)):
        with pytest.raises((UnseenError, KeyboardInterrupt)), notes_for(tmp_path / "out.mp4", "clip") as notes:
            notes.begin(())
            notes.keep(stretch)
            raise error
        assert folder_of(tmp_path / "out.mp4").exists() == stays


def test_notes_are_true_of_one_clip_and_what_was_asked(tmp_path: Path) -> None:
    for of, options, known in (("clip", "faces", True), ("clip", "codes", False), ("other", "faces", False)):
        notes = Notes(tmp_path / "out.mp4", "clip")
        notes.begin("faces")
        notes.keep(Stretch(0, Timestamp(0), "", ((),), ()))
        notes.close()
        again = Notes(tmp_path / "out.mp4", of)
        again.begin(options)
        assert (again.recall(0, Timestamp(0), 1) is not None) == known
        again.close()


def test_a_folder_that_others_can_enter_or_hold_is_not_used(tmp_path: Path) -> None:
    stretch = Stretch(0, Timestamp(0), "", ((),), ())
    out = tmp_path / "out.mp4"
    folder_of(out).mkdir(mode=0o755)
    open_to_all = Notes(out)
    open_to_all.begin(())
    open_to_all.keep(stretch)
    assert not list(folder_of(out).iterdir())
    folder_of(out).chmod(0o700)
    first, second = Notes(out), Notes(out)
    for each in (first, second):
        each.begin(())
        each.keep(stretch)
    second.discard()
    assert [p.name for p in folder_of(out).iterdir()] == ["000000.json"]
    first.discard()
    assert not folder_of(out).exists()
    folder_of(out).symlink_to(tmp_path, target_is_directory=True)
    linked = Notes(out)
    linked.begin(())
    linked.keep(stretch)
    assert os.listdir(tmp_path) == [folder_of(out).name]
