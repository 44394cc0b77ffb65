"""The published schemas accept what the program writes and refuse what it would refuse."""

import copy
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from PIL import Image
from skimage import data

import unseen
from unseen.errors import PlanError
from unseen.plan import dumps

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
Document = dict[str, Any]


def published(name: str) -> Draft202012Validator:
    schema = json.loads((REFERENCE / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("schemas") / "portrait.png"
    Image.fromarray(data.astronaut()).save(path)
    return path


@pytest.fixture(scope="module")
def plan(photo: Path) -> Document:
    found: Document = json.loads(dumps(unseen.find(photo, unseen.FindOptions())))
    assert found["tracks"], "the portrait's face is found, so the schema of tracks is put to use"
    return found


def test_a_real_plan_is_accepted(plan: Document) -> None:
    published("plan").validate(plan)


def test_a_real_record_is_accepted(photo: Path, tmp_path: Path) -> None:
    released = unseen.redact(photo, tmp_path / "out.png", unseen.RedactOptions())
    record = json.loads(released.record_path.read_bytes())
    assert hashlib.sha256(released.output.read_bytes()).hexdigest() == record["output"]["sha256"]
    published("record").validate(record)
    record.pop("checks")
    assert not published("record").is_valid(record)


def _without_schema(plan: Document) -> None:
    del plan["schema"]


def _newer(plan: Document) -> None:
    plan["schema"] = "unseen.plan/99"


def _without_streams(plan: Document) -> None:
    del plan["streams"]


def _unknown_action(plan: Document) -> None:
    plan["tracks"][0]["decision"]["action"] = "forget"


def _time_as_number(plan: Document) -> None:
    plan["tracks"][0]["track"]["keyframes"][0]["time"] = 0.25


def _size_as_text(plan: Document) -> None:
    plan["source"]["size"] = "large"


@pytest.mark.parametrize(
    "damage", [_without_schema, _newer, _without_streams, _unknown_action, _time_as_number, _size_as_text]
)
def test_a_broken_plan_is_refused_by_schema_and_program_alike(
    plan: Document, damage: Callable[[Document], None]
) -> None:
    broken = copy.deepcopy(plan)
    damage(broken)
    assert not published("plan").is_valid(broken)
    with pytest.raises(PlanError):
        unseen.read_plan(json.dumps(broken).encode())
