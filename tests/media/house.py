"""Rules of somebody's own, as a file: what tests add lines to."""

HOUSE = """
schema = "unseen.rules/1"
name = "house"
version = "1"
title = "Rules of the house"
jurisdiction = "none"
standing = "a choice"
checked = "2026-11-22"
instruments = [{id = "handbook", short = "Handbook", title = "The handbook", source = "shelf 3"}]

[release]
required_checks = [1]
"""


def line(kind: str, article: str, text: str, sure: str = "read") -> str:
    """One line of rules, of the kind and on the authority given, that says `text` (TOML)."""
    return f'\n[[{kind}]]\nsays = "so"\nsure = "{sure}"\ninstrument = "handbook"\narticle = "{article}"\n{text}\n'
