"""What else is reviewed in the browser: photos, folders, recordings, and people who cross the one that is kept."""

import wave
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import browsing
import make
import numpy as np
import pytest
from browsing import BY, FACE, RATE, left_face
from PIL import Image

from unseen.core import Keyframe, Kind, Origin, Region, Track
from unseen.plan import Action, Decision, Plan, PlannedTrack, read_plan

pytestmark = browsing.needs_browser


def passer_by(first: int, last: int) -> PlannedTrack:
    """Somebody who walks past the left face."""
    frames = tuple(
        Keyframe(Fraction(n, RATE), Region(left_face(n)[0] + 60, 70, 60, 200), Origin.SEEN, 0.9)
        for n in range(first, last)
    )
    return PlannedTrack(Track("body-7", Kind.BODY, frames), Decision(Action.COVER, "unseen", "covered by default"))


def test_whoever_meets_the_one_that_is_kept_is_listed_and_confirmed(
    browser: Any, footage: tuple[Path, Plan], tmp_path: Path
) -> None:
    clip, plan = footage
    case = browsing.write_case(tmp_path, clip, replace(plan, tracks=(*plan.tracks, passer_by(15, 45))))
    (mine,) = (p.track.id for p in plan.tracks if browsing.near(p.track, left_face(0)))
    with browsing.reviewing(browser, case, "--by", BY) as review:
        review.page.click("#tab-tracks")
        review.page.click(f"#tracks .entry:has-text('Face {mine.rpartition('-')[2]}')")
        before = review.plan
        review.press("l")
        review.page.wait_for_selector("dialog[open] .meetings li")
        listed = review.page.inner_text("dialog[open] .meetings li")
        assert "\N{MULTIPLICATION SIGN} Body 7" in listed and "0:00.6" in listed
        assert review.plan == before  # seen before anything is decided
        review.say("asked for her own footage")
        review.until("document.querySelector('#inspector .why')?.textContent.includes('Meets somebody who is covered')")
        assert "\N{MULTIPLICATION SIGN} Body 7" in review.page.inner_text("#inspector .why")
        review.press("a")
        review.until("!document.querySelector('#inspector .why')?.textContent.includes('Meets somebody')")
        decided = review.plan
    assert {p.track.id for p in decided.kept()} == {mine}
    assert [settled.by for settled in decided.settled] == [BY]


def test_a_photo_is_corrected_and_released(browser: Any, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    rgb = np.full((360, 640, 3), 120, np.uint8)
    rgb[60 : 60 + FACE[1], 120 : 120 + FACE[0]] = browsing.portrait()
    rgb[250:290, 500:560] = (200, 30, 30)
    Image.fromarray(rgb).save(photo)
    with browsing.reviewing(browser, photo, "--by", BY) as review:
        assert not review.page.locator("#timeline").is_visible()
        review.press("d")
        review.pull((495, 245, 70, 50))
        review.until("document.querySelector('#inspector h3')?.textContent === 'New box'")
        review.press("Enter")
        review.until("document.querySelector('[data-focus=undo]').disabled === false")
        review.press("r")
        review.page.wait_for_selector("dialog[open]")
        review.press("Enter")
        review.page.wait_for_selector("dialog.good")
    with Image.open(tmp_path / "photo-redacted.png") as image:
        pixels = np.asarray(image.convert("RGB"))
    assert pixels[250:290, 500:560].max() == 0
    x, y, width, height = browsing.core_of((120, 60))
    assert pixels[y : y + height, x : x + width].max() == 0
    assert pixels[320, 40].tolist() == [120, 120, 120]


def test_many_photos_are_signed_and_released_at_once(browser: Any, tmp_path: Path) -> None:
    folder = browsing.make_photos(tmp_path / "photos", 4)
    with browsing.reviewing(browser, folder, "--by", BY) as review:
        review.until("document.querySelectorAll('#grid .is-open').length === 4")
        review.press("Control+a")
        review.until("document.querySelectorAll('#grid .entry.chosen').length === 4")
        review.page.click("#batch [data-focus=sign]")
        review.until("document.querySelector('#notice').textContent.includes('Done for 4 files')")
        assert review.page.locator("#notice").is_visible()
        review.until("document.querySelectorAll('#grid .is-signed').length === 4")
        review.press("Control+a")
        review.page.click("#batch [data-focus=release]")
        review.until("document.querySelectorAll('#grid .is-released').length === 4")
    done = tmp_path / "photos-redacted"
    for number in range(4):
        name = f"photo-{number:02}.jpg"
        plan = read_plan((done / f"{name}.plan.json").read_bytes())
        assert plan.review is not None
        assert plan.review.by == BY
        with Image.open(done / name) as image:
            x, y, width, height = browsing.core_of((120, 60))
            inside = np.asarray(image.convert("RGB"))[y : y + height, x : x + width]
        assert (inside.max() < 16) == (number % 2 == 0)


def test_doubtful_places_go_on_from_file_to_file(browser: Any, tmp_path: Path) -> None:
    folder = browsing.make_photos(tmp_path / "photos", 4)
    with browsing.reviewing(browser, folder, "--by", BY) as review:
        review.until("document.querySelectorAll('#grid .is-open .badge.warn').length >= 2")
        names = set()
        for _ in range(2):
            review.press("n")
            review.until("document.body.dataset.room === 'file'")
            review.until(f"!{sorted(names)!r}.includes(document.querySelector('#name').textContent)")
            names.add(review.page.inner_text("#name"))
        review.press("g")
        review.until("document.body.dataset.room === 'grid'")
    assert len(names) == 2


def test_a_recording_without_a_picture_is_muted_on_its_wave(browser: Any, tmp_path: Path) -> None:
    sound = tmp_path / "talk.wav"
    rate = 16_000
    tone = (9000 * np.sin(2 * np.pi * 440 * np.arange(3 * rate) / rate)).astype("<i2")
    with wave.open(str(sound), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(tone.tobytes())
    with browsing.serving(sound, "--by", BY, "--audio", "keep") as (_, link):
        page = browser.new_context(viewport={"width": 1280, "height": 720}, locale="en-GB").new_page()
        page.goto(link)
        page.wait_for_selector("#tab-sound")
        page.click("#tab-sound")
        page.focus("#lanes")
        for key in ("Home", "Shift+ArrowRight", "i", "Shift+ArrowRight", "o", "m"):
            page.keyboard.press(key)
        page.wait_for_selector("#silences .entry")
    (muted,) = read_plan((tmp_path / "talk-redacted.wav.plan.json").read_bytes()).silences
    assert [float(muted.span.start), float(muted.span.end)] == pytest.approx([1.0, 2.05], abs=0.06)
    assert muted.decision.by == BY


def test_what_cannot_be_read_is_said(browser: Any, tmp_path: Path) -> None:
    broken = make.write_clip(tmp_path / "broken.mp4")
    broken.write_bytes(broken.read_bytes()[:300])
    with browsing.serving(broken) as (_, link):
        page = browser.new_context(locale="en-GB").new_page()
        page.goto(link)
        page.wait_for_selector("#notice.bad")
        assert page.locator("#notice.bad").is_visible()
