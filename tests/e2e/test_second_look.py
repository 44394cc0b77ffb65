"""What happens when the audit's second detector sees somebody: exit 4, nothing released, a plan to go on from."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

import unseen
from unseen.cli.app import run
from unseen.errors import ExitCode, ReviewNeededError, UsageError
from unseen.plan import Action, Decision, dumps, read_plan


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photo") / "portrait.png"
    Image.fromarray(np.asarray(data.astronaut())[:240, 60:380]).save(path)
    return path


@pytest.fixture(scope="module")
def blind(photo: Path) -> unseen.Plan:
    """A plan in which nobody was found."""
    plan = unseen.find(photo, unseen.FindOptions())
    assert plan.tracks
    return replace(plan, tracks=())


def test_somebody_missed_is_withheld_with_a_plan_that_covers_them(
    photo: Path, blind: unseen.Plan, tmp_path: Path
) -> None:
    out = tmp_path / "out.png"
    with pytest.raises(ReviewNeededError, match=r"looks like a face at 0\.000 s"):
        unseen.apply(blind, photo, out, unseen.ApplyOptions())
    kept = tmp_path / "out.png.plan.json"
    assert list(tmp_path.iterdir()) == [kept]
    plan = read_plan(kept.read_bytes())
    assert [p.track.id for p in plan.tracks] == ["second-look-1"]
    released = unseen.apply(plan, photo, out, unseen.ApplyOptions())
    assert released.record.checks[7].passed


def test_a_person_may_let_it_pass_with_a_reason_that_stays_in_the_record(
    photo: Path, blind: unseen.Plan, tmp_path: Path
) -> None:
    options = unseen.ApplyOptions(accept="a statue", by="ana")
    released = unseen.apply(blind, photo, tmp_path / "out.png", options)
    eighth = released.record.checks[7]
    assert eighth.passed and eighth.detail.startswith("accepted by ana (a statue): what looks like a face at 0.000 s")
    assert any("ana: a statue" in reason.says for reason in released.record.reasons)
    again = unseen.verify(released.output, unseen.read_record(released.record_path.read_bytes()), None)
    assert again.checks[7].status == "passed"


def test_keeping_the_found_person_by_decision_is_enough(photo: Path, blind: unseen.Plan, tmp_path: Path) -> None:
    with pytest.raises(ReviewNeededError):
        unseen.apply(blind, photo, tmp_path / "out.png", unseen.ApplyOptions())
    plan = read_plan((tmp_path / "out.png.plan.json").read_bytes())
    kept = plan.decide("second-look-1", Decision(Action.KEEP, "ana", "her own picture"))
    assert unseen.apply(kept, photo, tmp_path / "out.png", unseen.ApplyOptions()).record.checks[7].passed


def test_a_plan_that_somebody_changed_is_not_overwritten(photo: Path, blind: unseen.Plan, tmp_path: Path) -> None:
    kept = tmp_path / "out.png.plan.json"
    kept.write_bytes(dumps(blind))
    for _ in range(2):
        with pytest.raises(ReviewNeededError, match="second detector"):
            unseen.apply(blind, photo, tmp_path / "out.png", unseen.ApplyOptions())
    assert kept.read_bytes() == dumps(blind)
    assert {p.name for p in tmp_path.iterdir()} == {kept.name, "out.png.plan-2.json"}


def test_no_reason_is_no_acceptance(photo: Path, blind: unseen.Plan, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="needs a reason"):
        unseen.apply(blind, photo, tmp_path / "out.png", unseen.ApplyOptions(accept=" "))


def test_the_command_ends_with_4_and_names_the_place(
    photo: Path, blind: unseen.Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, out = tmp_path / "plan.json", tmp_path / "out.png"
    plan.write_bytes(dumps(blind))
    assert run(["apply", str(plan), str(photo), "-o", str(out)]) == ExitCode.REVIEW
    said = capsys.readouterr().err
    assert "0.000 s" in said and "out.png.plan.json" in said.replace("\n", "") and "--accept" in said
    assert run(["apply", str(plan), str(photo), "-o", str(out), "--accept", "statue", "--json"]) == ExitCode.OK
    assert json.loads(capsys.readouterr().out)["plan"]["accepted"][0]["why"] == "statue"
