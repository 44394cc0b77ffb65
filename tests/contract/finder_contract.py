"""What every finder has to fulfil: inherit `FinderContract`, name the finder and show it something it must find."""

from fractions import Fraction

import cv2
import numpy as np
import pytest

from unseen.core import Finding, Region, View
from unseen.find import Finder
from unseen.models import built_in

NOW = Fraction(7, 3)


def view(rgb: np.ndarray, scale: float = 1.0, time: Fraction = NOW) -> View:
    return View(time, rgb, scale)


def resized(rgb: np.ndarray, share: float) -> np.ndarray:
    return cv2.resize(rgb, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)


def covered(thing: Region, findings: list[Finding], padding: float = 0.2) -> float:
    """The largest share of `thing` that one finding covers, padded as covers are by default."""
    return max((f.region.padded(padding).overlap(thing) / thing.area for f in findings), default=0.0)


class FinderContract:
    """Override `finder` and `example`."""

    @pytest.fixture
    def finder(self) -> Finder:
        """The finder under test, made once for all tests."""
        raise NotImplementedError

    @pytest.fixture
    def example(self) -> tuple[np.ndarray, Region]:
        """A picture (rows, columns, 3) that shows one thing to be found, and where."""
        raise NotImplementedError

    def test_it_finds_what_it_looks_for(self, finder: Finder, example: tuple[np.ndarray, Region]) -> None:
        rgb, thing = example
        (found,) = finder.find([view(rgb)])
        best = found[0]
        assert best.kind in finder.kinds
        assert best.time == NOW
        assert best.score >= finder.high
        assert covered(thing, [best]) >= 0.85
        assert best.region.area <= 3 * thing.area

    @pytest.mark.parametrize("share", [0.5, 0.75])
    def test_regions_are_in_displayed_pixels(
        self, finder: Finder, example: tuple[np.ndarray, Region], share: float
    ) -> None:
        rgb, thing = example
        (found,) = finder.find([view(resized(rgb, share), share)])
        assert covered(thing, found[:1]) >= 0.85
        assert found[0].region.area <= 3 * thing.area

    def test_what_is_tilted_lies_in_its_own_hull(self, finder: Finder, example: tuple[np.ndarray, Region]) -> None:
        rgb, _ = example
        for share in (1.0, 0.75):
            (found,) = finder.find([view(resized(rgb, share), share)])
            assert all(finding.quad.fits(finding.region) for finding in found if finding.quad is not None)

    def test_scores_fall_and_reach_low(self, finder: Finder, example: tuple[np.ndarray, Region]) -> None:
        assert 0 < finder.low <= finder.high <= 1
        rgb, _ = example
        (found,) = finder.find([view(np.concatenate([rgb, rgb[:, ::-1]], axis=1))])
        scores = [finding.score for finding in found]
        assert len(scores) >= 2
        assert scores == sorted(scores, reverse=True)
        assert scores[-1] >= finder.low

    def test_no_views_no_lists(self, finder: Finder) -> None:
        assert finder.find([]) == []

    def test_every_view_is_answered_in_order_and_on_its_own(
        self, finder: Finder, example: tuple[np.ndarray, Region]
    ) -> None:
        rgb, _ = example
        views = [view(rgb), view(np.zeros((50, 70, 3), np.uint8), time=Fraction(3)), view(rgb, time=Fraction(4))]
        together = finder.find(views)
        assert together == [found for one in views for found in finder.find([one])]
        assert [{finding.time for finding in found} for found in together] == [{NOW}, set(), {Fraction(4)}]

    @pytest.mark.parametrize("size", [(1, 1), (1, 700), (700, 1), (3, 2), (31, 33), (97, 211), (4, 3000)])
    def test_pictures_of_any_size_are_looked_at(self, finder: Finder, size: tuple[int, int]) -> None:
        rows, columns = size
        assert finder.find([view(np.full((rows, columns, 3), 90, np.uint8))]) == [[]]

    def test_the_picture_is_left_as_it_is(self, finder: Finder, example: tuple[np.ndarray, Region]) -> None:
        rgb, _ = example
        locked = rgb.copy()
        locked.flags.writeable = False
        finder.find([view(locked)])
        assert (locked == rgb).all()

    def test_a_picture_need_not_lie_in_one_piece(self, finder: Finder, example: tuple[np.ndarray, Region]) -> None:
        rgb, _ = example
        scattered = np.repeat(rgb[:, :, ::-1], 2, axis=1)[:, ::2, ::-1]
        assert not scattered.flags.c_contiguous
        assert finder.find([view(scattered)]) == finder.find([view(rgb)])

    def test_the_same_picture_gives_the_same_findings(self, finder: Finder, example: tuple[np.ndarray, Region]) -> None:
        rgb, _ = example
        first = finder.find([view(rgb)])
        finder.find([view(resized(rgb, 0.4))])
        assert finder.find([view(rgb)]) == first

    @pytest.mark.parametrize("grey", [0, 127, 255])
    def test_there_is_nothing_in_a_flat_picture(self, finder: Finder, grey: int) -> None:
        assert finder.find([view(np.full((240, 320, 3), grey, np.uint8))]) == [[]]

    def test_there_is_nothing_certain_in_noise(self, finder: Finder) -> None:
        rng = np.random.default_rng(11)
        fine = rng.integers(0, 256, (300, 400, 3)).astype(np.uint8)
        coarse = cv2.resize(fine[:30, :40], (400, 300), interpolation=cv2.INTER_CUBIC)
        for found in finder.find([view(fine), view(coarse)]):
            assert all(finding.score < finder.high for finding in found)

    def test_its_models_are_those_in_the_store(self, finder: Finder) -> None:
        assert finder.models
        assert set(finder.models) <= {card.used for card in built_in().check()}
