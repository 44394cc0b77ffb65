"""The reader that the rest of Unseen works with: every byte of the file is parsed in a locked-up worker.

It never looks into the file itself, and takes nothing that the worker says for granted. One worker reads one file; it
waits, warm, between passes, and a pass that meets another one still going on gets a worker of its own.
"""

from __future__ import annotations

import contextlib
import functools
import os
import weakref
from collections.abc import Generator, Iterator, Sequence
from typing import Any

import numpy as np

from unseen.core import (
    Disclosure,
    MediaInfo,
    MediaKind,
    Picture,
    PictureFormat,
    Plane,
    SoundBlock,
    Span,
    Timestamp,
    View,
)
from unseen.core.picture import Empty, Samples
from unseen.errors import StorageError
from unseen.media.coding import Coded, Group, ParameterSets
from unseen.media.limits import Limits
from unseen.media.photo_encoding import Encoding
from unseen.media.sandbox import checks, messages
from unseen.media.sandbox.forkserver import Workers
from unseen.media.sandbox.session import Session
from unseen.media.sandbox.slots import Slots, create, how_many
from unseen.media.source import SourceFile
from unseen.media.turns import placed

_SPARE = 4096  # bytes a slot, for what aligning its planes takes

_DEAR = 8 << 20  # bytes from which copying a picture costs more than another worker: some 15 ms, measured

_Filled = Generator[tuple[Session, messages.Reply, Empty], None, None]


class SandboxedReader:
    """Fulfils `Reader` for any file that Unseen reads, over workers that can reach nothing but that file.

    Raises InputError or one of its kinds, here and from every pass; SandboxError where no worker can be had. `close`
    ends the workers at once; left alone, they end with the reader.
    """

    def __init__(self, source: SourceFile, limits: Limits, workers: Workers) -> None:
        self._source, self._limits, self._workers = source, limits, workers
        first = Session(source, limits, workers)
        self._idle = [first]
        self._finalizer = weakref.finalize(self, _end_all, self._idle)
        self._finalizer.atexit = False  # then they end with the process
        self._opened, self.isolation = first.opened, first.isolation
        self._conversions = first.opened.conversions
        self._info: MediaInfo | None = None

    def close(self) -> None:
        """End the workers."""
        self._finalizer()

    @property
    def kind(self) -> MediaKind:
        return self._opened.kind

    @property
    def shape(self) -> PictureFormat | None:
        return self._opened.shape

    @property
    def info(self) -> MediaInfo:
        if self._info is None:
            for _ in self.times():
                pass
        assert self._info is not None  # noqa: S101 - `_learn` insists on it
        return self._info

    @property
    def disclosures(self) -> tuple[Disclosure, ...]:
        return self._opened.disclosures

    @property
    def conversions(self) -> tuple[str, ...]:
        return self._conversions

    @property
    def encoding(self) -> Encoding | None:
        return self._opened.encoding

    @property
    def main_picture(self) -> int | None:
        return self._opened.main_picture

    @property
    def main_audio(self) -> int | None:
        return self._opened.main_audio

    def times(self) -> Iterator[Timestamp]:
        with self._session() as session:
            for given in session.ask(messages.AskTimes()):
                if not isinstance(given, messages.GivenTime):
                    session.refuse_nonsense("no time")
                yield given.time
            self._learn(session)

    def views(self, longest_side: int, empty: Empty = np.empty, since: Timestamp | None = None) -> Iterator[View]:
        shape = self.shape
        if shape is None:
            return
        side = min(longest_side, max(shape.width, shape.height))
        scale = side / max(shape.width, shape.height)
        slot = 3 * (round(shape.width * scale) + 2) * (round(shape.height * scale) + 2)
        with contextlib.closing(self._filled(slot, side, empty, since)) as filled:
            expected = since
            for session, given, take in filled:
                if not isinstance(given, messages.GivenView):
                    session.refuse_nonsense("no view")
                with session.sensible():
                    checks.need(expected in (None, given.time), "another picture than the one asked for")
                    checks.check_view(given, shape, side)
                    rgb = take((given.height, given.width, 3), np.uint8)
                expected = None
                yield View(given.time, rgb, given.scale)

    def pictures(self, empty: Empty = np.empty) -> Iterator[Picture]:
        return (picture for picture in self._pictures(empty) if isinstance(picture, Picture))

    def _pictures(self, empty: Empty, copied: tuple[Span, ...] = ()) -> Iterator[Picture | Coded]:
        shape = self.shape
        if shape is None:
            return
        slot = 3 * shape.width * shape.height * (1 if shape.depth == 8 else 2)
        with contextlib.closing(self._filled(slot, None, empty, copied=copied)) as filled:
            for session, given, take in filled:
                if isinstance(given, messages.GivenCoded):
                    with session.sensible():
                        checks.check_coded(given, copied)
                    yield Coded(given.time, given.data, given.alone)
                    continue
                if not isinstance(given, messages.GivenPicture):
                    session.refuse_nonsense("no picture")
                with session.sensible():
                    planes = _planes(given, checks.check_picture(given, shape), take)
                yield Picture(
                    given.time,
                    given.width,
                    given.height,
                    planes,
                    given.model,
                    given.depth,
                    given.full_range,
                    given.matrix,
                )

    def coding(self) -> Iterator[ParameterSets | Group]:
        with self._session() as session:
            for given in session.ask(messages.AskCoding()):
                with session.sensible():
                    if isinstance(given, messages.GivenSets):
                        checks.check_sets(given.units)
                        yield ParameterSets(given.units)
                    elif isinstance(given, messages.GivenGroup):
                        checks.check_group(given.group, self._limits)
                        yield given.group
                    else:
                        session.refuse_nonsense("no group")

    def spliced(self, copied: Sequence[Span], empty: Empty = np.empty) -> Iterator[Picture | Coded]:
        return self._pictures(empty, tuple(copied))

    def sound(self, index: int, since: Timestamp | None = None) -> Iterator[SoundBlock]:
        with self._session() as session:
            for given in session.ask(messages.AskSound(index, since)):
                if not isinstance(given, messages.GivenSound):
                    session.refuse_nonsense("no sound")
                with session.sensible():
                    block = _block(given)
                yield block

    def sound_format(self, index: int) -> tuple[int, str]:
        with self._session() as session:
            answers = list(session.ask(messages.AskSoundFormat(index)))
            given = answers[0] if len(answers) == 1 else None
            if not isinstance(given, messages.GivenSoundFormat):
                session.refuse_nonsense("no format of sound")
            with session.sensible():
                checks.check_sound_format(given.rate, given.layout)
            return given.rate, given.layout

    def _filled(
        self,
        slot: int,
        longest_side: int | None,
        empty: Empty,
        since: Timestamp | None = None,
        copied: tuple[Span, ...] = (),
    ) -> _Filled:
        """Every picture of a pass: who gave it, what it is said to be, and what takes its samples in their order.

        What was taken is ours alone, so that nothing the worker does later changes it: copied, or, where copying would
        cost more than a new worker, left where it is and the worker ended.
        """
        slot += _SPARE
        alone = self.kind is MediaKind.PHOTO and slot >= _DEAR
        count = 1 if self.kind is MediaKind.PHOTO else how_many(slot)
        with self._session() as session:
            theirs, slots = _shared(slot, count)
            answers = session.ask(messages.Fill(slot, count, longest_side, since, copied), theirs)
            if alone:
                answers = iter(list(answers))
                self._learn(session, whole=since is None)
                session.end()
            for given in answers:
                if isinstance(given, messages.GivenCoded):
                    yield session, given, empty
                    continue
                slots.turn()
                try:
                    yield session, given, slots.empty if alone else functools.partial(_copied, slots, empty)
                except GeneratorExit:
                    if since is not None and not session.ended:
                        session.leave_off(answers)
                    raise
                if not alone:
                    session.taken()
            self._learn(session, whole=since is None and not copied)

    @contextlib.contextmanager
    def _session(self) -> Iterator[Session]:
        """A worker that does nothing else meanwhile. One that is left in the middle of an answer is of no more use."""
        session = self._idle.pop() if self._idle else self._another()
        usable = False
        try:
            yield session
            usable = True
        except GeneratorExit:
            usable = True  # where it could be told to leave off
            raise
        finally:
            if usable and session.done is not None and not session.ended and self._finalizer.alive:
                self._idle.append(session)
            else:
                session.end()

    def _another(self) -> Session:
        session = Session(self._source, self._limits, self._workers)
        if session.opened != self._opened:
            session.end()
            session.refuse_nonsense("other headers than before")
        return session

    def _learn(self, session: Session, *, whole: bool = True) -> None:
        """Keep what a whole pass has found out."""
        done = session.done
        if not whole:
            return
        if done is None or done.info is None:
            session.refuse_nonsense("an end without facts")
        self._info, self._conversions = done.info, done.conversions


