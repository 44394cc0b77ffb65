"""A review from its start to its end, on a real socket: what it shows, keeps, notices, releases and leaves behind."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from make import Clip, Sound, leftovers, names, scene, write_clip, write_photo
from PIL import Image
from reviewing import Browser, place_of, review, seen
from skimage import data

from unseen.core import Region
from unseen.media.documents import load_plan
from unseen.plan import Action, StreamAction, dumps, read_plan
from unseen.record import read_record
from unseen.review import Place, desk

COUNT = 40
WHO = "R. Eviewer"


def clip_of(folder: Path, **more: Any) -> Path:
    options = {"preset": "veryfast", "g": "12", "bf": "3", "x264-params": "open-gop=1:scenecut=0"}
    return write_clip(folder / "clip.mp4", Clip(size=(96, 64), ticks=range(COUNT), options=options, **more))


def face(start: float = 0, end: float = (COUNT - 1) / 10) -> Any:
    ends = dict.fromkeys((Fraction(round(start * 10), 10), Fraction(round(end * 10), 10)))
    return seen("face-1", *((time, Region(60.0, 8.0, 20.0, 20.0)) for time in ends))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return place_of(clip_of(tmp_path), [face()])


def picture(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data), formats=["JPEG"]).convert("RGB")).astype(int)


def test_pictures_are_those_of_their_number_in_any_order(place: Place) -> None:
    with review(place) as (_, browser):
        document = browser.document()
        assert (document["frames"], document["width"], document["height"]) == (COUNT, 96, 64)
        assert browser.get("/api/files/f1/times").json["times"] == pytest.approx([n / 10 for n in range(COUNT)])
        for number in (0, 39, 11, 12, 13, 10, 9, 25, 24, 38, 1):
            shown = picture(browser.get(f"/api/files/f1/frames/{number}.jpg?width=96").body)
            assert np.abs(shown - scene(number, (96, 64))).mean() < 8, number
            other = scene((number + 3) % COUNT, (96, 64))  # the saboteur: another picture of the clip
            assert np.abs(shown[:28, :44] - other[:28, :44]).mean() > 15


def test_covers_are_drawn_as_they_will_be_released(place: Place) -> None:
    with review(place, by=WHO) as (_, browser):
        document = browser.document()
        (outline,) = browser.get("/api/files/f1/outlines?first=5&last=5").json["frames"][0]["outlines"]
        left, top, width, height = outline["cover"]
        shown = picture(browser.get("/api/files/f1/frames/5.jpg?width=96&covered=1").body)
        assert shown[top + 1 : top + height - 1, left + 1 : left + width - 1].max() < 12
        assert shown[top + 2, left - 6].max() > 60
        bare = picture(browser.get("/api/files/f1/frames/5.jpg?width=96").body)
        assert bare[top + 2 : top + height - 2, left + 2 : left + width - 2].max() > 60
        browser.edit(document, do="style", style="solid", colour="#ff0000", padding=0.2)
        red = picture(browser.get("/api/files/f1/frames/5.jpg?width=96&covered=1").body)
        assert red[top + height // 2, left + width // 2] == pytest.approx([254, 0, 0], abs=6)
        job = browser.post("/api/files/f1/release", {"revision": browser.document()["revision"]}).json["job"]
        assert browser.job(job)["state"] == "done"
    with contextlib.ExitStack() as stack:
        from unseen.media import open_media

        reader = stack.enter_context(open_media(place.output))
        views = list(reader.views(96))
    released = views[5].rgb.astype(int)
    same = np.abs(released[:, :, 0] - red[:, :, 0])
    assert same[top + 2 : top + height - 2, left + 2 : left + width - 2].max() < 24


def test_every_edit_is_on_the_disk_when_it_is_answered(place: Place) -> None:
    with review(place, by=WHO) as (_, browser):
        document = browser.document()
        after = browser.edit(document, do="draw", first=2, last=30, box=[5, 5, 20, 20], kind="face")
        assert [p.track.id for p in load_plan(place.plan).tracks] == ["face-1", "face-2"]
        undone = browser.post("/api/files/f1/undo", {"revision": after["revision"]}).json
        assert [p.track.id for p in load_plan(place.plan).tracks] == ["face-1"]
        assert (undone["can_undo"], undone["can_redo"]) == (False, True)
        redone = browser.post("/api/files/f1/redo", {"revision": undone["revision"]}).json
        assert redone["tracks"] == after["tracks"]


def test_nothing_is_decided_by_nobody(place: Place) -> None:
    with review(place) as (_, browser):
        document = browser.document()
        edit = {"do": "draw", "first": 2, "last": 3, "box": [5, 5, 20, 20], "kind": "face"}
        answer = browser.post("/api/files/f1/edits", {"revision": document["revision"], "edit": edit})
        assert (answer.status, answer.json["need"]) == (403, "who")
        assert browser.post("/api/who", {"name": " \t "}).status == 422
        assert browser.post("/api/who", {"name": " R.  Eviewer "}).json == {"name": WHO}
        assert browser.edit(document, **edit)["tracks"][1]["by"] == WHO


@pytest.mark.parametrize(
    "edit",
    [
        {"do": "explode"},
        {"do": "draw", "first": 2, "last": 3, "box": [5, 5, 0, 20], "kind": "face"},
        {"do": "draw", "first": 2, "last": COUNT, "box": [5, 5, 20, 20], "kind": "face"},
        {"do": "draw", "first": -1, "last": 3, "box": [5, 5, 20, 20], "kind": "face"},
        {"do": "draw", "first": 1, "last": 3, "box": [5, 5, 20], "kind": "face"},
        {"do": "draw", "first": 1, "last": 3, "box": [5, 5, 1e300, 20], "kind": "face"},
        {"do": "draw", "first": 1, "last": 3, "box": [5, 5, 20, 20], "kind": "person called Ana"},
        {"do": "decide", "tracks": ["face-9"], "action": "keep", "why": "x"},
        {"do": "decide", "tracks": ["face-1"], "action": "keep", "why": ""},
        {"do": "decide", "tracks": [], "action": "keep", "why": "x"},
        {"do": "put", "added": []},
        {"do": "sign", "review": None},
        {"do": "style", "style": "glass", "colour": "#000000", "padding": 0.2},
        {"do": "mute", "start": 0, "end": 1},
        {"do": "state", "what": "souls", "verdict": "absent", "why": "x"},
    ],
)
def test_what_is_no_edit_changes_nothing(place: Place, edit: dict[str, Any]) -> None:
    before = place.plan.read_bytes()
    with review(place, by=WHO) as (_, browser):
        document = browser.document()
        answer = browser.post("/api/files/f1/edits", {"revision": document["revision"], "edit": edit})
        assert answer.status == 400
        assert answer.json["error"]
    assert place.plan.read_bytes() == before
    assert not place.plan.with_name(place.plan.name + ".history").exists()


def test_a_plan_that_somebody_else_changed_is_shown_and_not_overwritten(place: Place) -> None:
    with review(place, by=WHO) as (_, browser):
        document = browser.document()
        theirs = replace(load_plan(place.plan), tracks=())
        place.plan.write_bytes(dumps(theirs))
        edit = {"do": "decide", "tracks": ["face-1"], "action": "keep", "why": "asked"}
        answer = browser.post("/api/files/f1/edits", {"revision": document["revision"], "edit": edit})
        assert (answer.status, answer.json["document"]["tracks"]) == (409, [])
        assert load_plan(place.plan) == theirs
        drawn = {"do": "draw", "first": 2, "last": 30, "box": [5, 5, 20, 20], "kind": "face"}
        after = browser.edit(answer.json["document"], **drawn)  # on what is there now it is no conflict
        assert [t["id"] for t in after["tracks"]] == ["face-1"]


def test_two_reviews_of_one_plan_notice_each_other(place: Place) -> None:
    with review(place, by="A") as (_, one), review(place, by="B") as (_, other):
        mine, theirs = one.document(), other.document()
        one.edit(mine, do="trim", track="face-1", first=3, last=20)
        edit = {"do": "trim", "track": "face-1", "first": 0, "last": 5}
        answer = other.post("/api/files/f1/edits", {"revision": theirs["revision"], "edit": edit})
        assert answer.status == 409
        assert (answer.json["document"]["tracks"][0]["first"], answer.json["document"]["can_undo"]) == (3, True)
        undone = other.post("/api/files/f1/undo", {"revision": answer.json["document"]["revision"]}).json
        assert undone["tracks"] == mine["tracks"]


def test_a_source_that_was_changed_is_noticed(place: Place) -> None:
    with review(place, by=WHO) as (_, browser):
        document = browser.document()
        write_clip(place.source, Clip(ticks=range(COUNT), size=(64, 48)))
        edit = {"do": "trim", "track": "face-1", "first": 3, "last": 20}
        answer = browser.post("/api/files/f1/edits", {"revision": document["revision"], "edit": edit})
        assert answer.status == 422
        assert "not the file this plan was made for" in answer.json["error"]
        assert document["tracks"] == browser.document()["tracks"]


def test_a_plan_of_another_file_is_not_opened(place: Place) -> None:
    with place.source.open("ab") as file:
        file.write(b"x")
    with review(place, by=WHO) as (_, browser):
        for _ in range(200):
            answer = browser.get("/api/files/f1")
            if answer.status != 202:
                break
            time.sleep(0.05)
        assert (answer.status, "was made for" in answer.json["error"]) == (422, True)


def test_signing_keeps_what_was_on_the_screen_and_goes_stale_with_a_change(place: Place) -> None:
    with review(place, by=WHO, second_reviewer=True) as (_, browser):
        browser.document()
        said = browser.post("/api/files/f1/seen", {"shown": [0, 1, 2, 3, 7, 7, 999], "doubts": ["x"]}).json
        assert said["seen"] == {"share": 5 / COUNT, "visited": ["x"]}
        document = browser.document()
        refused = browser.post("/api/files/f1/release", {"revision": document["revision"]})
        assert (refused.status, "two people" in refused.json["error"]) == (422, True)
        signed = browser.post("/api/files/f1/sign", {"revision": document["revision"]}).json
        assert (signed["review"]["by"], signed["review"]["stale"], signed["state"]) == (WHO, False, "signed")
        kept = load_plan(place.plan).review
        assert kept is not None and kept.looked is not None
        assert (kept.looked.pictures, kept.looked.shown) == (COUNT, 5)
        after = browser.edit(signed, do="trim", track="face-1", first=0, last=30)
        assert (after["review"]["stale"], after["state"]) == (True, "open")
        browser.post("/api/who", {"name": "S. Econd"})
        for name in ("S. Econd", WHO):
            browser.post("/api/who", {"name": name})
            after = browser.post("/api/files/f1/sign", {"revision": after["revision"]}).json
        assert (after["review"]["by"], after["second"]["by"]) == ("S. Econd", WHO)
        done = browser.job(browser.post("/api/files/f1/release", {"revision": after["revision"]}).json["job"])
        assert done["state"] == "done", done
    record = read_record(place.output.with_name(place.output.name + ".record.json").read_bytes())
    assert record.plan.second_review is not None and record.plan.second_review.by == WHO


def test_a_released_file_needs_no_history_any_more(place: Place) -> None:
    with review(place, by=WHO) as (_, browser):
        document = browser.edit(browser.document(), do="trim", track="face-1", first=0, last=30)
        history = place.plan.with_name(place.plan.name + ".history")
        assert history.is_file() and history.stat().st_mode & 0o077 == 0
        done = browser.job(browser.post("/api/files/f1/release", {"revision": document["revision"]}).json["job"])
        assert done["document"]["released"] == {"status": "covered", "file": place.output.name}
        assert browser.get("/api/files").json["files"][0]["state"] == "released"
        assert not history.exists()
    with review(place, by=WHO) as (_, browser):
        assert browser.document()["released"] is not None  # told again from the record that is there
        browser.edit(browser.document(), do="trim", track="face-1", first=0, last=20)
        assert browser.document()["released"] is None


def test_a_drawn_box_is_followed_into_the_plan(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    backdrop = rng.integers(0, 255, (160, 400, 3)).astype(np.uint8)
    wide = np.asarray(Image.fromarray(backdrop).resize((800, 320), Image.Resampling.BICUBIC))
    frames = [Image.fromarray(wide[40:280, 10 * n : 10 * n + 320]) for n in range(20)]
    path = tmp_path / "moving.png"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100)
    place = place_of(path)
    with review(place, by=WHO) as (_, browser):
        document = browser.document()
        asked = {"revision": document["revision"], "frame": 10, "box": [150, 100, 40, 40], "kind": "face"}
        done = browser.job(browser.post("/api/files/f1/follow", asked).json["job"])
        assert done["state"] == "done", done
        (track,) = done["document"]["tracks"]
        assert (track["drawn"], track["by"], track["first"], track["last"]) == (True, WHO, 0, 19)
        for number in (0, 5, 15, 19):
            (shown,) = browser.get(f"/api/files/f1/outlines?first={number}&last={number}").json["frames"][0]["outlines"]
            left, top, width, height = shown["cover"]
            assert left <= 150 + 10 * (10 - number) and left + width >= 190 + 10 * (10 - number)
            assert top <= 100 and top + height >= 140
        undone = browser.post("/api/files/f1/undo", {"revision": done["document"]["revision"]}).json
        assert undone["tracks"] == []


def test_a_wave_is_as_loud_as_the_sound(tmp_path: Path) -> None:
    place = place_of(clip_of(tmp_path, sounds=(Sound(seconds=2.0, start=Fraction(1)),)), sound=StreamAction.REDACT)
    with review(place, by=WHO) as (_, browser):
        document = browser.document()
        assert (document["sound"], document["silenced"]) == (True, False)
        peaks = browser.get("/api/files/f1/wave?points=40").json["peaks"]
        assert len(peaks) == 40
        assert max(peaks[:8]) < 0.05
        assert min(peaks[12:28]) > 0.3
        assert max(peaks[32:]) < 0.05
        muted = browser.edit(document, do="mute", start=1.5, end=2.0)
        assert [(s["start"], s["end"], s["action"]) for s in muted["silences"]] == [(1.5, 2.0, "cover")]


def test_many_files_are_listed_by_risk_and_decided_together(tmp_path: Path) -> None:
    places = []
    for number in range(4):
        photo = write_photo(tmp_path / f"{number}.png")
        found = [seen("face-1", (0, Region(10.0, 10.0, 20.0, 20.0)), score=0.9 if number != 2 else 0.2)]
        places.append(place_of(photo, found))
    with review(*places, by=WHO) as (_, browser):
        for number in range(1, 5):
            browser.document(f"f{number}")
        listed = browser.get("/api/files").json
        assert (listed["total"], listed["files"][0]["name"]) == (4, "2.png")
        assert [f["name"] for f in browser.get("/api/files?from=1&count=2").json["files"]] == ["0.png", "1.png"]
        thumb = picture(browser.get("/api/files/f1/thumb.jpg?width=96").body)
        assert thumb.shape == (64, 96, 3)
        done = browser.job(browser.post("/api/batch", {"files": ["f1", "f2", "f4"], "do": "sign"}).json["job"])
        assert done["failures"] == []
        places[1].output.write_bytes(b"somebody's")
        done = browser.job(browser.post("/api/batch", {"files": ["f1", "f2"], "do": "release"}).json["job"])
        assert [f["id"] for f in done["failures"]] == ["f2"]
        states = {f["name"]: f["state"] for f in browser.get("/api/files").json["files"]}
        assert states == {"0.png": "released", "1.png": "signed", "2.png": "open", "3.png": "signed"}
    assert places[1].output.read_bytes() == b"somebody's"


def test_a_release_that_the_second_look_holds_leads_back_to_the_place(tmp_path: Path) -> None:
    photo = tmp_path / "portrait.png"
    Image.fromarray(data.astronaut()).save(photo)
    place = place_of(photo)
    with review(place, by=WHO) as (_, browser):
        document = browser.document()
        assert [d["reason"] for d in document["doubts"]] == ["nothing"]
        held = browser.job(browser.post("/api/files/f1/release", {"revision": document["revision"]}).json["job"])
        assert (held["state"], held["exit_code"], held["frame"]) == ("failed", 4, 0)
        left, top, width, height = held["box"]
        assert left < 224 < left + width and top < 110 < top + height  # her face
        after = browser.document()
        assert (after["state"], after["doubts"][0]["reason"]) == ("held", "second_look")
        assert after["tracks"][0]["id"] == held["track"]
        there = ["portrait.png", "portrait.png.plan.json", "portrait.png.plan.json.history"]
        assert sorted(names(tmp_path)) == there  # the plan that `apply` would have kept is the one under review
        done = browser.job(browser.post("/api/files/f1/release", {"revision": after["revision"]}).json["job"])
        assert done["state"] == "done", done
    assert place.output.is_file()


def started(*arguments: str | Path, **more: str) -> tuple[subprocess.Popen[str], Browser, str]:
    """The real program, and a browser that has opened its link."""
    command = [sys.executable, "-m", "unseen", "review", *map(str, arguments), "--no-browser"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **more}
    )
    assert process.stdout is not None
    for text in process.stdout:
        found = re.search(r"http://127\.0\.0\.1:(\d+)/open#(\S+)", text)
        if found:
            browser = Browser(int(found[1]))
            assert browser.open(found[2]).status == 204
            return process, browser, found[2]
    raise AssertionError("no link was shown")


@pytest.fixture
def ending() -> Iterator[list[subprocess.Popen[str]]]:
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        process.kill()
        process.communicate()


def test_a_killed_review_goes_on_where_it_was(place: Place, ending: list[subprocess.Popen[str]]) -> None:
    process, browser, _ = started(place.plan, "--source", place.source, "--by", WHO)
    ending.append(process)
    first = browser.document()
    second = browser.edit(first, do="draw", first=2, last=30, box=[5, 5, 20, 20], kind="face")
    third = browser.edit(second, do="trim", track="face-1", first=3, last=20)
    undone = browser.post("/api/files/f1/undo", {"revision": third["revision"]}).json
    browser.post("/api/files/f1/seen", {"shown": [1, 2], "doubts": []})
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert read_plan(place.plan.read_bytes()).tracks[1].decision.by == WHO
    process, browser, _ = started(place.plan, "--source", place.source, "--by", WHO)
    ending.append(process)
    again = browser.document()
    assert (again["tracks"], again["can_undo"], again["can_redo"]) == (undone["tracks"], True, True)
    assert again["seen"]["share"] == 2 / COUNT
    redone = browser.post("/api/files/f1/redo", {"revision": again["revision"]}).json
    assert redone["tracks"] == third["tracks"]
    for wanted in (second, first):
        redone = browser.post("/api/files/f1/undo", {"revision": redone["revision"]}).json
        assert redone["tracks"] == wanted["tracks"]
    assert not redone["can_undo"]


def test_it_ends_when_nobody_is_there_and_leaves_nothing(
    place: Place, tmp_path: Path, ending: list[subprocess.Popen[str]]
) -> None:
    temporary, home = tmp_path / "tmp", tmp_path / "home"
    temporary.mkdir()
    home.mkdir()
    before = names(tmp_path)
    surroundings = {"TMPDIR": str(temporary), "HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache")}
    process, browser, token = started(place.plan, "--source", place.source, "--stay", "3", **surroundings)
    ending.append(process)
    browser.document()
    assert browser.get("/api/files/f1/frames/3.jpg?width=96").status == 200
    began = time.monotonic()
    said, _ = process.communicate(timeout=90)
    assert process.returncode == 0
    assert time.monotonic() - began < 60
    assert "the review has ended" in said
    assert token not in said and "frames" not in said
    assert names(tmp_path) == before
    assert leftovers(tmp_path) == [] and list(temporary.iterdir()) == [] and list(home.iterdir()) == []


def test_it_stays_while_somebody_is_there(place: Place) -> None:
    with review(place, stay=1) as (server, browser):
        for _ in range(4):
            time.sleep(0.5)
            browser.post("/api/alive", {})
            assert not server._presence.gone
        time.sleep(1.2)
        assert server._presence.gone  # the saboteur: nobody says anything


def test_a_closed_page_may_come_back(place: Place) -> None:
    with review(place) as (server, browser):
        browser.post("/api/close", {})
        browser.post("/api/alive", {})
        assert server._presence._until - time.monotonic() > 30


def test_memory_for_pictures_is_bounded(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    from unseen.review import frames

    monkeypatch.setattr(frames, "_MOST_BYTES", 5 * 96 * 64 * 3)
    with review(place) as (_, browser):
        browser.document()
        for number in range(0, COUNT, 3):
            assert browser.get(f"/api/files/f1/frames/{number}.jpg?width=96").status == 200


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(200))
    with review(Place(broken, tmp_path / "p.plan.json", tmp_path / "out.mp4")) as (_, browser):
        answer = browser.get("/api/files/f1")
        for _ in range(100):
            if answer.status != 202:
                break
            time.sleep(0.05)
            answer = browser.get("/api/files/f1")
        assert answer.status == 422
        assert browser.get("/api/files").json["files"][0]["state"] == "failed"


def test_looking_keeps_no_plan_open_that_nobody_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "_MOST_SESSIONS", 2)
    found = [seen("face-1", (0, Region(10.0, 10.0, 20.0, 20.0)))]
    places = [place_of(write_photo(tmp_path / f"{n}.png"), found) for n in range(5)]
    with review(*places, by=WHO) as (server, browser):
        for n in range(1, 6):
            browser.edit(browser.document(f"f{n}"), do="decide", tracks=["face-1"], action="keep", why="asked")
        assert len(server._desk._sessions) == 2
        for n in range(1, 6):
            document = browser.document(f"f{n}")
            assert (document["tracks"][0]["action"], document["can_undo"]) == ("keep", True)
    assert all(load_plan(p.plan).tracks[0].decision.action is Action.KEEP for p in places)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_original_is_never_touched(place: Place) -> None:
    before = digest(place.source)
    with review(place, by=WHO) as (_, browser):
        document = browser.edit(browser.document(), do="trim", track="face-1", first=0, last=30)
        browser.get("/api/files/f1/frames/3.jpg?width=96&covered=1")
        browser.job(browser.post("/api/files/f1/release", {"revision": document["revision"]}).json["job"])
    assert digest(place.source) == before
