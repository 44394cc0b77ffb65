"""Every observer keeps the observers' contract."""

from collections.abc import Callable

import numpy as np
import pytest
from observer_contract import ObserverContract

from unseen.core import Region
from unseen.find import Observer
from unseen.find.bodies import FixedCameraBodies


class TestBodiesBeforeAFixedCamera(ObserverContract):
    @pytest.fixture
    def make(self) -> Callable[[], Observer]:
        return lambda: FixedCameraBodies(longest=30)

    @pytest.fixture
    def example(self) -> tuple[list[np.ndarray], list[Region]]:
        """Somebody in blue walks through a room of tiles, and through two stretches."""
        rng = np.random.default_rng(6)
        room = np.kron(rng.integers(70, 190, (18, 30, 1)), np.ones((8, 8, 3))).astype(np.uint8)
        pictures, boxes = [], []
        for number in range(45):
            x = 4 + 4 * number
            rgb = room.copy()
            rgb[40:110, x : x + 24] = (30, 40, 160)
            pictures.append(rgb)
            boxes.append(Region(x, 40, 24, 70))
        return pictures, boxes

    def test_an_observer_that_keeps_every_picture_is_caught(self) -> None:
        with pytest.raises(AssertionError):
            self.test_what_it_keeps_does_not_grow_with_the_clip(lambda: FixedCameraBodies(longest=1_000_000))

    def test_an_observer_that_looks_away_is_caught(
        self, example: tuple[list[np.ndarray], list[Region]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(FixedCameraBodies, "_wake", lambda *_: None)
        monkeypatch.setattr(FixedCameraBodies, "_keep", lambda *_: None)
        with pytest.raises(AssertionError):
            self.test_it_covers_what_it_looks_for_from_the_first_picture_to_the_last(FixedCameraBodies, example)
