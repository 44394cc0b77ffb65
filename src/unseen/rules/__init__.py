"""Rule sets as data: what has to be covered, refused, on paper and kept, and which checks a release has to pass."""

from unseen.rules.combine import Cited, Lifted, Requirements, combine
from unseen.rules.files import digest, load, load_all, names, parse, read
from unseen.rules.ruleset import Form, Identifier, Line, Paper, RuleSet, Scope, Setting, Sure

__all__ = [
    "Cited",
    "Form",
    "Identifier",
    "Lifted",
    "Line",
    "Paper",
    "Requirements",
    "RuleSet",
    "Scope",
    "Setting",
    "Sure",
    "combine",
    "digest",
    "load",
    "load_all",
    "names",
    "parse",
    "read",
]
