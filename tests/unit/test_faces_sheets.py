"""Sheets: every place of a picture is looked at once by each look, and what is seen there leads back to that place."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unseen.find import sheets
from unseen.find.sheets import GAP, SIDE, Look, Sheet, laid_out, on_its_own

looks = st.lists(st.builds(Look, st.floats(0.02, 2.0), st.integers(0, 3)), min_size=1, max_size=6)
lengths = st.integers(1, 5000)


@settings(deadline=None)
@given(lengths, lengths, looks, st.data())
def test_every_point_belongs_to_one_piece_of_each_look(
    width: int, height: int, asked: list[Look], data: st.DataObject
) -> None:
    x = data.draw(st.floats(0, width, exclude_max=True))
    y = data.draw(st.floats(0, height, exclude_max=True))
    owners = [
        at.piece.look
        for sheet in laid_out(width, height, asked)
        for at in sheet.placed
        if at.piece.core[0] <= x < at.piece.core[2] and at.piece.core[1] <= y < at.piece.core[3]
    ]
    assert sorted(owners) == list(range(len(asked)))


@settings(deadline=None)
@given(lengths, lengths, looks)
def test_pieces_lie_apart_on_sheets_no_larger_than_allowed(width: int, height: int, asked: list[Look]) -> None:
    for sheet in laid_out(width, height, asked):
        assert sheet.width % 32 == sheet.height % 32 == 0
        assert max(sheet.width, sheet.height) <= SIDE
        taken = np.zeros((sheet.height + GAP, sheet.width + GAP), np.uint8)
        for at in sheet.placed:
            assert at.x + at.piece.width <= sheet.width
            assert at.y + at.piece.height <= sheet.height
            taken[at.y : at.y + at.piece.height + GAP, at.x : at.x + at.piece.width + GAP] += 1
        assert taken.max() == 1


@settings(deadline=None)
@given(lengths, lengths, looks)
def test_a_piece_shows_what_surrounds_its_core(width: int, height: int, asked: list[Look]) -> None:
    for sheet in laid_out(width, height, asked):
        for at in sheet.placed:
            left, top, right, bottom = at.piece.crop
            assert 0 <= left < right <= width
            assert 0 <= top < bottom <= height
            around = sheets.MARGIN / asked[at.piece.look].scale
            first_x, first_y, last_x, last_y = at.piece.core
            assert left <= max(0, first_x - around + 1)
            assert top <= max(0, first_y - around + 1)
            assert right >= min(width, last_x + around - 1)
            assert bottom >= min(height, last_y + around - 1)


def seen(sheet: Sheet, rgb: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """A finder that knows its business: a box around the white pixels of each piece."""
    picture = sheet.drawn(rgb)[0, 1] > 128
    boxes = []
    for at in sheet.placed:
        part = picture[at.y : at.y + at.piece.height, at.x : at.x + at.piece.width]
        if part.any():
            rows, columns = np.flatnonzero(part.any(1)) + at.y, np.flatnonzero(part.any(0)) + at.x
            boxes.append([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1, 0.9])
    return [(look, found) for look, found in sheet.read(np.array(boxes, np.float32).reshape(-1, 5)) if len(found)]


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("scale", [0.25, 1.0, 2.0])
@pytest.mark.parametrize(("x", "y"), [(40, 24), (960, 24), (700, 560), (512, 300), (100, 480)])
def test_what_is_seen_leads_back_to_its_place(x: int, y: int, scale: float, turns: int) -> None:
    rgb = np.zeros((600, 1000, 3), np.uint8)
    rgb[y : y + 32, x : x + 20] = 255
    found = [one for sheet in laid_out(1000, 600, [Look(scale, turns)]) for one in seen(sheet, rgb)]
    ((look, boxes),) = found
    assert look == 0
    assert boxes.shape == (1, 5)
    np.testing.assert_allclose(boxes[0, :4], [x, y, x + 20, y + 32], atol=2 / scale)
    assert boxes[0, 4] == np.float32(0.9)


def test_a_box_cut_by_the_picture_s_edge_may_have_its_middle_outside() -> None:
    (sheet,) = laid_out(300, 200, [Look(1.0)])
    edge = np.array([[-40, 50, 20, 90, 0.5], [-90, 50, 20, 90, 0.5]], np.float32)
    ((_, boxes),) = sheet.read(edge)
    assert boxes[:, 0].tolist() == [-40]


def test_a_sheet_of_its_own_holds_the_whole_picture() -> None:
    rgb = np.full((1080, 1920, 3), 200, np.uint8)
    sheet = on_its_own(1920, 1080, 1.0)
    batch = sheet.drawn(rgb)
    assert batch.shape == (1, 3, 1088, 1920)
    assert (batch[:, :, :1080] == 200).all()
    assert (batch[:, :, 1080:] == 0).all()


def test_colours_go_in_red_first() -> None:
    rgb = np.zeros((32, 32, 3), np.uint8)
    rgb[:] = (250, 100, 5)
    batch = on_its_own(32, 32, 1.0).drawn(rgb)
    assert batch[0, :, 16, 16].tolist() == [250, 100, 5]
