"""The sound of a file in review: in pieces, at their times, silent where it will be, the same from the middle."""

import io
import wave
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from make import Clip, Sound, write_clip, write_photo
from numpy.typing import NDArray
from reviewing import Browser, place_of, review

from unseen.media import Limits, open_media
from unseen.plan import StreamAction
from unseen.review.listening import PIECE, Heard

SECONDS = 14


def clip(path: Path, **more: object) -> Path:
    return write_clip(path, Clip(ticks=range(SECONDS * 10), sounds=(Sound(seconds=SECONDS, **more),)))  # type: ignore[arg-type]


def heard(data: bytes) -> tuple[NDArray[np.float64], int]:
    with wave.open(io.BytesIO(data)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())
        return samples.T / 32767, file.getframerate()


def piece(browser: Browser, number: int, covered: int) -> tuple[NDArray[np.float64], int]:
    answer = browser.get(f"/api/files/f1/sound/{number}.wav?covered={covered}")
    assert (answer.status, answer.headers["content-type"]) == (200, "audio/wav")
    assert answer.headers["cache-control"] == "no-store"
    return heard(answer.body)


def test_what_is_muted_is_silent_as_released_and_heard_as_it_is(tmp_path: Path) -> None:
    place = place_of(clip(tmp_path / "clip.mp4"), sound=StreamAction.KEEP)
    with review(place, by="R") as (_, browser):
        document = browser.document()
        browser.edit(document, do="mute", start=5.0, end=6.0)
        before, rate = piece(browser, 1, 0)
        after, _ = piece(browser, 1, 1)
    assert before.shape == after.shape == (2, PIECE * rate)
    inside = slice(rate, 2 * rate)  # of the piece from 4 to 8 seconds
    assert np.abs(before[:, inside]).max() > 0.01
    assert np.abs(after[:, inside]).max() == 0
    assert np.array_equal(before[:, 3 * rate :], after[:, 3 * rate :])


def test_nothing_is_heard_as_released_where_all_is_silenced(tmp_path: Path) -> None:
    with review(place_of(clip(tmp_path / "clip.mp4")), by="R") as (_, browser):
        assert browser.document()["silenced"] is True
        assert np.abs(piece(browser, 0, 1)[0]).max() == 0
        assert np.abs(piece(browser, 0, 0)[0]).max() > 0.01


def test_a_photo_has_none_and_the_past_of_the_end_is_silent(tmp_path: Path) -> None:
    with review(place_of(write_photo(tmp_path / "a.png")), by="R") as (_, browser):
        browser.document()
        assert browser.document()["silenced"] is False
        assert browser.get("/api/files/f1/sound/0.wav").status == 404
    with review(place_of(clip(tmp_path / "clip.mp4")), by="R") as (_, browser):
        browser.document()
        assert np.abs(piece(browser, 50, 0)[0]).max() == 0
        assert browser.get("/api/files/f1/sound/99999999.wav").status == 400


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".avi", ".webm"])
def test_a_piece_from_the_middle_is_that_of_a_whole_pass(tmp_path: Path, suffix: str) -> None:
    codec = "vp8" if suffix == ".webm" else "h264"
    sounds = (Sound(seconds=SECONDS),)
    path = write_clip(tmp_path / f"clip{suffix}", Clip(codec, ticks=range(SECONDS * 10), sounds=sounds))
    with open_media(path) as reader:
        assert reader.main_audio is not None
        whole = list(reader.sound(reader.main_audio))
        rate = whole[0].rate
        line = np.zeros((2, (SECONDS + 1) * rate))
        for block in whole:
            at = round(block.time * rate)
            part = block.samples[:, max(0, -at) :]
            line[:, max(0, at) : max(0, at) + part.shape[1]] = part
        started = next(reader.sound(reader.main_audio, Fraction(9))).time
        assert started <= 9
        assert suffix == ".avi" or started > 7  # it was sought, not counted through
    pieces = Heard(path, Limits())
    for number in (2, 0, 1, 2):
        found, _ = heard(pieces.piece(Fraction(PIECE * number), ()))
        first = PIECE * number * rate
        lags = range(-rate // 900, rate // 900) if first else range(1)  # Matroska counts milliseconds
        apart = [
            np.abs(found[:, 99:-99] - line[:, first + 99 + lag : first + len(found[0]) - 99 + lag]) for lag in lags
        ]
        assert min(each.max() for each in apart) < 2e-3, number
    pieces.close()


def test_pieces_of_another_moment_are_told_apart(tmp_path: Path) -> None:
    """The comparison above is worth something: the same sound a fiftieth of a second later is another one."""
    pieces = Heard(clip(tmp_path / "clip.mp4"), Limits())
    one, _ = heard(pieces.piece(Fraction(PIECE), ()))
    other, _ = heard(pieces.piece(PIECE + Fraction(1, 51), ()))
    pieces.close()
    assert np.abs(one - other).max() > 0.02
