"""Reading rule sets: those that come with Unseen by name, anybody's own by path."""

from __future__ import annotations

import hashlib
from importlib import resources
from pathlib import Path

import msgspec

from unseen.errors import UsageError
from unseen.rules.ruleset import RuleSet

_MOST = 1 << 20
_ENDING = ".toml"


def names() -> list[str]:
    """The rule sets that can be named, in order."""
    return sorted(f.name.removesuffix(_ENDING) for f in _folder().iterdir() if f.name.endswith(_ENDING))


def load(name: str) -> RuleSet:
    """A rule set that comes with Unseen or, where `name` ends in .toml, of a file.

    Raises UsageError where there is none, or it is not as the schema says.
    """
    if name.endswith(_ENDING):
        return read(Path(name))
    if name not in names():
        raise UsageError(
            f"there is no rule set {name!r}", next_step=f"Use a .toml file of your own, or one of: {', '.join(names())}"
        )
    return parse(_folder().joinpath(name + _ENDING).read_bytes(), name)


def load_all(asked: str) -> tuple[RuleSet, ...]:
    """The rule sets of a list written with commas, each once. Raises UsageError."""
    found = [load(name) for name in dict.fromkeys(part.strip() for part in asked.split(",")) if name]
    if not found:
        raise UsageError("no rule set is named", next_step=f"Use one or more of: {', '.join(names())}")
    if len({each.name for each in found}) != len(found):
        raise UsageError("two rule sets have the same name", next_step="Give one of the files another name inside.")
    return tuple(found)


def read(path: Path) -> RuleSet:
    """A rule set of somebody's own. Raises UsageError that names the file."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        what = f"cannot be read as a rule set: {error.strerror}"
        raise UsageError(what, path=path, next_step="Check the name.") from error
    if len(data) > _MOST:
        raise UsageError("is too large for a rule set", path=path, next_step="Use a file of rules.")
    return parse(data, path)


def parse(data: bytes, origin: str | Path) -> RuleSet:
    """A rule set from its TOML text; unknown fields are refused. Raises UsageError that names `origin`."""
    try:
        return msgspec.toml.decode(data, type=RuleSet, strict=True)
    except (msgspec.DecodeError, ValueError) as error:
        step = "See docs/howto-rules.md for what a rule set holds."
        raise UsageError(f"is not a rule set: {error}", path=origin, next_step=step) from error


def digest(rule_set: RuleSet) -> str:
    """SHA-256 of a rule set's content, whatever the layout and the comments of its file."""
    return hashlib.sha256(msgspec.json.encode(rule_set, order="deterministic")).hexdigest()


def _folder() -> resources.abc.Traversable:
    return resources.files(__package__) / "sets"
