"""How quickly the review's page answers, measured in the browser: first picture, steps, jumps, a grid of many photos.

    python benchmarks/review_page.py CLIP [--photos 10000]

Needs Chromium on the path and the packages of the test extra. The clip's plan is made empty: nothing is looked for.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "media"))
import browsing
import reviewing

from unseen.plan import dumps

STEPS = 60
JUMPS = 20
_STEP = """async (key) => {
  const stage = document.querySelector('#stage');
  const before = stage.dataset.frame;
  const start = performance.now();
  window.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
  while (stage.dataset.frame === before) await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""
_JUMP = """async (share) => {
  const stage = document.querySelector('#stage');
  const lanes = document.querySelector('#lanes');
  const before = stage.dataset.frame;
  const box = lanes.getBoundingClientRect();
  const at = {clientX: box.left + 110 + share * (box.width - 130), clientY: box.top + 8, bubbles: true, pointerId: 1};
  const start = performance.now();
  lanes.setPointerCapture = () => {};
  lanes.dispatchEvent(new PointerEvent('pointerdown', {...at, button: 0, buttons: 1}));
  lanes.dispatchEvent(new PointerEvent('pointerup', at));
  const wanted = lanes.getAttribute('aria-valuenow');
  while (stage.dataset.frame !== wanted) await new Promise(requestAnimationFrame);
  return wanted === before ? null : performance.now() - start;
}"""
_SCROLL = """async (seconds) => {
  const grid = document.querySelector('#grid');
  const gaps = [];
  const start = await new Promise(requestAnimationFrame);
  let before = start;
  while (before - start < seconds * 1000) {
    grid.scrollTop += 120;
    const now = await new Promise(requestAnimationFrame);
    gaps.push(now - before);
    before = now;
  }
  return {gaps: gaps.slice(1), nodes: document.querySelectorAll('*').length, top: grid.scrollTop,
          heap: performance.memory?.usedJSHeapSize ?? 0};
}"""


def told(name: str, milliseconds: list[float]) -> None:
    """Print the median, the 95th percentile and the worst."""
    ordered = sorted(milliseconds)
    late = ordered[int(0.95 * (len(ordered) - 1))]
    print(f"{name}: median {statistics.median(ordered):.0f} ms, 95 % {late:.0f} ms, worst {ordered[-1]:.0f} ms")


def steps(browser: Any, clip: Path, folder: Path) -> None:
    """First picture, steps of one frame either way, and jumps on the timeline."""
    case = folder / "clip"
    case.mkdir()
    (case / clip.name).symlink_to(clip.resolve())
    plan = case / "clip.plan.json"
    plan.write_bytes(dumps(reviewing.plan_of(clip)))
    with browsing.serving(plan, "--source", str(clip)) as (_, link):
        page = browser.new_context(viewport={"width": 1920, "height": 1080}).new_page()
        start = time.perf_counter()
        page.goto(link)
        page.wait_for_selector("#stage[data-frame]")
        print(f"{clip.name}: first picture after {time.perf_counter() - start:.2f} s")
        told("one frame on", [page.evaluate(_STEP, "ArrowRight") for _ in range(STEPS)])
        told("one frame back", [page.evaluate(_STEP, "ArrowLeft") for _ in range(STEPS // 2)])
        jumps = [page.evaluate(_JUMP, (n * 0.37) % 1) for n in range(1, JUMPS + 1)]
        told("a jump on the timeline", [jump for jump in jumps if jump is not None])


def grid(browser: Any, count: int, folder: Path) -> None:
    """Scrolling through many photos whose plans are there."""
    photos = folder / "photos"
    photos.mkdir()
    first = browsing.make_photos(folder / "one", 1) / "photo-00.jpg"
    plan = dumps(reviewing.plan_of(first))
    plans = folder / "photos-redacted"
    plans.mkdir()
    for n in range(count):
        os.link(first, photos / f"photo-{n:05}.jpg")
        (plans / f"photo-{n:05}.jpg.plan.json").write_bytes(plan)
    with browsing.serving(photos) as (_, link):
        page = browser.new_context(viewport={"width": 1920, "height": 1080}).new_page()
        start = time.perf_counter()
        page.goto(link)
        page.wait_for_selector("#grid img")
        print(f"{count} photos: first picture after {time.perf_counter() - start:.2f} s")
        said = page.evaluate(_SCROLL, 8)
        told(f"between two pictures of the screen while scrolling ({len(said['gaps'])} of them)", said["gaps"])
        print(f"elements: {said['nodes']}; heap: {said['heap'] / 1e6:.0f} MB; scrolled {said['top']} pixels")


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--photos", type=int, default=10_000)
    given = parser.parse_args()
    with browsing.chromium() as browser, tempfile.TemporaryDirectory() as folder:
        steps(browser, given.clip, Path(folder))
        grid(browser, given.photos, Path(folder))


if __name__ == "__main__":
    main()
