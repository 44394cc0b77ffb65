"""The child's side: locked up, it opens one file with the ordinary readers and hands out what they give.

What it says crosses `messages`; samples cross shared memory. Nothing here is trusted by whoever reads the answers.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import av

from unseen.core import Picture, View
from unseen.core.picture import Samples
from unseen.errors import InputError, LimitError
from unseen.media.coding import Coded, ParameterSets
from unseen.media.limits import Limits
from unseen.media.reader import Reader
from unseen.media.readers import reader_of
from unseen.media.sandbox import jail, messages
from unseen.media.sandbox.channel import Channel
from unseen.media.sandbox.slots import Slots
from unseen.media.source import SourceFile

_NAME = Path("input")  # the real one is no business of the worker's
_LAZY = (
    *("PIL.ImageCms", "PIL.ImageColor", "PIL.ImageFilter", "PIL.ImagePalette", "PIL.ImageSequence", "copy", "tempfile"),
    *("encodings.ascii", "encodings.latin_1", "encodings.unicode_escape"),
    *("encodings.utf_16", "encodings.utf_16_be", "encodings.utf_16_le"),
)
"""What the libraries load only when they need it: in the jail nothing can be loaded any more."""
_TOOLS = ("av.__main__", "av.datasets")


def prepare() -> None:
    """Load the rest of what decoding will need; importing this module has loaded most of it."""
    parts = (module.name for module in pkgutil.walk_packages(av.__path__, "av.") if module.name not in _TOOLS)
    for name in (*_LAZY, *parts):
        importlib.import_module(name)


def serve(channel: Channel) -> None:
    """Read one file for whoever is at the other end, until that one leaves."""
    with contextlib.suppress(EOFError):
        message, descriptor = channel.receive_with_file()
        request = messages.decode_request(message)
        if not isinstance(request, messages.Open) or descriptor is None:
            return
        limits = request.limits
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            isolation = jail.enter(jail.Allowance(limits.memory, limits.processor_seconds))
            channel.send(messages.encode(messages.Locked(isolation)))
            with _told(channel, limits):
                _Worker(channel, reader_of(SourceFile(_NAME, request.size, cast(BinaryIO, file)), limits)).run()


@contextlib.contextmanager
def _told(channel: Channel, limits: Limits) -> Iterator[None]:
    """Tell an error to the other end instead of raising it."""
    try:
        yield
    except EOFError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a hostile file brings about is that file's failure
        refused = _too_large(limits) if _out_of_memory(error) else _refusal(error)
        channel.send(messages.encode(refused))


def _refusal(error: Exception) -> messages.Refused:
    if isinstance(error, InputError):
        return messages.Refused(type(error).__name__, error.what, error.next_step)
    return messages.Refused("", f"{type(error).__name__}: {error}", "")


def _too_large(limits: Limits) -> messages.Refused:
    what = f"needs more than {limits.memory >> 20} MiB of memory to be decoded"
    step = f"If you trust it: --max-memory {limits.memory >> 19}"
    return messages.Refused(LimitError.__name__, what, step)


def _out_of_memory(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
            return True
        error = error.__cause__
    return False


class _Worker:
    """Answers one request after the other."""

    def __init__(self, channel: Channel, reader: Reader) -> None:
        self._channel, self._reader = channel, reader

    def run(self) -> None:
        reader = self._reader
        opened = messages.Opened(
            reader.kind,
            reader.shape,
            reader.disclosures,
            reader.conversions,
            reader.encoding,
            reader.main_picture,
            reader.main_audio,
        )
        self._say(opened)
        while True:
            message, descriptor = self._channel.receive_with_file()
            self._answer(messages.decode_request(message), descriptor)

    def _answer(self, request: messages.Request, descriptor: int | None) -> None:
        if isinstance(request, messages.Taken | messages.LeaveOff):
            return  # of the last pass, which was over by then
        if isinstance(request, messages.Fill) and descriptor is not None:
            slots = Slots(descriptor, request.slot, request.slots)
            os.close(descriptor)
            with contextlib.suppress(_LeftOff):
                self._fill(request, slots)
        elif isinstance(request, messages.AskTimes):
            for time in self._reader.times():
                self._say(messages.GivenTime(time))
        elif isinstance(request, messages.AskCoding):
            for part in self._reader.coding():
                if isinstance(part, ParameterSets):
                    self._say(messages.GivenSets(part.units))
                else:
                    self._say(messages.GivenGroup(part))
        elif isinstance(request, messages.AskSound):
            self._play(request)
        elif isinstance(request, messages.AskSoundFormat):
            self._say(messages.GivenSoundFormat(*self._reader.sound_format(request.index)))
        whole = isinstance(request, messages.AskTimes) or (
            isinstance(request, messages.Fill) and request.since is None and not request.copied
        )
        self._say(messages.Done(self._reader.info if whole else None, self._reader.conversions))

    def _fill(self, request: messages.Fill, slots: Slots) -> None:
        places = _Places(self._channel, slots, request.slots)
        if request.longest_side is not None:
            for view in self._reader.views(request.longest_side, places.empty, request.since):
                self._say(_of_view(view))
                places.next_picture()
            return
        copied = request.copied
        given = self._reader.spliced(copied, places.empty) if copied else self._reader.pictures(places.empty)
        for picture in given:
            if isinstance(picture, Coded):
                self._say(messages.GivenCoded(picture.time, picture.data, picture.alone))
            else:
                self._say(_of_picture(picture))
                places.next_picture()

    def _play(self, request: messages.AskSound) -> None:
        for block in self._reader.sound(request.index, request.since):
            samples = block.samples
            kind = cast(Any, samples.dtype.str[1:])
            given = messages.GivenSound(block.time, block.rate, block.layout, kind, samples.shape[0], samples.tobytes())
            self._say(given)

    def _say(self, message: messages.Reply) -> None:
        self._channel.send(messages.encode(message))


class _LeftOff(Exception):  # noqa: N818 - not an error: nobody wants the rest
    """The pass ends here."""


class _Places:
    """A slot for each picture, waited for when its first samples are there and not before."""

    def __init__(self, channel: Channel, slots: Slots, free: int) -> None:
        self._channel, self._slots, self._free = channel, slots, free
        self._in_slot = False

    def next_picture(self) -> None:
        self._in_slot = False

    def empty(self, shape: tuple[int, ...], kind: Any) -> Samples:
        if not self._in_slot:
            if self._free:
                self._free -= 1
            else:
                message, _ = self._channel.receive_with_file()  # the oldest picture is taken, and its slot free
                if isinstance(messages.decode_request(message), messages.LeaveOff):
                    raise _LeftOff
            self._slots.turn()
            self._in_slot = True
        return self._slots.empty(shape, kind)


def _of_view(view: View) -> messages.GivenView:
    rows, columns = view.rgb.shape[:2]
    return messages.GivenView(view.time, columns, rows, view.scale)


def _of_picture(picture: Picture) -> messages.GivenPicture:
    return messages.GivenPicture(
        picture.time,
        picture.width,
        picture.height,
        tuple((p.across, p.down) for p in picture.planes),
        picture.model,
        picture.depth,
        picture.full_range,
        picture.matrix,
    )
