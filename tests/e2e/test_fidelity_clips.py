"""What a clip keeps on its way through the whole job, what it does not, and that the plan says so."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from make import Clip, number_of, scene, write_clip

import unseen
from unseen.core import Mastering
from unseen.media.containers import VideoCodec
from unseen.media.mastering import mastering_of
from unseen.plan import Plan

ZONE = "40,24,16,16"
HDR = {"primaries": 9, "matrix": 9}
MASTER = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"
SCREEN = (34000, 16000, 13250, 34500, 7500, 3000, 15635, 16450, 1, 10000000)
DEEP = Clip("hevc", pixels="yuv420p10le", colour=(9, 16, 9, 1))


def released(source: Path, out: Path, **options: Any) -> Plan:
    wanted = unseen.RedactOptions(find="codes", cover_zone=(ZONE,), **options)
    return unseen.redact(source, out, wanted).record.plan


def said(plan: Plan) -> str:
    return "; ".join(spot.what for spot in plan.blind_spots)


def frames(path: Path) -> list[tuple[Fraction, np.ndarray, Any]]:
    """Of every picture that a player shows: its time, its samples as RGB, and the frame."""
    with path.open("rb") as file, av.open(file) as container:
        shown = container.decode(video=0)
        return [(f.pts * f.time_base, f.to_ndarray(format="rgb24").astype(int), f) for f in shown]


def sides(path: Path) -> Mapping[str, Any]:
    """What the first picture carries beside its samples."""
    with path.open("rb") as file, av.open(file) as container:
        frame = next(container.decode(video=0))
        return {str(side.type.name): side for side in frame.side_data}


def alike(before: Path, after: Path, slack: float = 3.0) -> None:
    """The same pictures at the same times, but for what is covered."""
    one, other = frames(before), frames(after)
    assert [time for time, _, _ in one] == [time for time, _, _ in other]
    outside = np.ones(one[0][1].shape[:2], bool)
    outside[12:52, 28:68] = False
    for (_, was, _), (_, now, _) in zip(one, other, strict=True):
        assert np.abs(was - now)[outside].mean() < slack
        assert now[26:38, 42:54].max() <= 40


@pytest.mark.parametrize(("suffix", "ticks"), [(".mp4", (0, 1, 9, 30, 31)), (".mov", (5, 6, 8)), (".mkv", (5, 6, 8))])
def test_gaps_late_starts_and_uneven_times_stay(tmp_path: Path, suffix: str, ticks: Sequence[int]) -> None:
    source = write_clip(tmp_path / f"a{suffix}", Clip(ticks=ticks))
    released(source, tmp_path / f"out{suffix}")
    alike(source, tmp_path / f"out{suffix}")


def remuxed(source: Path, path: Path, **options: str) -> Path:
    """The same coded pictures written another way."""
    out = io.BytesIO()
    with source.open("rb") as file, av.open(file) as given, av.open(out, "w", format="mp4", options=options) as copy:
        stream = copy.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                copy.mux(packet)
    path.write_bytes(out.getvalue())
    return path


def test_a_fragmented_clip_keeps_its_pictures_and_becomes_whole(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "a.mp4", Clip(ticks=range(6)))
    fragmented = remuxed(source, tmp_path / "b.mp4", movflags="frag_keyframe+empty_moov")
    assert b"moof" in fragmented.read_bytes()
    released(fragmented, tmp_path / "out.mp4")
    alike(source, tmp_path / "out.mp4")
    assert b"moof" not in (tmp_path / "out.mp4").read_bytes()


def test_a_clip_without_a_duration_keeps_its_pictures(tmp_path: Path) -> None:
    """As cameras that stream leave it: Matroska made for a pipe."""
    source = write_clip(tmp_path / "a.mkv", Clip(ticks=range(6)))
    data = source.read_bytes()
    at = data.index(b"\x44\x89\x88")
    live = tmp_path / "live.mkv"
    live.write_bytes(data[:at] + b"\xec\x89" + bytes(9) + data[at + 11 :])  # padding in place of the duration
    with live.open("rb") as file, av.open(file) as container:
        assert container.streams.video[0].duration is None
    released(live, tmp_path / "out.mkv")
    alike(live, tmp_path / "out.mkv")


def test_pictures_that_only_start_the_decoder_are_not_shown_and_not_written(tmp_path: Path) -> None:
    """An edit list with pre-roll: the first pictures are there to decode the others."""
    source = write_clip(tmp_path / "a.mp4", Clip(ticks=range(-3, 5)))
    assert len(frames(source)) == 5
    released(source, tmp_path / "out.mp4")
    alike(source, tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4"), options={"ignore_editlist": "1"}) as container:
        assert sum(1 for _ in container.decode(video=0)) == 5
    assert [number_of(rgb[2, 2, 0]) for _, rgb, _ in frames(tmp_path / "out.mp4")] == [3, 4, 5, 6, 7]


@pytest.mark.parametrize("size", [(97, 64), (97, 65)])
def test_odd_sizes_stay(tmp_path: Path, size: tuple[int, int]) -> None:
    source = write_clip(tmp_path / "a.mkv", Clip("ffv1", size=size, pixels="yuv444p"))
    released(source, tmp_path / "out.mp4")
    assert frames(tmp_path / "out.mp4")[0][1].shape[1::-1] == size


@pytest.mark.parametrize("aspect", [Fraction(4, 3)])
def test_pixels_that_are_not_square_stay_so(tmp_path: Path, aspect: Fraction) -> None:
    source = write_clip(tmp_path / "a.mp4", Clip(aspect=aspect))
    released(source, tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert container.streams.video[0].sample_aspect_ratio == aspect


@pytest.mark.parametrize("pixels", ["yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le"])
def test_depth_and_chroma_stay(tmp_path: Path, pixels: str) -> None:
    source = write_clip(tmp_path / "a.mp4", Clip(pixels=pixels))
    plan = released(source, tmp_path / "out.mp4")
    assert frames(tmp_path / "out.mp4")[0][2].format.name == pixels
    alike(source, tmp_path / "out.mp4")
    assert "converted" not in said(plan)


@pytest.mark.parametrize("codec", ["h264", "av1"])
def test_the_full_range_stays_full(tmp_path: Path, codec: str) -> None:
    source = write_clip(tmp_path / "a.mp4", Clip(codec, colour=(1, 1, 1, 2)))
    released(source, tmp_path / "out.mp4")
    assert frames(tmp_path / "out.mp4")[0][2].color_range == 2
    alike(source, tmp_path / "out.mp4")


def test_grey_stays_grey(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "a.mkv", Clip("ffv1", pixels="gray"))
    released(source, tmp_path / "out.mp4")
    for (_, was, _), (_, now, _) in zip(frames(source), frames(tmp_path / "out.mp4"), strict=True):
        assert np.abs(now - now[..., :1]).max() <= 2
        assert np.abs(was - now)[:20].mean() < 3


def test_transparency_is_dropped_and_that_is_said(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "a.mkv", Clip("ffv1", pixels="yuva420p"))
    plan = released(source, tmp_path / "out.mp4")
    assert frames(tmp_path / "out.mp4")[0][2].format.name == "yuv420p"
    assert "transparency is dropped" in said(plan)


def test_pictures_of_two_fields_are_whole_ones_and_that_is_said(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "a.mp4", Clip(options={"x264-params": "interlaced=1:tff=1"}))
    assert frames(source)[0][2].interlaced_frame
    plan = released(source, tmp_path / "out.mp4")
    alike(source, tmp_path / "out.mp4")
    assert not frames(tmp_path / "out.mp4")[0][2].interlaced_frame
    assert "two fields" in said(plan)


@pytest.mark.parametrize(("codec", "transfer"), [("hevc", 16), ("hevc", 18), ("av1", 16)])
def test_high_dynamic_range_says_what_it_said(tmp_path: Path, codec: str, transfer: int) -> None:
    source = write_clip(tmp_path / "a.mp4", replace(DEEP, codec=codec, colour=(9, transfer, 9, 1)))
    plan = released(source, tmp_path / "out.mp4")
    frame = frames(tmp_path / "out.mp4")[0][2]
    assert (frame.format.name, frame.color_primaries, frame.color_trc, frame.colorspace) == (
        "yuv420p10le", 9, transfer, 9,
    )  # fmt: skip
    alike(source, tmp_path / "out.mp4")
    assert "range" not in said(plan)


@pytest.mark.parametrize(("suffix", "out"), [(".mp4", "hevc"), (".mkv", "av1")])
def test_the_screen_and_the_brightest_light_of_hdr10_are_carried(tmp_path: Path, suffix: str, out: str) -> None:
    params = f"log-level=none:master-display={MASTER}:max-cll=1000,400"
    source = write_clip(tmp_path / f"a{suffix}", replace(DEEP, options={"x265-params": params}))
    assert mastering_of(sides(source)) == Mastering(SCREEN, (1000, 400))
    plan = released(source, tmp_path / f"out{suffix}", codec=VideoCodec(out))
    found = mastering_of(sides(tmp_path / f"out{suffix}"))
    assert found is not None
    assert found.light == (1000, 400)
    assert np.allclose(found.screen[:8], SCREEN[:8], atol=1)
    assert np.allclose(found.screen[8:], SCREEN[8:], rtol=0.01, atol=1)
    assert "dropped" not in said(plan)


@pytest.mark.parametrize(("name", "lost"), [("out.avi", "screen"), ("out.webm", "yuv420p instead of yuv420p10le")])
def test_what_an_output_of_another_kind_cannot_hold_is_said(tmp_path: Path, name: str, lost: str) -> None:
    params = f"log-level=none:master-display={MASTER}"
    source = write_clip(tmp_path / "a.mp4", replace(DEEP, options={"x265-params": params}))
    codec = VideoCodec.VP9 if name.endswith("webm") else None
    plan = released(source, tmp_path / name, codec=codec)
    assert lost in said(plan)
    assert "screen" in said(plan)
    assert "dropped" not in said(unseen.find(source, unseen.FindOptions(find="codes")))


def test_what_dolby_vision_says_of_each_picture_is_dropped_and_that_is_said(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "a.mkv", replace(DEEP, options={"bf": "0"}))
    assert "Dolby" not in said(unseen.find(source, unseen.FindOptions(find="codes")))
    unit = b"\x7c\x01\x19" + b"CANARY" + b"\x80"  # a unit of type 62, which carries it
    out = io.BytesIO()
    with source.open("rb") as file, av.open(file) as given, av.open(out, "w", format="matroska") as copy:
        stream = copy.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(video=0):
            if not packet.size:
                continue
            longer = av.Packet(bytes(packet) + struct.pack(">I", len(unit)) + unit)
            longer.pts, longer.dts, longer.time_base = packet.pts, packet.dts, packet.time_base
            longer.is_keyframe, longer.stream = packet.is_keyframe, stream
            copy.mux(longer)
    dynamic = tmp_path / "b.mkv"
    dynamic.write_bytes(out.getvalue())
    assert "DOVI_RPU_BUFFER" in sides(dynamic)
    plan = released(dynamic, tmp_path / "out.mkv")
    assert "Dolby Vision" in said(plan)
    assert not {"DOVI_RPU_BUFFER", "DOVI_METADATA"} & set(sides(tmp_path / "out.mkv"))
    assert b"CANARY" not in (tmp_path / "out.mkv").read_bytes()
    alike(dynamic, tmp_path / "out.mkv")


def test_turned_and_mirrored_clips_come_out_upright(tmp_path: Path) -> None:
    from make import set_matrix

    source = set_matrix(write_clip(tmp_path / "a.mp4"), (0, 1, -1, 0))
    plan = unseen.redact(source, tmp_path / "out.mp4", unseen.RedactOptions(find="codes")).record.plan
    assert plan.source.media.picture is not None
    assert plan.source.media.picture.quarter_turns == 1
    now = frames(tmp_path / "out.mp4")[0][1]
    assert np.abs(now - np.rot90(scene(0), -1)).mean() < 4
    assert "DISPLAYMATRIX" not in sides(tmp_path / "out.mp4")


def test_hostile_static_metadata_is_left_aside() -> None:
    for numbers in ([0] * 22, [-1, 1] * 10 + [1, 1], [1 << 30, 1] * 10 + [1, 1]):
        assert mastering_of({"MASTERING_DISPLAY_METADATA": struct.pack("=22i", *numbers)}) is None
    assert mastering_of({"CONTENT_LIGHT_LEVEL": struct.pack("=2I", 1 << 31, 5)}) is None
