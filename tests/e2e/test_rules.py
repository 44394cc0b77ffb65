"""Rules on the command line: asked for, obeyed, recorded; and nothing is written where they are not met."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from make import Said, unseen
from PIL import Image

from unseen import pipeline
from unseen.errors import AuditFailedError
from unseen.options import ApplyOptions, FacesAs, FindOptions, Purpose
from unseen.plan import Cover

CN = ("--rules", "cn-public-video-release", "--place", "elsewhere", "--minors", "no", "--find", "faces")
PAPERS = """
keep_days = 30
[papers]
impact-assessment = "DPIA 3"
processing-record = "line 118"
call-up-register = "book 4"
"""
CONSENT = """
reference = "form 7"
attested_by = "records office"
on = 2026-01-01
scopes = ["publication"]
forms = ["separate"]
"""


@pytest.fixture(scope="module")
def portrait(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from skimage import data

    path = tmp_path_factory.mktemp("portrait") / "portrait.png"
    Image.fromarray(data.astronaut()[:240, 100:340]).save(path)
    return path


def record_of(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(f"{out}.record.json").read_bytes())
    return found


@pytest.mark.parametrize(
    ("flags", "code", "said"),
    [
        (("--rules", "cn-public-video-release"), 2, "art. 8"),
        (("--rules", "cn-public-video-release", "--place", "elsewhere"), 2, "art. 31"),
        (("--rules", "cn-public-video-release", "--place", "toilet", "--minors", "no"), 4, "report"),
        (CN, 4, "art. 16"),
        (("--rules", "cn-public-video-release,eu-cctv-keep"), 2, "para 121"),
        (("--rules", "eu-public-release", "--find", "faces,plates,text"), 4, "asks for bodies"),
        (("--rules", "default", "--papers", "gone.toml"), 2, "gone.toml"),
    ],
)
def test_what_rules_do_not_allow_is_refused_before_anything_is_written(
    tmp_path: Path, portrait: Path, flags: tuple[str, ...], code: int, said: str
) -> None:
    out = tmp_path / "out.png"
    ran = unseen("redact", portrait, "-o", out, *flags)
    assert (ran.code, said in ran.err) == (code, True), ran
    assert os.listdir(tmp_path) == []


def test_a_refused_place_is_not_even_looked_at(tmp_path: Path, portrait: Path) -> None:
    plan = tmp_path / "plan.json"
    ran = unseen("find", portrait, "-o", plan, "--rules", "kr-mobile", "--place", "sauna")
    assert (ran.code, "25-2(2)" in ran.err, plan.exists()) == (4, True, False), ran


def test_rules_that_are_not_confirmed_are_named_on_the_way_in_the_plan_and_in_the_record(
    tmp_path: Path, portrait: Path
) -> None:
    papers = tmp_path / "papers.toml"
    papers.write_text('[papers]\nretention-policy = "page 3"\n')
    out = tmp_path / "out.png"
    ran = unseen("redact", portrait, "-o", out, "--rules", "us-il-bipa", "--papers", papers)
    assert ran.code == 0, ran
    assert "warning: not confirmed" in ran.err and "14/15(a)" in ran.err
    plan = record_of(out)["plan"]
    assert any("14/15(a)" in text for text in plan["warnings"])
    assert plan["rules"][0]["rule_set"]["name"] == "us-il-bipa"
    assert plan["case"]["papers"] == {"retention-policy": "page 3"}
    assert not unseen("redact", portrait, "-o", tmp_path / "other.png").err.count("warning")


def _step(plan: Path, *flags: str | Path) -> Said:
    said = unseen("review", plan, *flags, "--by", "R. Eviewer", "--because", "looked", "--json")
    assert said.code == 0, said
    return said


def test_the_whole_way_to_a_release_under_strict_rules(tmp_path: Path, portrait: Path) -> None:
    """What is missing is named until it is there: an answer, a consent, a signature; withdrawing the consent blocks."""
    plan, out, papers, consent = (tmp_path / n for n in ("p.json", "out.png", "papers.toml", "consent.toml"))
    papers.write_text(PAPERS)
    consent.write_text(CONSENT)
    assert unseen("find", portrait, "-o", plan, *CN, "--papers", papers).code == 0
    missing = json.loads(_step(plan, "--keep", "face-1").out)["missing"]
    assert [part in " ".join(missing) for part in ("plates", "text", "art. 25", "signs")] == [True] * 4
    ran = unseen("apply", plan, portrait, "-o", out)
    assert (ran.code, "art. 22" in ran.err, out.exists()) == (4, True, False), ran
    _step(plan, "--keep", "face-1", "--consent", consent)
    _step(plan, "--state", "plates=absent", "--state", "text=absent")
    assert json.loads(_step(plan, "--sign").out)["missing"] == []
    assert unseen("apply", plan, portrait, "-o", out).code == 0
    record = record_of(out)
    (track,) = record["plan"]["tracks"]
    assert (track["decision"]["by"], track["consent"]["reference"]) == ("R. Eviewer", "form 7")
    assert "kept-visible" in {reason["code"] for reason in record["reasons"]}
    consent.write_text(CONSENT + "withdrawn = 2026-02-01\n")
    _step(plan, "--keep", "face-1", "--consent", consent, "--sign")
    ran = unseen("apply", plan, portrait, "-o", tmp_path / "later.png")
    assert (ran.code, "withdrawn" in ran.err) == (4, True), ran


@pytest.mark.parametrize(
    "flags",
    [
        ("--consent", "consent.toml"),
        ("--keep", "face-1", "--because", "x", "--consent", "gone.toml"),
        ("--state", "plates=absent", "--by", "R. Eviewer"),
        ("--state", "plates=absent", "--because", "x"),
        ("--state", "plates=perhaps", "--because", "x", "--by", "R. Eviewer"),
        ("--state", "souls=absent", "--because", "x", "--by", "R. Eviewer"),
        ("--sign",),
    ],
)
def test_a_word_without_a_name_or_a_reason_does_not_count(
    tmp_path: Path, portrait: Path, flags: tuple[str, ...]
) -> None:
    plan = tmp_path / "p.json"
    assert unseen("find", portrait, "-o", plan).code == 0
    before = plan.read_bytes()
    said = unseen("review", plan, *flags)
    assert (said.code, plan.read_bytes()) == (2, before), said


def test_a_run_under_other_rules_does_not_pass_for_this_one(tmp_path: Path, portrait: Path) -> None:
    papers = tmp_path / "papers.toml"
    papers.write_text('[papers]\nretention-policy = "page 3"\n')
    out = tmp_path / "out"
    assert unseen("redact", portrait, "-o", out / "a.png").code == 0
    again = ("redact", portrait, "-o", out / "a.png", "--resume")
    assert "already" in unseen(*again).out
    assert unseen(*again, "--rules", "us-il-bipa", "--papers", papers).code == 2


def test_a_cover_that_stops_short_of_whole_blocks_is_withheld(
    tmp_path: Path, portrait: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = pipeline.find(portrait, FindOptions(find="faces", faces_as=FacesAs.FACE, for_=Purpose.PUBLIC_RELEASE))
    assert plan.cover.grid == 16
    out = tmp_path / "out.png"
    pipeline.apply(plan, portrait, out, ApplyOptions())
    black = np.asarray(Image.open(out).convert("RGB")).max(axis=2) == 0
    rows, columns = np.where(black.all(axis=1) | (black.sum(axis=1) > 16))[0], np.where(black.sum(axis=0) > 16)[0]
    assert rows.min() % 16 == 0 and columns.min() % 16 == 0
    cover = pipeline.cover_tracks
    fine = Cover(plan.cover.style, plan.cover.colour, plan.cover.padding, grid=1)
    monkeypatch.setattr(
        pipeline, "cover_tracks", lambda picture, covers: cover(picture, [(t, fine) for t, _ in covers])
    )
    with pytest.raises(AuditFailedError, match="check 3"):
        pipeline.apply(plan, portrait, tmp_path / "short.png", ApplyOptions())


def test_where_only_a_person_can_say_the_plan_is_kept_for_that_person(tmp_path: Path, portrait: Path) -> None:
    """A photo shows nobody moving: who looked for bodies has looked in part, and says so in the plan."""
    papers = tmp_path / "papers.toml"
    papers.write_text('[papers]\nsign = "at the gate"\n')
    out = tmp_path / "out.png"
    flags = ("--rules", "kr-mobile", "--place", "elsewhere", "--papers", papers, "--find", "faces,bodies")
    ran = unseen("redact", portrait, "-o", out, *flags)
    kept = tmp_path / "out.png.plan.json"
    assert (ran.code, "looked for them everywhere" in ran.err, kept.name in ran.err) == (4, True, True), ran
    assert sorted(os.listdir(tmp_path)) == [kept.name, papers.name]
    _step(kept, "--state", "bodies=covered")
    assert unseen("apply", kept, portrait, "-o", out).code == 0
