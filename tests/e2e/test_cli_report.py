"""unseen report: written once, whole, for any name; with the log of disclosures beside the record."""

import json
import os
import shutil
from pathlib import Path

import pytest
from make import is_clear, leftovers, unseen, write_photo

from unseen.plan import dumps


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record."""
    folder = tmp_path_factory.mktemp("released")
    assert unseen("redact", write_photo(folder / "in.png"), "-o", folder / "out.png").code == 0
    return folder / "out.png.record.json"


@pytest.fixture
def record(released: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(released, tmp_path))


@pytest.mark.parametrize("name", ["report.html", "report.pdf", "REPORT.PDF"])
def test_a_report_is_written_once(record: Path, tmp_path: Path, name: str) -> None:
    said = unseen("report", record, "-o", tmp_path / name)
    assert said.code == 0, said
    before = (tmp_path / name).read_bytes()
    assert before.startswith(b"%PDF" if "pdf" in name.lower() else b"<!DOCTYPE html>")
    said = unseen("report", record, "-o", tmp_path / name)
    assert said.code == 2 and is_clear(said) and "--overwrite" not in said.err
    assert (tmp_path / name).read_bytes() == before
    assert not leftovers(tmp_path)


def test_a_report_names_files_and_no_folder(record: Path, tmp_path: Path) -> None:
    assert unseen("report", record, "-o", tmp_path / "report.html").code == 0
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "Release report: out.png" in page
    assert not [part for part in tmp_path.parts[1:] if part in page]


@pytest.mark.parametrize("name", ["<script>alert(1)<.png", "a\nb\x1b[2J.png", "\"'><img src=x>.png", "\udcff.png"])
@pytest.mark.parametrize("suffix", [".html", ".pdf"])
def test_a_hostile_name_is_text(released: Path, tmp_path: Path, name: str, suffix: str) -> None:
    name = name.replace("/", "")
    record = tmp_path / f"{name}.record.json"
    shutil.copy(released, record)
    out = tmp_path / f"report{suffix}"
    assert unseen("report", record, "-o", out).code == 0
    data = out.read_bytes()
    if suffix == ".html":
        assert b"<script" not in data and b"<img" not in data and b"\x1b" not in data
    else:
        assert data.startswith(b"%PDF")


def test_every_disclosure_is_logged_and_reported(record: Path, tmp_path: Path) -> None:
    for number, who in enumerate(("the requester", "the court")):
        out = tmp_path / f"{number}.html"
        flags = ("--disclosed-to", who, "--disclosed-reason", f"case {number}")
        assert unseen("report", record, "-o", out, *flags, "--disclosed-on", f"2026-11-0{number + 1}").code == 0
    page = (tmp_path / "1.html").read_text("utf-8")
    assert all(said in page for said in ("the requester", "the court", "case 0", "case 1", "2026-11-02"))
    log = json.loads((tmp_path / "out.png.disclosures.json").read_bytes())
    assert [e["to"] for e in log["entries"]] == ["the requester", "the court"]


def test_half_a_disclosure_is_wrong_use_and_logs_nothing(record: Path, tmp_path: Path) -> None:
    to, why = "--disclosed-to", "--disclosed-reason"
    for flags in ([to, "x"], [why, "y"], [to, " ", why, "y"]):
        said = unseen("report", record, "-o", tmp_path / "r.html", *flags)
        assert said.code == 2 and is_clear(said), said
    assert os.listdir(tmp_path) == [record.name]


def test_a_damaged_log_is_neither_used_nor_replaced(record: Path, tmp_path: Path) -> None:
    log = tmp_path / "out.png.disclosures.json"
    log.write_text("mine")
    said = unseen("report", record, "-o", tmp_path / "r.html", "--disclosed-to", "x", "--disclosed-reason", "y")
    assert said.code == 3 and is_clear(said), said
    assert log.read_text() == "mine"


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('"standing": "covered"', '"standing": "anonymised"'),
        ('"status": "passed"', '"status": "failed"'),
        ('"code": "no-review"', '"code": "indirect-identifier-left"'),
        ('"colour": "#000000"', '"colour": "#000001"'),
        ("nobody has looked at a sample", "somebody has looked at a sample"),
    ],
)
def test_of_a_tampered_record_there_is_no_report_and_it_says_why(
    record: Path, tmp_path: Path, was: str, becomes: str
) -> None:
    text = record.read_text()
    assert was in text
    record.write_text(text.replace(was, becomes, 1))
    for name in ("r.html", "r.pdf"):
        said = unseen("report", record, "-o", tmp_path / name)
        assert said.code == 5 and is_clear(said), said
        assert "Do not trust it" in said.err
    assert os.listdir(tmp_path) == [record.name]


def test_of_an_unsigned_record_there_is_no_report(record: Path, tmp_path: Path) -> None:
    document = json.loads(record.read_text())
    document["signature"] = None
    record.write_bytes(dumps(document))
    said = unseen("report", record, "-o", tmp_path / "r.html")
    assert said.code == 5 and is_clear(said) and "not signed" in said.err
    assert os.listdir(tmp_path) == [record.name]


def test_a_report_says_whose_key_signed(record: Path, tmp_path: Path) -> None:
    assert unseen("report", record, "-o", tmp_path / "r.html").code == 0
    page = (tmp_path / "r.html").read_text("utf-8")
    assert json.loads(record.read_text())["signature"]["public_key"] in page
    assert "Signature and history" in page and "it is the first" in page


@pytest.mark.parametrize("name", ["report.txt", "report", "report.html.exe"])
def test_another_ending_is_wrong_use(record: Path, tmp_path: Path, name: str) -> None:
    said = unseen("report", record, "-o", tmp_path / name)
    assert said.code == 2 and is_clear(said), said


def test_what_was_written_as_json(record: Path, tmp_path: Path) -> None:
    said = unseen("report", record, "-o", tmp_path / "r.html", "--json")
    assert json.loads(said.out)["report"] == "r.html"
