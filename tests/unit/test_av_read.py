"""What a clip is read as: exact times, the way up, shape, colour, streams; and which clips are not read."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from make import Clip, Sound, scene, set_matrix, write_clip

from unseen.core import StreamKind
from unseen.errors import LimitError, UnsupportedError
from unseen.media import Limits, open_reader, open_source

HELD = {
    ".mp4": ("h264", "hevc", "av1", "vp9", "mpeg4"),
    ".mov": ("h264", "hevc", "mpeg4"),
    ".3gp": ("h264", "mpeg4"),
    ".mkv": ("h264", "hevc", "av1", "vp9", "vp8", "mpeg4", "ffv1"),
    ".webm": ("vp9", "vp8", "av1"),
    ".avi": ("h264", "mpeg4", "ffv1", "rawvideo"),
    ".ts": ("h264", "hevc"),
}
EVERY = [(suffix, codec) for suffix, codecs in HELD.items() for codec in codecs]
IRREGULAR = (0, 1, 3, 4, 9, 10)
TURNS = {
    # (a, b, c, d) of ISO/IEC 14496-12 6.2.2: a stored point (p, q) is shown at (a p + c q, b p + d q).
    "upright": (1, 0, 0, 1),
    "quarter": (0, 1, -1, 0),
    "half": (-1, 0, 0, -1),
    "three quarters": (0, -1, 1, 0),
    "mirrored": (-1, 0, 0, 1),
    "upside down": (1, 0, 0, -1),
    "transposed": (0, 1, 1, 0),
    "transposed the other way": (0, -1, -1, 0),
}


def times_of(path: Path) -> list[Fraction]:
    with open_source(path) as source:
        return list(open_reader(source, Limits()).info.frame_times or ())


def shown(stored: np.ndarray, linear: tuple[int, int, int, int]) -> np.ndarray:
    """A stored picture as the standard says it is shown, point by point."""
    a, b, c, d = linear
    height, width = stored.shape[:2]
    points = {(a * x + c * y, b * x + d * y): stored[y, x] for y in range(height) for x in range(width)}
    left, top = min(x for x, _ in points), min(y for _, y in points)
    right, bottom = max(x for x, _ in points), max(y for _, y in points)
    return np.array([[points[x, y] for x in range(left, right + 1)] for y in range(top, bottom + 1)])


@pytest.mark.parametrize(("suffix", "codec"), EVERY)
def test_frame_times_are_those_that_were_written(tmp_path: Path, suffix: str, codec: str) -> None:
    ticks = range(4) if suffix == ".avi" else IRREGULAR
    times = times_of(write_clip(tmp_path / f"clip{suffix}", Clip(codec, ticks=ticks)))
    first = times[0] if suffix == ".ts" else 0  # FFmpeg's MPEG-TS starts after a delay
    assert [t - first for t in times] == [Fraction(t, 10) for t in ticks]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
def test_a_clip_that_starts_later_does(tmp_path: Path, suffix: str) -> None:
    early = times_of(write_clip(tmp_path / f"early{suffix}", Clip(ticks=(0, 1, 2))))
    late = times_of(write_clip(tmp_path / f"late{suffix}", Clip(ticks=(25, 26, 27))))
    assert [b - a for a, b in zip(early, late, strict=True)] == [Fraction(5, 2)] * 3


@pytest.mark.parametrize("linear", TURNS.values(), ids=TURNS.keys())
def test_a_turned_clip_is_read_as_it_is_shown(tmp_path: Path, linear: tuple[int, int, int, int]) -> None:
    path = set_matrix(write_clip(tmp_path / "clip.mp4", Clip(aspect=Fraction(2))), linear)
    expected = shown(scene(0), linear)
    with open_source(path) as source:
        reader = open_reader(source, Limits())
        shape = reader.info.picture
        assert shape is not None
        assert (shape.height, shape.width) == expected.shape[:2]
        assert shape.sample_aspect == (Fraction(1, 2) if linear[0] == 0 else Fraction(2))
        view = next(iter(reader.views(1000))).rgb
        picture = next(iter(reader.pictures()))
    assert np.abs(view.astype(int) - expected).mean() < 12
    luma = expected @ np.array([0.257, 0.504, 0.098]) + 16
    assert np.abs(picture.planes[0].samples - luma).mean() < 6
    if linear != TURNS["upright"]:  # the saboteur: as stored it would be another picture
        stored = scene(0)
        assert stored.shape != view.shape or np.abs(view.astype(int) - stored).mean() > 12


def test_a_clip_shown_at_an_angle_is_refused(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4")
    set_matrix(path, (1, 1, -1, 1))
    with open_source(path) as source, pytest.raises(UnsupportedError, match="angle"):
        open_reader(source, Limits())


@pytest.mark.parametrize(("suffix", "codec"), [(s, c) for s, c in EVERY if s != ".avi"])
def test_pixels_that_are_not_square_are_read(tmp_path: Path, suffix: str, codec: str) -> None:
    if suffix in (".mkv", ".webm") and codec in ("vp8", "vp9", "av1", "ffv1", "mpeg4"):
        return  # PyAV's muxer leaves the aspect out where it stands in the container alone
    path = write_clip(tmp_path / f"clip{suffix}", Clip(codec, aspect=Fraction(4, 3)))
    with open_source(path) as source:
        shape = open_reader(source, Limits()).info.picture
    assert shape is not None
    assert shape.sample_aspect == Fraction(4, 3)


@pytest.mark.parametrize("codec", ["h264", "hevc", "av1", "vp9"])
def test_colour_tags_are_read(tmp_path: Path, codec: str) -> None:
    path = write_clip(
        tmp_path / "clip.mp4", Clip(codec, colour=(9, 16, 9, 1), pixels="yuv420p10le" if codec != "vp9" else "yuv420p")
    )
    with open_source(path) as source:
        shape = open_reader(source, Limits()).info.picture
    assert shape is not None
    assert (shape.colour.matrix, shape.colour.full_range) == (9, False)
    if codec != "vp9":
        assert (shape.colour.primaries, shape.colour.transfer, shape.depth) == (9, 16, 10)


@pytest.mark.parametrize(
    ("pixels", "codec", "expected"),
    [
        ("yuv420p", "h264", ("yuv420p", 8)),
        ("yuv422p10le", "h264", ("yuv422p10le", 10)),
        ("yuv444p", "h264", ("yuv444p", 8)),
        ("yuvj420p", "h264", ("yuv420p", 8)),
        ("gray", "ffv1", ("gray", 8)),
        ("bgr0", "ffv1", ("yuv444p", 8)),
        ("yuva420p", "ffv1", ("yuv444p", 8)),
        ("gray10le", "ffv1", ("gray10le", 10)),
    ],
)
def test_pictures_come_in_the_files_own_planes(
    tmp_path: Path, pixels: str, codec: str, expected: tuple[str, int]
) -> None:
    path = write_clip(tmp_path / "clip.mkv", Clip(codec, pixels=pixels))
    with open_source(path) as source:
        reader = open_reader(source, Limits())
        picture = next(iter(reader.pictures()))
        said = " ".join(reader.conversions)
    assert picture.depth == expected[1]
    assert len(picture.planes) == (1 if "gray" in expected[0] else 3)
    assert picture.full_range == (pixels == "yuvj420p") or pixels in ("bgr0", "gray", "gray10le")
    assert ("transparency" in said) == ("yuva" in pixels)
    luma = scene(0) @ np.array([0.257, 0.504, 0.098]) + 16
    if pixels in ("yuv420p", "yuv444p"):
        assert np.abs(picture.planes[0].samples - luma).mean() < 6


def test_streams_are_listed_and_the_main_ones_chosen(tmp_path: Path) -> None:
    path = write_clip(
        tmp_path / "clip.mkv", Clip(sounds=(Sound(seconds=0.2), Sound(seconds=0.2)), tags={"title": "CANARY"})
    )
    with open_source(path) as source:
        reader = open_reader(source, Limits())
        kinds = [s.kind for s in reader.info.streams]
        assert kinds == [StreamKind.VIDEO, StreamKind.AUDIO, StreamKind.AUDIO]
        assert (reader.main_picture, reader.main_audio) == (0, 1)
        assert "CANARY" in " ".join(d.value for d in reader.disclosures)


def test_limits_hold_while_decoding(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mkv")
    for limits, name in ((Limits(pixels=6143), "pixels"), (Limits(frames=2), "frames"), (Limits(streams=0), "streams")):
        with open_source(path) as source, pytest.raises(LimitError, match=name):
            _ = open_reader(source, limits).info
    with open_source(path) as source:
        assert len(open_reader(source, Limits(6144, 3, 1)).info.frame_times or ()) == 3


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4")
    with open_source(path) as source:
        reader = open_reader(source, Limits())
        passes = [[(p.time, p.planes[0].samples.tobytes()) for p in reader.pictures()] for _ in range(2)]
    assert passes[0] == passes[1]
    assert len(passes[0]) == 3


def test_a_file_that_breaks_off_says_so(tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "whole.mkv", Clip("ffv1", ticks=range(30)))
    data = whole.read_bytes()
    short = tmp_path / "short.mkv"
    short.write_bytes(data[: len(data) // 2])
    for path, cut in ((whole, False), (short, True)):
        with open_source(path) as source:
            reader = open_reader(source, Limits())
            assert reader.info.frame_times is not None
            assert any("last picture is at" in said for said in reader.conversions) is cut
