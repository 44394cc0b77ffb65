"""Every built-in finder keeps the finders' contract."""

import functools

import cv2
import numpy as np
import pytest
import zxingcpp
from finder_contract import FinderContract

from unseen.core import Kind, Region
from unseen.find import CodeFinder, FaceFinder, Finder, TextFinder
from unseen.find.text import PHOTO, VIDEO
from unseen.models import Runtime

for_photos = functools.cache(FaceFinder.for_photos)
for_video = functools.cache(FaceFinder.for_video)


class FaceExample(FinderContract):
    @pytest.fixture
    def example(self) -> tuple[np.ndarray, Region]:
        from skimage import data

        return data.astronaut(), Region(178, 64, 92, 112)


class TestFacesInPhotos(FaceExample):
    @pytest.fixture
    def finder(self) -> Finder:
        return for_photos()


class TestFacesInVideo(FaceExample):
    @pytest.fixture
    def finder(self) -> Finder:
        return for_video()


class TestFacesInVideoOnOnnxRuntime(FaceExample):
    @pytest.fixture
    def finder(self) -> Finder:
        pytest.importorskip("onnxruntime")
        return for_video(runtime=Runtime.ONNXRUNTIME)


@functools.cache
def for_writing(kind: Kind, *, video: bool = False, runtime: Runtime | None = None) -> TextFinder:
    return TextFinder({kind}, VIDEO if video else PHOTO, runtime)


def dim_street() -> np.ndarray:
    """A blurred street in which nothing is written."""
    rng = np.random.default_rng(3)
    return cv2.resize(rng.integers(60, 120, (6, 8, 3)).astype(np.uint8), (480, 360), interpolation=cv2.INTER_CUBIC)


class SignExample(FinderContract):
    @pytest.fixture
    def example(self) -> tuple[np.ndarray, Region]:
        street = dim_street()
        cv2.putText(street, "Hauptstrasse 14", (80, 150), cv2.FONT_HERSHEY_DUPLEX, 1.1, (240, 240, 230), 2, cv2.LINE_AA)
        return street, Region(80, 125, 285, 32)


class PlateExample(FinderContract):
    @pytest.fixture
    def example(self) -> tuple[np.ndarray, Region]:
        street = dim_street()
        cv2.rectangle(street, (60, 60), (400, 300), (40, 50, 90), -1)
        cv2.rectangle(street, (150, 200), (306, 234), (235, 235, 230), -1)
        cv2.putText(street, "KM 5083", (157, 227), cv2.FONT_HERSHEY_DUPLEX, 1.05, (20, 20, 25), 2, cv2.LINE_AA)
        return street, Region(150, 200, 156, 34)


class TestTextInPhotos(SignExample):
    @pytest.fixture
    def finder(self) -> Finder:
        return for_writing(Kind.TEXT)


class TestTextInVideo(SignExample):
    @pytest.fixture
    def finder(self) -> Finder:
        return for_writing(Kind.TEXT, video=True)


class TestTextInVideoOnOnnxRuntime(SignExample):
    @pytest.fixture
    def finder(self) -> Finder:
        pytest.importorskip("onnxruntime")
        return for_writing(Kind.TEXT, video=True, runtime=Runtime.ONNXRUNTIME)


class TestPlatesInPhotos(PlateExample):
    @pytest.fixture
    def finder(self) -> Finder:
        return for_writing(Kind.PLATE)


class TestPlatesInVideo(PlateExample):
    @pytest.fixture
    def finder(self) -> Finder:
        return for_writing(Kind.PLATE, video=True)


class CodeExample(FinderContract):
    @pytest.fixture
    def finder(self) -> Finder:
        return CodeFinder()

    def test_its_models_are_those_in_the_store(self, finder: Finder) -> None:
        assert finder.models == ()  # it looks with no net


def on_the_street(symbology: zxingcpp.BarcodeFormat, scale: int) -> tuple[np.ndarray, Region]:
    """A code on a white label, and where it is without the white."""
    street = dim_street()
    drawn = np.asarray(
        zxingcpp.write_barcode_to_image(
            zxingcpp.create_barcode("2703198514", symbology), scale=scale, add_quiet_zones=False, add_hrt=False
        )
    )
    height, width = drawn.shape[:2]
    street[90 - 20 : 90 + height + 20, 120 - 20 : 120 + width + 20] = 235
    street[90 : 90 + height, 120 : 120 + width] = drawn.reshape(height, width, -1)[:, :, :1]
    return street, Region(120, 90, width, height)


class TestSquareCodes(CodeExample):
    @pytest.fixture
    def example(self) -> tuple[np.ndarray, Region]:
        return on_the_street(zxingcpp.BarcodeFormat.QRCode, 5)


class TestBarCodes(CodeExample):
    @pytest.fixture
    def example(self) -> tuple[np.ndarray, Region]:
        return on_the_street(zxingcpp.BarcodeFormat.Code128, 2)
