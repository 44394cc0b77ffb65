"""Somebody changes a released file, its record or the folder's history: each change is caught, and named."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import released as made

from unseen.cli.app import run
from unseen.errors import ExitCode
from unseen.plan import dumps
from unseen.record.canonical import digest
from unseen.record.chain import CHAIN
from unseen.record.keys import SigningKey, own_key
from unseen.record.signature import _unsigned

ROUNDS = int(os.environ.get("UNSEEN_TAMPERINGS", "24"))
"""How many random changes are tried; 200 takes about ten times as long as this default."""


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> made.Release:
    return made.release(tmp_path_factory.mktemp("work") / "folder")


@pytest.fixture
def copy(original: made.Release, tmp_path: Path) -> made.Release:
    """A release of its own for a test to damage."""
    folder = tmp_path / "folder"
    shutil.copytree(original.output.parent, folder)
    return made.Release(original.source, folder / original.output.name, folder / original.record.name, original.key)


def verified(copy: made.Release, *more: str) -> int:
    return run(["verify", str(copy.output), *more])


def rewritten(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """The record with other content, laid out as Unseen does."""
    content = json.loads(path.read_bytes())
    change(content)
    path.write_bytes(dumps(content))


def resigned(path: Path, key: SigningKey) -> None:
    def sign(content: dict[str, Any]) -> None:
        content["plan_sha256"] = digest(content["plan"])
        content["signature"] |= {"public_key": key.public.raw, "value": key.sign(_unsigned(content))}

    rewritten(path, sign)


def test_what_was_not_changed_passes_with_the_key(copy: made.Release, capsys: pytest.CaptureFixture[str]) -> None:
    assert verified(copy, "--key", str(copy.key), "--source", str(copy.source)) == ExitCode.OK
    assert "as it was signed, by the key given" in capsys.readouterr().out
    assert verified(copy) == ExitCode.OK
    assert "By whom was not checked" in capsys.readouterr().out
    assert run(["verify", str(copy.output.parent), "--key", str(copy.key)]) == ExitCode.OK
    assert "1 releases" in capsys.readouterr().out


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_any_change_to_output_or_record_is_caught(
    copy: made.Release, round_: int, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(round_)
    target, kind = [(copy.output, "byte"), (copy.output, "block"), (copy.record, "byte")][round_ % 3]
    before = target.read_bytes()
    target.write_bytes(made.TAMPERINGS[kind](before, rng))
    assert target.read_bytes() != before
    code = verified(copy)
    said = capsys.readouterr().err
    assert code == ExitCode.AUDIT if target == copy.output else code in (ExitCode.AUDIT, ExitCode.INPUT)
    assert target.name in said
    assert run(["verify", str(copy.output.parent)]) == ExitCode.AUDIT


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "a decision": (lambda c: c["plan"].update(made_by="unseen 9"), "the plan in this record is not the one"),
    "a check": (lambda c: c["checks"][0].update(status="failed"), "the signature does not fit"),
    "what it may be called": (lambda c: c.update(standing="anonymised"), "the signature does not fit"),
    "the date": (lambda c: c.update(released="2020-01-01"), "the signature does not fit"),
    "a word that nothing reads": (lambda c: c.update(comment="approved"), "the signature does not fit"),
    "its place in the history": (lambda c: c["link"].update(number=7), "the signature does not fit"),
    "no signature": (lambda c: c.update(signature=None), "is not signed"),
    "another way of signing": (lambda c: c["signature"].update(algorithm="none"), "signed in a way unknown"),
    "a signature of nothing": (lambda c: c["signature"].update(value=""), "the signature does not fit"),
}


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_another_word_in_the_record_is_caught_and_named(
    copy: made.Release, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change, said = CHANGES[name]
    rewritten(copy.record, change)
    assert verified(copy) == ExitCode.AUDIT
    told = capsys.readouterr().err.replace("\n", " ")
    assert said in told and copy.record.name in told


def test_a_space_more_in_the_record_is_caught(copy: made.Release, capsys: pytest.CaptureFixture[str]) -> None:
    copy.record.write_bytes(copy.record.read_bytes().replace(b'"checks": [', b'"checks":  [', 1))
    assert verified(copy) == ExitCode.AUDIT
    assert "its layout is not Unseen's" in capsys.readouterr().err.replace("\n", " ")


def test_a_record_signed_anew_by_another_key_is_caught_where_the_key_is_known(
    copy: made.Release, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    resigned(copy.record, own_key(tmp_path / "other.pem"))
    assert verified(copy, "--key", str(copy.key)) == ExitCode.AUDIT
    assert "signed by another key" in capsys.readouterr().err
    assert run(["verify", str(copy.output.parent), "--key", str(copy.key)]) == ExitCode.AUDIT
    assert "signed by another key" in capsys.readouterr().out


def test_a_plan_changed_and_signed_anew_by_the_owner_is_another_release(
    copy: made.Release, capsys: pytest.CaptureFixture[str]
) -> None:
    rewritten(copy.record, lambda c: c["plan"].update(made_by="unseen 9"))
    resigned(copy.record, own_key())
    assert verified(copy, "--key", str(copy.key)) == ExitCode.OK
    assert run(["verify", str(copy.output.parent)]) == ExitCode.AUDIT
    assert "not the one that was released last" in capsys.readouterr().out


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of four releases."""
    folder = tmp_path_factory.mktemp("history") / "folder"
    for number in range(1, 5):
        made.release(folder, f"{number}.png", number)
    return folder