def _shared(slot: int, count: int) -> tuple[int, Slots]:
    """Memory to share, as an open file for the worker and as slots for ourselves. Raises StorageError."""
    try:
        descriptor = create(slot * count)
        try:
            return descriptor, Slots(descriptor, slot, count)
        except OSError:
            os.close(descriptor)
            raise
    except OSError as error:
        what = f"there is no memory to share for its pictures: {error.strerror}"
        step = "Close other programs, or raise the limit on the size of files (ulimit -f), which counts for memory too."
        raise StorageError(what, next_step=step) from error


def _end_all(sessions: list[Session]) -> None:
    while sessions:
        sessions.pop().end()


def _copied(slots: Slots, empty: Empty, shape: tuple[int, ...], kind: Any) -> Samples:
    return placed(slots.empty(shape, kind), empty)


def _planes(given: messages.GivenPicture, shapes: list[tuple[int, ...]], take: Empty) -> tuple[Plane, ...]:
    """A picture's planes, their samples within its depth: encoders look up tables of that size."""
    samples = [take(shape, np.uint8 if given.depth == 8 else np.uint16) for shape in shapes]
    if given.depth not in (8, 16):
        for each in samples:
            np.minimum(each, each.dtype.type((1 << given.depth) - 1), out=each)
    return tuple(Plane(each, *grid) for each, grid in zip(samples, given.grids, strict=True))


def _block(given: messages.GivenSound) -> SoundBlock:
    checks.check_sound(given)
    samples = np.frombuffer(given.data, given.kind).reshape(given.channels, -1).copy()
    if samples.dtype.kind == "f":
        samples[~np.isfinite(samples)] = 0
    return SoundBlock(given.time, given.rate, given.layout, samples)
