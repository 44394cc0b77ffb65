"""The whole job in its order: open, find, track, plan, cover, write, audit, record, publish.

This is the only module that knows that order; every step lives in its own room.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unseen import __version__, hearing
from unseen.copying import UNPROVEN, Choice, choose, refused
from unseen.core import (
    Disclosure,
    Kind,
    MediaKind,
    Picture,
    Progress,
    StreamInfo,
    StreamKind,
    quiet,
)
from unseen.cover import cover_tracks
from unseen.errors import AuditFailedError, PlanError, RuleError, TamperedError
from unseen.find import Notes, forget, notes_for
from unseen.glimpses import glimpses
from unseen.heap import give_back
from unseen.looking import identifiers, is_seen, look, not_looked_for, planned
from unseen.media import Reader, SourceFile, open_reader, open_source
from unseen.media.coding import Coded
from unseen.media.output import OutputFile, output_suffix
from unseen.media.prefetch import AHEAD, prefetch
from unseen.media.publish import Draft, draft, publish, refuse_existing, refuse_unusable, sweep
from unseen.media.source import STDIN
from unseen.options import ApplyOptions, FindOptions, LookOptions, RedactOptions, SampleOptions
from unseen.plan import (
    BlindSpot,
    MetadataDecision,
    Plan,
    RuleSetUsed,
    Source,
    StreamAction,
    StreamDecision,
    covered_zones,
    duties,
    ignored_zones,
    keep,
)
from unseen.record import SUFFIX, CheckOutcome, Output, ReleaseRecord, Sealing, make_record, own_key, read_record
from unseen.record.c2pa import Verdict, check_manifest, make_manifest, refuse_unfit, sidecar_of
from unseen.rules import digest
from unseen.sample import DARK, draw
from unseen.verify import SECOND_LOOK, AuditReport, audit_apart, warm
from unseen.withheld import refuse_empty_reason, rules_not_met, settled

CHECKS_THAT_NEED_THE_SOURCE = frozenset({4, 9, 10})
"""What `verify` cannot check where only the output and its record are at hand."""

_GLANCE_SIDE = 160  # pixels of a picture's longest side that tell how bright it is
_SEED_BITS = 48  # seeds stay whole numbers in every reader of JSON
_UNSEEN = "unseen"
_USUAL = LookOptions()


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file would give away; `disclosures` carry values and are for the eyes of the person who asked.

    So are `thumbnails`: what was found, small, by the name of its track; empty where nobody asked for them.
    """

    plan: Plan
    disclosures: tuple[Disclosure, ...]
    conversions: tuple[str, ...]
    thumbnails: Mapping[str, NDArray[np.uint8]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Released:
    """A finished file at its destination, with its record beside it."""

    output: Path
    record_path: Path
    record: ReleaseRecord


def find(path: Path, options: FindOptions, progress: Progress = quiet) -> Plan:
    """Look at a file and plan what to do about it. Raises UnseenError."""
    with open_source(path) as source, _opened(source, options) as reader:
        return _find(source, reader, options, progress)


def inspect(path: Path, options: FindOptions, progress: Progress = quiet, *, thumbnails: bool = False) -> Inspection:
    """Everything a file would give away: people, streams, metadata with its values. Raises UnseenError."""
    with open_source(path) as source, _opened(source, options) as reader:
        plan = _find(source, reader, options, progress)
        shown = glimpses(reader, [planned.track for planned in plan.tracks]) if thumbnails else {}
        return Inspection(plan, reader.disclosures, reader.conversions, shown)


def apply(plan: Plan, path: Path, out: Path, options: ApplyOptions, progress: Progress = quiet) -> Released:
    """Cover what the plan says, audit the result, release it with its record. Raises UnseenError."""
    _refuse_existing(out, options)
    with open_source(path) as source:
        _check_belongs(plan, source)
        with _opened(source, options) as reader:
            return _release(plan, source, reader, out, options, progress)


def redact(path: Path, out: Path, options: RedactOptions, progress: Progress = quiet) -> Released:
    """The whole job for one file: find and apply in one go. Raises UnseenError."""
    _refuse_existing(out, options)
    duties.admit(options.asked, options.case)
    with open_source(path) as source, _opened(source, options) as reader:
        _demand_early(reader, options)
        with notes_for(out, (source.sha256(), __version__)) as notes:
            plan = _find(source, reader, options, progress, notes)
            try:
                duties.check(plan, _today())
            except RuleError as error:
                raise rules_not_met(error, plan, out) from error
            return _release(plan, source, reader, out, options, progress)


def _demand_early(reader: Reader, options: RedactOptions) -> None:
    """Raise RuleError, before anything is looked at, where the rules will ask for what cannot be there by then."""
    asked, case = options.asked, options.case
    looked_for = duties.Looked(identifiers(options.kinds), seen=reader.info.kind is not MediaKind.AUDIO)
    papers = duties.missing_papers(asked, case, _today())
    duties.demand((*papers, *duties.not_looked_for(asked, looked_for), *duties.unreviewed(asked, None)))


def verify(
    output: Path,
    record: ReleaseRecord,
    source: Path | None,
    progress: Progress = quiet,
    options: LookOptions = _USUAL,
) -> AuditReport:
    """Audit a finished file again. Raises TamperedError where the record is another file's, UnseenError."""
    with open_source(output) as finished:
        if finished.sha256() != record.output.sha256:
            what = "is not the file that this record was made for: its bytes differ"
            raise TamperedError(what, path=output, next_step="Do not trust it; get the file and its record anew.")
    if source is not None and options.require_sandbox:
        with open_source(source) as opened, _opened(opened, options):
            pass  # refused here where it would have to be in the audit's process, which is the same machine's
    count = _counter(progress, "checking", record.plan)
    with _naming(output):
        return audit_apart(output, record.plan, source=source, on_frame=count, limits=options.limits)


def verify_manifest(output: Path, record: ReleaseRecord) -> Verdict | None:
    """What is to be said of the C2PA manifest beside a file that `verify` has found to be the record's.

    None where there is and should be none. Raises TamperedError where it is another, or not valid for the file.
    """
    if output == STDIN:
        return None if record.c2pa_sha256 is None else Verdict.MISSING
    return check_manifest(output, record.output.sha256, record.c2pa_sha256)


def sample(plan: Plan, source: Path | None, options: SampleOptions, progress: Progress = quiet) -> Plan:
    """The plan with a newly drawn sample for a person to look at; with the source, dark pictures are told as well.

    Raises UnseenError.
    """
    seed = secrets.randbits(_SEED_BITS) if options.seed is None else options.seed
    if source is None:
        return draw(plan, seed, options.looks)
    with open_source(source) as opened:
        _check_belongs(plan, opened)
        with _opened(opened, options) as reader:
            return draw(plan, seed, options.looks, _dark(reader, progress))


def _dark(reader: Reader, progress: Progress) -> NDArray[np.bool_]:
    """Of every picture, whether it is dark."""
    found = []
    for done, view in enumerate(reader.views(_GLANCE_SIDE), start=1):
        found.append(float(view.rgb.mean()) < DARK)
        progress("looking", done, None)
    return np.array(found, np.bool_)


def _opened(source: SourceFile, options: LookOptions) -> contextlib.closing[Reader]:
    return contextlib.closing(open_reader(source, options.limits, require_sandbox=options.require_sandbox))


def _find(
    source: SourceFile, reader: Reader, options: FindOptions, progress: Progress, notes: Notes | None = None
) -> Plan:
    cover, case, asked = options.cover, options.case, options.asked
    kinds = frozenset(kind for kind in options.kinds if is_seen(kind, reader))
    duties.admit(asked, case)
    duties.check_cover(asked, case, cover.style, cover.padding)
    sha256 = source.sha256()
    to_cover, to_ignore = options.covered_zones, options.ignored_zones
    if reader.kind is MediaKind.AUDIO:  # in a folder of everything, zones are for what has pictures
        to_cover = to_ignore = ()
    heard = hearing.listen(reader, options)
    looked = look(reader, kinds, to_ignore, progress, notes)
    give_back()
    info = reader.info
    return Plan(
        source=Source(sha256, source.size, info),
        tracks=(*planned(looked.tracks, options), *covered_zones(to_cover, info.frame_times, options.by)),
        streams=tuple(_decide_stream(s, reader, options) for s in info.streams),
        metadata=_decide_metadata(reader.disclosures),
        cover=cover,
        rules=tuple(RuleSetUsed(each, digest(each)) for each in options.rule_sets),
        models=(*looked.models, *heard.models),
        blind_spots=(
            *(not_looked_for(kind) for kind in Kind if kind not in kinds and is_seen(kind, reader)),
            *ignored_zones(to_ignore, kinds, options.by),
            *looked.blind_spots,
            *heard.blind_spots,
            *(BlindSpot(said, "conversion") for said in reader.conversions),
        ),
        made_by=f"unseen {__version__}",
        looked_for=(*identifiers(kinds), *heard.looked_for),
        case=case,
        warnings=options.warnings,
        silences=heard.silences,
        cuts=looked.cuts,
        sandbox=reader.isolation,
    )


def _today() -> datetime.date:
    return datetime.datetime.now(tz=datetime.UTC).date()


def _decide_stream(stream: StreamInfo, reader: Reader, options: FindOptions) -> StreamDecision:
    """The main picture is redacted, the main sound treated as asked, everything else goes."""
    if stream.index == reader.main_picture:
        return StreamDecision(stream.index, stream.kind, StreamAction.REDACT, _UNSEEN, "the picture to release")
    if stream.index == reader.main_audio:
        return hearing.decide(stream, reader, options)
    return StreamDecision(stream.index, stream.kind, StreamAction.REMOVE, _UNSEEN, "nothing but picture and sound")


def _decide_metadata(disclosures: tuple[Disclosure, ...]) -> tuple[MetadataDecision, ...]:
    """Every class of metadata goes; the plan says which were there, not what they said."""
    classes = dict.fromkeys((d.kind, d.where) for d in disclosures)
    return tuple(MetadataDecision(kind, where) for kind, where in classes)


def _release(
    plan: Plan, source: SourceFile, reader: Reader, out: Path, options: ApplyOptions, progress: Progress
) -> Released:
    """Write beside the destination, audit those bytes, and only then give them their name."""
    key = own_key(options.key_file)
    warm(plan.source.media)
    plan = keep(plan, options.keep, options.by, options.because)
    required = duties.check(plan, _today()).required_checks
    record_path = record_path_of(out)
    sound = next((s.action for s in plan.streams if s.kind is StreamKind.AUDIO and s.action in hearing.PLAYED), None)
    output = OutputFile(
        reader,
        output_suffix(reader.info, out),
        codec=options.codec,
        quality=options.quality,
        sound=sound or StreamAction.REMOVE,
    )
    with draft(out) as ready:
        writing = _Writing(source, reader, output, ready, options, progress)
        choice = choose(plan, reader, output) if options.copy_untouched else Choice()
        plan, report = writing.write(plan, choice)
        if choice.splice is not None and any(c.number != SECOND_LOOK for c in report.failed):
            plan, report = writing.write(plan, refused(UNPROVEN))
        report, plan = settled(report, plan, required, out, options)
        plan = replace(plan, blind_spots=(*plan.blind_spots, *(BlindSpot(s, "conversion") for s in output.losses)))
        record = make_record(_digest(ready.path), plan, _outcomes(report), _today())
        with draft(record_path) as paper, _manifest(ready, record, options) as manifest:
            sealing = Sealing(replace(record, c2pa_sha256=_sha256_of(manifest)), record_path, key)
            beside = {sidecar_of(out): manifest}
            publish(ready, paper, sealing, replace=options.overwrite, beside=beside)
    return Released(out, record_path, sealing.record)


@dataclass(frozen=True, slots=True)
class _Writing:
    """An output in the making: what it is made of, and the draft that it is written to."""

    source: SourceFile
    reader: Reader
    output: OutputFile
    ready: Draft
    options: ApplyOptions
    progress: Progress

    def write(self, plan: Plan, choice: Choice) -> tuple[Plan, AuditReport]:
        """Write all of the draft and audit its bytes; the plan says what was copied. Raises UnseenError."""
        ready, output, source = self.ready, self.output, self.source
        plan = replace(plan, copying=choice.copying)
        ready.file.seek(0)
        ready.file.truncate()
        count = _counter(self.progress, "covering", plan)
        with contextlib.closing(prefetch(_covered(plan, self.reader, count), AHEAD)) as pictures:
            sound = hearing.covered_sound(plan, self.reader, output.sound_reach)
            output.write_all(ready.file, pictures, sound, choice.splice)
        ready.sync()
        self.reader.close()
        give_back()
        original = source if source.path == STDIN else source.path
        count = _counter(self.progress, "checking", plan)
        with _naming(ready.destination):
            limits = self.options.limits
            return plan, audit_apart(ready.path, plan, source=original, on_frame=count, limits=limits)


@contextlib.contextmanager
def _manifest(ready: Draft, record: ReleaseRecord, options: ApplyOptions) -> Iterator[Draft | None]:
    """The draft of a C2PA manifest for a finished file, or None where none is asked for."""
    credential = options.credential
    if credential is None:
        yield None
        return
    with draft(sidecar_of(ready.destination)) as manifest:
        manifest.file.write(make_manifest(ready.path, record.output.sha256, credential, __version__))
        manifest.sync()
        yield manifest


def _sha256_of(manifest: Draft | None) -> str | None:
    return None if manifest is None else _digest(manifest.path).sha256


@contextlib.contextmanager
def _naming(name: Path) -> Iterator[None]:
    """Where the audit's own process breaks down, the error names the file as the user does."""
    try:
        yield
    except AuditFailedError as error:
        raise AuditFailedError(error.what, path=name, next_step=error.next_step) from error


def record_path_of(out: Path) -> Path:
    """Where the record of an output lies."""
    return out.with_name(out.name + SUFFIX)


def _covered(plan: Plan, reader: Reader, count: Callable[[], None]) -> Iterator[Picture | Coded]:
    covers, copied = plan.covers(), [stretch.span for stretch in plan.copied()]
    for picture in reader.spliced(copied) if copied else reader.pictures():
        if isinstance(picture, Picture):
            cover_tracks(picture, covers)
        count()
        yield picture


def _counter(progress: Progress, step: str, plan: Plan) -> Callable[[], None]:
    times = plan.source.media.frame_times
    total = len(times) if times is not None else None
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        progress(step, done, total)

    return count


def _outcomes(report: AuditReport) -> tuple[CheckOutcome, ...]:
    return tuple(CheckOutcome(c.number, c.title, str(c.status), c.detail) for c in report.checks)


def _digest(path: Path) -> Output:
    with path.open("rb") as file:
        return Output(hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)


def _check_belongs(plan: Plan, source: SourceFile) -> None:
    if (plan.source.size, plan.source.sha256) != (source.size, source.sha256()):
        what = "is not the file this plan was made for: its bytes differ"
        raise PlanError(what, path=source.path, next_step="Make a plan for this file: unseen find")


def _refuse_existing(out: Path, options: ApplyOptions | RedactOptions) -> None:
    """Say early what publishing would say late. A record without its file is left over, anything else is somebody's."""
    refuse_empty_reason(options)
    if (credential := options.credential) is not None:
        refuse_unfit(credential)
    record, manifest = record_path_of(out), sidecar_of(out)
    refuse_unusable(out, record, manifest)
    sweep(out.parent)  # also where nothing will be written: what a killed run left is nobody's
    if options.overwrite:
        return
    if os.path.lexists(out):
        forget(out)
    refuse_existing(out)
    if record.is_file():
        with contextlib.suppress(PlanError):
            left = read_record(record.read_bytes()).c2pa_sha256
            if not manifest.is_file() or _digest(manifest).sha256 != left:
                refuse_existing(manifest)
            return
    refuse_existing(record)
    refuse_existing(manifest)
