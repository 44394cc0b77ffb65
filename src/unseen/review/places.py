"""Which files a review is about, where their plans are, and where their releases go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from unseen.errors import InputError, UnseenError, UsageError
from unseen.media.documents import load_plan
from unseen.media.sniff import is_media
from unseen.media.source import open_source
from unseen.plan import Source
from unseen.record import SUFFIX
from unseen.withheld import PLAN_SUFFIX

_REDACTED = "-redacted"


@dataclass(frozen=True, slots=True)
class Place:
    """A file to review, where its plan is or will be, and where its release goes."""

    source: Path
    plan: Path
    output: Path


def places(target: Path, output: Path | None, source: Path | None) -> list[Place]:
    """One place a file: of a plan, of a photo, video or recording, or of all in a folder.

    Raises UsageError where two things would have one name, InputError where there is nothing to review.
    """
    if target.is_dir():
        found = list(_in_folder(target, output or target.with_name(target.name + _REDACTED)))
        if not found:
            raise InputError("holds no file", path=target, next_step="Name a photo, a video or a folder of them.")
        return found
    if is_plan(target):
        return [_of_plan(target, output, source)]
    released = output or target.with_name(target.stem + _REDACTED + target.suffix)
    return [_apart(Place(target, released.with_name(released.name + PLAN_SUFFIX), released))]


def is_plan(path: Path) -> bool:
    """Whether a file is named as plans are."""
    return path.suffix.lower() == ".json"


def _in_folder(folder: Path, out: Path) -> Iterator[Place]:
    if out.resolve() == folder.resolve():
        raise UsageError("the outputs would replace the inputs", path=out, next_step="Name another folder with -o.")
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder)
        hidden = any(part.startswith(".") for part in inside.parts)
        released = file.is_relative_to(out) and not folder.is_relative_to(out)
        document = file.name.endswith((SUFFIX, PLAN_SUFFIX))
        if not hidden and not released and not document and file.is_file() and is_media(file):
            target = out / inside
            yield Place(file, target.with_name(target.name + PLAN_SUFFIX), target)


def _of_plan(path: Path, output: Path | None, source: Path | None) -> Place:
    wanted = load_plan(path).source
    found = source if source is not None else next(_sources(path, wanted), None)
    if found is None:
        what = "the file that this plan was made for is not beside it"
        raise UsageError(what, path=path, next_step="Name it: --source FILE")
    released = output or found.with_name(found.stem + _REDACTED + found.suffix)
    return _apart(Place(found, path, released))


def _sources(plan: Path, wanted: Source) -> Iterator[Path]:
    """Files beside a plan that have the bytes it was made for, those of a like name first."""
    try:
        beside = [file for file in plan.parent.iterdir() if file.is_file() and not file.is_symlink()]
        right = [file for file in beside if file.stat().st_size == wanted.size]
    except OSError:
        return
    for file in sorted(right, key=lambda f: (not plan.name.startswith(f.stem), f.name)):
        try:
            with open_source(file) as opened:
                if opened.sha256() == wanted.sha256:
                    yield file
        except UnseenError:
            continue


def _apart(place: Place) -> Place:
    """The same place. Raises UsageError where a release would replace what it was made from."""
    if place.output.resolve() in (place.source.resolve(), place.plan.resolve()):
        raise UsageError("the output would replace an input", path=place.output, next_step="Name another with -o.")
    return place
