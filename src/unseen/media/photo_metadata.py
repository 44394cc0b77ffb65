"""What the metadata of photos gives away: EXIF, XMP, IPTC, ICC profiles, text chunks, embedded pictures and clips."""

from __future__ import annotations

import contextlib
import io
import re
import struct
import warnings
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterable, Iterator, Mapping

from PIL import ExifTags, Image, ImageCms, TiffImagePlugin

from unseen.core import Disclosure, DisclosureKind
from unseen.media.disclosures import disclosure, kind_of
from unseen.media.photo_parts import Part, PartKind
from unseen.media.photo_structure import words

_BROKEN = (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, struct.error, RuntimeError)
# How samples are laid out and shown: the same for millions of files.
_TECHNICAL = words(
    "Orientation XResolution YResolution ResolutionUnit YCbCrPositioning YCbCrSubSampling "
    "YCbCrCoefficients ImageWidth ImageLength BitsPerSample Compression PhotometricInterpretation "
    "SamplesPerPixel RowsPerStrip StripOffsets ExifOffset StripByteCounts PlanarConfiguration "
    "ColorSpace ExifImageWidth ExifImageHeight ComponentsConfiguration FlashPixVersion ExifVersion "
    "ExifInteroperabilityOffset GPSInfo Padding NewSubfileType FillOrder Predictor ExtraSamples "
    "SampleFormat ReferenceBlackWhite TransferFunction WhitePoint PrimaryChromaticities JpegIFOffset "
    "JpegIFByteCount TileWidth TileLength TileOffsets TileByteCounts ColorMap SubIFDs XMLPacket "
    "IPTCNAA ImageResources InterColorProfile"
)
# Named after times, places, sources and subjects, and tell of none.
_SETTINGS = words(
    "ExposureTime ShutterSpeedValue SubjectLocation SubjectArea SubjectDistance SubjectDistanceRange "
    "LightSource FileSource"
)
_IPTC = {
    # IPTC-IIM 4.2, record 2.
    5: ("object name", DisclosureKind.TEXT),
    25: ("keyword", DisclosureKind.TEXT),
    40: ("instructions", DisclosureKind.TEXT),
    55: ("date created", DisclosureKind.TIME),
    60: ("time created", DisclosureKind.TIME),
    80: ("byline", DisclosureKind.PERSON),
    85: ("byline title", DisclosureKind.PERSON),
    90: ("city", DisclosureKind.PLACE),
    92: ("sublocation", DisclosureKind.PLACE),
    95: ("province", DisclosureKind.PLACE),
    101: ("country", DisclosureKind.PLACE),
    105: ("headline", DisclosureKind.TEXT),
    110: ("credit", DisclosureKind.PERSON),
    115: ("source", DisclosureKind.PERSON),
    116: ("copyright", DisclosureKind.PERSON),
    118: ("contact", DisclosureKind.PERSON),
    120: ("caption", DisclosureKind.TEXT),
    122: ("caption writer", DisclosureKind.PERSON),
}
_XMP_NAMES = {"http://purl.org/dc/elements/1.1/": "dc", "http://ns.adobe.com/exif/1.0/": "exif"}
_XMP_DULL = re.compile(
    r"^(rdf|x|tiff):|:lang$|^mm:(.*ID|.*RenditionClass)$|:DocumentAncestors$|Version$|^stEvt:|^stRef:"
)
MOST_XMP = 64  #: fields of one packet that are listed


def part_disclosures(parts: Iterable[Part]) -> tuple[Disclosure, ...]:
    """What these parts of a photo give away, in their order. Damaged metadata is named as such; never raises."""
    return tuple(found for part in parts for found in _of_part(part))


def _of_part(part: Part) -> Iterator[Disclosure]:
    read = _READERS.get(part.kind)
    if read is not None:
        yield from read(part)
        return
    kind = DisclosureKind.PICTURE if part.kind in (PartKind.PICTURE, PartKind.CLIP) else DisclosureKind.OTHER
    yield disclosure(kind, part.where, _size(part.data))


def _size(data: bytes) -> str:
    return f"{len(data)} bytes" if data else "present"


def _text(part: Part) -> Iterator[Disclosure]:
    kind = kind_of(part.where.removeprefix("PNG "))
    yield disclosure(DisclosureKind.TEXT if kind is DisclosureKind.OTHER else kind, part.where, part.data)


def _time(part: Part) -> Iterator[Disclosure]:
    yield disclosure(DisclosureKind.TIME, part.where, part.data)


def _exif(part: Part) -> Iterator[Disclosure]:
    exif = Image.Exif()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exif.load(part.data)
            groups = [_directory(exif, group) for group in (None, ExifTags.IFD.Exif)]
            place = _directory(exif, ExifTags.IFD.GPSInfo)
    except _BROKEN:
        yield disclosure(DisclosureKind.OTHER, part.where, f"unreadable, {_size(part.data)}")
        return
    yield from _place(part.where, place)
    for tag, value in (item for group in groups for item in group.items()):
        name = ExifTags.TAGS.get(tag, f"tag {tag}")
        if name == "MakerNote":
            yield disclosure(DisclosureKind.DEVICE, f"{part.where} MakerNote", _size(_bytes(value)))
        elif name not in _TECHNICAL:
            yield from _exif_field(part.where, name, value)


def _directory(exif: Image.Exif, group: ExifTags.IFD | None) -> dict[int, object]:
    """One directory of tags; what can be read of it where it is damaged."""
    if group is None:
        return dict(exif)
    with contextlib.suppress(*_BROKEN):
        return dict(exif.get_ifd(group))
    return {}


