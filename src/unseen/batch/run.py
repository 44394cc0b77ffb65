"""Many files, one after the other: what fails is reported and does not stop the rest."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from unseen import hearing, pipeline
from unseen.batch.names import Job
from unseen.core import Progress, StreamKind
from unseen.errors import ExitCode, SandboxError, StorageError, UnexpectedError, UnreadableError, UnseenError, printable
from unseen.find import forget
from unseen.media import open_source
from unseen.media.publish import sweep
from unseen.media.source import STDIN
from unseen.options import RedactOptions
from unseen.plan import Plan, StreamAction
from unseen.record import ReleaseRecord, key_file, read_record
from unseen.record.c2pa import require_recorded, sidecar_of

_log = logging.getLogger(__name__)
_WORST_FIRST = (ExitCode.AUDIT, ExitCode.STORAGE, ExitCode.REVIEW, ExitCode.INPUT, ExitCode.USAGE, ExitCode.OK)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one job: released (perhaps by an earlier run), or why not; or left out as no photo or video."""

    job: Job
    released: pipeline.Released | None = None
    error: UnseenError | None = None
    earlier: bool = False

    @property
    def left_out(self) -> bool:
        """Whether there was nothing to do."""
        return not self.job.media

    @property
    def exit_code(self) -> ExitCode:
        """What this job alone would end with."""
        return self.error.exit_code if self.error is not None else ExitCode.OK


def run(
    jobs: Iterable[Job], options: RedactOptions, *, resume: bool, progress_of: Callable[[Job], Progress]
) -> Iterator[Outcome]:
    """Redact each; a failing file system ends the run, everything else only its own job."""
    for job in jobs:
        if not job.media:
            yield Outcome(job)
            continue
        earlier = _released_earlier(job, options) if resume and job.source != STDIN else None
        if earlier is not None:
            _tidy(job, options)
            yield Outcome(job, released=earlier, earlier=True)
            continue
        try:
            yield Outcome(job, released=pipeline.redact(job.source, job.output, options, progress_of(job)))
        except UnseenError as error:
            yield Outcome(job, error=error)
            if isinstance(error, (StorageError, SandboxError)):
                return
        except MemoryError:
            step = "Refuse files of this size: --max-pixels"
            yield Outcome(
                job, error=UnreadableError("needs more memory than there is", path=job.source, next_step=step)
            )
        except Exception as error:  # noqa: BLE001 - hostile files find the faults that tests did not; the rest goes on
            yield Outcome(job, error=unexpected(error, job.source))


def unexpected(error: Exception, path: Path) -> UnexpectedError:
    """A fault of Unseen's own, as an error that names the file; the log (at debug level) has the traceback."""
    _log.debug("unexpected error", exc_info=error)
    what = f"Unseen failed on it ({type(error).__name__}: {printable(str(error))}); nothing was released"
    return UnexpectedError(what, path=path, next_step="Please report this text, and the file if you can share it.")


def worst(outcomes: Iterable[Outcome]) -> ExitCode:
    """The exit code of a run: that of the gravest outcome."""
    seen = {outcome.exit_code for outcome in outcomes}
    return next((code for code in _WORST_FIRST if code in seen), ExitCode.OK)


def _tidy(job: Job, options: RedactOptions) -> None:
    """Remove what a run that was killed after its last step has left."""
    for folder in (job.output.parent, (options.key_file or key_file()).parent):
        sweep(folder)
    forget(job.output)


def _released_earlier(job: Job, options: RedactOptions) -> pipeline.Released | None:
    """The release an earlier run made of this very source as asked now, if output and record are whole and match."""
    record_path = pipeline.record_path_of(job.output)
    try:
        record = read_record(record_path.read_bytes())
        same = _as_asked(record.plan, options) and _belongs(job, record) and _accompanied(job, record, options)
        return pipeline.Released(job.output, record_path, record) if same else None
    except (OSError, UnseenError):
        return None


def _as_asked(plan: Plan, options: RedactOptions) -> bool:
    """Whether a plan covers, treats the sound and follows the rules as these options ask."""
    sounds = [s.action for s in plan.streams if s.kind is StreamKind.AUDIO]
    wanted = {hearing.action_for(options.audio)} if sounds else set()
    muted = {s.span for s in plan.silences if s.score is None}
    if set(sounds) - {StreamAction.REMOVE} != wanted - {StreamAction.REMOVE} or muted != set(options.muted):
        return False
    held_to = tuple(used.rule_set for used in plan.rules)
    return (plan.cover, plan.case, held_to) == (options.cover, options.case, options.rule_sets)


def _accompanied(job: Job, record: ReleaseRecord, options: RedactOptions) -> bool:
    """Whether a C2PA manifest is beside the output where one is asked for, the record's own, and none elsewhere."""
    manifest = require_recorded(sidecar_of(job.output), record.c2pa_sha256)
    return (manifest is not None) == (record.c2pa_sha256 is not None) == (options.c2pa_cert is not None)


def _belongs(job: Job, record: ReleaseRecord) -> bool:
    return _digest(job.output) == record.output.sha256 and _digest(job.source) == record.plan.source.sha256


def _digest(path: Path) -> str:
    with open_source(path) as source:
        return source.sha256()
