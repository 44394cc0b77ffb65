"""Pictures of a file on demand, exact by number, sized for a screen, in bounded memory and never on disk."""

from __future__ import annotations

import collections
import contextlib
import io
import threading
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from PIL import Image

from unseen.core import Clock, View, clock_of
from unseen.errors import InputError
from unseen.media import Limits, Reader, open_reader, open_source
from unseen.review.outlines import Pixels

SIDES = (160, 320, 640, 960, 1280, 1920, 2560, 3840)
"""Longest sides that pictures are made in, so that a window that is resized does not have everything decoded anew."""
_MOST_BYTES = 128 << 20  # of decoded pictures that one file keeps at hand
_BEHIND = 12  # pictures before the one asked for that are kept, for whoever steps back
_GO_ON = 48  # pictures that are decoded and passed over rather than starting again at a key frame
_QUALITY = 88


@dataclass(slots=True)
class _Run:
    """A pass through a file from some picture on, and the number of the picture that comes next."""

    side: int
    views: Generator[View, None, None]
    coming: int


class Frames:
    """The pictures of one file, held open. One thread decodes at a time, the others wait for it."""

    def __init__(self, path: Path, limits: Limits, *, require_sandbox: bool = False) -> None:
        self._lock = threading.Lock()
        self._closing = contextlib.ExitStack()
        source = self._closing.enter_context(open_source(path))
        try:
            self.reader: Reader = open_reader(source, limits, require_sandbox=require_sandbox)
        except BaseException:
            self._closing.close()
            raise
        self._closing.callback(self.reader.close)
        self._kept: collections.OrderedDict[tuple[int, int], View] = collections.OrderedDict()
        self._bytes = 0
        self._run: _Run | None = None
        self._clock: Clock | None = None

    def close(self) -> None:
        """Let go of the file and of every picture."""
        with self._lock:
            self._stop()
            self._kept.clear()
            self._closing.close()

    @property
    def clock(self) -> Clock:
        """When each picture is shown. Raises InputError where the file has none."""
        if self._clock is None:
            times = self.reader.info.frame_times
            if times is None:
                raise InputError("has no pictures", next_step="Listen to it instead.")
            self._clock = clock_of(times)
        return self._clock

    def learn(self, clock: Clock) -> None:
        """Take the times that a plan has of this very file, instead of going through it once."""
        self._clock = clock

    def view(self, number: int, width: int) -> View:
        """A picture as RGB, at least as wide as asked for unless the file's own are narrower. Raises UnseenError."""
        side = self._side(width)
        with self._lock:
            kept = self._kept.get((number, side))
            if kept is None:
                kept = self._decode(number, side)
            self._kept.move_to_end((number, side))
            return kept

    def _side(self, width: int) -> int:
        shape = self.reader.shape
        longest = width if shape is None else round(width * max(1.0, shape.height / shape.width))
        return next((side for side in SIDES if side >= longest), SIDES[-1])

    def _decode(self, number: int, side: int) -> View:
        time = self.clock.time(number)
        run = self._run
        if run is None or run.side != side or not run.coming <= number < run.coming + _GO_ON:
            run = self._start(number, side)
        for view in run.views:
            self._keep(run.coming, side, view)
            run.coming += 1
            if run.coming > number:
                if view.time != time:
                    raise InputError("its pictures are not those of its plan", next_step="Look at it anew.")
                return view
        self._stop()
        raise InputError("ends before its last picture", next_step="Look at it anew.")

    def _start(self, number: int, side: int) -> _Run:
        """A pass that begins a little before, as decoding does in any case."""
        self._stop()
        first = max(0, number - _BEHIND) if (number + 1, side) in self._kept else number
        views = self.reader.views(side, since=self.clock.time(first))
        self._run = _Run(side, cast("Generator[View, None, None]", views), first)
        return self._run

    def _stop(self) -> None:
        if self._run is not None:
            self._run.views.close()
            self._run = None

    def _keep(self, number: int, side: int, view: View) -> None:
        self._bytes += view.rgb.nbytes - (old.rgb.nbytes if (old := self._kept.pop((number, side), None)) else 0)
        self._kept[number, side] = view
        while self._bytes > _MOST_BYTES and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= dropped.rgb.nbytes


def jpeg(rgb: Pixels) -> bytes:
    """A picture as the page shows it."""
    kept = io.BytesIO()
    Image.fromarray(rgb).save(kept, "JPEG", quality=_QUALITY, subsampling=0)
    return kept.getvalue()
