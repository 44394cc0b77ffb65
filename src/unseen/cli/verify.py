"""unseen verify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from unseen import pipeline
from unseen.cli import show
from unseen.cli.files import load_record
from unseen.errors import ExitCode, TamperedError, UnseenError, UsageError, printable
from unseen.media.documents import read_document
from unseen.media.source import STDIN
from unseen.options import LookOptions
from unseen.plan import duties
from unseen.record import History, PublicKey, as_written, read_history, read_public, signer
from unseen.record.c2pa import Verdict
from unseen.verify import AuditReport

_DEFAULTS = LookOptions()
_MANIFEST = {
    Verdict.VALID: "The C2PA manifest is the one in the record, and valid for this file. Whose certificate signed it "
    "was not checked.",
    Verdict.RUN_OUT: "The C2PA manifest is the one in the record, and fits this file; the certificate that signed it "
    "has run out since.",
    Verdict.NOT_CHECKED: "The C2PA manifest is the one in the record. Whether it is valid was not checked: "
    'pip install "unseen[c2pa]"',
    Verdict.MISSING: "The C2PA manifest that the record names is not beside the file: it was not checked.",
}


def command(
    output: Path,
    /,
    *,
    record: Path | None = None,
    key: str | None = None,
    source: Path | None = None,
    json: bool = False,
    options: Annotated[LookOptions, Parameter(name="*")] = _DEFAULTS,
) -> int:
    """Audit a finished file again, anywhere, later; or hold the records of a folder against each other.

    Parameters
    ----------
    output
        The finished file; or a folder of released files, whose records, digests and history are checked.
    record
        Its record; by default the one beside it.
    key
        The public key of whoever released, as `unseen keys show` prints it, or a file that holds it. Without it a
        signature says that nothing was changed, and not who signed.
    source
        The original: with it, the checks that compare against it are made too.
    json
        Print the checks on standard output.
    """
    public = None if key is None else _public(key)
    if output != STDIN and output.is_dir():
        return _folder(output, record, source, public, json=json)
    path = record or pipeline.record_path_of(output)
    document = load_record(path)
    signed_by = _signer(path)
    if public is not None and signed_by != public:
        what = f"is signed by another key than the one given: {signed_by.fingerprint}"
        raise TamperedError(what, path=path, next_step="Ask whoever released it for their key, on another way.")
    with show.progress(printable(output.name), shown=not json) as progress:
        report = pipeline.verify(output, document, source, progress, options)
        manifest = pipeline.verify_manifest(output, document)
    required = set(duties.requirements(document.plan).required_checks)
    if source is None:
        required -= pipeline.CHECKS_THAT_NEED_THE_SOURCE
    passed = report.passed(required)
    if json:
        _emit(report, signed_by, manifest, passed=passed, trusted=public is not None)
    else:
        _tell(report, signed_by, manifest, passed=passed, trusted=public is not None)
    return ExitCode.OK if passed else ExitCode.AUDIT


def _emit(report: AuditReport, signed_by: PublicKey, manifest: Verdict | None, *, passed: bool, trusted: bool) -> None:
    signature = {"fits": True, "by": str(signed_by), "fingerprint": signed_by.fingerprint, "key_given": trusted}
    show.emit({"passed": passed, "checks": report.checks, "signature": signature, "c2pa": manifest})


def _tell(report: AuditReport, signed_by: PublicKey, manifest: Verdict | None, *, passed: bool, trusted: bool) -> None:
    for check in report.checks:
        show.say(f"{check.number:>3}  {check.status:<12} {check.title}: {check.detail}")
    show.say(_whose(signed_by, trusted=trusted))
    if manifest is not None:
        show.say(_MANIFEST[manifest])
    show.say("Every required check passed." if passed else "This file did not pass: do not publish it.")


def _whose(key: PublicKey, *, trusted: bool) -> str:
    if trusted:
        return "The record is as it was signed, by the key given."
    return (
        f"The record is as it was signed. By whom was not checked: compare {key.fingerprint} with what "
        "`unseen keys show` says where it was released, or give that key with --key."
    )


def _signer(path: Path) -> PublicKey:
    try:
        return signer(as_written(read_document(path)))
    except UnseenError as error:
        raise type(error)(error.what, path=path, next_step=error.next_step) from error


def _public(key: str) -> PublicKey:
    """The key itself, or that in the file of this name."""
    try:
        return read_public(key)
    except UsageError:
        path = Path(key)
        if not path.is_file():
            raise
        return read_public(read_document(path).decode("utf-8", "replace"))


def _folder(folder: Path, record: Path | None, source: Path | None, key: PublicKey | None, *, json: bool) -> int:
    if record is not None or source is not None:
        raise UsageError("a folder is checked by itself", next_step="Leave --record and --source out.")
    history = read_history(folder, key)
    whole = bool(history.releases) and not history.faults
    if json:
        keys = [str(each) for each in history.keys]
        show.emit({"passed": whole, "releases": history.releases, "keys": keys, "faults": history.faults})
    else:
        _tell_history(history, trusted=key is not None)
    return ExitCode.OK if whole else ExitCode.AUDIT


def _tell_history(history: History, *, trusted: bool) -> None:
    for fault in history.faults:
        show.say(fault)
    if not history.releases:
        show.say("There is no record here that can be read.")
        return
    for each in history.keys:
        show.say(_whose(each, trusted=trusted))
    if history.faults:
        show.say("This folder is not as it was left: do not trust it.")
        return
    show.say(f"{history.releases} releases: every record and file is as it was released, and none is missing.")
    show.say("Their audits were not made again: unseen verify FILE does that.")
