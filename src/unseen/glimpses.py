"""What was found, small, for the eyes of the person who asked: never kept, never written to a file."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Generator, Iterator, Sequence
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from unseen.core import Keyframe, Region, Timestamp, Track, View
from unseen.media import Reader

Rgb = NDArray[np.uint8]

SIDE = 24
"""Pixels of a glimpse's longest side: enough to tell a face from a poster, too few to know who it is by."""
_AROUND = 0.4  # of a thing's width and height, so that it is seen where it is
_DECODED = 1920  # pixels of a picture's longest side that glimpses are cut from


def glimpses(reader: Reader, tracks: Sequence[Track]) -> dict[str, Rgb]:
    """Each track where it was seen best, (rows, columns, 3), by the track's name; none of one outside its picture."""
    wanted: dict[Timestamp, list[tuple[str, Region]]] = defaultdict(list)
    for track in tracks:
        best = max(track.keyframes, key=_how_sure)
        wanted[best.time].append((track.id, best.region))
    found: dict[str, Rgb] = {}
    if wanted:
        with contextlib.closing(cast("Generator[View, None, None]", reader.views(_DECODED))) as views:
            for view in _until(views, max(wanted)):
                for name, region in wanted.get(view.time, ()):
                    if (cut := _cut(view, region)) is not None:
                        found[name] = cut
    return found


def _how_sure(keyframe: Keyframe) -> float:
    return keyframe.score or 0.0


def _until(views: Iterator[View], last: Timestamp) -> Iterator[View]:
    for view in views:
        yield view
        if view.time >= last:
            return


def _cut(view: View, region: Region) -> Rgb | None:
    height, width = view.rgb.shape[:2]
    box = region.padded(_AROUND).placed(0, 0, view.scale).pixels(width, height)
    if box is None:
        return None
    left, top, right, bottom = box
    shrunk = SIDE / max(right - left, bottom - top)
    size = (max(1, round((right - left) * shrunk)), max(1, round((bottom - top) * shrunk)))
    how = cv2.INTER_AREA if shrunk < 1 else cv2.INTER_NEAREST
    return np.asarray(cv2.resize(view.rgb[top:bottom, left:right], size, interpolation=how), np.uint8)
