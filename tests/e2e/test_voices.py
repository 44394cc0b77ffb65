"""The sound of whole files: speech gone and the rest kept, stretches muted by hand, disguise called what it is."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from make import scene, unseen
from recordings import heard, noise, offset, write_recording
from speaking import speaking

from unseen import hearing
from unseen.plan import read_plan

RATE = 48_000
NAMES = ["a.wav", "a.flac", "a.mp3", "a.m4a", "a.opus"]


def talk(channels: int = 2) -> np.ndarray:
    """Nine seconds of soft noise; somebody speaks from 4.5 to 5.5 s, in the last channel only."""
    samples = 0.1 * noise(9, channels)
    samples[-1, int(4.5 * RATE) : int(5.5 * RATE)] += speaking(1, RATE)
    return samples


@pytest.mark.parametrize("name", NAMES)
def test_speech_goes_and_the_rest_stays(tmp_path: Path, name: str) -> None:
    source, out = write_recording(tmp_path / name, talk()), tmp_path / "out" / name
    said = unseen("redact", source, "-o", out, "--audio", "keep-ambient", "--by", "desk", "--json")
    assert said.code == 0, said
    record = json.loads(out.with_name(f"{name}.record.json").read_text())
    (silence,) = (each for each in record["plan"]["silences"] if each["score"] > 0.5)  # noise may count, too, with less
    assert silence["id"].startswith("voice-")
    start, end = Fraction(silence["span"]["start"]), Fraction(silence["span"]["end"])
    assert 2.5 < start < 4.6 and 5.4 < end < 7.9
    before, after = heard(source)[0], heard(out)[0]
    assert np.abs(after[:, int(start * RATE) : int(end * RATE)]).max() <= 1e-4
    assert np.abs(before[1, int(start * RATE) : int(end * RATE)]).max() > 0.2
    assert offset(before, after) == 0
    kept = slice(int(8.0 * RATE), int(8.8 * RATE))
    if name in ("a.wav", "a.flac"):
        assert np.array_equal(before[:, kept], after[:, kept])
    assert np.abs(before[:, kept] - after[:, kept]).mean() < 0.2 * np.abs(before[:, kept]).mean()
    assert record["standing"] == "covered"
    assert any("far from the microphone" in spot["what"] for spot in record["plan"]["blind_spots"])
    assert any(m["name"] == "silero-vad" for m in record["plan"]["models"])


def test_an_audible_silence_is_withheld(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, out = write_recording(tmp_path / "a.wav", talk()), tmp_path / "out.wav"
    monkeypatch.setattr(hearing, "hush", lambda block, *_: block)
    said = unseen("redact", source, "-o", out, "--audio", "keep-ambient")
    assert said.code == 5
    assert "check 7" in said.err
    assert not out.exists()


def test_silence_in_one_channel_only_is_withheld(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, out = write_recording(tmp_path / "a.wav", talk()), tmp_path / "out.wav"
    real = hearing.hush

    def half(block, *rest):  # type: ignore[no-untyped-def]
        quiet = real(block, *rest)
        quiet.samples[0] = block.samples[0]
        return quiet

    monkeypatch.setattr(hearing, "hush", half)
    assert unseen("redact", source, "-o", out, "--audio", "keep-ambient").code == 5


def test_a_stretch_muted_by_hand_is_a_persons_decision(tmp_path: Path) -> None:
    source, out = write_recording(tmp_path / "a.flac", noise(4)), tmp_path / "out.flac"
    flags = ("--audio", "keep", "--mute", "00:01-00:01.5", "--mute", "3-9", "--by", "desk")
    said = unseen("redact", source, "-o", out, *flags)
    assert said.code == 0, said
    plan = read_plan(json.dumps(json.loads((tmp_path / "out.flac.record.json").read_text())["plan"]).encode())
    assert [(s.id, s.decision.by, s.score) for s in plan.silences] == [
        ("mute-1", "desk", None),
        ("mute-2", "desk", None),
    ]
    after = heard(out)[0]
    assert not after[:, RATE : int(1.5 * RATE) + 1].any() and not after[:, 3 * RATE :].any()
    assert np.array_equal(
        after[:, int(1.6 * RATE) : int(2.9 * RATE)], heard(source)[0][:, int(1.6 * RATE) : int(2.9 * RATE)]
    )
    assert unseen("redact", source, "-o", out, *flags, "--resume").out.count("released already") == 1
    assert unseen("redact", source, "-o", out, "--audio", "keep", "--mute", "1-2", "--resume").code == 2


@pytest.mark.parametrize(
    ("flags", "said"),
    [(("--mute", "1-2"), "keeps none"), (("--audio", "keep", "--mute", "2-1"), "ends before it starts"),
     (("--audio", "keep", "--mute", "x"), "no stretch"), (("--audio", "keep", "--mute", "50-60"), "lies outside")],
)  # fmt: skip
def test_stretches_that_mean_nothing_are_wrong_use(tmp_path: Path, flags: tuple[str, ...], said: str) -> None:
    source = write_recording(tmp_path / "a.wav", noise(1))
    found = unseen("redact", source, "-o", tmp_path / "out.wav", *flags)
    assert (found.code, said in found.err) == (2, True), found


def test_a_person_can_keep_what_was_said(tmp_path: Path) -> None:
    source, plan, out = write_recording(tmp_path / "a.wav", talk()), tmp_path / "plan.json", tmp_path / "out.wav"
    assert unseen("find", source, "-o", plan, "--audio", "keep-ambient").code == 0
    assert "voice-1" in unseen("inspect", source, "--audio", "keep-ambient").out
    assert unseen("review", plan, "--keep", "voice-9", "--because", "x").code == 2
    voices = [each.id for each in read_plan(plan.read_bytes()).silences]
    asked = [word for voice in voices for word in ("--keep", voice)]
    assert unseen("review", plan, *asked, "--because", "her own words", "--by", "desk").code == 0
    assert "stays audible by decision" in unseen("review", plan, "--list").out
    assert unseen("apply", plan, source, "-o", out).code == 0
    assert np.array_equal(heard(source)[0], heard(out)[0])
    record = json.loads((tmp_path / "out.wav.record.json").read_text())
    assert any("kept audible by decision: voice-1" in reason["says"] for reason in record["reasons"])


def test_a_disguise_is_offered_with_its_figure_and_protects_nobody(tmp_path: Path) -> None:
    source, out = write_recording(tmp_path / "a.wav", talk()), tmp_path / "out.wav"
    said = unseen("redact", source, "-o", out, "--audio", "disguise", "--mute", "0-1")
    assert said.code == 0, said
    assert "4.5 %" in said.err and "4.6 %" in said.err
    record = json.loads((tmp_path / "out.wav.record.json").read_text())
    assert record["standing"] == "covered"
    assert any("4.5 %" in reason["says"] for reason in record["reasons"])
    before, after = heard(source)[0], heard(out)[0]
    assert before.shape == after.shape
    assert not after[:, :RATE].any()
    spoken = slice(int(2.6 * RATE), int(3.4 * RATE))
    change = np.abs(np.abs(np.fft.rfft(before[1, spoken])) - np.abs(np.fft.rfft(after[1, spoken]))).mean()
    assert change > 0.2 * np.abs(np.fft.rfft(before[1, spoken])).mean()
    loud = np.sqrt((after[1, spoken] ** 2).mean() / (before[1, spoken] ** 2).mean())
    assert 0.3 < loud < 3


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm", ".avi", ".ts"])
def test_in_a_clip_speech_goes_and_the_rest_stays_in_time(tmp_path: Path, suffix: str) -> None:
    source = _with_sound(tmp_path / "clip.mkv", talk())
    out = tmp_path / f"out{suffix}"
    said = unseen("redact", source, "-o", out, "--audio", "keep-ambient", "--mute", "5-5.5")
    assert said.code == 0, said
    record = json.loads(out.with_name(f"{out.name}.record.json").read_text())
    assert {"mute-1", "voice-1"} <= {s["id"] for s in record["plan"]["silences"]}
    before, _, start = heard(source)
    after, _, shown = heard(out)
    if suffix == ".avi":  # which cannot say that an MP3 encoder's and decoder's lead-in is none of the sound
        assert (offset(before, after), shown, start) == (1105, 0, 0)
        return
    first = _first_picture(out) - _first_picture(source)
    assert offset(before, after) + (shown - start - first) * RATE == 0


def _with_sound(path: Path, samples: np.ndarray) -> Path:
    with path.open("wb") as file, av.open(file, "w", format="matroska") as container:
        video = container.add_stream("libx264", rate=10, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = 96, 64, "yuv420p"
        sound = container.add_stream("flac", rate=RATE, layout="stereo")
        for number in range(60):
            frame = av.VideoFrame.from_ndarray(scene(number), format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 10)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        for at in range(0, samples.shape[1], 4000):
            block = np.ascontiguousarray((samples[:, at : at + 4000].T * 32_767).astype(np.int16).reshape(1, -1))
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
            container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    return path


def _first_picture(path: Path) -> Fraction:
    with path.open("rb") as file, av.open(file) as container:
        frame = next(container.decode(video=0))
        assert frame.pts is not None and frame.time_base is not None
        return frame.pts * frame.time_base
