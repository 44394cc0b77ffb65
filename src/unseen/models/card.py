"""What is known about a model before it is opened: its card."""

from __future__ import annotations

import re
from dataclasses import dataclass

from unseen.core import Kind
from unseen.plan import ModelUsed

ONLY = "*"
"""Stands for the only output of a net, whatever that is called."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model's identity, origin and limits, as its TOML file beside the weights states them.

    `finds`: the kind of thing it looks for. `licence`: SPDX identifier; `licence_file`: its text beside the weights.
    `source`: where the weights come from; `trained_on`: the data they learned from. `file`, `sha256`, `size`: the
    weights' name, digest and bytes. `outputs`: the arrays it gives, in order, or `ONLY`. `limits`: what it is known to
    miss. `address`: where a model that does not come with Unseen is fetched from. `package`: the installed package that
    carries the weights, where they are not beside the card.
    """

    name: str
    version: str
    finds: Kind
    licence: str
    licence_file: str
    source: str
    trained_on: str
    file: str
    sha256: str
    size: int
    outputs: tuple[str, ...]
    limits: str
    address: str | None = None
    package: str | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9a-f]{64}", self.sha256):
            raise ValueError(f"a SHA-256 is 64 hexadecimal digits, not {self.sha256!r}")
        if not all(re.fullmatch(r"\w[\w.-]*", name) for name in (self.file, self.licence_file)):
            raise ValueError("a card names files beside it, not paths")
        if self.address is not None and not self.address.startswith("https://"):
            raise ValueError("models are fetched over https only")
        if self.package is not None and not self.package.isidentifier():
            raise ValueError("a package is named, not pathed")
        if self.size <= 0 or not self.outputs:
            raise ValueError("a model has weights and outputs")

    @property
    def used(self) -> ModelUsed:
        """How plans and records name the model."""
        return ModelUsed(self.name, self.version, self.licence, self.sha256)
