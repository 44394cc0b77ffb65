"""A place of a sample, and what is asked there, in words: for whoever plays the file beside."""

from __future__ import annotations

import math

from unseen.core import Kind, PictureFormat, Region, Timestamp
from unseen.plan import Place, Plan, Sample, Subject
from unseen.sample.sound import SECONDS

_COUNTED = {
    Subject.PICTURE: "pictures that show",
    Subject.COVER: "covers that miss",
    Subject.SOUND: f"pieces of {SECONDS} seconds with",
}
_ACROSS = ("left", "middle", "right")
_DOWN = ("top", "middle", "bottom")


def question(plan: Plan, sample: Sample, place: Place) -> str:
    """Where to look, and for what."""
    at = clock(place.time)
    if place.subject is Subject.SOUND:
        return f"{at} to {clock(place.time + SECONDS)}, the sound: can anybody be heard speaking?"
    if place.subject is Subject.PICTURE or place.region is None:
        kinds = ", ".join(sample.kinds)
        return f"{at}, the whole picture: does anything show that is not covered ({kinds})?"
    where = whereabouts(place.region, plan.source.media.picture)
    return f"{at}, {where}: does any of the {place.kind} {place.track} show past its cover?"


def counted(subject: Subject, kind: Kind) -> str:
    """What a bound counts."""
    return f"{_COUNTED[subject]} {kind.plural}"


def clock(time: Timestamp) -> str:
    """A time as players show it: hours where there are any, minutes, seconds and thousandths."""
    thousandths = round(time * 1000)
    seconds, rest = divmod(abs(thousandths), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if thousandths < 0 else ""
    return f"{sign}{hours}:{minutes:02}:{seconds:02}.{rest:03}" if hours else f"{sign}{minutes}:{seconds:02}.{rest:03}"


def percent(upper: float) -> str:
    """A bound in per cent with two digits, never less than it is."""
    return f"{math.ceil(upper * 10_000 - 1e-9) / 100:.2f} %"


def whereabouts(region: Region, picture: PictureFormat | None) -> str:
    """Where in the picture a region lies: in words, and in pixels from the top left corner."""
    x, y = region.centre
    spot = f"{region.width:.0f}x{region.height:.0f} pixels around {x:.0f}, {y:.0f}"
    if picture is None:
        return spot
    across = _ACROSS[min(2, max(0, int(3 * x / picture.width)))]
    down = _DOWN[min(2, max(0, int(3 * y / picture.height)))]
    place = "in the middle" if across == down == "middle" else f"at the {down} {across}".replace("middle ", "", 1)
    return f"{place} ({spot})"
