"""Releases with a C2PA manifest: published together, named in the record, checked by verify, refused when unfit."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from certifying import Papers, write_papers
from make import write_clip, write_photo

from unseen.cli.app import run
from unseen.errors import ExitCode
from unseen.plan import dumps
from unseen.record import as_written, own_key, read_record, signer
from unseen.record.c2pa import sidecar_of
from unseen.record.canonical import canonical

c2pa = pytest.importorskip("c2pa", reason="c2pa-python is not installed")
CANARY = "Ada-Example-at-home"
SUFFIX = ".record.json"


@dataclass(frozen=True)
class Release:
    source: Path
    output: Path
    papers: Papers

    @property
    def record(self) -> Path:
        return self.output.with_name(self.output.name + SUFFIX)

    @property
    def manifest(self) -> Path:
        return sidecar_of(self.output)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("work")
    source = write_photo(folder / f"{CANARY}.jpg")
    made = Release(source, folder / "out" / "out.jpg", write_papers(folder))
    assert run(["redact", str(source), "-o", str(made.output), *made.papers.options]) == ExitCode.OK
    return made


@pytest.fixture
def copy(original: Release, tmp_path: Path) -> Release:
    """A release of its own for a test to damage."""
    shutil.copytree(original.output.parent, tmp_path / "out")
    return Release(original.source, tmp_path / "out" / original.output.name, original.papers)


def verified(release: Release) -> int:
    return run(["verify", str(release.output)])


def as_validated(release: Release, kind: str) -> str:
    """What the library says of a manifest that it finds valid, with the file read as its own format."""
    file, manifest = io.BytesIO(release.output.read_bytes()), release.manifest.read_bytes()
    with c2pa.Reader(kind, file, manifest_data=manifest) as reader:
        assert reader.get_validation_state() == "Valid"
        return str(reader.json())


def test_file_record_and_manifest_come_together_and_fit(copy: Release, capsys: pytest.CaptureFixture[str]) -> None:
    names = sorted(os.listdir(copy.output.parent))
    assert names == [".unseen-chain.json", "out.jpg", "out.jpg.c2pa", "out.jpg.record.json"]
    record = read_record(copy.record.read_bytes())
    assert record.c2pa_sha256 == hashlib.sha256(copy.manifest.read_bytes()).hexdigest()
    assert record.output.sha256 == hashlib.sha256(copy.output.read_bytes()).hexdigest()
    assert verified(copy) == ExitCode.OK
    assert "valid for this file" in capsys.readouterr().out
    assert run(["verify", str(copy.output), "--json"]) == ExitCode.OK
    assert json.loads(capsys.readouterr().out)["c2pa"] == "valid"
    assert run(["verify", str(copy.output.parent)]) == ExitCode.OK


def test_another_validator_reads_it_as_the_files_own_format(copy: Release) -> None:
    (said,) = json.loads(as_validated(copy, "image/jpeg"))["manifests"].values()
    assert "title" not in said and "thumbnail" not in said and not said.get("ingredients")


def test_nothing_of_the_originals_name_or_pixels_or_of_the_key_is_published(original: Release) -> None:
    secret = original.papers.key.read_text().splitlines()[1].encode()
    for path in original.output.parent.iterdir():
        data = path.read_bytes()
        assert CANARY.encode() not in data and secret not in data
        assert path == original.output or b"JFIF" not in data
    assert original.papers.key.name.encode() not in original.record.read_bytes()


def test_a_swapped_manifest_is_caught_and_named(copy: Release, capsys: pytest.CaptureFixture[str]) -> None:
    other = copy.output.with_name("other.jpg")
    assert run(["redact", str(copy.source), "-o", str(other), *copy.papers.options]) == ExitCode.OK
    capsys.readouterr()
    shutil.copyfile(sidecar_of(other), copy.manifest)
    assert verified(copy) == ExitCode.AUDIT
    said = capsys.readouterr().err
    assert copy.manifest.name in said and "its bytes differ" in said
    assert run(["verify", str(copy.output.parent)]) == ExitCode.AUDIT
    assert "its bytes differ" in capsys.readouterr().out


def test_a_manifest_that_was_taken_away_is_said(copy: Release, capsys: pytest.CaptureFixture[str]) -> None:
    copy.manifest.unlink()
    assert verified(copy) == ExitCode.OK
    assert "not beside the file: it was not checked" in capsys.readouterr().out
    assert run(["verify", str(copy.output.parent)]) == ExitCode.AUDIT
    assert "its C2PA manifest is gone" in capsys.readouterr().out


def test_a_manifest_slipped_beside_a_file_without_one_is_caught(
    tmp_path: Path, copy: Release, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = tmp_path / "plain" / "out.jpg"
    assert run(["redact", str(copy.source), "-o", str(plain)]) == ExitCode.OK
    assert verified(Release(copy.source, plain, copy.papers)) == ExitCode.OK
    capsys.readouterr()
    shutil.copyfile(copy.manifest, sidecar_of(plain))
    assert verified(Release(copy.source, plain, copy.papers)) == ExitCode.AUDIT
    assert "no part of this release" in capsys.readouterr().err
    assert run(["verify", str(plain.parent)]) == ExitCode.AUDIT


def test_records_from_before_there_were_manifests_are_read_and_verified(
    tmp_path: Path, copy: Release, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = Release(copy.source, tmp_path / "plain" / "out.jpg", copy.papers)
    assert run(["redact", str(copy.source), "-o", str(plain.output)]) == ExitCode.OK
    content = json.loads(plain.record.read_bytes())
    assert content.pop("c2pa_sha256") is None
    unsigned = {name: value for name, value in content.items() if name != "signature"}
    content["signature"]["value"] = own_key().sign(canonical(unsigned))
    plain.record.write_bytes(dumps(content))
    assert read_record(plain.record.read_bytes()).c2pa_sha256 is None
    assert signer(as_written(plain.record.read_bytes())) == own_key().public
    assert verified(plain) == ExitCode.OK


def test_a_clip_gets_one_too(tmp_path: Path, original: Release, capsys: pytest.CaptureFixture[str]) -> None:
    source = write_clip(tmp_path / "clip.mp4")
    release = Release(source, tmp_path / "out.mp4", original.papers)
    assert run(["redact", str(source), "-o", str(release.output), *original.papers.options]) == ExitCode.OK
    assert "C2PA manifest" in capsys.readouterr().out
    assert verified(release) == ExitCode.OK
    assert as_validated(release, "video/mp4")


def test_nothing_is_replaced_unasked_and_all_of_it_when_asked(
    tmp_path: Path, copy: Release, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "out.jpg"
    out.parent.mkdir()
    sidecar_of(out).write_bytes(b"somebody's")
    for more in (copy.papers.options, []):
        assert run(["redact", str(copy.source), "-o", str(out), *more]) == ExitCode.USAGE
        assert f"{sidecar_of(out).name}: is already there" in capsys.readouterr().err.replace("\n", "")
        assert os.listdir(out.parent) == [sidecar_of(out).name]
        assert sidecar_of(out).read_bytes() == b"somebody's"
    assert run(["redact", str(copy.source), "-o", str(copy.output), "--overwrite"]) == ExitCode.OK
    assert not copy.manifest.exists()
    assert verified(copy) == ExitCode.OK


def test_what_a_killed_run_left_is_made_good(copy: Release) -> None:
    """Record and manifest had their names, the file not yet."""
    copy.output.unlink()
    assert run(["redact", str(copy.source), "-o", str(copy.output)]) == ExitCode.OK
    assert not copy.manifest.exists()
    assert verified(copy) == ExitCode.OK


def test_resuming_wants_the_manifest_to_be_there_where_one_is_asked_for(
    copy: Release, capsys: pytest.CaptureFixture[str]
) -> None:
    again = ["redact", str(copy.source), "-o", str(copy.output), "--resume", *copy.papers.options]
    assert run(again) == ExitCode.OK
    assert "released already" in capsys.readouterr().out
    assert run(again[:5]) == ExitCode.USAGE
    copy.manifest.write_bytes(copy.manifest.read_bytes()[:-1] + b"x")
    assert run(again) == ExitCode.USAGE
    copy.manifest.unlink()
    assert run(again) == ExitCode.USAGE


@pytest.mark.parametrize("given", ["--c2pa-cert", "--c2pa-key"])
def test_one_of_the_two_alone_is_wrong_use(
    tmp_path: Path, original: Release, given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pair = original.papers.options
    half = pair[pair.index(given) : pair.index(given) + 2]
    assert run(["redact", str(original.source), "-o", str(tmp_path / "out.jpg"), *half]) == ExitCode.USAGE
    assert "belong together" in capsys.readouterr().err
    assert os.listdir(tmp_path) == []


def test_without_the_library_the_next_step_is_said_before_any_work(
    tmp_path: Path, original: Release, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from unseen.record.c2pa import apart

    apart.refuse_unfit.cache_clear()
    monkeypatch.setattr(apart, "installed", lambda: False)
    out = tmp_path / "out.jpg"
    assert run(["redact", str(original.source), "-o", str(out), *original.papers.options]) == ExitCode.USAGE
    assert 'pip install "unseen[c2pa]"' in capsys.readouterr().err
    assert os.listdir(tmp_path) == []
