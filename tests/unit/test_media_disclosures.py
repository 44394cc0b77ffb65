"""What metadata gives away is found, sorted by kind and safe to print."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from unseen.core import Disclosure, DisclosureKind
from unseen.media.disclosures import MOST_SHOWN, kind_of, tags_to_disclosures
from unseen.media.limits import Limits
from unseen.media.photo_metadata import part_disclosures
from unseen.media.photo_parts import Part, PartKind, photo_parts
from unseen.media.photo_read import PhotoReader

PHOTO = Image.new("RGB", (16, 16), "teal")


def disclosed(data: bytes) -> dict[str, Disclosure]:
    opened = PhotoReader(io.BytesIO(data), Limits(), Path("a photo"))
    return {d.where: d for d in opened.disclosures}


def coded(form: str, **options: object) -> bytes:
    sink = io.BytesIO()
    PHOTO.save(sink, form, **options)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("location", DisclosureKind.PLACE),
        ("com.apple.quicktime.location.ISO6709", DisclosureKind.PLACE),
        ("©xyz", DisclosureKind.PLACE),
        ("com.apple.quicktime.make", DisclosureKind.DEVICE),
        ("com.android.version", DisclosureKind.DEVICE),
        ("encoder", DisclosureKind.DEVICE),
        ("creation_time", DisclosureKind.TIME),
        ("com.apple.quicktime.creationdate", DisclosureKind.TIME),
        ("timecode", DisclosureKind.TIME),
        ("artist", DisclosureKind.PERSON),
        ("album_artist", DisclosureKind.PERSON),
        ("copyright", DisclosureKind.PERSON),
        ("title", DisclosureKind.TEXT),
        ("synopsis", DisclosureKind.TEXT),
        ("handler_name", DisclosureKind.OTHER),
        ("vendor_id", DisclosureKind.OTHER),
        ("something new", DisclosureKind.OTHER),
        ("CreatorTool", DisclosureKind.DEVICE),
        ("ISOSpeedRatings", DisclosureKind.OTHER),
    ],
)
def test_a_field_is_sorted_by_its_name(field: str, kind: DisclosureKind) -> None:
    assert kind_of(field) is kind


def test_tags_of_a_container_name_their_owner_and_empty_ones_are_left_out() -> None:
    found = tags_to_disclosures({"location": "+52.37+004.90/", "title": " ", "artist": "A. Person"}, "stream 1")
    assert found == [
        Disclosure(DisclosureKind.PLACE, "stream 1 location", "+52.37+004.90/"),
        Disclosure(DisclosureKind.PERSON, "stream 1 artist", "A. Person"),
    ]


def test_values_cannot_reach_the_terminal_raw_or_at_any_length() -> None:
    (found,) = tags_to_disclosures({"comm\x1bent": "\x1b[2J\x07word\n" + "x" * 5000}, "container")
    assert found.value.isprintable()
    assert found.where.isprintable()
    assert "\\x1b[2J" in found.value
    assert len(found.value) == MOST_SHOWN


def test_exif_gives_place_device_time_person_and_text() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Maker"
    exif[ExifTags.Base.Artist] = "A. Person"
    exif[ExifTags.Base.ImageDescription] = "A description"
    exif[0x9C9D] = "W. Person".encode("utf-16-le")
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    inner[ExifTags.Base.DateTimeOriginal] = "2026:01:02 03:04:05"
    inner[ExifTags.Base.BodySerialNumber] = "12345"
    inner[ExifTags.Base.UserComment] = b"ASCII\0\0\0a comment"
    inner[0x927C] = b"secret" * 4
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place.update({1: "S", 2: (33.0, 51.0, 36.0), 3: "E", 4: (151.0, 12.0, 0.0), 29: "2026:01:02"})
    laid_out = Image.Exif()
    laid_out.load(exif.tobytes())  # Pillow's TIFF writer takes only directories that were read
    for form in ("JPEG", "PNG", "WEBP", "TIFF", "AVIF"):
        found = disclosed(coded(form, exif=laid_out))
        owner = "TIFF" if form == "TIFF" else "EXIF"
        kinds = {name.removeprefix(f"{owner} "): (d.kind, d.value) for name, d in found.items()}
        assert kinds["GPSLatitude, GPSLongitude"] == (DisclosureKind.PLACE, "-33.860000, 151.200000")
        assert kinds["GPSDateStamp"] == (DisclosureKind.TIME, "2026:01:02")
        assert kinds["Make"] == (DisclosureKind.DEVICE, "Maker")
        assert kinds["BodySerialNumber"] == (DisclosureKind.DEVICE, "12345")
        assert kinds["MakerNote"] == (DisclosureKind.DEVICE, "24 bytes")
        assert kinds["Artist"] == (DisclosureKind.PERSON, "A. Person")
        assert kinds["XPAuthor"] == (DisclosureKind.PERSON, "W. Person")
        assert kinds["ImageDescription"] == (DisclosureKind.TEXT, "A description")
        assert kinds["UserComment"] == (DisclosureKind.TEXT, "a comment")
        assert kinds["DateTimeOriginal"] == (DisclosureKind.TIME, "2026:01:02 03:04:05")


def xmp(body: str) -> bytes:
    spaces = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    packet = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF {spaces}>{body}</rdf:RDF></x:xmpmeta>"
    return f"<?xpacket begin='\ufeff'?>{packet}<?xpacket end='w'?>".encode()


def test_xmp_fields_are_listed_by_kind() -> None:
    photoshop = 'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"'
    body = (
        f'<rdf:Description {photoshop} photoshop:City="Utrecht"><dc:creator><rdf:Seq><rdf:li>A. Person</rdf:li>'
        "</rdf:Seq></dc:creator><dc:title><rdf:Alt><rdf:li xml:lang='x-default'>A title</rdf:li></rdf:Alt></dc:title>"
        "</rdf:Description>"
    )
    found = disclosed(coded("JPEG", xmp=xmp(body)))
    assert found["XMP dc:creator"] == Disclosure(DisclosureKind.PERSON, "XMP dc:creator", "A. Person")
    assert found["XMP dc:title"].kind is DisclosureKind.TEXT
    assert found["XMP photoshop:City"] == Disclosure(DisclosureKind.PLACE, "XMP photoshop:City", "Utrecht")


def test_an_entity_bomb_in_xmp_is_not_parsed() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + xmp("<rdf:li>&b;</rdf:li>")
    inside = xmp("<!ENTITY a 'x'><rdf:li>&a;</rdf:li>")
    for packet in (bomb, inside, b"<x:xmpmeta", b"\xff\xfe\0"):
        found = part_disclosures([Part(PartKind.XMP, "XMP", packet)])
        assert [d.kind for d in found] == [DisclosureKind.OTHER]


def test_iptc_and_photoshop_resources_are_read() -> None:
    fields = b"".join(
        b"\x1c\x02" + bytes([number]) + len(value).to_bytes(2, "big") + value
        for number, value in ((80, b"A. Person"), (90, b"Utrecht"), (120, b"A caption"))
    )

    def resource(number: int, content: bytes) -> bytes:
        return (
            b"8BIM"
            + number.to_bytes(2, "big")
            + b"\0\0"
            + len(content).to_bytes(4, "big")
            + content
            + b"\0" * (len(content) % 2)
        )

    body = b"Photoshop 3.0\0" + resource(0x0404, fields) + resource(0x040C, b"\xff\xd8thumb")
    segment = b"\xff\xed" + (len(body) + 2).to_bytes(2, "big") + body
    plain = coded("JPEG")
    found = disclosed(plain[:2] + segment + plain[2:])
    assert found["IPTC byline"].kind is DisclosureKind.PERSON
    assert found["IPTC city"] == Disclosure(DisclosureKind.PLACE, "IPTC city", "Utrecht")
    assert found["IPTC caption"].kind is DisclosureKind.TEXT
    assert found["Photoshop thumbnail"].kind is DisclosureKind.PICTURE


def test_png_texts_times_and_unknown_chunks_are_found() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "A. Person", zip=True)
    texts.add_itxt("Comment", "words", zip=True)
    texts.add(b"tIME", b"\x07\xea\x01\x02\x03\x04\x05")
    texts.add(b"prVt", b"hidden")
    texts.add_text("Raw profile type iptc", "\niptc\n      14\n" + (b"\x1c\x02\x5a\0\7Utrecht").hex() + "\n")
    found = disclosed(coded("PNG", pnginfo=texts))
    assert found["PNG zTXt Author"] == Disclosure(DisclosureKind.PERSON, "PNG zTXt Author", "A. Person")
    assert found["PNG iTXt Comment"].value == "words"
    assert found["PNG tIME"] == Disclosure(DisclosureKind.TIME, "PNG tIME", "2026-01-02 03:04:05")
    assert found["PNG chunk prVt"] == Disclosure(DisclosureKind.OTHER, "PNG chunk prVt", "6 bytes")
    assert found["IPTC in PNG text city"].value == "Utrecht"


def test_a_compressed_text_cannot_unpack_to_anything() -> None:
    packed = zlib.compress(bytes(50_000_000))
    chunk = b"zTXt" + b"Comment\0\0" + packed
    plain = coded("PNG")
    data = plain[:33] + (len(chunk) - 4).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big") + plain[33:]
    (part,) = photo_parts(data, "png")
    assert len(part.data) == 1 << 20


def test_comments_and_bytes_after_the_end_are_found() -> None:
    assert disclosed(coded("JPEG", comment="a comment"))["JPEG comment"].kind is DisclosureKind.TEXT
    assert disclosed(coded("GIF", comment="a comment"))["GIF comment"].value == "a comment"
    for form in ("JPEG", "PNG", "GIF", "WEBP", "BMP", "AVIF"):
        found = disclosed(coded(form) + b"left over" * 3)
        assert found["bytes after the picture"] == Disclosure(
            DisclosureKind.OTHER, "bytes after the picture", "27 bytes"
        )
        assert disclosed(coded(form)) == {}
    samsung = coded("JPEG") + b"audio\0SEFH\x6b\0\0\0\x01\0\0\0SEFT"
    assert "bytes after the picture (Samsung trailer)" in disclosed(samsung)


def test_damaged_metadata_is_named_and_never_raises() -> None:
    for kind in PartKind:
        for content in (b"", b"\0", b"II*\0\xff\xff\xff\xff", b"\x1c\x02\x50\xff\xff", bytes(range(256))):
            found = part_disclosures([Part(kind, "somewhere", content)])
            assert all(d.value.isprintable() for d in found)
