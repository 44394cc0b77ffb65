"""How much speech `--audio keep-ambient` leaves, and how much of everything else it keeps, in noise like a street's.

    python benchmarks/speech.py FOLDER [--levels 0 5 10 15 20] [--gap 4]

FOLDER holds recordings of speech without much noise. For each level (speech over noise, in dB, by their powers while
somebody speaks) all of them are laid, with gaps, into noise made here: traffic as filtered noise with slow swells,
mains hum, engines passing, a horn now and then. The mix goes through the whole program as a WAV file. Truth is another
detector's (WebRTC's, mode 3) word on the clean speech, within 30 dB of its loudest frame. Needs webrtcvad-wheels.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import webrtcvad
from numpy.typing import NDArray

import unseen
from unseen.options import Audio

RATE = 16_000
FRAME = RATE // 50
"""Samples of a frame of truth, 20 ms."""
QUIET = 30.0
"""dB under a recording's loudest frame below which a frame is no speech, whatever the other detector says."""

Sound = NDArray[np.float64]


def read(path: Path) -> Sound:
    """A recording as one channel of RATE samples a second."""
    with path.open("rb") as file, av.open(file) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        blocks = [b.to_ndarray()[0] for frame in container.decode(audio=0) for b in resampler.resample(frame)]
        blocks += [b.to_ndarray()[0] for b in resampler.resample(None)]
    return np.concatenate(blocks).astype(np.float64)


def street(count: int, seed: int) -> Sound:
    """Noise like a street's, root mean square 1."""
    rng = np.random.default_rng(seed)
    seconds = np.arange(count) / RATE
    spectrum = np.fft.rfft(rng.standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    traffic = np.fft.irfft(spectrum / np.sqrt(1 + (hertz / 200) ** 2) / (1 + (hertz / 3000) ** 2), count)
    swell = 1 + 0.5 * np.sin(2 * np.pi * seconds / 11) * np.sin(2 * np.pi * seconds / 7.3)
    noise = traffic / traffic.std() * swell
    noise += 0.1 * sum(np.sin(2 * np.pi * 50 * n * seconds) / n for n in (1, 2, 3, 5, 7))
    for start in rng.uniform(0, seconds[-1], max(1, round(seconds[-1] / 15))):
        away = (seconds - start) / 2.5
        pitch = 2 * np.pi * np.cumsum(rng.uniform(60, 140) * (1.1 - 0.15 * np.tanh(away))) / RATE
        engine = sum(np.sin(n * pitch + rng.uniform(0, 6)) / n**0.7 for n in range(1, 14))
        noise += rng.uniform(0.4, 1.2) * engine / 2 * np.exp(-(away**2))
    for start in rng.uniform(0, seconds[-1], max(1, round(seconds[-1] / 60))):
        on = (seconds > start) & (seconds < start + 0.4)
        noise += 0.8 * on * (np.sign(np.sin(2 * np.pi * 415 * seconds)) + np.sign(np.sin(2 * np.pi * 349 * seconds)))
    return noise / noise.std()


def speech_frames(sound: Sound) -> NDArray[np.bool_]:
    """Which frames hold speech, by the other detector and by loudness."""
    detector = webrtcvad.Vad(3)
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME)
    loud = np.sqrt((frames**2).mean(axis=1))
    coded = (np.clip(frames / np.abs(frames).max(), -1, 1) * 32_767).astype("<i2")
    said = np.array([detector.is_speech(frame.tobytes(), RATE) for frame in coded])
    return said & (loud > loud.max() * 10 ** (-QUIET / 20))


@dataclass(frozen=True)
class Scene:
    """A mix, the noise alone, and for each frame whether somebody speaks in it and whether it is between recordings."""

    mix: Sound
    noise: Sound
    speech: NDArray[np.bool_]
    between: NDArray[np.bool_]


