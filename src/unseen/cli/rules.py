"""unseen rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cyclopts import App, Parameter

from unseen import rules
from unseen.cli import show
from unseen.errors import printable
from unseen.plan.duties import warnings
from unseen.rules import Line, Requirements, RuleSet, Sure

_NO_ADVICE = "Nothing here is legal advice: have a person who knows the law decide what applies."

app = App(
    default_parameter=Parameter(negative=()),
    help="The rule sets that a release can be held to. Nothing here is legal advice.",
)


@app.command(name="list")
def list_rules(*, json: bool = False) -> None:
    """List the rule sets.

    Parameters
    ----------
    json
        Print them as JSON.
    """
    sets = [rules.load(name) for name in rules.names()]
    if json:
        show.emit({"rules": sets})
        return
    for each in sets:
        show.say(f"{each.name} {each.version}: {each.title}")
        show.say(f"  {each.standing}")
    show.say(_NO_ADVICE)


@app.command(name="show")
def show_rules(names: str, /, *, json: bool = False) -> None:
    """Show what rule sets ask for, line by line with its article, and what they ask for together.

    Parameters
    ----------
    names
        As `unseen rules list` names them or .toml files, with commas between.
    json
        Print them as JSON.
    """
    sets = rules.load_all(names)
    together = rules.combine(sets)
    if json:
        facts = {"styles": together.styles, "least_padding": together.least_padding}
        facts |= {"required_checks": together.required_checks, "identifiers": tuple(together.identifiers)}
        found = [{"rule_set": each, "sha256": rules.digest(each)} for each in sets]
        show.emit({"rules": found, "together": facts, "warnings": warnings(together)})
        return
    for each in sets:
        _tell(each)
    show.say("Together:" if len(sets) > 1 else "In short:")
    for said in _in_short(together):
        show.say(f"  {said}")
    show.say(_NO_ADVICE)


def _in_short(together: Requirements) -> Iterator[str]:
    yield f"looked for and covered: {', '.join(together.identifiers) or 'what is asked for'}"
    yield f"covers: {', '.join(together.styles)}; padding at least {together.least_padding}"
    if together.keep_at_least:
        yield f"originals: kept at least {together.keep_at_least[0]} days"
    if together.keep_at_most:
        yield f"originals: kept at most {together.keep_at_most[0]} days"
    yield f"checks that have to pass: {', '.join(map(str, together.required_checks))}"
    if together.review:
        yield "a person signs for the whole length: unseen review --sign"


@app.command(name="check")
def check_rules(files: list[Path], /) -> None:
    """Check rule sets of your own, each by itself and all together.

    Parameters
    ----------
    files
        The .toml files.
    """
    sets = [rules.read(path) for path in files]
    show.warn_of(warnings(rules.combine(sets)))
    for path, each in zip(files, sets, strict=True):
        show.say(
            f"{printable(path)}: {each.name} {each.version}, {len(list(each.lines()))} lines, all as they have to be"
        )


def _tell(each: RuleSet) -> None:
    show.say(f"{each.name} {each.version}: {each.title}")
    show.say(f"  {each.jurisdiction}; {each.standing}; last held against its sources {each.checked}")
    for line in each.lines():
        show.say(f"  - {line.says}")
        if asked := _asked(line):
            show.say(f"      {asked}")
        show.say(f"      {_authority(each, line)}")
    for instrument in each.instruments:
        date = f" ({instrument.date})" if instrument.date else ""
        show.say(f"  {instrument.short}: {instrument.title}{date}: {instrument.source}")
    show.say(f"  SHA-256 {rules.digest(each)}")


def _asked(line: Line) -> str:
    """What a line asks for, as its file has it."""
    fields = [name for name in line.__struct_fields__ if name not in Line.__struct_fields__]
    values = {name: getattr(line, name) for name in fields}
    said = {name: ", ".join(map(str, v)) if isinstance(v, tuple) else str(v) for name, v in values.items() if v}
    said |= {name: "0" for name, v in values.items() if v == 0 and name.endswith("_days") and v is not None}
    return "; ".join(f"{name.replace('_', ' ')}: {text}" for name, text in said.items())


def _authority(each: RuleSet, line: Line) -> str:
    instrument = each.instrument(line)
    where = f"{instrument.short} {line.article}".strip() if instrument is not None else "a choice of this rule set"
    known = {
        Sure.READ: "its words were read",
        Sure.SECONDARY: "known from secondary sources",
        Sure.MEMORY: "NOT CONFIRMED",
        Sure.OWN: "an own reading",
    }
    number = f"; number of the article: {known[line.article_sure]}" if line.article_sure else ""
    return f"{where}: {known[line.sure]}{number}"
