"""A drawn box followed both ways: decoding goes forwards only, so the way back is taken in stretches."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from fractions import Fraction

from unseen.core import Kind, MediaInfo, Progress, Region, Track, View, clock_of
from unseen.errors import UsageError
from unseen.media import Reader
from unseen.track import Follower

FURTHEST = Fraction(30)
"""Seconds each way: whoever looks at what came of it can go on from there."""
_SIDE = 640  # pixels of the longest side that following looks at
_STRETCH = 60  # pictures of the way back that are decoded at a time


def followed(reader: Reader, media: MediaInfo, drawn: tuple[int, Region, Kind, str], progress: Progress) -> Track:
    """The track of what was `drawn`: number of the picture, box, kind, and the track's name.

    Raises UsageError where the box lies outside the picture, InputError.
    """
    number, region, kind, name = drawn
    if media.picture is None or media.frame_times is None:
        raise UsageError("this file has no pictures", next_step="Mute what is to be silent.")
    clock = clock_of(media.frame_times)
    time = clock.time(number)
    follower = Follower(region, time, (media.picture.width, media.picture.height))
    last = clock.at_or_before(time + FURTHEST)
    first = clock.at_or_after(time - FURTHEST)
    count = last - first
    done = itertools.count(1)

    def part(start: int, stop: int) -> Iterator[View]:
        with contextlib.closing(reader.views(_SIDE, since=clock.time(start))) as views:  # type: ignore[type-var]
            for view in itertools.islice(views, stop - start + 1):
                progress("following", min(count, next(done)), count)
                yield view

    if last > number:
        with contextlib.closing(part(number, last)) as views:  # type: ignore[type-var]
            follower.ahead(views)
    end = number
    while end > first:
        start = max(first, end - _STRETCH)
        if not follower.behind(part(start, end)):
            break
        end = start
    track = follower.track(name, kind)
    if track is None:
        raise UsageError("the box lies outside the picture", next_step="Draw it on what is to be covered.")
    return track
