"""How a video's pictures are coded, as far as coded pictures can be taken over as they are."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from unseen.core import FrameTimes, Timestamp

MOST_BYTES = 16 << 20
"""Of one coded picture: level 6.2 of H.264 allows some 12 MB for the largest (ITU-T H.264 A.3.1, least ratio 4)."""

COPIED_CONTAINERS = frozenset({"mp4", "mov", "mkv"})
"""From which and into which coded pictures are copied: they store parameter sets apart from pictures."""
DEEPEST = 16
"""Pictures that a decoder may hold back (ITU-T H.264 A.3.1)."""


class Unfit(enum.StrEnum):
    """Why a group of pictures, or a whole file, is not copied."""

    CODEC = "only H.264 in MP4, MOV and MKV is copied"
    SETS = "its parameter sets are not plain ones, or change on the way"
    FIELDS = "it may hold pictures of two fields"
    CROPPED = "more than a block's rest is cropped away"
    SHAPE = "its parameter sets say another size, shape or colour than the file"
    OPEN = "a group does not begin with a picture that needs no other"
    UNITS = "a group holds units other than pictures and plain information about them"
    TIMES = "a group's pictures have no times of their own"
    LARGE = "a picture or a group is too large"
    DAMAGED = "a group is marked as damaged, or as not shown"


WHOLE_FILE = frozenset({Unfit.CODEC, Unfit.SETS, Unfit.FIELDS, Unfit.CROPPED, Unfit.SHAPE})
"""Where one group is unfit for one of these, no group of its file is copied."""


@dataclass(frozen=True, slots=True)
class ParameterSets:
    """What every group of a file needs besides itself: the sequence's set, then the pictures'."""

    units: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Pictures that need none but each other, in the order in which they are shown.

    `reorder`: by how many pictures one is stored later than it is shown, at most. Where the group is `unfit`, the
    others say nothing.
    """

    times: FrameTimes | None
    reorder: int = 0
    unfit: Unfit | None = None


@dataclass(frozen=True, slots=True)
class Coded:
    """A picture as it is coded: its slices, each behind its length in four bytes. `alone`: it needs no other."""

    time: Timestamp
    data: bytes
    alone: bool
