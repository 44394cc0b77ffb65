"""Finders whose models are fetched keep the finders' contract: tiny nets of the same shape stand in for the models."""

import functools
import hashlib
from dataclasses import replace

import nets
import numpy as np
import pytest
from finder_contract import FinderContract, view

from unseen.core import Kind, Region
from unseen.errors import ModelError
from unseen.find import Finder
from unseen.find.fixed_net import FixedNetFinder, Reading
from unseen.find.readings import READINGS, LpdYuNet, Yolox, YuNet
from unseen.models import Runtime, choices, open_net, optional


def finder_of(choice: str, weights: bytes, reading: Reading, runtime: Runtime | None = None) -> FixedNetFinder:
    card = choices(optional())[choice]
    stand_in = replace(card, sha256=hashlib.sha256(weights).hexdigest(), size=len(weights))
    return FixedNetFinder(card, open_net(stand_in, weights, runtime, threads=1), reading)


@functools.cache
def people(runtime: Runtime | None = None) -> FixedNetFinder:
    return finder_of("people", nets.yolox(), Yolox(size=(64, 64)), runtime)


@functools.cache
def faces(runtime: Runtime | None = None) -> FixedNetFinder:
    return finder_of("faces2", nets.yunet(), YuNet(size=(64, 64)), runtime)


@functools.cache
def plates(runtime: Runtime | None = None) -> FixedNetFinder:
    return finder_of("plates", nets.lpd_yunet(), LpdYuNet(), runtime)


def red(size: tuple[int, int], at: tuple[int, int, int, int]) -> tuple[np.ndarray, Region]:
    left, top, width, height = at
    rgb = np.full((size[1], size[0], 3), 90, np.uint8)
    rgb[top : top + height, left : left + width] = (255, 0, 0)
    return rgb, Region(left, top, width, height)


class OptionalContract(FinderContract):
    def test_its_models_are_those_in_the_store(self, finder: Finder) -> None:
        assert set(finder.models) == {
            card.used for card in optional().cards() if card.used in finder.models and card.finds in finder.kinds
        }
        assert finder.models[0].name in READINGS

    def test_there_is_nothing_certain_in_noise(self, finder: Finder) -> None:
        """In grey noise: what stands in for the models sees red."""
        noise = np.random.default_rng(11).integers(0, 256, (300, 400, 1)).astype(np.uint8)
        (found,) = finder.find([view(np.repeat(noise, 3, axis=2))])
        assert all(finding.score < finder.high for finding in found)


class TestPeople(OptionalContract):
    @pytest.fixture
    def finder(self) -> Finder:
        return people()

    @pytest.fixture
    def example(self) -> tuple[np.ndarray, Region]:
        return red((64, 64), (22, 21, 20, 20))


class TestPeopleOnOnnxRuntime(TestPeople):
    @pytest.fixture
    def finder(self) -> Finder:
        pytest.importorskip("onnxruntime")
        return people(Runtime.ONNXRUNTIME)


class TestSecondFaces(OptionalContract):
    @pytest.fixture
    def finder(self) -> Finder:
        return faces()

    @pytest.fixture
    def example(self) -> tuple[np.ndarray, Region]:
        return red((64, 64), (22, 21, 20, 20))


class TestPlates(OptionalContract):
    @pytest.fixture
    def finder(self) -> Finder:
        return plates()

    @pytest.fixture
    def example(self) -> tuple[np.ndarray, Region]:
        return red((320, 240), (140, 100, 40, 20))


def test_every_model_that_can_be_fetched_has_a_reading_of_its_kind() -> None:
    for card in optional().cards():
        assert READINGS[card.name].kind is card.finds


def test_a_plate_comes_with_its_corners() -> None:
    rgb, _ = red((320, 240), (140, 100, 40, 20))
    (found,) = plates().find([view(rgb)])
    quad = found[0].quad
    assert quad is not None
    x, y = found[0].region.centre
    corners = sorted((round(a - x), round(b - y)) for a, b in quad.corners)
    assert corners == sorted([(-24, -14), (24, -10), (24, 14), (-24, 10)])


@pytest.mark.parametrize(("person", "count"), [(0, 1), (8, 1), (9, 0), (16, 0)])
def test_only_people_and_vehicles_are_read(person: int, count: int) -> None:
    """Class 9 of COCO is a traffic light, 16 a dog."""
    finder = finder_of("people", nets.yolox(person=person), Yolox(size=(64, 64)))
    (found,) = finder.find([view(red((64, 64), (24, 24, 8, 8))[0])])
    assert min(1, len(found)) == count
    assert {f.kind for f in found} <= {Kind.BODY}


def test_what_is_small_in_a_large_picture_is_found_in_its_parts() -> None:
    rgb, thing = red((400, 300), (301, 203, 20, 20))
    (found,) = people().find([view(rgb)])
    assert found[0].region.padded(0.2).overlap(thing) >= 0.85 * thing.area


def test_a_net_that_gives_something_else_is_no_model_of_ours() -> None:
    finder = finder_of("people", nets.yolox(), Yolox(size=(64, 64)))
    finder._reading = YuNet(size=(64, 64))
    with pytest.raises(ModelError, match="not what its card says"):
        finder.find([view(red((64, 64), (20, 20, 20, 20))[0])])
