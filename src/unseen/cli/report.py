"""unseen report."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from unseen import __version__
from unseen.cli import show
from unseen.cli.files import load_log, load_record
from unseen.errors import DestinationExistsError, UnseenError, UsageError, printable
from unseen.media.documents import read_document, write_document
from unseen.plan import dumps
from unseen.record import SUFFIX, ReleaseRecord, as_written, require_agreement, signer
from unseen.record.report import FORMATS, Disclosed, DisclosureLog, report, write
from unseen.record.report import SUFFIX as LOG_SUFFIX


def command(
    record: Path,
    /,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
    disclosed_to: str | None = None,
    disclosed_reason: str | None = None,
    disclosed_on: datetime.date | None = None,
    json: bool = False,
) -> None:
    """Lay a release record out for people, as a page (.html) or for printing (.pdf), with no picture of anybody.

    Parameters
    ----------
    record
        The record of a released file.
    output
        The report's file; its ending says which. Nothing is replaced.
    disclosed_to
        Log that the released file was given to this recipient. The log lies beside the record; the report has it all.
    disclosed_reason
        Why it was given.
    disclosed_on
        The day, as 2026-11-22; today where it is not said.
    json
        Say what was written as JSON.
    """
    suffix = output.suffix.lower()
    if suffix not in FORMATS:
        raise UsageError("a report is .html or .pdf", path=output, next_step="Name it report.html or report.pdf.")
    if os.path.lexists(output):
        raise DestinationExistsError("is already there", path=output, next_step="Choose another name.")
    document = load_record(record)
    try:
        signer(as_written(read_document(record)))
        require_agreement(document, f"unseen {__version__}")
    except UnseenError as error:
        raise type(error)(error.what, path=record, next_step=error.next_step) from error
    today = datetime.datetime.now(datetime.UTC).date()
    name = record.name.removesuffix(SUFFIX)
    log_path = record.with_name(name + LOG_SUFFIX)
    log = _logged(log_path, document, (disclosed_to, disclosed_reason, disclosed_on or today))
    write_document(output, write(report(document, name, log.entries, today), suffix), overwrite=False)
    if json:
        show.emit({"report": output.name, "standing": document.standing, "output_sha256": document.output.sha256})
    else:
        show.say(f"{printable(output)}: standing {document.standing}, {len(document.checks)} checks")


def _logged(path: Path, record: ReleaseRecord, said: tuple[str | None, str | None, datetime.date]) -> DisclosureLog:
    """The log beside the record, with one more entry where one was said."""
    log = load_log(path)
    to, reason, day = said
    if to is None and reason is None:
        return log
    try:
        entry = Disclosed(day, to or "", reason or "", record.output.sha256)
    except ValueError as error:
        raise UsageError(str(error), next_step="Say both: --disclosed-to and --disclosed-reason") from error
    log = DisclosureLog((*log.entries, entry))
    write_document(path, dumps(log), overwrite=True)
    return log