def _exif_field(where: str, name: str, value: object) -> Iterator[Disclosure]:
    kind = DisclosureKind.OTHER if name in _SETTINGS else kind_of(name)
    text = value_text(value, wide=name.startswith("XP"))
    if text.strip():
        yield disclosure(kind, f"{where} {name}", text)


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def value_text(value: object, *, wide: bool = False) -> str:
    """An EXIF value in words; `wide`: bytes are UTF-16, as Windows writes them."""
    if isinstance(value, bytes):
        if wide:
            return value.decode("utf-16-le", "replace").rstrip("\0")
        head, rest = value[:8], value[8:]
        if head in (b"ASCII\0\0\0", b"\0" * 8):
            return rest.decode("ascii", "replace").rstrip("\0 ")
        if head == b"UNICODE\0":
            return rest.decode("utf-16", "replace").rstrip("\0 ")
        printable = all(32 <= byte < 127 or byte in b"\t\r\n\0" for byte in value)
        return value.decode("ascii").strip("\0") if printable else _size(value)
    if isinstance(value, tuple) and wide:
        return bytes(value).decode("utf-16-le", "replace").rstrip("\0")
    if isinstance(value, tuple):
        return " ".join(value_text(part) for part in value[:16])
    return f"{float(value):g}" if isinstance(value, (float, TiffImagePlugin.IFDRational)) else str(value)


def _place(where: str, place: Mapping[int, object]) -> Iterator[Disclosure]:
    """Latitude and longitude in decimal degrees, and every other GPS tag as it stands."""
    used: set[int] = set()
    with contextlib.suppress(*_BROKEN):
        degrees = [_degrees(place[ref], place[angle]) for ref, angle in ((1, 2), (3, 4))]
        used = {0, 1, 2, 3, 4}
        yield disclosure(DisclosureKind.PLACE, f"{where} GPSLatitude, GPSLongitude", "{:.6f}, {:.6f}".format(*degrees))
    for tag, value in place.items():
        name = ExifTags.GPSTAGS.get(tag, f"GPS tag {tag}")
        if tag not in used and not name.endswith("Ref") and value not in (b"", ""):
            kind = DisclosureKind.TIME if name in ("GPSTimeStamp", "GPSDateStamp") else DisclosureKind.PLACE
            yield disclosure(kind, f"{where} {name}", value_text(value))


def _degrees(direction: object, angle: object) -> float:
    degrees, minutes, seconds = (float(part) for part in angle)  # type: ignore[attr-defined]
    sign = -1 if str(direction).strip("\0 ").upper() in ("S", "W") else 1
    return sign * (degrees + minutes / 60 + seconds / 3600)


def _xmp(part: Part) -> Iterator[Disclosure]:
    yield disclosure(DisclosureKind.OTHER, part.where, f"packet of {_size(part.data)}")
    text = part.data.decode("utf-8", "replace")
    start, end = text.find("<x:xmpmeta"), text.rfind("</x:xmpmeta>")
    packet = text[start : end + 12] if 0 <= start < end else text.strip("\0 \n\r\t\ufeff")
    if "<!" in packet:  # a document type or entity has no place in XMP, and can be a bomb
        return
    try:
        root = ElementTree.fromstring(packet)  # noqa: S314 - declarations were refused above
    except ElementTree.ParseError:
        return
    yield from _xmp_fields(part.where, root)


def _xmp_fields(where: str, root: ElementTree.Element) -> Iterator[Disclosure]:
    listed: set[tuple[str, str]] = set()
    for name, value in _xmp_values(root, ""):
        if len(listed) == MOST_XMP:
            return
        if value.strip() and (name, value) not in listed and not _XMP_DULL.search(name):
            listed.add((name, value))
            yield disclosure(kind_of(name.rpartition(":")[2]), f"{where} {name}", value)


def _xmp_values(element: ElementTree.Element, field: str) -> Iterator[tuple[str, str]]:
    """Every property with its value; list items carry the name of the property they stand in."""
    pending = [(element, field)]
    while pending:
        node, owner = pending.pop()
        name = _xmp_name(node.tag)
        owner = owner if name.startswith(("rdf:", "x:")) else name
        for key, value in node.attrib.items():
            yield _xmp_name(key), value
        if node.text:
            yield owner, node.text
        pending += [(child, owner) for child in reversed(node)]


def _xmp_name(tag: str) -> str:
    space, _, name = tag.rpartition("}")
    known = {"http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf", "adobe:ns:meta/": "x", **_XMP_NAMES}
    prefix = known.get(space[1:]) or space.rstrip("/#").rpartition("/")[2]
    if re.fullmatch(r"[\d.]+", prefix):
        prefix = space.rstrip("/#").split("/")[-2]
    return f"{prefix}:{name}"


def _iptc(part: Part) -> Iterator[Disclosure]:
    at, data = 0, part.data
    while at + 5 <= len(data) and data[at] == 0x1C:
        length = int.from_bytes(data[at + 3 : at + 5], "big")
        value = data[at + 5 : at + 5 + length]
        name, kind = _IPTC.get(data[at + 2], (f"field {data[at + 2]}", DisclosureKind.OTHER))
        if data[at + 1] == 2 and data[at + 2] != 0:
            yield disclosure(kind, f"{part.where} {name}", value)
        at += 5 + length


def _icc(part: Part) -> Iterator[Disclosure]:
    try:
        named = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(part.data))).strip()
    except (ImageCms.PyCMSError, OSError):
        named = f"unreadable, {_size(part.data)}"
    yield disclosure(DisclosureKind.DEVICE, part.where, named or _size(part.data))


_READERS: dict[PartKind, Callable[[Part], Iterator[Disclosure]]] = {
    PartKind.EXIF: _exif,
    PartKind.XMP: _xmp,
    PartKind.IPTC: _iptc,
    PartKind.ICC: _icc,
    PartKind.TEXT: _text,
    PartKind.TIME: _time,
}
