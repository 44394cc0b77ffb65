"""Signing documents, and telling whether one is as it was signed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from unseen.errors import TamperedError
from unseen.record.canonical import DO_NOT_TRUST, canonical, plain
from unseen.record.keys import PublicKey, SigningKey

ALGORITHM = "Ed25519 over RFC 8785"


@dataclass(frozen=True, slots=True)
class Signature:
    """By whose key, and over what: the canonical form (RFC 8785) of the document without this field. Hexadecimal."""

    public_key: str
    value: str
    algorithm: str = ALGORITHM


class _Signable(Protocol):
    @property
    def signature(self) -> Signature | None: ...


Document = TypeVar("Document", bound=_Signable)


def signed(document: Document, key: SigningKey) -> Document:
    """The same document with a signature; any that it had is replaced."""
    made = Signature(key.public.raw, key.sign(_unsigned(plain(document))))
    return replace(document, signature=made)  # type: ignore[type-var]


def signer(content: dict[str, Any]) -> PublicKey:
    """Whose signature a document carries, read as plain values.

    Raises TamperedError where it carries none, or one that is not for what it says.
    """
    found = content.get("signature")
    if not isinstance(found, dict):
        raise TamperedError("is not signed: anybody can have written it", next_step=DO_NOT_TRUST)
    if found.get("algorithm") != ALGORITHM:
        raise TamperedError(f"is signed in a way unknown here: {found.get('algorithm')!r}", next_step=DO_NOT_TRUST)
    key = PublicKey(str(found.get("public_key")))
    if not key.verifies(str(found.get("value")), _unsigned(content)):
        raise TamperedError("was changed after it was signed: the signature does not fit", next_step=DO_NOT_TRUST)
    return key


def _unsigned(content: dict[str, Any]) -> bytes:
    return canonical({name: value for name, value in content.items() if name != "signature"})
