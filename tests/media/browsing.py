"""A real review in a real browser: footage with faces at known places, the program serving it, Chromium showing it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import make
import numpy as np
import pytest
from numpy.typing import NDArray

import unseen
from unseen.core import Keyframe, Kind, Origin, Region, Track
from unseen.plan import Action, Decision, Plan, PlannedTrack, dumps, read_plan

CHROMIUM = shutil.which("chromium")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
AXE = Path(__file__).resolve().parents[1] / "page" / "node_modules" / "axe-core" / "axe.min.js"
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the path: the review is not driven")
needs_axe = pytest.mark.skipif(
    not AXE.exists(), reason="no axe-core: `npm ci --prefix tests/page` fetches it; accessibility is not checked"
)

SIZE = (640, 360)
FRAMES = 50
RATE = 25
BY = "R. Eviewer"
_PATIENCE = 30_000  # milliseconds: other tests may have the processor


def left_face(n: int) -> tuple[int, int]:
    """Where the left face's picture begins in frame n; it moves to the right."""
    return 60 + n, 60


def right_face(n: int) -> tuple[int, int]:
    """Where the right face's picture begins in frame n; it moves down."""
    return 440, 90 + 2 * n


FACE = (100, 118)  # size of a pasted picture of a face
CORE = (28, 24, 46, 60)  # what of it is the face itself: x, y, width, height


def core_of(corner: tuple[int, int]) -> tuple[int, int, int, int]:
    """The face itself, x, y, width, height, of a picture that begins at this corner."""
    return corner[0] + CORE[0], corner[1] + CORE[1], CORE[2], CORE[3]


def portrait() -> NDArray[np.uint8]:
    """A real face: NASA's, in the public domain, as scikit-image carries it."""
    import cv2
    from skimage import data

    return np.asarray(cv2.resize(data.astronaut()[24:220, 142:308], FACE, interpolation=cv2.INTER_AREA), np.uint8)


def make_footage(path: Path) -> Path:
    """Two seconds with two faces that move, before a quiet wall, and a tone."""
    face = portrait()
    rng = np.random.default_rng(7)
    wall = np.repeat(np.repeat(rng.integers(96, 150, (18, 32, 3), np.uint8), 20, axis=0), 20, axis=1)

    def paint(number: int, rgb: NDArray[np.uint8]) -> None:
        rgb[:] = wall
        for x, y in (left_face(number), right_face(number)):
            rgb[y : y + FACE[1], x : x + FACE[0]] = face

    clip = make.Clip(
        size=SIZE, ticks=range(FRAMES), tick=Fraction(1, RATE), paint=paint, sounds=(make.Sound(seconds=FRAMES / RATE),)
    )
    return make.write_clip(path, clip)


def look(clip: Path) -> Plan:
    """The plan of the footage with its two faces and nothing else, in which sound may be heard."""
    plan = unseen.find(clip, unseen.FindOptions(find="faces", audio="keep", by=BY))
    faces = tuple(p for p in plan.tracks if near(p.track, left_face(0)) or near(p.track, right_face(0)))
    return replace(plan, tracks=tuple(p for p in faces if (p.track.best_score or 0) > 0.5))


def near(track: Track, corner: tuple[int, int]) -> bool:
    """Whether a track begins at a face."""
    x, y, width, height = core_of(corner)
    middle = track.keyframes[0].region.centre
    return abs(middle[0] - x - width / 2) < 40 and abs(middle[1] - y - height / 2) < 40


def spoilt(plan: Plan) -> Plan:
    """The plan without the right face, and with a cover that hides nothing."""
    (kept,) = (p for p in plan.tracks if near(p.track, left_face(0)))
    times = [Fraction(n, RATE) for n in range(10, 40)]
    frames = tuple(Keyframe(time, Region(300, 280, 40, 40), Origin.SEEN, 0.31) for time in times)
    nothing = PlannedTrack(Track("face-90", Kind.FACE, frames), Decision(Action.COVER, "unseen", "covered by default"))
    return replace(plan, tracks=(kept, nothing))


