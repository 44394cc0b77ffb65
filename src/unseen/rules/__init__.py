"""Rule sets as data: what has to be covered how, and which checks a release has to pass."""

from unseen.rules.ruleset import RuleSet, load, names

__all__ = ["RuleSet", "load", "names"]
