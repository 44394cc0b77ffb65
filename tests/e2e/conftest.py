"""What every test that drives the page shares: a browser, and footage with two faces that was looked at once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import browsing
import pytest

from unseen.plan import Plan


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium. For one module only: its driver keeps an event loop, and others want theirs."""
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed: the review is not driven")
    with browsing.chromium() as started:
        yield started


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Plan]:
    """A clip, and what was found in it."""
    clip = browsing.make_footage(tmp_path_factory.mktemp("footage") / "clip.mp4")
    return clip, browsing.look(clip)
