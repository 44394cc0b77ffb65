"""A small release to tamper with: a photo, its record, and the key's public half; and ways to change one thing."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

import unseen
from unseen.record import own_key
from unseen.record.keys import PublicKey


@dataclass(frozen=True)
class Release:
    source: Path
    output: Path
    record: Path
    key: PublicKey


def noise(seed: int) -> Image.Image:
    rng = np.random.default_rng(seed)
    return Image.fromarray(rng.integers(0, 255, (24, 32, 3), np.uint8)).resize((96, 64), Image.Resampling.BICUBIC)


def release(folder: Path, name: str = "out.png", seed: int = 1) -> Release:
    """A photo in which there is nobody, released into a folder."""
    source = folder.parent / f"source-{seed}.png"
    noise(seed).save(source)
    done = unseen.redact(source, folder / name, unseen.RedactOptions())
    return Release(source, done.output, done.record_path, own_key().public)


def one_byte(data: bytes, rng: random.Random) -> bytes:
    """Another value for one byte."""
    changed = bytearray(data)
    changed[rng.randrange(len(changed))] ^= rng.randrange(1, 256)
    return bytes(changed)


def one_block(data: bytes, rng: random.Random) -> bytes:
    """Another colour for one block of eight by eight pixels of a picture, which is written anew as it was."""
    with Image.open(BytesIO(data)) as picture:
        samples = np.array(picture)
    row, column = rng.randrange(samples.shape[0] // 8) * 8, rng.randrange(samples.shape[1] // 8) * 8
    samples[row : row + 8, column : column + 8] ^= np.uint8(rng.randrange(1, 256))
    written = BytesIO()
    Image.fromarray(samples).save(written, format="PNG")
    return written.getvalue()


TAMPERINGS: dict[str, Callable[[bytes, random.Random], bytes]] = {"byte": one_byte, "block": one_block}
