"""Reading the rule sets that come with Unseen."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import resources

import msgspec

from unseen.errors import UsageError


@dataclass(frozen=True, slots=True)
class CoverRules:
    """`styles` a cover may have; `least_padding` of a cover on each side, a share of the region's width or height."""

    styles: tuple[str, ...]
    least_padding: float


@dataclass(frozen=True, slots=True)
class ReleaseRules:
    """`required_checks`: numbers of the audit's checks without which nothing is released."""

    required_checks: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.required_checks:
            raise ValueError("a rule set that requires no check would release anything")


@dataclass(frozen=True, slots=True)
class RuleSet:
    name: str
    version: str
    title: str
    cover: CoverRules
    release: ReleaseRules

    def check_cover(self, style: str, padding: float) -> None:
        """Raise UsageError where a cover of this style and padding is not allowed."""
        if style not in self.cover.styles:
            allowed = ", ".join(self.cover.styles)
            raise UsageError(f"the rule set {self.name} does not allow the style {style}", next_step=f"Use {allowed}.")
        if padding < self.cover.least_padding:
            least = self.cover.least_padding
            what = f"the rule set {self.name} asks for a padding of at least {least}"
            raise UsageError(what, next_step=f"Use --padding {least} or more.")


def names() -> list[str]:
    """The rule sets that can be named, in order."""
    return sorted(f.name.removesuffix(".toml") for f in _folder().iterdir() if f.name.endswith(".toml"))


def load(name: str) -> tuple[RuleSet, str]:
    """A rule set and the SHA-256 of its text. Raises UsageError where there is none of that name."""
    if name not in names():
        raise UsageError(f"there is no rule set {name!r}", next_step=f"Use one of: {', '.join(names())}")
    text = _folder().joinpath(f"{name}.toml").read_bytes()
    return msgspec.toml.decode(text, type=RuleSet, strict=True), hashlib.sha256(text).hexdigest()


def _folder() -> resources.abc.Traversable:
    return resources.files(__package__) / "sets"