def scene(recordings: list[Sound], level: float, gap: float, seed: int) -> Scene:
    """All recordings with gaps between them, each at `level` dB over the noise."""
    rng = np.random.default_rng(seed)
    pauses = [round(rng.uniform(0.5, 1.5) * gap * RATE) // FRAME * FRAME for _ in range(len(recordings) + 1)]
    count = sum(pauses) + sum(len(r) // FRAME * FRAME for r in recordings)
    noise, speech = street(count, seed), np.zeros(count)
    truth, between = np.zeros(count // FRAME, bool), np.ones(count // FRAME, bool)
    at = 0
    for recording, pause in zip(recordings, pauses, strict=False):
        at += pause
        whole = recording[: len(recording) // FRAME * FRAME]
        frames = speech_frames(whole)
        power = (whole.reshape(-1, FRAME)[frames] ** 2).mean()
        speech[at : at + len(whole)] = whole / np.sqrt(power) * 10 ** (level / 20)
        first = at // FRAME
        truth[first : first + len(frames)] = frames
        between[first : first + len(frames)] = False
        at += len(whole)
    gain = 0.7 / np.abs(noise + speech).max()
    return Scene((noise + speech) * gain, noise * gain, truth, between)


def write(path: Path, sound: Sound) -> None:
    """One channel of 16-bit samples."""
    with path.open("wb") as file, av.open(file, "w", format="wav") as container:
        stream = container.add_stream("pcm_s16le", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray((sound[None] * 32_767).astype(np.int16), format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


@dataclass(frozen=True)
class Result:
    """Frames of speech and those `left`; the share of time between recordings that was `kept`, and whether unchanged.

    `heard_*`: frames in which the other detector hears speech in the mix, in the output, in the noise that was kept.
    """

    frames: int
    left: int
    kept: float
    exact: bool
    heard_before: int
    heard_after: int
    heard_noise: int


def measure(made: Scene) -> Result:
    """Put a mix through the program."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "in.wav", Path(folder) / "out.wav"
        write(source, made.mix)
        released = unseen.redact(source, out, unseen.RedactOptions(audio=Audio.KEEP_AMBIENT))
        before, after = read(source), read(out)
    silent = np.zeros(len(before), bool)
    for span in released.record.plan.silenced():
        silent[max(0, int(span.start * RATE)) : int(span.end * RATE) + 1] = True
    assert not after[silent].any(), "a planned silence is not silent"
    frames = after[: len(made.speech) * FRAME].reshape(-1, FRAME)
    left = made.speech & (np.abs(frames).max(axis=1) > 0)
    kept = ~silent[: len(made.between) * FRAME].reshape(-1, FRAME).any(axis=1)
    same = (before == after)[: len(kept) * FRAME].reshape(-1, FRAME).all(axis=1)
    deep = kept & np.roll(kept, 1) & np.roll(kept, -1)
    return Result(
        int(made.speech.sum()), int(left.sum()), float(kept[made.between].mean()), bool(same[deep].all()),
        heard(before), heard(after), heard(np.where(silent, 0, made.noise[: len(silent)])),
    )  # fmt: skip


def heard(sound: Sound) -> int:
    """In how many frames the other detector hears speech, as it is."""
    detector = webrtcvad.Vad(3)
    frames = (sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME) * 32_767).astype("<i2")
    return sum(detector.is_speech(frame.tobytes(), RATE) for frame in frames)


def main() -> None:
    """Measure every level."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--levels", nargs="+", type=float, default=[0, 5, 10, 15, 20])
    parser.add_argument("--gap", type=float, default=4.0, help="seconds of noise between recordings, on average")
    parser.add_argument("--seeds", type=int, default=1)
    args = parser.parse_args()
    recordings = [read(p) for p in sorted(args.folder.iterdir()) if p.suffix in (".wav", ".flac", ".mp3", ".ogg")]
    print("| speech over noise | frames of speech | left | kept between | untouched there |", end="")
    print(" other detector: in the mix | in the output | in the noise kept |")
    print("|---|---|---|---|---|---|---|---|")
    for level in args.levels:
        for seed in range(args.seeds):
            r = measure(scene(recordings, level, args.gap, seed))
            left = f"{r.left} ({r.left / r.frames:.2%})"
            print(f"| {level:g} dB | {r.frames} | {left} | {r.kept:.1%} | {'yes' if r.exact else 'no'} |", end="")
            print(f" {r.heard_before} | {r.heard_after} | {r.heard_noise} |", flush=True)


if __name__ == "__main__":
    main()
