"""Checks 9 and 10: the plan is this source's, and the source is as it was."""

from __future__ import annotations

import hashlib
from pathlib import Path

from unseen.media import SourceFile
from unseen.plan import Plan
from unseen.verify.outcome import Outcome, failed, not_checked, passed

_CHUNK = 1 << 20
_NOT_GIVEN = "the source was not given"


def plan_belongs(source: Path | SourceFile | None, plan: Plan) -> Outcome:
    """Check 9: the file's size is the one in the plan, and so is its digest, which check 10 reads at the end."""
    if source is None:
        return not_checked(_NOT_GIVEN)
    size, digest = _fingerprint(source)
    if size != plan.source.size:
        return failed(f"the source has {size} bytes, and the plan was made for one of {plan.source.size}")
    if digest != plan.source.sha256:
        return failed("the source has another SHA-256 than the plan was made for")
    return passed("size and SHA-256 are those in the plan")


def original_untouched(source: Path | SourceFile | None, plan: Plan) -> Outcome:
    """Check 10: read again after everything else was done, the source still has the digest in the plan."""
    if source is None:
        return not_checked(_NOT_GIVEN)
    _, digest = _fingerprint(source)
    if digest != plan.source.sha256:
        return failed("the source no longer has the SHA-256 in the plan")
    return passed("the source still has the SHA-256 in the plan")


def _fingerprint(source: Path | SourceFile) -> tuple[int, str]:
    if isinstance(source, SourceFile):
        return source.size, source.sha256()
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()
