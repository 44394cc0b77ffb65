"""Corrections in the browser, down to the plan or the finished file: styles, keyframes, areas, two signatures."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import browsing
import numpy as np
import pytest
from browsing import BY, FRAMES, RATE, Review, core_of, frames_of, left_face, patch, right_face, sign_and_release

from unseen.core import StreamKind, Track
from unseen.plan import Plan, StreamAction, Style

pytestmark = browsing.needs_browser


@pytest.fixture
def case(footage: tuple[Path, Plan], tmp_path: Path) -> Path:
    """The plan of a clip whose two faces were found."""
    return browsing.write_case(tmp_path, *footage)


def choose(review: Review, track: Track) -> None:
    """Choose a track in the list, with everything open that can be done to it."""
    review.page.click("#tab-tracks")
    review.page.click(f"#tracks .entry:has(b:text-is('{track.kind.title()} {track.id.rpartition('-')[2]}'))")
    review.unfold()


def right_track(review: Review) -> Track:
    (found,) = (p.track for p in review.plan.tracks if browsing.near(p.track, right_face(0)))
    return found


def style_of(review: Review, track: Track) -> Style | None:
    (found,) = (p.decision.style for p in review.plan.tracks if p.track.id == track.id)
    return found


def test_one_track_gets_a_style_of_its_own_and_no_other_does(browser: Any, case: Path) -> None:
    with browsing.reviewing(browser, case, "--by", BY) as review:
        right = right_track(review)
        choose(review, right)
        assert review.page.locator("#inspector .warning").count() == 0
        review.page.select_option("#own-style", "mosaic")
        review.until("document.querySelector('#inspector .warning')?.textContent.startsWith('Machines can undo this')")
        assert style_of(review, right) is Style.MOSAIC
        review.page.focus("#stage")
        review.press("Control+z")
        review.until("document.querySelector('#own-style').value === ''")
        assert style_of(review, right) is None
        review.press("Control+Shift+z")
        review.until("document.querySelector('#own-style').value === 'mosaic'")
        sign_and_release(review)
    original = frames_of(case.parent / "clip.mp4")
    for n, picture in enumerate(frames_of(case.parent / "clip-redacted.mp4")):
        assert patch(picture, core_of(left_face(n))).max() < 16, n
        face, was = (patch(p, core_of(right_face(n))).astype(int) for p in (picture, original[n]))
        assert face.max() > 60, n  # no solid cover
        steps, before = (np.abs(np.diff(each.mean(axis=2), axis=1)) for each in (face, was))
        assert (steps > 8).mean() < 0.4 * (before > 8).mean(), n


def test_a_box_put_right_is_taken_back_where_it_is(browser: Any, case: Path) -> None:
    with browsing.reviewing(browser, case, "--by", BY) as review:
        right = right_track(review)
        choose(review, right)
        review.page.focus("#stage")
        review.go(20)
        time = Fraction(20, RATE)
        review.press("e", *["ArrowRight"] * 3, "Enter")
        review.until("document.querySelector('[data-focus=undo]').disabled === false")
        review.page.wait_for_timeout(200)
        moved = right_track(review)
        drawn = [k for k in moved.keyframes if k.origin == "drawn"]
        assert [k.time for k in drawn] == [time]
        before, after = right.region_at(time), moved.region_at(time)
        assert before is not None and after is not None and after.x > before.x + 10
        review.press("u")
        review.until("document.querySelector('#transport') && !document.querySelector('#notice.bad')")
        review.page.wait_for_timeout(300)
        assert not [k for k in right_track(review).keyframes if k.origin == "drawn"]


def test_an_area_is_covered_from_one_mark_to_the_other(browser: Any, case: Path) -> None:
    with browsing.reviewing(browser, case, "--by", BY) as review:
        known = {p.track.id for p in review.plan.tracks}
        review.go(12)
        review.press("i")
        review.go(30)
        review.press("o", "d")
        review.pull((280, 250, 80, 60))
        review.until("document.querySelector('#inspector h3')?.textContent === 'New box'")
        review.press("b")
        review.until("document.querySelector('#inspector .facts')?.textContent.startsWith('0:00.48 to 0:01.20')")
        (area,) = (p.track for p in review.plan.tracks if p.track.id not in known)
        assert (area.span.start, area.span.end) == (Fraction(12, RATE), Fraction(30, RATE))
        sign_and_release(review)
    dark = [patch(p, (286, 256, 68, 48)).max() < 16 for p in frames_of(case.parent / "clip-redacted.mp4")]
    assert dark == [12 <= n <= 30 for n in range(FRAMES)]


def test_a_silenced_sound_is_said_to_be_and_cannot_be_muted(
    browser: Any, footage: tuple[Path, Plan], tmp_path: Path
) -> None:
    clip, plan = footage
    streams = tuple(replace(s, action=StreamAction.SILENCE) if s.kind is StreamKind.AUDIO else s for s in plan.streams)
    case = browsing.write_case(tmp_path, clip, replace(plan, streams=streams))
    with browsing.reviewing(browser, case, "--by", BY) as review:
        assert "sound is silenced" in review.page.inner_text("#facts")
        assert review.page.locator("#tab-sound").count() == 0
        review.press("i", "ArrowRight", "o", "m")
        review.page.wait_for_timeout(200)
        assert review.plan.silences == ()


def test_the_sound_is_played_as_the_pictures_are_shown(browser: Any, case: Path) -> None:
    with browsing.reviewing(browser, case, "--by", BY) as review:
        asked: list[str] = []
        review.page.on("request", lambda request: asked.append(request.url.rpartition("/sound/")[2]))
        for key, wanted in (("2", "0.wav?covered=1"), ("1", "0.wav?covered=0")):
            review.press("Home", key, "Space")
            for _ in range(100):
                review.page.wait_for_timeout(50)
                if wanted in asked:
                    break
            assert wanted in asked
            review.press("Home")
        review.press("v")
        assert review.page.get_attribute("[data-focus=listen]", "aria-pressed") == "false"
        asked.clear()
        review.press("3", "Space")
        review.page.wait_for_timeout(600)
        assert not [each for each in asked if ".wav" in each]


def test_two_have_to_sign_where_two_were_asked_for(browser: Any, case: Path) -> None:
    released = case.parent / "clip-redacted.mp4"
    with browsing.reviewing(browser, case, "--second-reviewer", "--by", BY) as review:
        review.press("r")
        review.page.wait_for_selector("dialog[open]")
        assert "A second reviewer has to sign as well" in review.page.inner_text("dialog[open]")
        review.press("Enter")
        review.until("document.querySelector('#notice')?.textContent.startsWith('Signed. Now a second reviewer')")
        assert review.plan.review is not None and review.plan.second_review is None
        assert not released.exists()
    with browsing.reviewing(browser, case, "--second-reviewer", "--by", "S. Econd") as review:
        sign_and_release(review)
        plan = review.plan
    assert (plan.review and plan.review.by, plan.second_review and plan.second_review.by) == (BY, "S. Econd")
    assert released.exists()
