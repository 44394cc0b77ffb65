"""Boxes: what overlaps is one face, what several looks half see counts more than what one look fancies."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unseen.core import Region
from unseen.find.boxes import iou, no_boxes, suppressed
from unseen.find.consensus import agreed, confirmed

FACE = (100.0, 100.0, 140.0, 150.0)


def boxes(*rows: tuple[float, ...]) -> np.ndarray:
    return np.array(rows, np.float32).reshape(-1, 5)


corner = st.integers(-50, 300)
side = st.integers(1, 200)
heat = st.integers(1, 100).map(lambda percent: percent / 100)
one = st.tuples(corner, corner, side, side, heat).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3], b[4]))
several = st.lists(one, max_size=25).map(lambda rows: boxes(*rows))


@given(several, one)
def test_overlap_is_that_of_regions(others: np.ndarray, box: tuple[float, ...]) -> None:
    def region(row: np.ndarray) -> Region:
        return Region(float(row[0]), float(row[1]), float(row[2] - row[0]), float(row[3] - row[1]))

    (this,) = boxes(box)
    expected = [region(this).iou(region(other)) for other in others]
    np.testing.assert_allclose(iou(this, others), expected, atol=1e-5)


@given(several)
def test_suppression_keeps_the_best_and_nothing_that_overlaps_it(seen: np.ndarray) -> None:
    kept = suppressed(seen, 0.3)
    assert (np.diff(kept[:, 4]) <= 0).all()
    for at, box in enumerate(kept):
        assert (iou(box, kept[at + 1 :]) <= 0.3).all()
    for box in seen:
        better = kept[kept[:, 4] >= box[4]]
        assert (iou(box, better) > 0.3).any() or (box == kept).all(1).any()


@given(st.lists(several, min_size=1, max_size=4))
def test_no_box_that_any_look_kept_is_left_uncovered(seen: list[np.ndarray]) -> None:
    together = agreed(seen, [2.0 / 2**n for n in range(len(seen))])
    assert (np.diff(together[:, 4]) <= 0).all()
    assert ((together[:, 4] > 0) & (together[:, 4] <= 1)).all()
    for look in seen:
        for box in suppressed(look, 0.3):
            inside = (together[:, :2] <= box[:2]).all(1) & (together[:, 2:4] >= box[2:4]).all(1)
            assert inside.any()


def test_a_score_is_the_mean_of_the_looks_that_should_have_seen_it() -> None:
    seen = [boxes((*FACE, 0.9)), boxes((*FACE, 0.5)), no_boxes()]
    assert agreed(seen, [1.0, 0.5, 0.25])[0, 4] == pytest.approx((0.9 + 0.5 + 0) / 3)
    # at a tenth the face is 4 pixels: no look could see that
    assert agreed(seen, [1.0, 0.5, 0.1])[0, 4] == pytest.approx((0.9 + 0.5) / 2)


def test_one_look_s_whim_loses_against_what_several_half_see() -> None:
    elsewhere = tuple(v + 300 for v in FACE)
    seen = [boxes((*FACE, 0.3)), boxes((*FACE, 0.3), (*elsewhere, 0.6)), boxes((*FACE, 0.3))]
    first, second = agreed(seen, [2.0, 1.0, 0.5])
    assert tuple(first[:4]) == FACE
    assert first[4] == pytest.approx(0.3)
    assert second[4] == pytest.approx(0.2)


def test_the_joined_box_holds_what_each_look_saw() -> None:
    shifted = (90.0, 105.0, 135.0, 160.0)
    (joined,) = agreed([boxes((*FACE, 0.9)), boxes((*shifted, 0.4))], [1.0, 0.5])
    assert tuple(joined[:4]) == (90.0, 100.0, 140.0, 160.0)


def test_one_look_alone_says_what_it_saw() -> None:
    seen = boxes((*FACE, 0.4), (10.0, 10.0, 30.0, 30.0, 0.2))
    assert (agreed([seen], [1.0]) == seen).all()


def test_nothing_seen_is_nothing_agreed() -> None:
    assert agreed([no_boxes(), no_boxes()], [1.0, 0.5]).shape == (0, 5)
    assert confirmed(no_boxes(), no_boxes()).shape == (0, 5)


def test_a_turned_look_adds_what_no_other_saw() -> None:
    fresh = (300.0, 300.0, 340.0, 350.0, 0.7)
    together = confirmed(boxes((*FACE, 0.5)), boxes(fresh))
    assert together[:, 4].tolist() == pytest.approx([0.7, 0.5])


def test_a_turned_look_that_sees_better_widens_and_one_that_sees_worse_does_not() -> None:
    shifted = (90.0, 105.0, 135.0, 160.0)
    (better,) = confirmed(boxes((*FACE, 0.2)), boxes((*shifted, 0.6)))
    assert tuple(better[:4]) == (90.0, 100.0, 140.0, 160.0)
    assert better[4] == pytest.approx(0.6)
    (worse,) = confirmed(boxes((*FACE, 0.8)), boxes((*shifted, 0.6)))
    assert tuple(worse[:4]) == FACE
    assert worse[4] == pytest.approx(0.8)
