"""Saboteurs of check 7: sound where silence is planned."""

from __future__ import annotations

from pathlib import Path

import finished_media as made
import pytest

from unseen.plan import StreamAction
from unseen.verify import Status, audit

CONTAINERS = sorted(made.MUXERS)


def written(folder: Path, container: str, sound: str | None) -> Path:
    return made.write_clip(folder / "out", made.Clip(container, "vp9" if container == "webm" else "h264", sound=sound))


@pytest.mark.parametrize("container", CONTAINERS)
def test_silence_passes(tmp_path: Path, container: str) -> None:
    plan = made.plan_for(None, container=container, sound=StreamAction.SILENCE)
    report = audit(written(tmp_path, container, "silent"), plan, source=None)
    assert made.outcomes(report)[7].status is Status.PASSED
    assert "all silent" in made.outcomes(report)[7].detail


@pytest.mark.parametrize("container", CONTAINERS)
def test_a_tone_in_one_channel_is_found(tmp_path: Path, container: str) -> None:
    plan = made.plan_for(None, container=container, sound=StreamAction.SILENCE)
    report = audit(written(tmp_path, container, "left"), plan, source=None)
    assert made.failed_numbers(report) == [7]
    assert "a channel reaches 0." in made.outcomes(report)[7].detail


def test_kept_sound_names_who_decided(tmp_path: Path) -> None:
    plan = made.plan_for(None, sound=StreamAction.KEEP)
    found = made.outcomes(audit(written(tmp_path, "mp4", "left"), plan, source=None))[7]
    assert found.status is Status.PASSED
    assert found.detail.endswith("by decision of unseen")


def test_no_sound_planned_and_none_there_passes(tmp_path: Path) -> None:
    found = made.outcomes(audit(written(tmp_path, "mp4", None), made.plan_for(None), source=None))[7]
    assert (found.status, found.detail) == (Status.PASSED, "no sound is planned")


def test_a_silent_track_that_nobody_planned_is_found(tmp_path: Path) -> None:
    report = audit(written(tmp_path, "mp4", "silent"), made.plan_for(None), source=None)
    assert 7 in made.failed_numbers(report)


def test_a_planned_silent_track_without_a_sample_is_found(tmp_path: Path) -> None:
    report = audit(written(tmp_path, "mp4", None), made.plan_for(None, sound=StreamAction.SILENCE), source=None)
    assert "no sound could be decoded" in made.outcomes(report)[7].detail
