"""What was worked out of a track once: edits leave most tracks as they are, and a long clip has many."""

from __future__ import annotations

import collections
import functools
import threading
from collections.abc import Callable, Hashable
from typing import ParamSpec, TypeVar

_MOST = 50_000
Asked = ParamSpec("Asked")
Found = TypeVar("Found")


def remembered(work: Callable[Asked, Found]) -> Callable[Asked, Found]:
    """The same function, for arguments that never change: large ones are told apart by being the same object."""
    kept: collections.OrderedDict[Hashable, tuple[object, Found]] = collections.OrderedDict()
    lock = threading.Lock()

    @functools.wraps(work)
    def asking(*asked: Asked.args, **named: Asked.kwargs) -> Found:
        key = tuple(each if isinstance(each, (float, bool)) else id(each) for each in asked)
        with lock:
            if key in kept:
                kept.move_to_end(key)
                return kept[key][1]
        found = work(*asked, **named)
        with lock:
            kept[key] = (asked, found)  # as long as these are held no other object has their place
            if len(kept) > _MOST:
                kept.popitem(last=False)
        return found

    return asking
