"""Plans and records as JSON: read strictly, written readably, described by a JSON Schema."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from typing import Any, TypeVar

import msgspec

from unseen.errors import PlanError
from unseen.plan.plan import SCHEMA, Plan

_FRACTION = r"^-?[0-9]+(/[1-9][0-9]*)?$"
Document = TypeVar("Document")


def _plain(value: object) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    raise NotImplementedError(f"{type(value)} has no place in a document")


def _rich(kind: type, value: object) -> Any:
    if kind is Fraction and isinstance(value, str):
        return Fraction(value)
    raise ValueError(f"expected a fraction written as text, such as '1001/30000', not {value!r}")


def _fraction_schema(kind: type) -> dict[str, Any]:
    if kind is Fraction:
        return {"type": "string", "pattern": _FRACTION}
    raise NotImplementedError(kind)


def dumps(document: object) -> bytes:
    """Readable JSON, UTF-8, ending in a newline; the same document always gives the same bytes."""
    return msgspec.json.format(line(document), indent=1) + b"\n"


def loads(kind: type[Document], data: bytes, schema: str) -> Document:
    """Parse and check a document of `kind` whose `schema` field has to be exactly `schema`.

    Raises PlanError that says whether it is damaged, of another sort, or from a newer version.
    """
    try:
        found = msgspec.json.decode(data, type=dict[str, Any]).get("schema")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PlanError(f"not a JSON document ({error})", next_step="Use a file that Unseen wrote.") from error
    if found != schema:
        raise _wrong_schema(found, schema)
    try:
        document: Document = parse(kind, data)
        return document
    except ValueError as error:
        raise PlanError(f"damaged {schema} document: {error}", next_step="Make it anew from the source.") from error


def parse(kind: Any, data: bytes | msgspec.Raw) -> Any:
    """A value of `kind`, written as documents write it. Raises ValueError."""
    try:
        return msgspec.json.decode(data, type=kind, dec_hook=_rich, strict=True)
    except (msgspec.DecodeError, ZeroDivisionError, RecursionError) as error:
        raise ValueError(str(error)) from error


def line(value: object) -> bytes:
    """A value as documents write it, in one line without its end."""
    return msgspec.json.encode(value, enc_hook=_plain)


def _wrong_schema(found: object, wanted: str) -> PlanError:
    name, _, version = wanted.rpartition("/")
    if isinstance(found, str) and found.rpartition("/")[0] == name:
        return PlanError(
            f"written as {found}, and this Unseen reads up to version {version}",
            next_step="Update Unseen: pip install -U unseen",
        )
    return PlanError(
        f"not a document of the kind {wanted} (its schema says {found!r})", next_step="Use a file that Unseen wrote."
    )


def json_schema(kind: type, name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a document kind, whose `schema` field has to say `name`."""
    (reference,), parts = msgspec.json.schema_components(
        [kind], schema_hook=_fraction_schema, ref_template="#/$defs/{name}"
    )
    parts[kind.__name__]["properties"]["schema"] = {"const": name}
    parts[kind.__name__]["required"].append("schema")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name, **reference, "$defs": parts}


def read_plan(data: bytes) -> Plan:
    """Parse a plan; raises PlanError."""
    return loads(Plan, data, SCHEMA)


def decisions_digest(plan: Plan) -> str:
    """SHA-256 of everything a plan decides: what a reviewer signs for."""
    return hashlib.sha256(dumps([plan.tracks, plan.silences, plan.streams, plan.cover])).hexdigest()
