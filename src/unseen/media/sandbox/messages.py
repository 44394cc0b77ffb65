"""What a reader and its worker say to each other; types are checked here, values in `checks`."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal

import msgspec

from unseen.core import ColourModel, Disclosure, MediaInfo, MediaKind, PictureFormat, Span
from unseen.media.coding import Group
from unseen.media.limits import Limits
from unseen.media.photo_encoding import Encoding
from unseen.plan import Isolation

_DIGITS = 40  # of a numerator or denominator; 64-bit numbers have 19


class Open(msgspec.Struct, frozen=True, tag=True):
    """Lock yourself up and open the file that comes with this."""

    size: int
    limits: Limits


class Fill(msgspec.Struct, frozen=True, tag=True):
    """Every picture, one by one, into the slots of the memory that comes with this.

    As views of that longest side, or as they are where it is None. Views may begin with the picture at `since`. In the
    stretches `copied` pictures come as they are coded, in messages.
    """

    slot: int
    slots: int
    longest_side: int | None
    since: Fraction | None = None
    copied: tuple[Span, ...] = ()


class AskSound(msgspec.Struct, frozen=True, tag=True):
    """The sound of one stream; what is over before `since` may be left out."""

    index: int
    since: Fraction | None = None


class AskSoundFormat(msgspec.Struct, frozen=True, tag=True):
    """How the sound of one stream runs."""

    index: int


class AskTimes(msgspec.Struct, frozen=True, tag=True):
    """The time of every picture, and with it the whole of the media facts."""


class AskCoding(msgspec.Struct, frozen=True, tag=True):
    """How the pictures are coded, group by group."""


class Taken(msgspec.Struct, frozen=True, tag=True):
    """The oldest slot is free again."""


class LeaveOff(msgspec.Struct, frozen=True, tag=True):
    """No more pictures of this pass from the middle are wanted."""


Request = Open | Fill | AskSound | AskSoundFormat | AskTimes | AskCoding | Taken | LeaveOff


class Locked(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """The worker is locked up, and has not read a byte of the file yet."""

    isolation: Isolation


class Opened(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """The file's headers are read."""

    kind: MediaKind
    shape: PictureFormat | None
    disclosures: tuple[Disclosure, ...]
    conversions: tuple[str, ...]
    encoding: Encoding | None
    main_picture: int | None
    main_audio: int | None


class GivenTime(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """A picture is decoded, and thrown away."""

    time: Fraction


class GivenView(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """A view is in the next slot."""

    time: Fraction
    width: int
    height: int
    scale: float


class GivenPicture(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """A picture is in the next slot: its planes one behind the other, `grids` the pixels to a sample of each."""

    time: Fraction
    width: int
    height: int
    grids: tuple[tuple[int, int], ...]
    model: ColourModel
    depth: int
    full_range: bool
    matrix: int


class GivenSets(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """What every group of coded pictures needs."""

    units: tuple[bytes, ...]


class GivenGroup(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """A group of coded pictures, or why it is not to be copied."""

    group: Group


class GivenCoded(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """A picture as it is coded: its slices, each behind its length in four bytes."""

    time: Fraction
    data: bytes
    alone: bool


class GivenSound(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """A block of sound: the samples of each channel, one channel behind the other."""

    time: Fraction
    rate: int
    layout: str
    kind: Literal["u1", "i2", "i4", "f4", "f8"]
    channels: int
    data: bytes


class GivenSoundFormat(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    rate: int
    layout: str


class Done(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """That was all; `info` where this pass found out the whole of it."""

    info: MediaInfo | None
    conversions: tuple[str, ...]


class Refused(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """The file cannot be used: an error of `unseen.errors`, without the file's name, which the worker never had."""

    error: str
    what: str
    next_step: str


Given = GivenTime | GivenView | GivenPicture | GivenSets | GivenGroup | GivenCoded | GivenSound | GivenSoundFormat
Reply = Locked | Opened | Given | Done | Refused


def encode(message: Request | Reply) -> bytes:
    return msgspec.msgpack.encode(message, enc_hook=_plain)


def decode_request(data: bytes) -> Request:
    return _REQUESTS.decode(data)


def decode_reply(data: bytes) -> Reply:
    """A worker's message. Raises ValueError where it is none."""
    try:
        return _REPLIES.decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def _plain(value: object) -> Any:
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    raise NotImplementedError(type(value))


def _rich(kind: type, value: object) -> Any:
    if kind is not Fraction or not isinstance(value, str):
        raise ValueError("a value of an unexpected kind")
    numerator, _, denominator = value.partition("/")
    if max(len(numerator), len(denominator)) > _DIGITS:
        raise ValueError("a number of too many digits")
    try:
        return Fraction(int(numerator), int(denominator))
    except ZeroDivisionError as error:
        raise ValueError("a division by zero") from error


_REQUESTS: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request, dec_hook=_rich)
_REPLIES: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply, dec_hook=_rich)
