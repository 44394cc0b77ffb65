"""The page of leaks says what the tests do: no leak without a test, no test that is not there."""

from __future__ import annotations

import pytest
from leak_catalogue import PAGE, VECTORS, Vector, page, there_is
from leaks import PLANTED


def test_every_leak_is_on_the_list_once() -> None:
    wanted = {f"P{n}" for n in range(1, 25)} | {f"V{n}" for n in range(1, 26)}
    wanted |= {f"A{n}" for n in range(1, 13)} | {f"E{n}" for n in range(1, 14)}
    assert {v.name for v in VECTORS} == wanted
    assert len(VECTORS) == len(wanted) == 74
    assert sum(not v.stated for v in VECTORS) == 63


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v.name)
def test_every_leak_is_planted_or_tested_otherwise_or_stated(vector: Vector) -> None:
    planted = any(leak.vector == vector.name for leak in PLANTED)
    assert vector.stated is not (planted or bool(vector.tests))
    assert [test for test in vector.tests if not there_is(test)] == []


def test_a_test_that_is_not_there_is_noticed() -> None:
    assert not there_is("attack/test_leak_vectors: test_of_nothing")
    assert not there_is("attack/test_of_nothing")


def test_the_page_is_what_the_tests_do() -> None:
    assert PAGE.read_text("utf-8") == page(), (
        "make it anew: PYTHONPATH=tests/media python tests/attack/leak_catalogue.py"
    )
