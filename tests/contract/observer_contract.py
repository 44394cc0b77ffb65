"""What every observer has to fulfil: inherit `ObserverContract`, name the observer and show it a clip."""

import tracemalloc
from collections.abc import Callable, Sequence
from fractions import Fraction

import cv2
import numpy as np
import pytest

from unseen.core import Region, View
from unseen.find import Observed, Observer

START = Fraction(7, 3)
STEP = Fraction(1, 10)


def seen(observer: Observer, pictures: Sequence[np.ndarray], scale: float = 1.0) -> Observed:
    for number, rgb in enumerate(pictures):
        observer.add(View(START + number * STEP, rgb, scale))
    return observer.finish()


def least_covered(found: Observed, boxes: Sequence[Region]) -> float:
    """The least share of the thing that one region covers, padded as covers are by default, over all pictures."""
    shares = []
    for number, box in enumerate(boxes):
        at = [track.region_at(START + number * STEP) for track in found.tracks]
        shares.append(max((r.padded(0.2).overlap(box) / box.area for r in at if r is not None), default=0.0))
    return min(shares)


class ObserverContract:
    """Override `make` and `example`."""

    @pytest.fixture
    def make(self) -> Callable[[], Observer]:
        """Makes the observer under test."""
        raise NotImplementedError

    @pytest.fixture
    def example(self) -> tuple[list[np.ndarray], list[Region]]:
        """The pictures of a clip, ten a second, and where the thing to be found is in each."""
        raise NotImplementedError

    def test_it_covers_what_it_looks_for_from_the_first_picture_to_the_last(self, make, example) -> None:
        pictures, boxes = example
        found = seen(make(), pictures)
        assert least_covered(found, boxes) >= 0.97
        assert {track.kind for track in found.tracks} <= make().kinds

    def test_regions_are_in_displayed_pixels(self, make, example) -> None:
        pictures, boxes = example
        half = [cv2.resize(rgb, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for rgb in pictures]
        assert least_covered(seen(make(), half, 0.5), boxes) >= 0.9

    def test_ids_are_unique_and_times_are_the_clips_own(self, make, example) -> None:
        pictures, _ = example
        tracks = seen(make(), pictures).tracks
        assert len({track.id for track in tracks}) == len(tracks) > 0
        assert min(track.span.start for track in tracks) >= START
        assert max(track.span.end for track in tracks) <= START + (len(pictures) - 1) * STEP

    def test_the_same_clip_gives_the_same_tracks(self, make, example) -> None:
        assert seen(make(), example[0]) == seen(make(), example[0])

    def test_pictures_are_left_as_they_are_and_need_not_lie_in_one_piece(self, make, example) -> None:
        pictures, _ = example
        scattered = [np.repeat(rgb[:, :, ::-1], 2, axis=1)[:, ::2, ::-1] for rgb in pictures]
        before = [rgb.copy() for rgb in scattered]
        for rgb in scattered:
            rgb.flags.writeable = False
        assert seen(make(), scattered) == seen(make(), pictures)
        assert all((one == other).all() for one, other in zip(scattered, before, strict=True))

    @pytest.mark.parametrize("count", [0, 1, 2])
    def test_a_clip_of_hardly_any_pictures_ends_well(self, make, example, count: int) -> None:
        assert isinstance(seen(make(), example[0][:count]), Observed)

    def test_pictures_may_change_their_size(self, make, example) -> None:
        pictures, boxes = example
        grown = [cv2.resize(rgb, None, fx=1.5, fy=1.5) for rgb in pictures]
        found = seen(make(), [*pictures, *grown])
        assert least_covered(found, boxes) >= 0.97

    @pytest.mark.parametrize("size", [(1, 1), (700, 2), (31, 33)])
    def test_pictures_of_any_size_are_looked_at(self, make, size: tuple[int, int]) -> None:
        assert seen(make(), [np.full((*size, 3), 90, np.uint8)] * 20).tracks == ()

    def test_there_is_nothing_in_a_flat_clip(self, make) -> None:
        assert seen(make(), [np.full((120, 160, 3), 127, np.uint8)] * 20).tracks == ()

    def test_what_it_keeps_does_not_grow_with_the_clip(self, make) -> None:
        """Four times as long, at most half as much again."""
        peaks = []
        for count in (40, 160):
            observer = make()
            rgb = np.random.default_rng(1).integers(0, 255, (45, 80, 3)).astype(np.uint8)
            tracemalloc.start()
            for number in range(count):
                observer.add(View(number * STEP, rgb))
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert peaks[1] < 1.5 * peaks[0]
