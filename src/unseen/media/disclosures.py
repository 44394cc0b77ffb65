"""What metadata gives away, in words for a person: which sort of thing a field tells, its value safe to show."""

from __future__ import annotations

import re
from collections.abc import Mapping

from unseen.core import Disclosure, DisclosureKind
from unseen.errors import printable
from unseen.media.photo_structure import words

MOST_SHOWN = 300
"""Characters of one value that are shown."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_WORDS: tuple[tuple[DisclosureKind, frozenset[str]], ...] = (
    # In order: the first kind that knows a word of the field's name has it ("CreatorTool" is a device, not a person).
    (
        DisclosureKind.PLACE,
        words("location locations xyz loci gps 6709 geo city country place sublocation province address"),
    ),
    (
        DisclosureKind.TIME,
        words("date time times year creation creationdate created modified timecode timezone timestamp"),
    ),
    (
        DisclosureKind.DEVICE,
        words(
            "make model encoder encoded software tool toolkit camera lens serial firmware android device "
            "manufacturer application app product host writing muxing uid"
        ),
    ),
    (
        DisclosureKind.PERSON,
        words(
            "artist author authors composer publisher copyright creator owner performer credit byline rights "
            "director producer person persons name names conductor writer provider contact email"
        ),
    ),
    (
        DisclosureKind.TEXT,
        words(
            "title comment comments description synopsis caption keywords keyword subject lyrics headline "
            "label album instructions history show episode summary warning disclaimer source document "
            "filename"
        ),
    ),
)
_EXACT = {
    # What FFmpeg and Matroska write of themselves, or fill in where nobody chose a name.
    **dict.fromkeys(("handler_name", "vendor_id", "language", "major_brand", "minor_version"), DisclosureKind.OTHER),
    **dict.fromkeys(("compatible_brands", "encoder_options", "hw"), DisclosureKind.OTHER),
    **dict.fromkeys(("duration", "number_of_frames", "number_of_bytes", "bps"), DisclosureKind.OTHER),
}


def kind_of(field: str) -> DisclosureKind:
    """Which sort of thing a metadata field of this name tells; OTHER where its name says nothing."""
    exact = _EXACT.get(field.lower().removesuffix("-eng"))
    if exact is not None:
        return exact
    found = {word.lower() for word in _WORD.findall(field)}
    return next((kind for kind, known in _WORDS if found & known), DisclosureKind.OTHER)


def shown(value: str | bytes) -> str:
    """A value on one line, its control characters escaped, cut after MOST_SHOWN characters."""
    text = as_text(value) if isinstance(value, bytes) else value
    line = " ".join(text[: 4 * MOST_SHOWN].replace("\0", " ").split())
    safe = printable(line)
    return safe if len(safe) <= MOST_SHOWN else safe[: MOST_SHOWN - 1] + "…"


def as_text(value: bytes) -> str:
    """Text of unknown encoding: UTF-8 where it is that, otherwise Latin-1, which every byte is."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def disclosure(kind: DisclosureKind, where: str, value: str | bytes) -> Disclosure:
    """A disclosure whose field name and value are safe to show."""
    return Disclosure(kind, shown(where), shown(value))


def tags_to_disclosures(tags: Mapping[str, str], where: str) -> list[Disclosure]:
    """What the tags of a container or stream give away, as FFmpeg's libraries name them; empty values are left out.

    `where` names their owner, such as "container" or "stream 1".
    """
    return [disclosure(kind_of(key), f"{where} {key}", value) for key, value in tags.items() if value.strip()]
