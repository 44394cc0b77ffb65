"""What is not covered is copied as it is coded where that is asked for and sound, and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest
from grouped import (
    GROUP,
    GROUPS,
    SIZE,
    TICK,
    ZONE,
    from_joint,
    joined,
    packets_of,
    pictures_of,
    rewritten,
    sets_of,
    unchanged,
    units_of,
    write_groups,
)
from make import Clip, set_matrix, unseen, write_clip

from unseen.plan import Copying
from unseen.record import read_record

LENGTH = GROUP * TICK
COPIED = [*range(GROUP), *range(2 * GROUP, 4 * GROUP)]
"""The pictures of every group but the one with the zone."""


def released(source: Path, out: Path, *more: str, zone: str = ZONE) -> Copying:
    """Redact with copying; what the record says of it."""
    arguments = ("--find", "codes", "--cover-zone", zone, "--copy-untouched", *more)
    said = unseen("redact", source, "-o", out, *arguments)
    assert said.code == 0, said.err
    copying = read_record((out.parent / f"{out.name}.record.json").read_bytes()).plan.copying
    assert copying is not None
    return copying


def same(before: Path, after: Path) -> list[int]:
    """Which pictures are the same in both, sample by sample; all have the same times."""
    pairs = list(zip(pictures_of(before), pictures_of(after), strict=True))
    assert [one for (one, _), _ in pairs] == [other for _, (other, _) in pairs]
    return [n for n, ((_, one), (_, other)) in enumerate(pairs) if np.array_equal(one, other)]


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
@pytest.mark.parametrize("to", [".mp4", ".mkv"])
def test_groups_without_a_cover_are_copied_to_the_sample(tmp_path: Path, suffix: str, to: str) -> None:
    source, out = write_groups(tmp_path / f"in{suffix}", sound=True), tmp_path / f"out{to}"
    copying = released(source, out)
    spans = [(float(c.span.start), float(c.span.end), c.pictures) for c in copying.stretches]
    assert spans == [
        (0, pytest.approx(float(LENGTH - TICK)), GROUP),
        (pytest.approx(float(2 * LENGTH)), pytest.approx(float(4 * LENGTH - TICK)), 2 * GROUP),
    ]
    assert not copying.not_copied
    assert same(source, out) == COPIED


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_player_can_begin_at_every_joint(tmp_path: Path, suffix: str) -> None:
    source, out = write_groups(tmp_path / "in.mp4"), tmp_path / f"out{suffix}"
    released(source, out)
    whole = dict(pictures_of(out))
    for joint in (LENGTH, 2 * LENGTH, 3 * LENGTH):
        time, picture = from_joint(out, joint)
        assert time == joint
        assert np.array_equal(picture, whole[joint])


def test_samples_hold_slices_and_nothing_else(tmp_path: Path) -> None:
    source, out = write_groups(tmp_path / "in.mp4", **{"x264-params": "aud=1"}), tmp_path / "out.mp4"
    before = {unit[0] & 0x1F for _, sample, _ in packets_of(source) for unit in units_of(sample)}
    assert before == {1, 5, 6, 9}  # x264's note about itself, and a delimiter before every picture
    released(source, out)
    assert {unit[0] & 0x1F for _, sample, _ in packets_of(out) for unit in units_of(sample)} == {1, 5}


def test_both_kinds_of_parameter_sets_stand_in_the_configuration(tmp_path: Path) -> None:
    source, out = write_groups(tmp_path / "in.mp4"), tmp_path / "out.mp4"
    released(source, out)
    sets = sets_of(out)
    assert [unit[0] & 0x1F for unit in sets] == [7, 7, 8, 8]
    assert set(sets_of(source)) < set(sets)


def test_timing_is_as_without_copying(tmp_path: Path) -> None:
    source = write_groups(tmp_path / "in.mp4", sound=True)
    released(source, tmp_path / "copied.mp4")
    assert unseen("redact", source, "-o", tmp_path / "anew.mp4", "--find", "codes", "--cover-zone", ZONE).code == 0
    facts = []
    for name in ("copied.mp4", "anew.mp4"):
        with av.open(str(tmp_path / name)) as container:
            starts = [(s.start_time, s.duration, s.frames if s.type == "video" else 0) for s in container.streams]
            facts.append((container.duration, starts))
    assert facts[0] == facts[1]


def test_what_was_copied_is_said_to_people_and_machines(tmp_path: Path) -> None:
    source, out = write_groups(tmp_path / "in.mp4"), tmp_path / "out.mp4"
    arguments = ("redact", source, "-o", out, "--find", "codes", "--cover-zone", ZONE, "--copy-untouched")
    assert "90 of 120 pictures copied as they were coded" in unseen(*arguments).out
    (facts,) = json.loads(unseen(*arguments, "--overwrite", "--json").out)["files"]
    assert [c["pictures"] for c in facts["copying"]["stretches"]] == [GROUP, 2 * GROUP]
    page = tmp_path / "report.html"
    assert unseen("report", tmp_path / "out.mp4.record.json", "-o", page).code == 0
    said = page.read_text("utf-8")
    assert "or copied where there was nothing to cover" in said
    assert "They are not encoded anew" in said


def test_a_plan_that_claims_copies_is_not_believed(tmp_path: Path) -> None:
    source, out, plan = write_groups(tmp_path / "in.mp4"), tmp_path / "out.mp4", tmp_path / "plan.json"
    assert unseen("find", source, "-o", plan, "--find", "codes", "--cover-zone", ZONE).code == 0
    document = json.loads(plan.read_bytes())
    document["copying"] = {"stretches": [{"span": {"start": "0", "end": "4"}, "pictures": 101}], "not_copied": []}
    plan.write_text(json.dumps(document))
    assert unseen("apply", plan, source, "-o", out, "--copy-untouched").code == 0
    assert same(source, out) == COPIED


def test_nothing_is_copied_unasked(tmp_path: Path) -> None:
    source, out = write_groups(tmp_path / "in.mp4"), tmp_path / "out.mp4"
    assert unseen("redact", source, "-o", out, "--find", "codes", "--cover-zone", ZONE).code == 0
    assert same(source, out) == []
    assert read_record((tmp_path / "out.mp4.record.json").read_bytes()).plan.copying is None


def test_a_whole_file_without_covers_is_copied(tmp_path: Path) -> None:
    source, out = write_groups(tmp_path / "in.mp4"), tmp_path / "out.mp4"
    said = unseen("redact", source, "-o", out, "--find", "codes", "--copy-untouched")
    assert said.code == 0, said.err
    assert same(source, out) == list(range(GROUP * GROUPS))


def test_the_last_picture_of_a_cover_keeps_its_group_from_being_copied(tmp_path: Path) -> None:
    source, out = write_groups(tmp_path / "in.mp4"), tmp_path / "out.mp4"
    first = float(2 * LENGTH)
    copying = released(source, out, zone=f"8,8,32,32@1.5-{first}")
    assert [c.pictures for c in copying.stretches] == [GROUP, GROUP]


def test_without_b_pictures_and_with_many_slices(tmp_path: Path) -> None:
    source = write_groups(tmp_path / "in.mp4", bf="0", **{"x264-params": "slices=4"})
    released(source, tmp_path / "out.mp4")
    assert same(source, tmp_path / "out.mp4") == COPIED


def test_pictures_that_all_stand_alone(tmp_path: Path) -> None:
    source = write_groups(tmp_path / "in.mp4", g="1", keyint_min="1")
    copying = released(source, tmp_path / "out.mp4")
    copied = same(source, tmp_path / "out.mp4")
    assert len(copied) == sum(c.pictures for c in copying.stretches) >= 3 * GROUP - 24
    covered = range(38, 41)  # at 1.52, 1.56 and 1.60 s
    assert not set(copied) & set(covered)


def said_of(copying: Copying) -> str:
    assert not copying.stretches
    return "; ".join(copying.not_copied)


def test_open_groups_are_one(tmp_path: Path) -> None:
    source = write_groups(tmp_path / "in.mp4", **{"x264-params": "open-gop=1"})
    assert "no group of pictures is without a cover" in said_of(released(source, tmp_path / "out.mp4"))


def test_a_file_that_begins_in_an_open_group(tmp_path: Path) -> None:
    whole = write_groups(tmp_path / "whole.mp4", **{"x264-params": "open-gop=1"})
    packets = packets_of(whole)
    second = [n for n, (_, _, key) in enumerate(packets) if key][1]
    source = tmp_path / "in.mkv"
    with av.open(str(whole)) as container, source.open("wb") as file, av.open(file, "w", format="matroska") as cut:
        stream = container.streams.video[0]
        after = cut.add_stream_from_template(stream)
        for number, packet in enumerate(p for p in container.demux(stream) if p.size):
            if number >= second and (packet.pts or 0) >= (packets[second][0] / (stream.time_base or 1)):
                packet.stream = after
                cut.mux(packet)
    copying = released(source, tmp_path / "out.mp4", zone="8,8,32,32@0-0.1")
    assert "does not begin with a picture that needs no other" in said_of(copying)


def test_turned_pictures_are_encoded(tmp_path: Path) -> None:
    source = set_matrix(write_groups(tmp_path / "in.mp4"), (0, 1, -1, 0))
    assert "another size, shape or colour" in said_of(released(source, tmp_path / "out.mp4"))


def test_pictures_of_which_a_part_is_cropped_away_are_encoded(tmp_path: Path) -> None:
    plain = write_groups(tmp_path / "plain.mp4")
    source = rewritten(plain, tmp_path / "in.mp4", unchanged, "h264_metadata=crop_right=16")
    assert "cropped away" in said_of(released(source, tmp_path / "out.mp4"))


def test_parameter_sets_that_change_on_the_way(tmp_path: Path) -> None:
    plain, other = write_groups(tmp_path / "plain.mp4"), write_groups(tmp_path / "other.mp4", refs="1", coder="0")
    assert sets_of(plain) != sets_of(other)
    theirs = [sample for _, sample, _ in packets_of(other)]

    def change(number: int, data: bytes) -> bytes:
        if number < 2 * GROUP:
            return data
        return joined(sets_of(other)) + theirs[number] if number == 2 * GROUP else theirs[number]

    source = rewritten(plain, tmp_path / "in.mp4", change)
    assert len(pictures_of(source)) == GROUP * GROUPS
    assert "or change on the way" in said_of(released(source, tmp_path / "out.mp4"))


def test_parameter_sets_that_are_repeated_are_left_out(tmp_path: Path) -> None:
    plain = write_groups(tmp_path / "plain.mp4")

    def change(number: int, data: bytes) -> bytes:
        return joined(sets_of(plain)) + data if number % GROUP == 0 else data

    source = rewritten(plain, tmp_path / "in.mp4", change)
    released(source, tmp_path / "out.mp4")
    assert same(source, tmp_path / "out.mp4") == COPIED


def test_a_group_with_a_picture_that_is_not_shown_is_encoded(tmp_path: Path) -> None:
    source = write_groups(tmp_path / "in.mp4", bf="0")
    data = bytearray(source.read_bytes())
    at = data.index(b"elst") + 12
    length, start = (int.from_bytes(data[at + n : at + n + 4], "big") for n in (0, 4))
    tick = (GROUP * GROUPS * TICK) / length  # of the movie's clock; the track's has 12800 to the second
    data[at : at + 4] = round(length - TICK / tick).to_bytes(4, "big")
    data[at + 4 : at + 8] = (start + round(TICK * 12800)).to_bytes(4, "big")
    source.write_bytes(data)
    assert len(pictures_of(source)) == GROUP * GROUPS - 1
    copying = released(source, tmp_path / "out.mp4")
    assert [c.pictures for c in copying.stretches] == [2 * GROUP]
    assert copying.not_copied


def test_a_group_with_information_that_changes_the_picture_is_encoded(tmp_path: Path) -> None:
    plain = write_groups(tmp_path / "plain.mp4")
    grain = bytes([6, 19, 1, 0x80, 0x80])

    def change(number: int, data: bytes) -> bytes:
        return joined([grain]) + data if number == 3 * GROUP else data

    source = rewritten(plain, tmp_path / "in.mp4", change)
    copying = released(source, tmp_path / "out.mp4")
    assert [c.pictures for c in copying.stretches] == [GROUP, GROUP]
    assert "units other than pictures" in copying.not_copied[0]


def test_a_damaged_copy_is_given_up_and_everything_encoded(tmp_path: Path) -> None:
    plain = write_groups(tmp_path / "plain.mp4", bf="0")

    def change(number: int, data: bytes) -> bytes:
        return data[:-40] + bytes(40 * [0x55]) if number == 3 * GROUP + 9 else data

    source = rewritten(plain, tmp_path / "in.mp4", change)
    copying = released(source, tmp_path / "out.mp4")
    assert "the audit did not find a copy sound" in said_of(copying)
    assert len(pictures_of(tmp_path / "out.mp4")) == GROUP * GROUPS


def test_other_outputs_say_that_nothing_was_copied(tmp_path: Path) -> None:
    source = write_groups(tmp_path / "in.mp4")
    for out, more in (("a.ts", ()), ("b.mp4", ("--codec", "hevc"))):
        assert "the output is not H.264" in said_of(released(source, tmp_path / out, *more))


def test_a_source_of_another_codec_is_encoded(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", Clip("hevc", size=SIZE, ticks=range(30), tick=TICK))
    copying = released(source, tmp_path / "out.mp4", "--codec", "h264", zone="8,8,32,32@0-0.1")
    assert "only H.264" in said_of(copying)
