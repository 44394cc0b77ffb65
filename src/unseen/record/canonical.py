"""One way to write a document's content, whatever its layout: what digests and signatures are made of."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import rfc8785

from unseen.errors import PlanError, TamperedError
from unseen.plan import dumps


def plain(document: object) -> Any:
    """A document as nothing but dicts, lists, text and numbers."""
    return msgspec.json.decode(dumps(document))


def canonical(value: Any) -> bytes:
    """The JSON Canonicalization Scheme (RFC 8785) of plain values. Raises PlanError for what it cannot say."""
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as error:
        raise PlanError(f"holds a value that cannot be signed: {error}", next_step="Make it anew.") from error


def digest(value: Any) -> str:
    """SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()


def as_written(data: bytes) -> dict[str, Any]:
    """The content of a document that is laid out exactly as Unseen writes it.

    Raises PlanError where it is no JSON object, TamperedError where so much as a space is not where it was.
    """
    try:
        content = msgspec.json.decode(data, type=dict[str, Any])
        same = msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n" == data
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PlanError(f"not a JSON document ({error})", next_step="Use a file that Unseen wrote.") from error
    if not same:
        raise TamperedError("was changed after it was written: its layout is not Unseen's", next_step=DO_NOT_TRUST)
    return content


DO_NOT_TRUST = "Do not trust it; get the file and its record anew from whoever released them."
