"""A reviewer at work: the real page in a real browser, over the real program, down to the finished file."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import browsing
import numpy as np
import pytest
from browsing import BY, FRAMES, RATE, Review, core_of, frames_of, left_face, patch, right_face, sign_and_release
from numpy.typing import NDArray

from unseen.core import Track
from unseen.plan import Action, Plan

pytestmark = browsing.needs_browser


@pytest.fixture
def case(footage: tuple[Path, Plan], tmp_path: Path) -> Path:
    """The plan of a clip whose right face was missed, and where a cover hides nothing."""
    return browsing.write_case(tmp_path, footage[0], browsing.spoilt(footage[1]))


def sound_of(path: Path) -> NDArray[np.float32]:
    with av.open(str(path)) as container:
        rate = container.streams.audio[0].rate
        parts = [frame.to_ndarray() for frame in container.decode(audio=0)]
    return np.abs(np.concatenate(parts, axis=1)).max(axis=0).reshape(-1)[: 2 * rate]


def covered_share(track: Track, place: Any) -> float:
    """The share of frames in which a track holds the whole face."""
    held = 0
    for n in range(FRAMES):
        x, y, width, height = core_of(place(n))
        region = _region_at(track, Fraction(n, RATE))
        if region is not None:
            grown = region.padded(0.2)
            held += (
                grown.x <= x + 2
                and grown.y <= y + 2
                and grown.right >= x + width - 2
                and grown.bottom >= y + height - 2
            )
    return held / FRAMES


def _region_at(track: Track, time: Fraction) -> Any:
    if not track.keyframes[0].time <= time <= track.keyframes[-1].time:
        return None
    after = next(i for i, k in enumerate(track.keyframes) if k.time >= time)
    end = track.keyframes[after]
    if after == 0 or end.time == time:
        return end.region
    begin = track.keyframes[after - 1]
    return begin.region.between(end.region, float((time - begin.time) / (end.time - begin.time)))


def test_a_clip_is_reviewed_from_the_first_doubt_to_the_release(browser: Any, case: Path) -> None:
    released = case.parent / "clip-redacted.mp4"
    with browsing.reviewing(browser, case) as review:
        drop_the_false_cover(review)
        draw_and_follow_the_missed_face(review)
        mute_a_stretch(review)
        take_back_and_do_again(review)
        before = review.plan
        review.kill()
    with browsing.reviewing(browser, case) as review:
        assert review.plan == before
        assert review.page.locator("[data-focus=undo]").is_enabled()
        watch_it(review)
        review.press("r")
        review.page.click("dialog[open] button.main")
        review.say(BY)
        review.page.wait_for_selector("dialog.good")
        assert "clip-redacted.mp4" in review.page.inner_text("dialog.good")
        plan = review.plan
    assert plan.review is not None
    assert plan.review.by == BY
    assert plan.review.looked is not None
    assert plan.review.looked.shown == FRAMES
    pictures = frames_of(released)
    assert len(pictures) == FRAMES
    for n in range(FRAMES):
        assert patch(pictures[n], core_of(left_face(n))).max() < 16, n
        assert patch(pictures[n], core_of(right_face(n))).max() < 16, n
    assert patch(pictures[25], (310, 290, 20, 20)).mean() > 80
    sound = sound_of(released)
    rate = len(sound) // 2
    assert sound[int(0.45 * rate) : int(0.9 * rate)].max() == 0
    assert sound[int(1.3 * rate) : int(1.8 * rate)].max() > 0.01


def drop_the_false_cover(review: Review) -> None:
    assert "doubtful place" in review.advice()
    review.press("n")
    review.until("document.querySelector('#inspector h3').textContent === 'Face 90'")
    review.press("x")
    review.say(BY)
    review.until("document.querySelector('#notice')?.textContent.includes('Face 90')")
    (dropped,) = (p for p in review.plan.tracks if p.track.id == "face-90")
    assert (dropped.decision.action, dropped.decision.by) == (Action.KEEP, BY)


def draw_and_follow_the_missed_face(review: Review) -> None:
    review.go(25)
    before = {p.track.id for p in review.plan.tracks}
    review.press("d")
    review.pull(core_of(right_face(25)))
    review.until("document.querySelector('#inspector h3').textContent === 'New box'")
    review.press("Enter")
    review.until("document.querySelector('#notice')?.textContent.includes('Followed')")
    (drawn,) = (p for p in review.plan.tracks if p.track.id not in before)
    assert (drawn.decision.action, drawn.decision.by, drawn.track.kind) == (Action.COVER, BY, "face")
    assert covered_share(drawn.track, right_face) >= 0.95


def watch_it(review: Review) -> None:
    """Go through every doubtful place, then play the rest, as the page asks for."""
    for _ in range(20):
        if "doubtful place" not in review.advice():
            break
        review.press("n")
        review.page.wait_for_timeout(150)
    review.press(">", "w")
    review.until("document.querySelector('#advice p').textContent.startsWith('Everything was looked at')")


def mute_a_stretch(review: Review) -> None:
    review.go(10)
    review.press("i")
    review.go(24)
    review.press("o", "m")
    review.until("document.querySelector('#tab-sound').getAttribute('aria-selected') === 'true'")
    (muted,) = review.plan.silences
    assert [float(muted.span.start), float(muted.span.end)] == pytest.approx([0.4, 1.0], abs=0.01)


def take_back_and_do_again(review: Review) -> None:
    with_it = review.plan
    review.press("Control+z")
    review.until("document.querySelector('#tab-sound .count').textContent === '0'")
    assert review.plan.silences == ()
    review.press("Control+Shift+z")
    review.until("document.querySelector('#tab-sound .count').textContent === '1'")
    assert review.plan.silences == with_it.silences


def test_one_person_is_kept_and_all_others_are_covered(
    browser: Any, footage: tuple[Path, Plan], tmp_path: Path
) -> None:
    case = browsing.write_case(tmp_path, *footage)
    (mine,) = (p.track.id for p in footage[1].tracks if browsing.near(p.track, left_face(0)))
    with browsing.reviewing(browser, case, "--by", BY) as review:
        review.go(5)
        x, y, width, height = core_of(left_face(5))
        review.page.mouse.click(*review.on_screen(x + width / 2, y + height / 2))
        review.press("l")
        review.say("asked for her own footage")
        review.until("document.querySelector('#inspector')?.textContent.includes('asked for her own footage')")
        decided = {p.track.id: p.decision for p in review.plan.tracks}
        assert decided[mine].action is Action.KEEP
        assert decided[mine].why == "asked for her own footage"
        assert all(d.action is Action.COVER for name, d in decided.items() if name != mine)
        sign_and_release(review)
    pictures = frames_of(tmp_path / "clip-redacted.mp4")
    original = frames_of(tmp_path / "clip.mp4")
    kept = [
        np.abs(patch(pictures[n], core_of(left_face(n))).astype(int) - patch(original[n], core_of(left_face(n)))).mean()
        for n in range(FRAMES)
    ]
    assert max(kept) < 8
    assert all(patch(pictures[n], core_of(right_face(n))).max() < 16 for n in range(FRAMES))


def test_a_box_is_drawn_and_pulled_with_the_keyboard_alone(browser: Any, case: Path) -> None:
    with browsing.reviewing(browser, case, "--by", BY) as review:
        before = {p.track.id for p in review.plan.tracks}
        review.press("d", "Enter", *["ArrowRight"] * 4, *["Control+ArrowUp"] * 3, *["Shift+ArrowDown"] * 2, "Enter")
        review.until("document.querySelector('#inspector select') !== null")
        review.page.select_option("#inspector select", "zone")
        review.page.focus("#stage")
        review.press("b")
        review.until("document.querySelector('#inspector h3')?.textContent.startsWith('Area')")
        (drawn,) = (p.track for p in review.plan.tracks if p.track.id not in before)
        region = drawn.keyframes[0].region
        assert (region.x, region.y, region.width, region.height) == (290 + 32, 150 - 3, 60, 76)
        assert (drawn.kind, float(drawn.span.start), float(drawn.span.end)) == ("zone", 0.0, (FRAMES - 1) / RATE)


def test_a_box_that_is_off_is_pulled_right_where_it_is_off(browser: Any, case: Path) -> None:
    with browsing.reviewing(browser, case, "--by", BY) as review:
        review.go(20)
        review.page.mouse.click(*review.on_screen(320, 300))
        review.until("document.querySelector('#inspector h3')?.textContent === 'Face 90'")
        review.pull((320, 300, 40, -20))
        review.until("document.querySelector('[data-focus=undo]').disabled === false")
        (moved,) = (p.track for p in review.plan.tracks if p.track.id == "face-90")
        (there,) = (k for k in moved.keyframes if k.time == Fraction(20, RATE))
        assert (there.region.x, there.region.y, there.origin) == (340, 260, "drawn") or there.region.x > 330


def test_somebody_elses_change_is_shown_and_never_overwritten(browser: Any, case: Path) -> None:
    with browsing.reviewing(browser, case, "--by", BY) as review:
        review.press("n")
        review.until("document.querySelector('#inspector h3')?.textContent === 'Face 90'")
        first = review.plan.tracks[0].track.id
        browsing.make.unseen("review", case, "--keep", first, "--because", "a poster", "--by", "desk")
        review.press("x")
        review.page.wait_for_selector("dialog[open]")
        said = review.page.inner_text("dialog[open]")
        assert "Somebody else changed this plan" in said
        assert "now stays visible (desk)" in said
        review.page.click("dialog[open] button.main")
        review.until("document.querySelector('#notice')?.textContent.includes('Face 90')")
        decided = {p.track.id: p.decision for p in review.plan.tracks}
        assert (decided[first].action, decided[first].by) == (Action.KEEP, "desk")
        assert decided["face-90"].action is Action.KEEP


def test_a_failed_release_leads_back_to_the_frame(browser: Any, case: Path) -> None:
    """The right face is in no track: the second detector sees it in the finished file, and nothing is released."""
    with browsing.reviewing(browser, case, "--by", BY) as review:
        review.press("r")
        review.page.wait_for_selector("dialog[open]")
        review.press("Enter")
        review.page.wait_for_selector("#notice.bad")
        review.until("document.querySelector('#inspector .why')?.textContent.startsWith('A second detector saw this')")
        frame = int(review.page.get_attribute("#lanes", "aria-valuenow"))
        (chosen,) = (p.track for p in review.plan.tracks if p.track.id.startswith("second-look-"))
        assert chosen.keyframes[0].time <= Fraction(frame, RATE) <= chosen.keyframes[-1].time
        assert near_at(chosen, frame)
    assert not (case.parent / "clip-redacted.mp4").exists()


def near_at(track: Track, frame: int) -> bool:
    """Whether a track lies on the right face in a frame."""
    x, y, width, height = core_of(right_face(frame))
    region = _region_at(track, Fraction(frame, RATE))
    return region is not None and region.overlap(type(region)(x, y, width, height)) > width * height / 4


def test_a_track_is_split_joined_trimmed_and_renamed_and_covers_get_another_colour(browser: Any, case: Path) -> None:
    with browsing.reviewing(browser, case, "--by", BY) as review:
        review.page.click("#tab-tracks")
        review.page.click("#tracks .entry:has-text('Face 90')")
        review.page.focus("#stage")
        review.go(30)
        known = {p.track.id for p in review.plan.tracks}
        review.press("]")
        review.until("document.querySelector('#inspector .facts').textContent.startsWith('0:00.40 to 0:01.20')")
        review.go(20)
        review.press("s")
        review.until("document.querySelectorAll('#tracks .entry').length === 3")
        parts = [p.track for p in review.plan.tracks if p.track.id not in known or p.track.id == "face-90"]
        assert sorted(float(part.span.start) for part in parts) == pytest.approx([0.4, 0.8], abs=0.05)
        for n, part in enumerate(parts):
            name = f"Face {part.id.rpartition('-')[2]}"
            review.page.click(
                f"#tracks .entry:has(b:text-is('{name}'))", **({"modifiers": ["ControlOrMeta"]} if n else {})
            )
        review.page.focus("#stage")
        review.press("j")
        review.until("document.querySelectorAll('#tracks .entry').length === 2")
        (joined,) = (p.track for p in review.plan.tracks if not browsing.near(p.track, left_face(0)))
        assert [float(joined.span.start), float(joined.span.end)] == pytest.approx([0.4, 1.2], abs=0.05)
        review.page.click(f"#tracks .entry:has(b:text-is('Face {joined.id.rpartition('-')[2]}'))")
        review.unfold()
        review.page.select_option("#kind", "plate")
        review.until("document.querySelector('#inspector h3').textContent.startsWith('Plate')")
        review.page.focus("#stage")
        review.press("y")
        review.page.fill("dialog[open] input[type=color]", "#336699")
        review.page.click("dialog[open] button.main")
        review.page.wait_for_selector("dialog[open]", state="detached")
        review.until("document.querySelector('[data-focus=undo]').disabled === false")
        review.page.wait_for_timeout(300)
        assert review.plan.cover.colour == "#336699"
        assert {p.track.kind for p in review.plan.tracks} == {"face", "plate"}
