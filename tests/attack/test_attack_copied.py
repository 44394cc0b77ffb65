"""Releases with copied pictures that were made wrong on purpose: the audit sees it, for that reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from grouped import GROUP, GROUPS, TICK, joined, sets_of, units_of, write_groups
from planning import FOUND, make_plan

from unseen.copying import choose
from unseen.core import Keyframe, Kind, MediaInfo, Origin, Picture, Region, Span, Track
from unseen.cover import cover_tracks
from unseen.media import Limits, open_reader, open_source
from unseen.media.av_splice import Splice
from unseen.media.coding import Coded
from unseen.media.containers import Quality
from unseen.media.output import OutputFile
from unseen.plan import Copied, Copying, Cover, Plan, PlannedTrack, Source, StreamAction
from unseen.verify import Status, audit

REGION = Region(8, 8, 32, 32)
LENGTH = GROUP * TICK
Change = Callable[[Iterator[Picture | Coded]], Iterator[Picture | Coded]]


def track(name: str, start: Fraction, end: Fraction) -> PlannedTrack:
    return PlannedTrack(Track(name, Kind.FACE, tuple(Keyframe(t, REGION, Origin.DRAWN) for t in (start, end))), FOUND)


def plan_for(source: Path, info: MediaInfo, *tracks: PlannedTrack) -> Plan:
    with open_source(source) as opened:
        where = Source(opened.sha256(), opened.size, info)
    return make_plan(where, tracks, cover=Cover(padding=0.0))


def unchanged(items: Iterator[Picture | Coded]) -> Iterator[Picture | Coded]:
    return items


def made(source: Path, out: Path, change: Change = unchanged, sets: Callable[[bytes], bytes] | None = None) -> Plan:
    """Write a release in which the second group of four is covered and the others are copied; gives its plan."""
    with open_source(source) as opened, out.open("w+b") as file:
        reader = open_reader(opened, Limits())
        covered = track("t1", Fraction(3, 2), Fraction(8, 5))
        plan = plan_for(source, reader.info, covered)
        output = OutputFile(reader, out.suffix, codec=None, quality=Quality.HIGH, sound=StreamAction.REMOVE)
        choice = choose(plan, reader, output)
        assert choice.splice is not None
        splice: Splice = choice.splice
        if sets is not None:
            splice = replace(splice, sets=tuple(map(sets, splice.sets)))

        def pictures() -> Iterator[Picture | Coded]:
            for item in reader.spliced([c.span for c in splice.copied]):
                if isinstance(item, Picture):
                    cover_tracks(item, plan.covers())
                yield item

        output.write_all(file, change(pictures()), None, splice)
        reader.close()
    return replace(plan, copying=choice.copying)


def wrong(out: Path, plan: Plan, source: Path) -> dict[int, str]:
    return {c.number: c.detail for c in audit(out, plan, source=source).failed}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_groups(tmp_path / "in.mp4")


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_an_honest_copy_passes(source: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"out{suffix}"
    plan = made(source, out)
    report = audit(out, plan, source=source)
    assert not report.failed
    assert "90 copied pictures are the source's, sample by sample" in report.checks[3].detail


def test_without_the_source_a_copy_is_not_checked(source: Path, tmp_path: Path) -> None:
    plan = made(source, tmp_path / "out.mp4")
    bare = replace(plan, tracks=())
    assert audit(tmp_path / "out.mp4", bare, source=None).checks[3].status is Status.NOT_CHECKED


def test_a_region_that_was_to_be_covered_where_pictures_are_copied(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    plan = made(source, out)
    late = track("late", 3 * LENGTH, 3 * LENGTH + TICK)
    found = wrong(out, replace(plan, tracks=(*plan.tracks, late)), source)
    assert "track late is to be covered at 3.600 s, which is copied" in found[3]


def test_a_region_that_reaches_into_a_copied_stretch_by_one_picture(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    plan = made(source, out)
    edge = track("edge", Fraction(3, 2), 2 * LENGTH)
    assert "track edge is to be covered at 2.400 s" in wrong(out, replace(plan, tracks=(edge,)), source)[3]


@pytest.mark.parametrize("joint", [0, GROUP - 1, 2 * GROUP, 4 * GROUP - 1])
def test_one_picture_of_another_clip_at_a_joint(tmp_path: Path, joint: int) -> None:
    source = write_groups(tmp_path / "in.mp4", bf="0")
    other = write_groups(tmp_path / "other.mp4", bf="0", seed=1000)
    theirs = all_coded(other)

    def change(items: Iterator[Picture | Coded]) -> Iterator[Picture | Coded]:
        for item in items:
            swapped = isinstance(item, Coded) and item.time == joint * TICK
            yield replace(item, data=theirs[joint].data) if isinstance(item, Coded) and swapped else item

    plan = made(source, tmp_path / "out.mp4", change)
    found = wrong(tmp_path / "out.mp4", plan, source)
    assert f"the copied picture at {float(joint * TICK):.3f} s is not the source's" in found[4]


def all_coded(path: Path) -> list[Coded]:
    with open_source(path) as opened:
        reader = open_reader(opened, Limits())
        coded = [c for c in reader.spliced([Span(Fraction(0), GROUPS * LENGTH)]) if isinstance(c, Coded)]
        reader.close()
    return coded


def test_a_picture_that_is_missing(source: Path, tmp_path: Path) -> None:
    def change(items: Iterator[Picture | Coded]) -> Iterator[Picture | Coded]:
        return (i for i in items if not (isinstance(i, Coded) and i.time == 3 * LENGTH - TICK))

    plan = made(source, tmp_path / "out.mp4", change)
    found = wrong(tmp_path / "out.mp4", plan, source)
    assert "119 pictures instead of 120" in found[1]


def test_notes_left_in_a_copied_picture(source: Path, tmp_path: Path) -> None:
    note = bytes([6, 5, 17]) + bytes(range(1, 17)) + b"!" + b"\x80"

    def change(items: Iterator[Picture | Coded]) -> Iterator[Picture | Coded]:
        for item in items:
            first = isinstance(item, Coded) and item.time == 2 * LENGTH
            yield replace(item, data=joined([note]) + item.data) if isinstance(item, Coded) and first else item

    plan = made(source, tmp_path / "out.mp4", change)
    found = wrong(tmp_path / "out.mp4", plan, source)
    assert "NAL unit of type 6 beside a picture's slices" in found[6]
    assert "user data in the video stream (17 bytes)" in found[6]


def test_parameter_sets_left_in_a_copied_picture(source: Path, tmp_path: Path) -> None:
    def change(items: Iterator[Picture | Coded]) -> Iterator[Picture | Coded]:
        for item in items:
            first = isinstance(item, Coded) and item.time == 2 * LENGTH
            yield replace(item, data=joined(sets_of(source)) + item.data) if isinstance(item, Coded) and first else item

    plan = made(source, tmp_path / "out.mp4", change)
    assert "NAL unit of type 7 beside a picture's slices" in wrong(tmp_path / "out.mp4", plan, source)[6]


def test_two_pictures_in_one_sample(source: Path, tmp_path: Path) -> None:
    def change(items: Iterator[Picture | Coded]) -> Iterator[Picture | Coded]:
        for item in items:
            if isinstance(item, Coded) and item.time == 3 * LENGTH:
                yield replace(item, data=item.data + joined([units_of(item.data)[0]]))
            else:
                yield item

    plan = made(source, tmp_path / "out.mp4", change)
    assert "a sample that is not one picture" in wrong(tmp_path / "out.mp4", plan, source)[6]


def test_bytes_behind_a_parameter_set(source: Path, tmp_path: Path) -> None:
    plan = made(source, tmp_path / "out.mp4", sets=lambda unit: unit + b"written by camera 7")
    found = wrong(tmp_path / "out.mp4", plan, source)
    assert "a parameter set with more than a decoder reads" in found[6]


def test_a_stretch_that_is_longer_than_the_plan_says(source: Path, tmp_path: Path) -> None:
    plan = made(source, tmp_path / "out.mp4")
    first, *others = plan.copied()
    shorter = Copying((Copied(first.span, first.pictures - 1), *others))
    found = wrong(tmp_path / "out.mp4", replace(plan, copying=shorter), source)
    assert "the stretch copied from 0.000 s on has 30 pictures, not 29" in found[4]


def test_a_stretch_said_to_be_copied_that_was_encoded(source: Path, tmp_path: Path) -> None:
    plan = made(source, tmp_path / "out.mp4")
    whole = Copying((Copied(Span(Fraction(0), 4 * LENGTH - TICK), 4 * GROUP),))
    found = wrong(tmp_path / "out.mp4", replace(plan, copying=whole), source)
    assert "which is copied" in found[3]
    assert "the copied picture at 1.200 s is not the source's" in found[4]
