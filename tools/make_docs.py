"""Write the reference pages out of the program itself, so that they cannot say anything else than it does.

    python tools/make_docs.py            write docs/reference and the index of docs/adr
    python tools/make_docs.py --check    exit 1 where a page there is not what the program gives

The pages also depend on the release of cyclopts that lays them out: requirements.lock has the one they are made with.
"""

from __future__ import annotations

import argparse
import dataclasses
import enum
import inspect
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docstring_parser

import unseen
from unseen import plan, record
from unseen.cli.app import app

DOCS = Path(__file__).resolve().parent.parent / "docs"
_NOTE = "<!-- Made by tools/make_docs.py out of the program; changes here are lost. -->\n"


def pages() -> dict[str, str]:
    """Every generated page's name below docs, and its text."""
    return {
        "reference/cli.md": cli_page(),
        "reference/api.md": api_page(),
        "reference/plan.schema.json": schema_page(plan.Plan, plan.SCHEMA),
        "reference/record.schema.json": schema_page(record.ReleaseRecord, record.SCHEMA),
        "adr/README.md": decisions_page(DOCS / "adr"),
    }


def decisions_page(folder: Path) -> str:
    """The index of decisions, out of their titles."""
    lines = [_NOTE + "# Decisions\n"]
    for path in sorted(folder.glob("[0-9]*.md")):
        title = path.read_text("utf-8").partition("\n")[0]
        number, _, name = title.removeprefix("# ").partition(". ")
        lines.append(f"- {number}: [{name}]({path.name})")
    return "\n".join(lines) + "\n"


def cli_page() -> str:
    """The commands and their options."""
    return _NOTE + app.generate_docs().rstrip().replace("# unseen\n", "# Command line\n", 1) + "\n"


def schema_page(kind: type, name: str) -> str:
    """A document's JSON Schema, which accepts this version's documents and no other's."""
    schema = _tidy(plan.json_schema(kind, name))
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _tidy(value: Any) -> Any:
    """The same schema, its descriptions without the indentation they have in the source."""
    if isinstance(value, list):
        return [_tidy(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: inspect.cleandoc(each) if key == "description" and isinstance(each, str) else _tidy(each)
        for key, each in value.items()
    }


def api_page() -> str:
    """What `import unseen` gives: functions first, then what they take and give."""
    parts = [_NOTE + "# Python API\n", _code(inspect.cleandoc(unseen.__doc__ or ""))]
    named = {name: getattr(unseen, name) for name in unseen.__all__ if not name.startswith("__")}
    functions = {n: o for n, o in named.items() if inspect.isfunction(o)}
    classes = {n: o for n, o in named.items() if inspect.isclass(o)}
    parts += ["## Functions\n", *(_function(n, o) for n, o in functions.items())]
    parts += ["## Types\n", *(_class(n, o) for n, o in classes.items())]
    return "\n".join(parts)


def _code(docstring: str) -> str:
    """A docstring that ends in an indented example, as Markdown."""
    text, _, example = docstring.partition("\n    ")
    return f"{text}\n```python\n{inspect.cleandoc('    ' + example)}\n```\n"


def _function(name: str, function: Any) -> str:
    taken = [_parameter(p) for p in inspect.signature(function).parameters.values()]
    given = inspect.signature(function).return_annotation
    call = f"unseen.{name}({', '.join(taken)}) -> {given}"
    if len(call) > 100:
        call = f"unseen.{name}(\n    " + ",\n    ".join(taken) + f",\n) -> {given}"
    return f"### {name}\n\n```python\n{call}\n```\n\n{inspect.getdoc(function)}\n"


def _parameter(parameter: inspect.Parameter) -> str:
    default = "" if parameter.default is inspect.Parameter.empty else f" = {_value(parameter.default)}"
    return f"{parameter.name}: {parameter.annotation}{default}"


def _value(value: object) -> str:
    """A default as it would be written."""
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    return value.__name__ if inspect.isfunction(value) else repr(value)


def _class(name: str, kind: Any) -> str:
    described = docstring_parser.parse(inspect.getdoc(kind) or "")
    said = [described.short_description or "", described.long_description or ""]
    lines = [f"### {name}\n", *(f"{part}\n" for part in said if part)]
    if issubclass(kind, enum.Enum):
        lines.append(f"One of {', '.join(f'`{each.value}`' for each in kind)}.\n")
    elif dataclasses.is_dataclass(kind):
        lines += [*_fields(kind), ""]
    return "\n".join(lines)


def _fields(kind: Any) -> Iterator[str]:
    """A line a field; what it means is in the docstring of the class that declares it."""
    meant = {p.arg_name: p.description for c in kind.__mro__ for p in docstring_parser.parse(c.__doc__ or "").params}
    for field in dataclasses.fields(kind):
        default = "" if field.default is dataclasses.MISSING else f" = {_value(field.default)}"
        meaning = " ".join((meant.get(field.name) or "").split())
        yield f"- `{field.name}: {field.type}{default}`" + (f": {meaning}" if meaning else "")


def main() -> None:
    """Write or check, as asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    args = parser.parse_args()
    made = pages()
    wrong = {name: text for name, text in made.items() if not _is(DOCS / name, text)}
    if args.check and wrong:
        sys.exit(f"not as the program gives them: {', '.join(wrong)}. Run {Path(__file__).name}, commit the result.")
    for name, text in wrong.items():
        (DOCS / name).write_text(text, "utf-8")
    print(f"{len(made)} pages, " + (f"{len(wrong)} written" if wrong else "all up to date"))


def _is(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text("utf-8") == text


if __name__ == "__main__":
    main()
