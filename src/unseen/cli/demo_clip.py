"""A clip to try Unseen on: a public-domain portrait, filmed by a virtual hand-held camera."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, RATE = 640, 360, 25


def make_clip(path: Path, frames: int = 120) -> None:
    """Write an MP4 of a few seconds. Raises ModuleNotFoundError where scikit-image, with its portrait, is missing."""
    from skimage import data

    portrait: NDArray[np.uint8] = data.astronaut()  # type: ignore[no-untyped-call]  # NASA, public domain
    with path.open("xb") as file, av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"crf": "20"})
        assert isinstance(stream, av.VideoStream)  # noqa: S101 - a video encoder makes a video stream
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.time_base = Fraction(1, RATE)
        for n in range(frames):
            frame = av.VideoFrame.from_ndarray(_view(portrait, n / RATE), format="rgb24")
            frame.pts, frame.time_base = n, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _view(portrait: NDArray[np.uint8], seconds: float) -> NDArray[np.uint8]:
    """What the camera sees: it sways, rolls, zooms in and out, and passes the face by."""
    scale = 1.5 + 0.4 * math.sin(seconds * 1.1)
    roll = 8 * math.sin(seconds * 1.7)
    turn = cv2.getRotationMatrix2D((225.0, 120.0), roll, scale)
    turn[0, 2] += WIDTH / 2 - 225 + 150 * math.sin(seconds * 1.3)
    turn[1, 2] += HEIGHT / 2 - 120 + 30 * math.sin(seconds * 2.3)
    view = cv2.warpAffine(portrait, turn, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(view, np.uint8)
