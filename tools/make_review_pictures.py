"""Make the pictures of docs/howto-review.md: the real page, over the demo clip, in a real browser.

    python tools/make_review_pictures.py                  write docs/images/review-*.jpg
    python tools/make_review_pictures.py --all FOLDER     every view at 1280 x 720 and 1920 x 1080, light and dark

Needs Chromium on the path and the packages of the test extra. The portrait in the clip is NASA's, in the public domain.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from PIL import Image

import unseen
from unseen.cli.demo_clip import RATE, make_clip
from unseen.core import Keyframe, Kind, Origin, Region, Track
from unseen.plan import Action, Decision, Plan, PlannedTrack

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "media"))
import browsing  # noqa: E402 - it drives the page in the tests, too

TARGET = ROOT / "docs" / "images"
MOST_BYTES = 130_000
SHOWN = ("doubt", "draw", "sign", "grid")  # in the guide
SIZES = ((1280, 720), (1920, 1080))
_GAP = (50, 66)  # frames in which the face is taken for not seen


def doubtful(plan: Plan) -> Plan:
    """The plan with a gap in the face's track, a cover on the flag and somebody from behind: what is to be judged."""
    (face,) = (p for p in plan.tracks if (p.track.best_score or 0) > 0.5)
    keys = tuple(
        replace(key, origin=Origin.BRIDGED, score=None) if _GAP[0] <= key.time * RATE < _GAP[1] else key
        for key in face.track.keyframes
    )
    times = [Fraction(n, RATE) for n in range(24, 60)]
    flag = tuple(Keyframe(time, Region(30 + n, 150, 56, 56), Origin.SEEN, 0.31) for n, time in enumerate(times))
    false = PlannedTrack(Track("face-2", Kind.FACE, flag), Decision(Action.COVER, "unseen", "covered by default"))
    walked = [Fraction(n, RATE) for n in range(10, 90)]
    behind = tuple(Keyframe(time, Region(20 + 6 * n, 120, 70, 220), Origin.SEEN, 0.8) for n, time in enumerate(walked))
    body = PlannedTrack(Track("body-3", Kind.BODY, behind), Decision(Action.COVER, "unseen", "covered by default"))
    return replace(plan, tracks=(replace(face, track=replace(face.track, keyframes=keys)), false, body))


def views_of_a_clip(browser: Any, folder: Path, **window: Any) -> Iterator[tuple[str, bytes]]:
    """Each view of the page over the demo clip, as PNG."""
    clip = folder / "demo.mp4"
    make_clip(clip)
    plan = unseen.find(clip, unseen.FindOptions(find="faces", audio="keep", by="desk"))
    case = browsing.write_case(folder, clip, doubtful(plan))
    with browsing.reviewing(browser, case, "--by", "R. Eviewer", **window) as review:
        yield "open", review.page.screenshot()
        review.press("n")
        review.until("document.querySelector('#inspector .why') !== null")
        review.page.wait_for_timeout(700)
        yield "doubt", review.page.screenshot()
        review.press("3")
        review.page.wait_for_timeout(700)
        yield "compare", review.page.screenshot()
        review.press("n", "x")
        review.until("document.querySelector('#notice')?.textContent.includes('Face 2')")
        review.page.wait_for_timeout(700)
        yield "dropped", review.page.screenshot()
        review.press("1", "Escape", "Home", "d")
        review.pull(_on_the_badge(review))
        review.until("document.querySelector('#inspector h3')?.textContent === 'New box'")
        yield "draw", review.page.screenshot()
        review.press("Escape", "n", "n", "Escape", ">", ">", "w")
        review.until("document.querySelector('#advice p').textContent.startsWith('Everything was looked at')")
        review.press("r")
        review.page.wait_for_selector("dialog[open]")
        yield "sign", review.page.screenshot()
        review.press("Escape", "?")
        review.page.wait_for_selector("dialog[open]")
        yield "keys", review.page.screenshot()
        review.press("Escape")
        yield from views_of_a_choice(review)


def views_of_a_choice(review: Any) -> Iterator[tuple[str, bytes]]:
    """One track in a style of its own, and what is asked before one person is kept."""
    review.page.click("#tab-tracks")
    review.page.click("#tracks .entry:has-text('Body')")
    review.unfold()
    review.page.select_option("#own-style", "mosaic")
    review.page.wait_for_selector("#inspector .warning")
    review.page.focus("#stage")
    review.press("2")
    review.page.wait_for_timeout(700)
    yield "style", review.page.screenshot()
    review.page.click("#tracks .entry:has-text('Face 1')")
    review.page.focus("#stage")
    review.press("1", "l")
    review.page.wait_for_selector("dialog[open] .meetings li")
    yield "only", review.page.screenshot()


def _on_the_badge(review: Any) -> tuple[float, float, float, float]:
    """A box in the clip's first picture, in the units of `pull`, whose picture is as large."""
    assert browsing.SIZE == (640, 360)
    return 250.0, 250.0, 90.0, 70.0


def view_of_a_folder(browser: Any, folder: Path, **window: Any) -> bytes:
    """The grid, as PNG."""
    photos = browsing.make_photos(folder / "photos", 17)
    with browsing.reviewing(browser, photos, "--by", "R. Eviewer", **window) as review:
        review.until("document.querySelectorAll('#grid .is-open').length >= 12", patience=180_000)
        review.press("ArrowRight", "Space", "ArrowRight", "Space")
        review.page.wait_for_timeout(1500)
        return bytes(review.page.screenshot())


def shoot(browser: Any, size: tuple[int, int], scheme: str) -> Iterator[tuple[str, bytes]]:
    """Every view at a size in a colour scheme."""
    window = {"viewport": {"width": size[0], "height": size[1]}, "color_scheme": scheme}
    with tempfile.TemporaryDirectory() as folder:
        yield from views_of_a_clip(browser, Path(folder), **window)
        yield "grid", view_of_a_folder(browser, Path(folder), **window)


def keep(name: str, png: bytes) -> None:
    """Write a picture of the guide. Raises SystemExit where it is too large for the repository."""
    with tempfile.SpooledTemporaryFile() as file:
        file.write(png)
        target = TARGET / f"review-{name}.jpg"
        Image.open(file).convert("RGB").save(target, quality=82, optimize=True)
    size = target.stat().st_size
    if size > MOST_BYTES:
        raise SystemExit(f"{target.name} has {size} bytes, more than {MOST_BYTES}")
    print(f"{target.name}: {size} bytes")


def main() -> None:
    """Shoot the pictures of the guide, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", type=Path)
    folder: Path | None = parser.parse_args().all
    with browsing.chromium() as browser:
        if folder is None:
            for name, png in shoot(browser, SIZES[0], "light"):
                if name in SHOWN:
                    keep(name, png)
            return
        folder.mkdir(parents=True, exist_ok=True)
        for size in SIZES:
            for scheme in ("light", "dark"):
                for name, png in shoot(browser, size, scheme):
                    (folder / f"{size[0]}-{scheme}-{name}.png").write_bytes(png)


if __name__ == "__main__":
    main()