@dataclass
class Review:
    """A running `unseen review` and the page that shows it."""

    folder: Path
    process: subprocess.Popen[str]
    page: Any
    plan_path: Path

    @property
    def plan(self) -> Plan:
        """The plan as it is on the disk now."""
        return read_plan(self.plan_path.read_bytes())

    def kill(self) -> None:
        """End the program as a crash would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def advice(self) -> str:
        """What the page says to do next."""
        return str(self.page.inner_text("#advice p"))

    def until(self, condition: str, patience: int = _PATIENCE) -> None:
        """Wait until an expression is true in the page, whose policy forbids the driver to wait there itself."""
        for _ in range(patience // 50):
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never true: {condition}; the page says: {self.advice()}")

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def say(self, text: str) -> None:
        """Answer the question that is open."""
        self.page.wait_for_selector("dialog[open] input")
        self.page.fill("dialog[open] input", text)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("dialog[open]", state="detached")

    def unfold(self) -> None:
        """Show all that can be done to what is chosen."""
        if not self.page.evaluate("document.querySelector('#inspector details').open"):
            self.page.click("#inspector summary")

    def go(self, frame: int) -> None:
        """Step to a frame of the clip and wait for its picture."""
        self.press("Home", *["Shift+ArrowRight"] * (frame // RATE), *["ArrowRight"] * (frame % RATE))
        self.until(f"document.querySelector('#stage').dataset.frame === '{frame}'")

    def on_screen(self, x: float, y: float) -> tuple[float, float]:
        """Where a pixel of the picture is in the window, while the whole picture is shown."""
        box = self.page.locator("#stage").bounding_box()
        scale = min(box["width"] / SIZE[0], box["height"] / SIZE[1])
        left = box["x"] + (box["width"] - SIZE[0] * scale) / 2
        top = box["y"] + (box["height"] - SIZE[1] * scale) / 2
        return left + x * scale, top + y * scale

    def pull(self, box: tuple[float, float, float, float]) -> None:
        """Pull a box over the picture with the pointer."""
        mouse = self.page.mouse
        mouse.move(*self.on_screen(box[0], box[1]))
        mouse.down()
        mouse.move(*self.on_screen(box[0] + box[2] / 2, box[1] + box[3] / 2))
        mouse.move(*self.on_screen(box[0] + box[2], box[1] + box[3]))
        mouse.up()

    def saved(self, condition: Any) -> Plan:
        """The plan, once it is as asked: the page was answered before, so it is at once."""
        plan = self.plan
        assert condition(plan), plan.tracks
        return plan


def frames_of(path: Path) -> list[NDArray[np.uint8]]:
    """Every picture of a clip, as red, green, blue."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def patch(picture: NDArray[np.uint8], box: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """What of a picture is in a box."""
    x, y, width, height = box
    return picture[y : y + height, x : x + width]


def sign_and_release(review: Review) -> None:
    """Sign and release, and wait until it is."""
    review.press("r")
    review.page.wait_for_selector("dialog[open]")
    review.press("Enter")
    review.page.wait_for_selector("dialog.good")


@contextlib.contextmanager
def serving(target: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`unseen review` as a process of its own, and its link."""
    command = [sys.executable, "-m", "unseen", "review", str(target), "--no-browser", "--find", "faces", *arguments]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        said = ""
        link = None
        while link is None:
            line = process.stdout.readline()
            said += line
            assert line, f"the review ended: {said}"
            link = re.search(r"http://127\.0\.0\.1:\d+/open#\S+", line)
        yield process, link[0]
    finally:
        process.terminate()
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()


@contextlib.contextmanager
def reviewing(browser: Any, target: Path, *arguments: str, **context: Any) -> Iterator[Review]:
    """A review of a file, open in a new window of the browser. Any error of the page fails the test."""
    wrong: list[str] = []
    with serving(target, *arguments) as (process, link):
        window = browser.new_context(**{"viewport": {"width": 1280, "height": 720}, "locale": "en-GB", **context})
        page = window.new_page()
        page.set_default_timeout(_PATIENCE)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None)
        try:
            page.goto(link)
            page.wait_for_selector("#stage[data-frame], #grid .entry")
            folder = target if target.is_dir() else target.parent
            yield Review(folder, process, page, target)
        finally:
            window.close()
    assert wrong == []


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """A browser for the tests of a module."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield started
        started.close()


def make_photos(folder: Path, count: int) -> Path:
    """A folder of photos with the portrait in every other one."""
    from PIL import Image

    folder.mkdir()
    face = portrait()
    for number in range(count):
        photo = np.full((300, 400, 3), 90 + number * 5 % 90, np.uint8)
        if number % 2 == 0:
            photo[60 : 60 + FACE[1], 120 : 120 + FACE[0]] = face
        Image.fromarray(photo).save(folder / f"photo-{number:02}.jpg", quality=92)
    return folder


def write_case(folder: Path, clip: Path, plan: Plan) -> Path:
    """A folder with the footage and its plan; gives the plan's path."""
    shutil.copy(clip, folder / "clip.mp4")
    path = folder / "clip.plan.json"
    path.write_bytes(dumps(plan))
    return path
