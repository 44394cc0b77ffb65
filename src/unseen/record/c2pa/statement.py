"""What a manifest says, and all that it may say: that the file was redacted, of which bytes, by which program.

No thumbnail, no ingredient, no title or name of a file, no place, no time: an allow-list of assertions and of the
claim's fields, held against what the library made of it. Labels, actions and codes: C2PA technical specification 2.4,
chapters 10 (claims), 15 (validation) and 18 (assertions).
"""

from __future__ import annotations

import base64
import binascii
import enum
import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from unseen.errors import InputError, TamperedError, printable
from unseen.media.documents import read_document
from unseen.record.canonical import DO_NOT_TRUST

SIDECAR = ".c2pa"
"""What the name of a released file gets for its manifest."""

_ACTIONS, _BYTES = "c2pa.actions.v2", "c2pa.hash.data"
_CLAIM = frozenset(
    {
        *("instanceID", "claim_generator_info", "signature", "alg", "claim_version"),
        *("created_assertions", "gathered_assertions"),
    }
)
_GENERATOR = frozenset({"name", "version", "org.contentauth.c2pa_rs"})
_BINDING = frozenset({"name", "alg", "hash", "pad"})
_HUMAN_EDITS = "http://cv.iptc.org/newscodes/digitalsourcetype/humanEdits"
"""Edited on a person's word by a tool that generates nothing (IPTC Digital Source Type); a manifest has to say one."""
_DESCRIPTION = (
    "Redacted: what was found that tells who people are was covered or taken out. What was looked for, what stayed and "
    "which checks the file passed stands in its release record."
)
_NEEDED = ("claimSignature.validated", "assertion.dataHash.match")
_RUN_OUT = frozenset({"signingCredential.expired", "claimSignature.outsideValidity"})

_FOR_SIGNING = ("1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36", "1.3.6.1.4.1.62558.2.1")
"""Extended key usages that a signer's certificate can have: emailProtection (RFC 5280), documentSigning (RFC 9336), and
C2PA's claimSigning (technical specification 2.4, chapter 14)."""

SETTINGS: dict[str, Any] = {
    "version": 1,
    "core": {"allowed_network_hosts": []},
    "trust": {"trust_config": "\n".join(_FOR_SIGNING)},
    "verify": {
        "remote_manifest_fetch": False,
        "ocsp_fetch": False,
        "verify_trust": False,
        "verify_after_sign_hash": False,
    },
    "builder": {"thumbnail": {"enabled": False}, "created_assertion_labels": ["c2pa.actions", _BYTES]},
}
"""The library's settings: nothing is fetched, nothing pictured. What was signed is checked here, against the file."""


class Verdict(enum.StrEnum):
    """What is known of a manifest that is the one in the record."""

    VALID = "valid"  #: for the file's bytes, within the certificate's time
    RUN_OUT = "certificate-run-out"  #: for the file's bytes; the certificate was good when it signed
    NOT_CHECKED = "not-checked"  #: c2pa-python is not installed
    MISSING = "missing"  #: it is not beside the file


def sidecar_of(output: Path) -> Path:
    """Where the manifest of an output lies."""
    return output.with_name(output.name + SIDECAR)


def require_recorded(sidecar: Path, sha256: str | None) -> bytes | None:
    """The manifest beside a finished file, which has to be the one that its record names; None where none is there.

    Raises TamperedError where it is another, or there although the record names none.
    """
    try:
        data = read_document(sidecar) if os.path.lexists(sidecar) else None
    except InputError as error:
        raise TamperedError(f"is no C2PA manifest: {error.what}", path=sidecar, next_step=DO_NOT_TRUST) from error
    if data is None or hashlib.sha256(data).hexdigest() == sha256:
        return data
    what = "is not the C2PA manifest that the record was made with: its bytes differ"
    if sha256 is None:
        what = "is no part of this release: its record names no C2PA manifest"
    raise TamperedError(what, path=sidecar, next_step=DO_NOT_TRUST)


def definition(sha256: str, version: str) -> dict[str, Any]:
    """What is to be signed for a file with this digest, as the library reads it."""
    program = {"name": "unseen", "version": version}
    created = {"action": "c2pa.created", "digitalSourceType": _HUMAN_EDITS, "softwareAgent": program}
    # `c2pa.redacted` would say that assertions of an earlier manifest were taken out, not people.
    edited = {"action": "c2pa.edited", "description": _DESCRIPTION, "softwareAgent": program}
    binding = {"name": "whole file", "alg": "sha256", "hash": list(bytes.fromhex(sha256)), "pad": []}
    return {
        "claim_generator_info": [program],
        "assertions": [
            {"label": _ACTIONS, "data": {"actions": [created, edited]}},
            {"label": _BYTES, "data": binding},
        ],
    }


def faults(report: Mapping[str, Any], sha256: str) -> tuple[str, ...]:
    """Everything that is wrong with a manifest, by the library's detailed report on it and the file.

    Codes of `run_out` are among them.
    """
    return tuple(dict.fromkeys((*_validation_faults(report), *_content_faults(report, sha256))))


def only_run_out(found: tuple[str, ...]) -> bool:
    """Whether nothing else is wrong but that the certificate's time is over."""
    return bool(found) and _RUN_OUT.issuperset(found)


def _validation_faults(report: Mapping[str, Any]) -> Iterator[str]:
    results = report.get("validation_results", {}).get("activeManifest", {})
    yield from (each["code"] for each in results.get("failure", ()))
    passed = {each["code"] for each in results.get("success", ())}
    yield from (f"not shown: {code}" for code in _NEEDED if code not in passed)


def _content_faults(report: Mapping[str, Any], sha256: str) -> Iterator[str]:
    manifests = list(report.get("manifests", {}).values())
    if len(manifests) != 1:
        yield f"holds {len(manifests)} manifests and not one"
        return
    claim, assertions = manifests[0].get("claim", {}), manifests[0].get("assertion_store", {})
    yield from _unknown("claim", claim, _CLAIM)
    yield from _unknown("generator", claim.get("claim_generator_info", {}), _GENERATOR)
    yield from _unknown("assertion", assertions, {_ACTIONS, _BYTES})
    binding = assertions.get(_BYTES, {})
    yield from _unknown("binding", binding, _BINDING)
    if _raw(binding.get("hash")) != bytes.fromhex(sha256):
        yield "is bound to other bytes"
    program = claim.get("claim_generator_info", {})
    expected = definition(sha256, str(program.get("version")))["assertions"][0]["data"]
    if assertions.get(_ACTIONS) != expected:
        yield "tells of other actions than Unseen's"


def _unknown(what: str, found: Mapping[str, Any], known: frozenset[str] | set[str]) -> Iterator[str]:
    for name in found:
        if name not in known:
            yield f"{what} with what does not belong there: {printable(str(name))[:80]}"


def _raw(text: object) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except binascii.Error:
        return b""
