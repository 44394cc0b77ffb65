"""Check 1: every picture of the source is there, at its time and in its size."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from unseen.core import MediaInfo, MediaKind, PictureFormat, Timestamp
from unseen.verify.outcome import Outcome, failed, unless
from unseen.verify.playback import Shot

COARSEST = Fraction(1, 100)
"""The coarsest clock of any format written, GIF's hundredth of a second, as the longest tick that excuses rounding."""


class TimingCheck:
    """Compares each picture with the source's frame times, as they stand and counted from the first picture.

    A container with a coarser clock rounds a time by at most half a tick, so nothing more than that is accepted. Where
    a container cannot hold the first picture's own time, all of them may be moved by the same amount.
    """

    def __init__(self, media: MediaInfo) -> None:
        self._picture: PictureFormat | None = media.picture
        self._times: Iterator[Timestamp] = iter(media.frame_times or ())
        self._expected = len(media.frame_times or ())
        self._timeless = media.kind is MediaKind.PHOTO or media.container in ("tiff", "heic", "heif")
        self._seen = 0
        self._starts: tuple[Timestamp, Timestamp] | None = None
        self._in_place = self._in_step = True
        self._faults: list[str] = []

    def see(self, shot: Shot) -> None:
        self._seen += 1
        size = (shot.picture.width, shot.picture.height)
        if self._picture is None or size != (self._picture.width, self._picture.height):
            self._faults.append(f"picture {self._seen} is {size[0]}x{size[1]}")
        wanted = next(self._times, None)
        if wanted is not None and not self._timeless:
            self._compare(wanted, shot.picture.time, shot.tick)

    def _compare(self, wanted: Timestamp, found: Timestamp, tick: Fraction) -> None:
        slack = min(tick, COARSEST) / 2
        self._starts = self._starts or (wanted, found)
        first_wanted, first_found = self._starts
        in_place = abs(found - wanted) <= slack
        in_step = abs((found - first_found) - (wanted - first_wanted)) <= slack
        if (self._in_place or self._in_step) and not (self._in_place and in_place) and not (self._in_step and in_step):
            self._faults.append(f"picture {self._seen} is at {float(found):.4f} s instead of {float(wanted):.4f} s")
        self._in_place &= in_place
        self._in_step &= in_step

    def outcome(self, broken: str | None) -> Outcome:
        """The check's result after the last picture; `broken` says why decoding stopped early."""
        if broken:
            return failed(f"could not be decoded after picture {self._seen}: {broken}")
        if not self._seen:
            return failed("no picture could be decoded")
        if self._seen != self._expected:
            self._faults.insert(0, f"{self._seen} pictures instead of {self._expected}")
        return unless(self._faults, f"{self._seen} pictures, each at its time")
