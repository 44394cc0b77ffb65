"""The small parts of a review: places, doubts, sight, jobs, presence, clocks, waves, what is remembered."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from make import write_clip, write_photo
from reviewing import plan_of, seen

from unseen.core import Clock, FrameTimes, Keyframe, Kind, Origin, Region, Track
from unseen.errors import InputError, UsageError
from unseen.plan import Action, Decision, PlannedTrack, Settled, dumps
from unseen.review import doubts, jobs, places, presence
from unseen.review.crossings import meeting
from unseen.review.doubts import Reason, file_risk, unsettled
from unseen.review.history import Seen
from unseen.review.jobs import Job, Jobs
from unseen.review.presence import Presence
from unseen.review.remember import remembered
from unseen.review.sight import Sight, ranges
from unseen.review.wave import BINS_A_SECOND, thinned

BOX = Region(10.0, 10.0, 20.0, 20.0)
FOUND = Decision(Action.COVER, "unseen", "found")


def test_a_file_lies_beside_its_plan_and_release(tmp_path: Path) -> None:
    photo = write_photo(tmp_path / "a.png")
    (place,) = places(photo, None, None)
    assert (place.source, place.output.name) == (photo, "a-redacted.png")
    assert place.plan.name == "a-redacted.png.plan.json"
    (place,) = places(photo, tmp_path / "out" / "b.jpg", None)
    assert place.plan == tmp_path / "out" / "b.jpg.plan.json"
    with pytest.raises(UsageError, match="replace an input"):
        places(photo, photo, None)


def test_a_plan_finds_its_file_by_its_bytes(tmp_path: Path) -> None:
    photo = write_photo(tmp_path / "a.png")
    other = tmp_path / "a2.png"
    other.write_bytes(photo.read_bytes()[:-1] + b"x")  # as long, and not the one
    plan = tmp_path / "a.plan.json"
    plan.write_bytes(dumps(plan_of(photo)))
    assert places(plan, None, None)[0].source == photo
    photo.rename(tmp_path / "elsewhere.png")
    assert places(plan, None, None)[0].source.name == "elsewhere.png"
    (tmp_path / "elsewhere.png").unlink()
    with pytest.raises(UsageError, match="not beside it"):
        places(plan, None, None)


def test_a_folder_gives_its_media_and_none_of_its_papers(tmp_path: Path) -> None:
    for name in ("b.png", "a.jpg", "deep/c.png", ".hidden.png"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        write_photo(tmp_path / "in" / name)
    for name in ("a.jpg.plan.json", "a.jpg.record.json", "notes.txt"):
        (tmp_path / "in" / name).write_text("{}")
    found = places(tmp_path / "in", None, None)
    assert [p.source.relative_to(tmp_path / "in").as_posix() for p in found] == ["a.jpg", "b.png", "deep/c.png"]
    assert found[2].output == tmp_path / "in-redacted" / "deep" / "c.png"
    with pytest.raises(UsageError, match="replace the inputs"):
        places(tmp_path / "in", tmp_path / "in" / "deep" / "..", None)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no file"):
        places(tmp_path / "empty", None, None)


def bridged(*gaps: tuple[int, int]) -> PlannedTrack:
    """A track of ten seconds whose gaps, in tenths, are bridged."""
    keyframes = []
    for n in range(100):
        gap = any(a <= n <= b for a, b in gaps)
        origin, score = (Origin.BRIDGED, None) if gap else (Origin.SEEN, 0.9)
        keyframes.append(Keyframe(Fraction(n, 10), BOX, origin, score))
    return PlannedTrack(Track("face-1", keyframes=tuple(keyframes), kind=seen("x", (0, BOX)).track.kind), FOUND)


def test_gaps_that_are_one_look_apart_are_one_place(tmp_path: Path) -> None:
    plan = plan_of(write_clip(tmp_path / "clip.mp4"))
    plan = replace(plan, tracks=(bridged((5, 8), (11, 14), (40, 42)),))
    found = [d for d in doubts(plan) if d.reason.name == "BRIDGED"]
    assert [(d.span.start, d.span.end) for d in found] == [
        (Fraction(5, 10), Fraction(14, 10)),
        (Fraction(40, 10), Fraction(42, 10)),
    ]
    assert found[0].risk > found[1].risk  # a longer gap first
    settled = replace(plan, settled=(Settled(found[0].id, "R", "a pole"),))
    assert unsettled(settled, doubts(settled)) == [d for d in doubts(plan) if d.id != found[0].id]
    assert file_risk(found) > file_risk(found[1:]) > file_risk([]) == 0


def test_a_file_in_which_nothing_was_found_is_doubtful_itself(tmp_path: Path) -> None:
    (place,) = doubts(plan_of(write_photo(tmp_path / "a.png")))
    assert (place.reason.name, place.track_id) == ("NOTHING", None)


def test_tracks_that_pass_each_other_meet_where_they_do() -> None:
    one = seen("a", (0, Region(0.0, 0.0, 10.0, 10.0)), (10, Region(100.0, 0.0, 10.0, 10.0))).track
    keyframes = tuple(
        Keyframe(Fraction(n), Region(100.0 - 10 * n, 0.0, 10.0, 10.0), Origin.SEEN, 0.9) for n in range(11)
    )
    other = Track("b", one.kind, keyframes)
    span = meeting(one, other, 0.2)
    assert span is not None and 4 <= span.start <= 5 <= span.end <= 6
    far = Track("c", one.kind, tuple(replace(k, region=Region(k.region.x, 500.0, 9.0, 9.0)) for k in keyframes))
    assert meeting(one, far, 0.2) is None
    later = Track("d", one.kind, tuple(replace(k, time=k.time + 50) for k in keyframes))
    assert meeting(one, later, 0.2) is None


def test_a_body_without_a_face_is_doubtful_until_a_face_goes_along_with_it(tmp_path: Path) -> None:
    plan = plan_of(write_clip(tmp_path / "clip.mp4"))
    body = seen("body-1", (0, Region(0, 0, 40, 90)), (4, Region(80, 0, 40, 90)), kind=Kind.BODY)
    beside = seen("face-1", (0, Region(50, 5, 10, 10)), (4, Region(130, 5, 10, 10)))
    inside = seen("face-2", (1, Region(35, 5, 10, 10)), (2, Region(55, 5, 10, 10)))
    past = seen("face-4", (0, Region(300, 5, 10, 10)), (2, Region(55, 5, 10, 10)), (4, Region(0, 5, 10, 10)))
    later = seen("face-3", (5, Region(90, 5, 10, 10)), (6, Region(90, 5, 10, 10)))

    def alone(*tracks: PlannedTrack) -> list[tuple[str | None, Fraction]]:
        found = doubts(replace(plan, tracks=tracks))
        return [(d.track_id, d.span.end) for d in found if d.reason is Reason.FACELESS]

    assert alone(body) == alone(body, beside) == alone(body, later) == alone(body, past) == [("body-1", Fraction(4))]
    assert alone(body, beside, inside) == []
    assert alone(replace(body, decision=Decision(Action.KEEP, "R", "asked"))) == []
    by_hand = tuple(replace(k, origin=Origin.DRAWN, score=None) for k in body.track.keyframes)
    assert alone(replace(body, track=replace(body.track, keyframes=by_hand))) == []


def test_the_time_after_the_last_picture_is_doubtful_where_a_file_says_it_goes_on(tmp_path: Path) -> None:
    plan = plan_of(write_clip(tmp_path / "clip.mp4"), [seen("face-1", (0, BOX), (1, BOX))])
    media = plan.source.media
    assert media.frame_times is not None
    last = max(media.frame_times)

    def unread(more: Fraction) -> list[tuple[Fraction, Fraction]]:
        longer = replace(plan, source=replace(plan.source, media=replace(media, duration=last + more)))
        return [(d.span.start, d.span.end) for d in doubts(longer) if d.reason is Reason.UNLOOKED]

    assert unread(Fraction(4)) == [(last, last + 4)]
    assert unread(Fraction(1, 25)) == []


@given(st.lists(st.integers(0, 60)))
def test_sight_counts_each_picture_once(numbers: list[int]) -> None:
    sight = Sight(50)
    found = list(ranges(numbers))
    assert {n for a, b in found for n in range(a, b + 1)} == set(numbers)
    sight.add(Seen(tuple(found), ("x", "y")))
    sight.add(Seen(tuple(found)))
    assert sight.share == len({n for n in numbers if n < 50}) / 50
    assert sight.looked({"y", "z"}).visited == 1


@given(st.lists(st.integers(1, 5), min_size=1, max_size=40), st.integers(1, 7))
def test_a_clock_knows_every_picture_and_every_moment_between(gaps: list[int], base: int) -> None:
    ticks = [sum(gaps[:n]) for n in range(len(gaps))]
    clock = Clock(FrameTimes.from_ticks(Fraction(1, base), ticks))
    for number, tick in enumerate(ticks):
        exact = Fraction(tick, base)
        assert clock.time(number) == exact
        assert clock.at_or_after(exact) == clock.at_or_before(exact) == number
        later = exact + Fraction(1, 3 * base)
        assert (clock.at_or_before(later), clock.at_or_after(later)) == (number, number + 1)
    assert clock.at_or_before(Fraction(-1)) == -1
    for wrong in (-1, len(ticks)):
        with pytest.raises(UsageError, match="no picture"):
            clock.time(wrong)


def test_jobs_go_one_by_one_and_what_is_urgent_first() -> None:
    made, order, begun, gate = Jobs(), [], threading.Event(), threading.Event()

    def work(name: str) -> jobs.Work:
        def do(job: Job) -> dict[str, str]:
            if name == "first":
                begun.set()
                gate.wait(10)
            job.progress("at it", 1, 2)
            order.append(name)
            return {"name": name}

        return do

    lane = made.looking
    first = lane.add(made.make(work("first")))
    assert begun.wait(10)
    second, third = (lane.add(made.make(work(n))) for n in ("second", "third"))
    fourth = lane.add(made.make(work("urgent")), urgent=True)
    lane.hurry(third)
    gate.set()
    for job in (first, second, third, fourth):
        assert job.ended.wait(10)
    assert order == ["first", "third", "urgent", "second"]
    assert second.facts() == {
        "id": second.id,
        "step": "at it",
        "done": 1,
        "total": 2,
        "state": "done",
        "name": "second",
    }
    made.close()


def test_a_job_that_fails_or_is_stopped_says_so() -> None:
    made = Jobs()

    def fail(_: Job) -> dict[str, str]:
        raise InputError("is broken", next_step="Mend it.")

    def fault(_: Job) -> dict[str, str]:
        raise ZeroDivisionError("by nothing")

    def endless(job: Job) -> dict[str, str]:
        while True:
            job.progress("at it", 1, None)
            time.sleep(0.01)

    failed, broken, stopped = (made.working.add(made.make(work)) for work in (fail, fault, endless))
    assert failed.ended.wait(10) and failed.facts()["error"] == "is broken"
    assert broken.ended.wait(10) and "ZeroDivisionError" in broken.facts()["error"]
    assert stopped.facts()["state"] == "running" and not stopped.ended.is_set()
    stopped.stopping.set()
    assert stopped.ended.wait(10) and stopped.facts()["error"] == "was stopped"
    assert made.find("j9") is None
    made.close()


def test_nobody_is_gone_while_somebody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(presence.time, "monotonic", lambda: now[0])
    there = Presence(stay=10)
    now[0] += presence.UNTIL_OPENED - 1
    assert not there.gone
    with there.waiting():
        now[0] += 1000
        assert not there.gone
    now[0] += 9
    assert not there.gone
    there.leaving()
    now[0] += 4
    assert not there.gone
    now[0] += 2
    assert there.gone


def test_a_wave_keeps_its_peaks_however_few_points() -> None:
    found = np.zeros(10 * BINS_A_SECOND, np.float32)
    found[123] = 0.7
    for points in (1, 3, 10, 500, 5000):
        drawn = thinned(found, points)
        assert (len(drawn), max(drawn)) == (points, pytest.approx(0.7))


def test_what_is_remembered_is_the_same_and_worked_out_once() -> None:
    asked: list[Track] = []

    @remembered
    def area(track: Track, share: float) -> float:
        asked.append(track)
        return track.keyframes[0].region.area * share

    one, equal = (seen("a", (0, BOX)).track for _ in range(2))
    assert [area(one, 0.5), area(one, 0.5), area(one, 2.0), area(equal, 0.5)] == [200, 200, 800, 200]
    assert len(asked) == 3
