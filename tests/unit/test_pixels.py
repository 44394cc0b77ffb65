"""Pixel formats: which are worked in as they are, which are converted to what, and that planes are the frame's own."""

from __future__ import annotations

import av
import numpy as np
import pytest

from unseen.core import ColourModel
from unseen.media.pixels import as_planes, frame_from_planes, planar, planes_of, working_format


@pytest.mark.parametrize(
    ("name", "turned", "odd", "expected"),
    [
        ("yuv420p", False, False, "yuv420p"),
        ("yuv420p", True, False, "yuv420p"),
        ("yuv420p", False, True, "yuv444p"),
        ("yuvj420p", False, False, "yuv420p"),
        ("yuv422p", False, False, "yuv422p"),
        ("yuv422p", True, False, "yuv444p"),
        ("yuv422p10le", True, False, "yuv444p10le"),
        ("yuv440p", True, False, "yuv444p"),
        ("yuv444p12le", True, True, "yuv444p12le"),
        ("nv12", False, False, "yuv420p"),
        ("p010le", False, False, "yuv420p10le"),
        ("rgb24", False, False, "yuv444p"),
        ("gbrp10le", False, False, "yuv444p10le"),
        ("yuva420p", False, False, "yuv420p"),
        ("gray", True, True, "gray"),
        ("gray10le", False, False, "gray10le"),
        ("pal8", False, False, "yuv444p"),
    ],
)
def test_nothing_is_lost_where_there_is_a_choice(name: str, turned: bool, odd: bool, expected: str) -> None:
    assert working_format(name, turned=turned, odd=odd).name == expected


def test_only_planar_formats_of_whole_samples_are_worked_in() -> None:
    for name in ("rgb24", "nv12", "yuv420p10be", "yuv411p", "yuva420p", "gbrp", "yuv420p9le", "yuv420px"):
        assert planar(name) is None
    for name in ("yuv420p", "yuv422p12le", "gray12le", "yuv440p10le"):
        assert planar(name) is not None


@pytest.mark.parametrize("name", ["yuv420p", "yuv422p", "yuv440p", "yuv444p", "gray", "yuv420p10le", "gray10le"])
@pytest.mark.parametrize("size", [(32, 16), (33, 17), (1, 1), (250, 3)])
def test_planes_are_the_frames_own_samples(name: str, size: tuple[int, int]) -> None:
    form = planar(name)
    assert form is not None
    frame = av.VideoFrame(*size, name)
    rng = np.random.default_rng(3)
    for plane in planes_of(frame, form):
        plane[...] = rng.integers(0, 1 << form.depth, plane.shape)
    planes = as_planes(planes_of(frame, form), form, turned=False)
    assert planes[0].samples.shape == size[::-1]
    for plane in planes:
        assert plane.samples.shape == (-(-size[1] // plane.down), -(-size[0] // plane.across))
    copied = frame_from_planes(planes, *size, form)
    again = planes_of(copied, form)
    assert all(np.array_equal(a, b.samples) for a, b in zip(again, planes, strict=True))
    planes[0].samples[...] = 0
    assert not planes_of(frame, form)[0].any()  # a view: what is covered is covered in the frame
    assert form.model is (ColourModel.GREY if name.startswith("gray") else ColourModel.YUV)


def test_turning_swaps_the_directions_of_shared_chroma() -> None:
    form = planar("yuv422p")
    assert form is not None
    samples = [np.zeros((4, 4), np.uint8)] * 3
    assert [(p.across, p.down) for p in as_planes(samples, form, turned=False)] == [(1, 1), (2, 1), (2, 1)]
    assert [(p.across, p.down) for p in as_planes(samples, form, turned=True)] == [(1, 1), (1, 2), (1, 2)]
