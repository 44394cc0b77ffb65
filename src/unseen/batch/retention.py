"""Which originals have to go, which have to stay, and by which article: read from the records of their releases."""

from __future__ import annotations

import datetime
import enum
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from unseen.errors import InputError, UnseenError
from unseen.media import open_source
from unseen.plan import SCHEMA as PLAN
from unseen.plan import duties
from unseen.record import SUFFIX, ReleaseRecord, read_record

_DAY = datetime.timedelta(days=1)
_MOST = 256 << 20


class Fate(enum.StrEnum):
    """What becomes of an original."""

    DUE = "due"
    WAITING = "not yet due"
    MINIMUM = "has to stay"
    NO_MAXIMUM = "no rule says when"
    UNCONFIRMED = "only a rule that is not confirmed wants it gone"
    UNSAFE = "its release is not whole"


@dataclass(frozen=True, slots=True)
class Release:
    """A record, where it lies, and the file it was made for."""

    path: Path
    record: ReleaseRecord

    @property
    def output(self) -> Path:
        """Where the released file lies."""
        return self.path.with_name(self.path.name.removesuffix(SUFFIX))


@dataclass(frozen=True, slots=True)
class Held:
    """An original: every file that holds it, its releases, plans left over from it, and its fate with the articles."""

    sha256: str
    originals: tuple[Path, ...]
    releases: tuple[Release, ...]
    leftovers: tuple[Path, ...]
    fate: Fate
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """What folders hold; `damaged`: records that cannot be read, whose originals nobody can judge."""

    held: tuple[Held, ...]
    damaged: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class _Term:
    """A day and the article it follows from."""

    day: datetime.date
    cite: str


@dataclass(frozen=True, slots=True)
class _Terms:
    """The first day on which an original may go, that on which it has to, and that by rules that are not confirmed."""

    least: _Term | None
    most: _Term | None
    doubtful: _Term | None


def survey(folders: Sequence[Path], today: datetime.date) -> Survey:
    """Judge every original in `folders` that a record there names by its digest. Links are never followed.

    Raises InputError where a folder is none.
    """
    files = list(dict.fromkeys(path for folder in folders for path in _files(folder.resolve())))
    releases, damaged = _releases(files)
    by_digest = defaultdict(list)
    for release in releases:
        by_digest[release.record.plan.source.sha256].append(release)
    outputs = {
        release.output for release in releases
    }  # where nothing was covered, an output can be the original byte for byte
    sizes = {release.record.plan.source.size for release in releases}
    originals = _originals((path for path in files if path not in outputs), sizes, set(by_digest))
    plans = _plans(files, set(by_digest))
    held = [
        Held(sha256, tuple(paths), tuple(by_digest[sha256]), tuple(plans[sha256]), *_judge(by_digest[sha256], today))
        for sha256, paths in sorted(originals.items(), key=lambda each: each[1][0])
    ]
    return Survey(tuple(held), tuple(damaged))


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise InputError("is not a folder", path=folder, next_step="Name the folders that hold originals and records.")
    for place, _, names in sorted(os.walk(folder, followlinks=False)):
        for name in sorted(names):
            path = Path(place, name)
            if path.is_file() and not path.is_symlink():
                yield path


def _releases(files: Iterable[Path]) -> tuple[list[Release], list[Path]]:
    good, damaged = [], []
    for path in files:
        if path.name.endswith(SUFFIX):
            try:
                with open_source(path) as source:
                    good.append(Release(path, read_record(source.cursor().read(_MOST))))
            except UnseenError:
                damaged.append(path)
    return good, damaged


def _originals(files: Iterable[Path], sizes: set[int], digests: set[str]) -> dict[str, list[Path]]:
    found = defaultdict(list)
    for path in files:
        if path.stat().st_size in sizes:
            with open_source(path) as source:
                digest = source.sha256()
            if digest in digests:
                found[digest].append(path)
    return found


class _Whose(msgspec.Struct):
    sha256: str


class _MaybePlan(msgspec.Struct):
    """As much of a plan as says whose it is, so that one written by another version is told too."""

    schema: str
    source: _Whose


def _plans(files: Iterable[Path], digests: set[str]) -> dict[str, list[Path]]:
    found = defaultdict(list)
    for path in files:
        if path.suffix == ".json" and not path.name.endswith(SUFFIX) and (whose := plan_of(path)) in digests:
            found[whose].append(path)
    return found


def plan_of(path: Path) -> str:
    """The digest of the source whose plan a file is; empty where it is none."""
    try:
        with open_source(path) as source:
            said = msgspec.json.decode(source.cursor().read(_MOST), type=_MaybePlan)
    except (UnseenError, msgspec.DecodeError):
        return ""
    return said.source.sha256 if said.schema.rpartition("/")[0] == PLAN.rpartition("/")[0] else ""


def _judge(releases: Sequence[Release], today: datetime.date) -> tuple[Fate, tuple[str, ...]]:
    """The strictest of all releases of one original: no minimum may be broken, and the first maximum counts."""
    terms = [_terms(release.record) for release in releases]
    least = max((t.least for t in terms if t.least), key=_day, default=None)
    most = min((t.most for t in terms if t.most), key=_day, default=None)
    doubtful = min((t.doubtful for t in terms if t.doubtful), key=_day, default=None)
    if least is not None and today < least.day:
        return Fate.MINIMUM, (f"not before {least.day}: {least.cite}",)
    if (most is None or today < most.day) and doubtful is not None and today >= doubtful.day:
        return Fate.UNCONFIRMED, (f"since {doubtful.day}: {doubtful.cite}; state keep_days to decide it yourself",)
    if most is None:
        return Fate.NO_MAXIMUM, ()
    if today < most.day:
        return Fate.WAITING, (f"from {most.day} on: {most.cite}",)
    for release in releases:
        if not _whole(release):
            return Fate.UNSAFE, (f"{release.output.name} is not beside its record as it was released",)
    return Fate.DUE, (f"since {most.day}: {most.cite}",)


def _day(term: _Term) -> datetime.date:
    return term.day


def _terms(record: ReleaseRecord) -> _Terms:
    case, asked = record.plan.case, duties.requirements(record.plan)
    start = case.recorded or record.released
    # Days are counted whole: one more, because the first may have begun late, and one for the time zone of a day that a
    # person named.
    spare = _DAY * (2 if case.recorded else 1)
    least = asked.keep_at_least
    limits = [(c.line.max_days, c) for c in asked.originals if c.line.max_days is not None]
    most = [(days, str(c)) for days, c in limits if c.line.confirmed]
    if case.keep_days is not None:
        most.append((case.keep_days, f"the case says {case.keep_days} days"))
    doubtful = [(days, str(c)) for days, c in limits if not c.line.confirmed]
    return _Terms(
        _Term(start + least[0] * _DAY + spare, str(least[1])) if least else None,
        _first(start, most),
        _first(start, doubtful),
    )


def _first(start: datetime.date, limits: list[tuple[int, str]]) -> _Term | None:
    if not limits:
        return None
    days, cite = min(limits)
    return _Term(start + days * _DAY, cite)


def _whole(release: Release) -> bool:
    try:
        with open_source(release.output) as output:
            return output.sha256() == release.record.output.sha256
    except UnseenError:
        return False
