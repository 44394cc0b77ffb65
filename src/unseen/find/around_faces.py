"""Heads and bodies reckoned from faces, for cameras that move: where there is a face, there is somebody around it.

Proportions are shares of a standing person's height H by Drillis and Contini (Body Segment Parameters, 1966; Winter,
Biomechanics and Motor Control of Human Movement, figure 4.1): chin to crown 0.130 H, chin at 0.870 H, shoulders 0.259 H
wide. What face finders draw reaches from the chin to the hairline, which is taken as three quarters of chin to crown:
one face is 0.0975 H, the body below the chin 8.9 faces, the shoulders 2.7.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from unseen.core import Keyframe, Kind, Origin, Region, Track


class FacesAs(enum.StrEnum):
    """How much of a person is covered where a face is found."""

    FACE = "face"
    HEAD = "head"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class _Reach:
    """In faces: how far it goes to each side of the face's middle, above its top and below its chin."""

    aside: float
    above: float
    below: float


_REACH = {
    FacesAs.HEAD: _Reach(0.95, 0.5, 0.4),  # hair, ears, a hat's brim, the neck
    FacesAs.BODY: _Reach(2.1, 0.5, 8.9),  # elbows and a stride; who sits or is near ends at the picture's edge
}
_WIDE = 1.25
"""Height of a face over its width: one seen from above or below is drawn less high than it is."""


def around_faces(tracks: Sequence[Track], reach: FacesAs) -> Iterator[tuple[Track, Track]]:
    """Each face's track and what is reckoned from it; nothing for `FacesAs.FACE`.

    The tracks last as long as the faces' own, and are named after them. Regions may reach over the picture's edge, as
    everywhere: edges held back at it would no longer move straight from keyframe to keyframe.
    """
    if reach is FacesAs.FACE:
        return
    for track in tracks:
        if track.kind is Kind.FACE:
            keyframes = tuple(_around(keyframe, _REACH[reach]) for keyframe in track.keyframes)
            yield track, Track(f"{reach}-of-{track.id}", Kind.BODY, keyframes)


def _around(keyframe: Keyframe, reach: _Reach) -> Keyframe:
    face = keyframe.region
    middle, _ = face.centre
    size = max(face.height, _WIDE * face.width)
    width, height = 2 * reach.aside * size, reach.above * size + face.height + reach.below * size
    region = Region(
        *(round(v, 1) for v in (middle - reach.aside * size, face.y - reach.above * size, width, height)),
    )
    return replace(keyframe, region=region, origin=Origin.DERIVED, score=None, quad=None)
