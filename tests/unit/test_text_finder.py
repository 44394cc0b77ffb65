"""Finding writing at any angle and size, and telling what may be a plate from what may not, without reading any."""

import functools
from fractions import Fraction

import cv2
import numpy as np
import pytest

from unseen.core import Finding, Kind, Quad, View
from unseen.find.lettering import TILE_STEP, heat_of
from unseen.find.plates import plates_among
from unseen.find.text import PHOTO, VIDEO, TextFinder

BOTH = frozenset({Kind.PLATE, Kind.TEXT})
finder_for = functools.cache(TextFinder)


def street(width: int = 640, height: int = 480) -> np.ndarray:
    rng = np.random.default_rng(3)
    coarse = rng.integers(60, 120, (6, 8, 3)).astype(np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def write(rgb: np.ndarray, words: str, place: tuple[int, int], size: float, ink: tuple[int, int, int]) -> np.ndarray:
    """Draw words; gives the outline of their letters as a mask."""
    face, bold = cv2.FONT_HERSHEY_DUPLEX, max(1, round(size * 1.6))
    cv2.putText(rgb, words, place, face, size, ink, bold, cv2.LINE_AA)
    mask = np.zeros(rgb.shape[:2], np.uint8)
    cv2.putText(mask, words, place, face, size, 1, bold)
    return mask


def turned(picture: np.ndarray, degrees: float) -> np.ndarray:
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return cv2.warpAffine(picture, turn, (width, height), borderMode=cv2.BORDER_REFLECT)


def find(rgb: np.ndarray, kinds: frozenset[Kind] = BOTH, effort=PHOTO) -> list[Finding]:
    (found,) = finder_for(kinds, effort).find([View(Fraction(0), rgb)])
    return found


def hidden(mask: np.ndarray, findings: list[Finding], padding: float = 0.0) -> float:
    """The share of the ink that lies under what was found."""
    under = np.zeros(mask.shape, bool)
    for finding in findings:
        assert isinstance(finding.quad, Quad)
        for left, top, right, bottom in finding.quad.padded(padding).boxes(mask.shape[1], mask.shape[0]):
            under[top:bottom, left:right] = True
    return float(under[mask > 0].mean())


@pytest.mark.parametrize("effort", [PHOTO, VIDEO], ids=["photo", "video"])
@pytest.mark.parametrize("degrees", [0, 20, 45, 90, 135, 180, 270])
def test_writing_is_found_at_any_angle(degrees: int, effort: object) -> None:
    rgb = street()
    mask = write(rgb, "Bahnhofstrasse", (150, 250), 1.2, (240, 240, 235))
    assert hidden(turned(mask, degrees), find(turned(rgb, degrees), effort=effort), 0.2) >= 0.98


def test_a_tilted_line_gets_a_tilted_outline_much_smaller_than_its_hull() -> None:
    rgb = street()
    write(rgb, "Bahnhofstrasse", (150, 250), 1.2, (240, 240, 235))
    (found, *_) = find(turned(rgb, 40))
    corners = np.array(found.quad.corners, np.float32)
    assert cv2.contourArea(corners) < 0.5 * found.region.area


@pytest.mark.parametrize("pixels", [10, 14, 30, 90, 200])
def test_writing_of_any_size_is_found_in_photos(pixels: int) -> None:
    rgb = street(1600, 900)
    size = pixels / 22  # the height of this face's capitals at size 1
    mask = write(rgb, "Nr 27", (300, 500), size, (235, 235, 230))
    assert hidden(mask, find(rgb), 0.2) >= 0.95


def test_writing_where_tiles_meet_is_found() -> None:
    rgb = street(2300, 1500)
    masks = [write(rgb, "Marktplatz 5", (x, y), 0.8, (240, 240, 240)) for x in (650, 1300) for y in (480, 980)]
    found = find(rgb)
    assert all(hidden(mask, found, 0.2) >= 0.98 for mask in masks)


def plate(rgb: np.ndarray, x: int, y: int, words: str = "KM 5083") -> tuple[int, int, int, int]:
    cv2.rectangle(rgb, (x, y), (x + 156, y + 34), (235, 235, 230), -1)
    write(rgb, words, (x + 7, y + 27), 1.05, (20, 20, 25))
    return x, y, x + 156, y + 34


def kinds_at(findings: list[Finding], x: float, y: float) -> set[Kind]:
    return {f.kind for f in findings if f.region.x <= x <= f.region.right and f.region.y <= y <= f.region.bottom}


def test_a_plate_is_a_plate_and_covered_whole() -> None:
    rgb = street()
    left, top, right, bottom = plate(rgb, 200, 300)
    found = [finding for finding in find(rgb) if finding.kind is Kind.PLATE]
    mask = np.zeros(rgb.shape[:2], np.uint8)
    mask[top:bottom, left:right] = 1
    assert hidden(mask, found, 0.2) >= 0.95


def test_lines_read_as_one_are_a_plate_where_one_of_them_is_like_one() -> None:
    rgb = street()
    plate(rgb, 200, 300)
    grey = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    line = finder_for(BOTH, VIDEO)._lines(rgb)[0].tolist()
    x, y, length, height = line[:4]
    both = [x, y + height, length * 1.2, height * 3, 0, 0.9]
    beside = [x + 3 * length, y, length * 1.2, height * 3, 0, 0.9]
    assert plates_among(np.array([line, both, beside], np.float32), grey).tolist() == [True, True, False]
    assert plates_among(np.array([both, beside], np.float32), grey).tolist() == [False, False]


def test_running_text_and_stripes_are_no_plates() -> None:
    rgb = street()
    write(rgb, "lille allee til villa og hen ad", (60, 120), 1.0, (240, 240, 235))
    for n in range(8):
        cv2.rectangle(rgb, (100, 300 + 20 * n), (420, 309 + 20 * n), (220, 220, 220), -1)
    assert not [finding for finding in find(rgb) if finding.kind is Kind.PLATE]
    assert kinds_at(find(rgb), 200, 112) == {Kind.TEXT}


@pytest.mark.parametrize(("stroke", "said"), [(2, False), (10, True)])
def test_what_a_pen_wrote_is_no_plate_for_its_strokes_are_thin(stroke: int, said: bool) -> None:
    paper = np.full((200, 500), 215, np.uint8)
    for left in range(60, 420, 45):
        for start, end in (
            ((left, 80), (left, 125)),
            ((left, 102), (left + 24, 102)),
            ((left + 24, 80), (left + 24, 125)),
        ):
            cv2.line(paper, start, end, 40, stroke)
    line = np.array([[230, 102, 380, 70, 0, 0.9]], np.float32)
    assert plates_among(line, paper).tolist() == [said]


def test_what_was_not_asked_for_is_not_reported() -> None:
    rgb = street()
    plate(rgb, 200, 300)
    write(rgb, "lille allee til villa", (60, 120), 1.0, (240, 240, 235))
    assert {finding.kind for finding in find(rgb, frozenset({Kind.PLATE}))} == {Kind.PLATE}
    everything = find(rgb, frozenset({Kind.TEXT}))
    assert {finding.kind for finding in everything} == {Kind.TEXT}
    assert kinds_at(everything, 278, 317) == {Kind.TEXT}  # a plate is writing, too


def test_one_line_is_found_once_though_several_scales_see_it() -> None:
    rgb = street(1600, 900)
    write(rgb, "Marktplatz", (500, 400), 2.0, (240, 240, 240))
    assert len(find(rgb)) == 1


class Counting:
    """A net that sees nothing, and remembers the sizes it was shown."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def run(self, batch: np.ndarray) -> tuple[np.ndarray, ...]:
        self.shapes.append(batch.shape)
        return (np.zeros((1, 1, *batch.shape[2:]), np.float32),)


@pytest.mark.parametrize("size", [(700, 500), (1025, 1023), (4000, 3000), (5000, 40)])
def test_the_net_meets_tiles_of_few_sizes_that_hold_the_whole_picture(size: tuple[int, int]) -> None:
    net = Counting()
    heat = heat_of(net, np.zeros((size[1], size[0], 3), np.uint8), 1.0, 1024)
    assert heat.shape == size[::-1]
    assert all(side <= 1024 + TILE_STEP and side % TILE_STEP == 0 for shape in net.shapes for side in shape[2:])
    assert len(set(net.shapes)) <= 2
    assert sum(shape[2] * shape[3] for shape in net.shapes) >= size[0] * size[1]