def _without(number: int) -> Callable[[Path], None]:
    def remove(folder: Path) -> None:
        (folder / f"{number}.png").unlink()
        (folder / f"{number}.png.record.json").unlink()

    return remove


def _swap(folder: Path) -> None:
    first, second = folder / "1.png.record.json", folder / "2.png.record.json"
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)


THINNED: dict[str, tuple[Callable[[Path], None], str]] = {
    "the first is gone": (_without(1), "number 1 of the history is missing"),
    "one in the middle is gone": (_without(2), "number 2 of the history is missing"),
    "the last is gone": (_without(4), "number 4 of the history is missing"),
    "only a record is gone": (lambda f: (f / "3.png.record.json").unlink(), "number 3 of the history is missing"),
    "only a file is gone": (lambda f: (f / "3.png").unlink(), "3.png.record.json: its file is gone"),
    "two changed places": (_swap, "its file is not the one that was released"),
    "the history's file is gone": (lambda f: (f / CHAIN).unlink(), f"{CHAIN}: is gone"),
    "the history's file says less": (
        lambda f: rewritten(f / CHAIN, lambda c: c.update(length=3)), f"{CHAIN}: was changed after it was signed"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(THINNED))
def test_a_folder_whose_history_was_thinned_out_is_caught(
    history: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "folder"
    shutil.copytree(history, folder)
    assert run(["verify", str(folder)]) == ExitCode.OK
    thin, said = THINNED[name]
    thin(folder)
    assert run(["verify", str(folder)]) == ExitCode.AUDIT
    assert said in capsys.readouterr().out.replace("\n", " ")


def test_a_file_replaced_by_decision_leaves_no_gap(history: Path, tmp_path: Path) -> None:
    import unseen

    folder = tmp_path / "folder"
    shutil.copytree(history, folder)
    source = history.parent / "source-2.png"
    for _ in range(2):
        again = unseen.redact(source, folder / "2.png", unseen.RedactOptions(overwrite=True))
    assert again.record.link is not None
    assert [gone.number for gone in again.record.link.replaces] == [2, 5]
    assert run(["verify", str(folder)]) == ExitCode.OK


def test_releases_side_by_side_make_one_history(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    script = (
        "import sys; from pathlib import Path; import unseen\n"
        "for n in range(3): unseen.redact(Path(sys.argv[1]), Path(sys.argv[2], f'{sys.argv[3]}-{n}.png'),"
        " unseen.RedactOptions())"
    )
    source = tmp_path / "source.png"
    made.noise(9).save(source)
    runs = [
        subprocess.Popen([sys.executable, "-c", script, str(source), str(folder), name], env={**os.environ})
        for name in ("a", "b")
    ]
    assert [process.wait() for process in runs] == [0, 0]
    numbers = sorted(json.loads(p.read_bytes())["link"]["number"] for p in folder.glob("*.record.json"))
    assert numbers == list(range(1, 7))
    assert run(["verify", str(folder)]) == ExitCode.OK
