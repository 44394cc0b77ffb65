"""Covers: constant, everywhere they should be, nowhere else, and independent of what was there."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unseen.core import ColourModel, Keyframe, Kind, Origin, Picture, Plane, Quad, Region, Track
from unseen.cover import cover_outline, cover_tracks
from unseen.cover.paint import MAX_CELLS
from unseen.plan import Cover, Style

WIDTH, HEIGHT = 96, 64


def noise(seed: int, model: ColourModel = ColourModel.YUV, depth: int = 8, chroma: tuple[int, int] = (2, 2)) -> Picture:
    random = np.random.default_rng(seed)
    kind: Any = np.uint8 if depth == 8 else np.uint16

    def plane(across: int, down: int, *channels: int) -> Plane:
        shape = (-(-HEIGHT // down), -(-WIDTH // across), *channels)
        return Plane(random.integers(0, 1 << depth, shape, kind), across, down)

    if model is ColourModel.RGB:
        planes: tuple[Plane, ...] = (plane(1, 1, 3),)
    elif model is ColourModel.GREY:
        planes = (plane(1, 1),)
    else:
        planes = (plane(1, 1), plane(*chroma), plane(*chroma))
    return Picture(Fraction(0), WIDTH, HEIGHT, planes, model, depth, full_range=False, matrix=1)


ALL = [
    (ColourModel.RGB, 8, (1, 1)),
    (ColourModel.GREY, 8, (1, 1)),
    (ColourModel.GREY, 10, (1, 1)),
    (ColourModel.YUV, 8, (2, 2)),
    (ColourModel.YUV, 10, (2, 2)),
    (ColourModel.YUV, 10, (2, 1)),
    (ColourModel.YUV, 8, (1, 1)),
]


@pytest.mark.parametrize(("model", "depth", "chroma"), ALL)
@given(region=st.builds(Region, *[st.floats(-20, 90)] * 2, *[st.floats(0.5, 60)] * 2), seed=st.integers(0, 99))
def test_a_solid_cover_does_not_depend_on_what_was_there(
    model: ColourModel, depth: int, chroma: tuple[int, int], region: Region, seed: int
) -> None:
    before = noise(seed, model, depth, chroma)
    one, other = noise(seed, model, depth, chroma), noise(seed + 1, model, depth, chroma)
    for picture in (one, other):
        cover_outline(picture, region, Cover())
    for start, first, second in zip(before.planes, one.planes, other.planes, strict=True):
        rows = [max(0, int(v // start.down)) for v in (region.y, region.bottom + start.down - 1)]
        columns = [max(0, int(v // start.across)) for v in (region.x, region.right + start.across - 1)]
        inside = np.s_[rows[0] : rows[1], columns[0] : columns[1]]
        assert np.array_equal(first.samples[inside], second.samples[inside])
        changed = (start.samples != first.samples).reshape(*start.samples.shape[:2], -1).any(2)
        reach_y, reach_x = region.height * 0.2 + 4, region.width * 0.2 + 4
        outside = np.ones_like(changed)
        top, bottom = max(0, (region.y - reach_y) / start.down), max(0, (region.bottom + reach_y) / start.down + 1)
        left, right = max(0, (region.x - reach_x) / start.across), max(0, (region.right + reach_x) / start.across + 1)
        outside[int(top) : int(bottom), int(left) : int(right)] = False
        assert not changed[outside].any()


@pytest.mark.parametrize(("model", "depth", "chroma"), ALL)
def test_a_tilted_cover_hides_all_of_a_tilted_thing_and_not_the_corners_of_its_hull(
    model: ColourModel, depth: int, chroma: tuple[int, int]
) -> None:
    diamond = Quad(((48, 8), (72, 32), (48, 56), (24, 32)))
    before, after = noise(1, model, depth, chroma), noise(1, model, depth, chroma)
    cover_outline(after, diamond, Cover(padding=0.0))
    for was, now in zip(before.planes, after.planes, strict=True):
        y, x = (np.mgrid[0 : now.samples.shape[0], 0 : now.samples.shape[1]] + 0.5) * [[[now.down]], [[now.across]]]
        away = abs(x - 48) + abs(y - 32)
        changed = (was.samples != now.samples).reshape(*away.shape, -1).any(2)
        assert len(np.unique(now.samples[away < 24].reshape(-1, *now.samples.shape[2:]), axis=0)) == 1
        assert not changed[away > 24 + 6].any()


@pytest.mark.parametrize("style", [Style.MOSAIC, Style.BLUR])
def test_a_coarse_cover_of_a_tilted_thing_hides_its_hull(style: Style) -> None:
    diamond = Quad(((48, 8), (72, 32), (48, 56), (24, 32)))
    one, other = noise(1), noise(1)
    cover_outline(one, diamond, Cover(style, padding=0.1))
    cover_outline(other, diamond.padded(0.1).hull, Cover(style, padding=0.0))
    assert all(np.array_equal(a.samples, b.samples) for a, b in zip(one.planes, other.planes, strict=True))


def test_a_solid_cover_has_the_colour_that_was_asked_for() -> None:
    picture = noise(1)
    cover_outline(picture, Region(20, 20, 20, 20), Cover(colour="#ff0000"))
    assert [int(p.samples[30 // p.down, 30 // p.across]) for p in picture.planes] == [63, 102, 240]  # BT.709, limited
    grey = noise(1, ColourModel.GREY)
    cover_outline(grey, Region(20, 20, 20, 20), Cover(colour="#ffffff"))
    assert grey.planes[0].samples[30, 30] == 235


@pytest.mark.parametrize("style", [Style.MOSAIC, Style.BLUR])
def test_a_coarse_cover_leaves_a_handful_of_values(style: Style) -> None:
    picture = noise(3)
    cover_outline(picture, Region(16, 16, 40, 20), Cover(style, padding=0.0))
    inside = picture.planes[0].samples[16:36, 16:56]
    if style is Style.MOSAIC:
        assert len(np.unique(inside)) <= MAX_CELLS * MAX_CELLS
    steps = np.abs(np.diff(inside.astype(int), axis=1))
    assert (steps > 20).mean() < 0.1  # noise had steps everywhere


def test_only_tracks_that_are_there_are_covered() -> None:
    track = Track("t1", Kind.FACE, (Keyframe(Fraction(5), Region(10, 10, 20, 20), Origin.SEEN, 0.9),))
    picture, same = noise(4), noise(4)
    cover_tracks(picture, [(track, Cover())])
    assert all(np.array_equal(a.samples, b.samples) for a, b in zip(picture.planes, same.planes, strict=True))


@pytest.mark.parametrize("bad", [{"colour": "red"}, {"padding": -0.1}, {"padding": 3}])
def test_a_cover_that_cannot_be_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"colour|padding"):
        Cover(**bad)
