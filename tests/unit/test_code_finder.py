"""Finding codes that can be read, that cannot be read any more, and nothing else."""

from fractions import Fraction

import cv2
import numpy as np
import pytest
import zxingcpp

from unseen.core import Finding, Kind, Region, View
from unseen.find import CodeFinder
from unseen.find.code_texture import code_like
from unseen.find.codes import ALIKE, BARS, DECODED, LEAST_CHANGES, changes_along

SYMBOLOGIES = ["QRCode", "DataMatrix", "Aztec", "PDF417", "MaxiCode", "Code128", "EAN13", "Code39"]
BARS_ONLY = SYMBOLOGIES[5:]


def wall(width: int = 640, height: int = 480) -> np.ndarray:
    rng = np.random.default_rng(8)
    coarse = rng.integers(60, 150, (6, 8, 3)).astype(np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def drawn(symbology: str, digits: str = "270319851404", scale: int = 0) -> np.ndarray:
    """A code of some 100 to 400 pixels, unless a `scale` is asked for."""
    scale = scale or {"MaxiCode": 1, "Code39": 2}.get(symbology, 3)
    barcode = zxingcpp.create_barcode(digits, getattr(zxingcpp.BarcodeFormat, symbology))
    image = np.asarray(zxingcpp.write_barcode_to_image(barcode, scale=scale, add_quiet_zones=False, add_hrt=False))
    return image if image.ndim == 2 else image[:, :, 0]


def label(code: np.ndarray, x: int = 200, y: int = 150, paper: int = 240) -> tuple[np.ndarray, Region]:
    """A code on its label on the wall."""
    rgb = wall()
    height, width = code.shape
    rgb[y - 20 : y + height + 20, x - 20 : x + width + 20] = paper
    rgb[y : y + height, x : x + width] = code[:, :, None]
    return rgb, Region(x, y, width, height)


def find(rgb: np.ndarray) -> list[Finding]:
    (found,) = CodeFinder().find([View(Fraction(0), rgb)])
    return found


def covers(findings: list[Finding], thing: Region) -> bool:
    return any(f.region.padded(0.2).overlap(thing) >= 0.9 * thing.area for f in findings)


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("symbology", SYMBOLOGIES)
def test_every_symbology_is_found_upright_and_turned(symbology: str, inverted: bool) -> None:
    code = drawn(symbology)
    rgb, thing = label(255 - code if inverted else code, paper=20 if inverted else 240)
    assert covers(find(rgb), thing)
    (x, y), (height, width) = thing.centre, rgb.shape[:2]
    turn = cv2.getRotationMatrix2D((x, y), 33, 1)
    tilted = cv2.warpAffine(rgb, turn, (width, height), borderMode=cv2.BORDER_REFLECT)
    found = find(tilted)
    assert any(f.region.x < x < f.region.right and f.region.y < y < f.region.bottom for f in found)
    assert all(f.kind is Kind.CODE for f in found)


@pytest.mark.parametrize("symbology", SYMBOLOGIES)
def test_a_code_that_cannot_be_decoded_is_found(symbology: str) -> None:
    code = drawn(symbology).copy()
    height, width = code.shape
    rng = np.random.default_rng(2)
    rows, columns = (height, width // 8) if symbology in BARS_ONLY else (height // 6, height // 6)
    for _ in range(40):  # scratched so that nothing reads it
        y, x = rng.integers(0, height - rows + 1), rng.integers(0, width - columns)
        code[y : y + rows, x : x + columns] = code[y : y + rows, x : x + columns][::-1, ::-1]
    rgb, thing = label(code)
    assert not zxingcpp.read_barcodes(rgb)
    assert covers(find(rgb), thing)


def test_scores_say_how_sure_it_is() -> None:
    rgb, thing = label(drawn("QRCode"))
    assert find(rgb)[0].score == DECODED
    bars = np.repeat(np.random.default_rng(4).integers(0, 2, (1, 60)), 4, axis=1).astype(np.uint8) * 255
    rgb, thing = label(np.repeat(bars, 60, axis=0))
    found = [f for f in find(rgb) if covers([f], thing)]
    assert found and all(f.score in (pytest.approx(BARS), pytest.approx(ALIKE)) for f in found)


def test_one_code_is_one_finding() -> None:
    rgb, _ = label(drawn("QRCode", scale=5))
    assert len(find(rgb)) == 1


def test_a_small_code_in_a_large_photo_is_found() -> None:
    rgb, thing = label(drawn("QRCode", scale=3))
    large = np.tile(wall(), (6, 6, 1))
    large[1000 : 1000 + 480, 2000 : 2000 + 640] = rgb
    assert covers(find(large), Region(thing.x + 2000, thing.y + 1000, thing.width, thing.height))


def leaves(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    fine = cv2.GaussianBlur(rng.normal(120, 90, (480, 640)).astype(np.float32), (0, 0), 2.0)
    return np.repeat(np.clip((fine - 120) * 4 + 120, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_photographed_is_no_code(seed: int) -> None:
    from skimage import data

    assert find(leaves(seed)) == []
    assert find(wall()) == []
    assert find(data.astronaut()) == []


def patch(rgb: np.ndarray) -> int:
    return len(code_like(np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8), ALIKE))


def test_texture_alone_needs_calm_around_it_and_two_shades() -> None:
    modules = np.random.default_rng(6).integers(0, 2, (24, 24)).astype(np.uint8) * 220 + 10
    code = np.kron(modules, np.ones((4, 4), np.uint8))
    rgb, _ = label(code)
    assert patch(rgb) >= 1
    restless = leaves(1)
    restless[150:246, 200:296] = code[:, :, None]
    assert patch(restless) == 0
    faint, _ = label((code // 12 + 120).astype(np.uint8), paper=125)
    assert patch(faint) == 0


def test_the_stripes_of_a_flag_are_no_bars_and_a_blurred_bar_code_is() -> None:
    flag = np.full((200, 300), 230, np.uint8)
    flag[np.arange(200) // 15 % 2 == 0] = 40
    assert changes_along(flag[:120], (150, 60, 300, 120, 0)) < LEAST_CHANGES
    bars = np.full((200, 300), 230, np.uint8)
    bars[:, np.random.default_rng(2).integers(0, 2, 60).repeat(5) == 0] = 40
    assert changes_along(cv2.GaussianBlur(bars, (0, 0), 3), (150, 100, 300, 200, 0)) >= LEAST_CHANGES
    turned = cv2.warpAffine(bars, cv2.getRotationMatrix2D((150, 100), -20, 1), (300, 200), borderValue=230)
    assert changes_along(turned, (150, 100, 200, 60, 20)) >= LEAST_CHANGES
