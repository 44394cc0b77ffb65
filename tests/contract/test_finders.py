"""Every built-in finder keeps the finders' contract."""

import functools

import numpy as np
import pytest
from finder_contract import FinderContract

from unseen.core import Region
from unseen.find import FaceFinder, Finder
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
