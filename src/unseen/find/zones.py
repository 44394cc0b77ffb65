"""Pictures in which finders see nothing of the zones that a person told them to ignore."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

from unseen.core import Region, View, Zone

GREY = 118
"""What takes the place of an ignored zone: a flat grey of middling light, in which no finder sees anything."""


def without(views: Iterator[View], zones: Sequence[Zone]) -> Iterator[View]:
    """The same views, with the zones that hold at their time painted over; closing it closes `views`."""
    return _painted(views, zones) if zones else views


def _painted(views: Iterator[View], zones: Sequence[Zone]) -> Iterator[View]:
    with contextlib.ExitStack() as stack:
        if isinstance(views, Generator):
            stack.callback(views.close)
        for view in views:
            yield _hidden(view, [zone.region for zone in zones if zone.there(view.time)])


def _hidden(view: View, regions: list[Region]) -> View:
    boxes = [box for region in regions if (box := _pixels(region, view)) is not None]
    if not boxes:
        return view
    rgb = view.rgb.copy()
    for left, top, right, bottom in boxes:
        rgb[top:bottom, left:right] = GREY
    return replace(view, rgb=rgb)


def _pixels(region: Region, view: View) -> tuple[int, int, int, int] | None:
    scaled = Region(*(side * view.scale for side in (region.x, region.y, region.width, region.height)))
    return scaled.pixels(view.rgb.shape[1], view.rgb.shape[0])
