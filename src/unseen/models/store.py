"""Where models lie, and that each is the file its card names, checked before every use."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

import msgspec

from unseen.errors import ModelError
from unseen.models.card import ModelCard
from unseen.models.external_data import refuse_external_data
from unseen.models.shapes import refuse_huge_shapes

_REINSTALL = "Install Unseen again: pip install --force-reinstall unseen"


@dataclass(frozen=True, slots=True)
class ModelStore:
    """A folder of cards (`*.toml`) and the weights they name, which lie beside them or in a folder of their own."""

    folder: Path
    weights: Path | None = None

    def cards(self) -> tuple[ModelCard, ...]:
        """Every card, by file name; ModelError where there is none or one cannot be read."""
        cards = tuple(_read_card(path) for path in sorted(self.folder.glob("*.toml")))
        if not cards:
            raise ModelError("there is no model here", path=self.folder, next_step=_REINSTALL)
        return cards

    def card(self, name: str) -> ModelCard:
        """The card of one model; ModelError where there is none of that name."""
        cards = {card.name: card for card in self.cards()}
        if name not in cards:
            what = f"there is no model called {name!r}"
            raise ModelError(what, path=self.folder, next_step=f"There are: {', '.join(cards)}.")
        return cards[name]

    def path(self, card: ModelCard) -> Path:
        """Where the weights of a card lie, or would. Raises ModelError where their package is not installed."""
        if card.package is not None:
            return _folder_of(card.package) / card.file
        return (self.weights or self.folder) / card.file

    def installed(self) -> tuple[ModelCard, ...]:
        """The cards whose weights are there, right or wrong: `load` tells."""
        return tuple(card for card in self.cards() if self._holds(card))

    def _holds(self, card: ModelCard) -> bool:
        try:
            return os.path.lexists(self.path(card))
        except ModelError:
            return False

    def load(self, card: ModelCard) -> bytes:
        """The weights, whole in these bytes, with the size and SHA-256 of the card; ModelError otherwise.

        What is returned is what was checked: nothing reads the file again.
        """
        path, next_step = self.path(card), mend(card)
        weights = _read_weights(path, card.size, next_step)
        try:
            verify(card, weights)
        except ValueError as error:
            raise ModelError(f"not the weights of {card.name}: {error}", path=path, next_step=next_step) from error
        try:
            if card.package is None:  # whoever carries a model in a package reads it in a format of its own
                refuse_external_data(weights)
                refuse_huge_shapes(weights)
        except ValueError as error:
            what = f"cannot be used as a model: {error}"
            raise ModelError(what, path=path, next_step="Use a model that is whole in one file.") from error
        return weights

    def check(self) -> tuple[ModelCard, ...]:
        """Every installed card, once its weights and licence text proved to be there and right; ModelError otherwise.

        Models that come with Unseen have to be installed.
        """
        cards = tuple(card for card in self.cards() if card.address is None or card in self.installed())
        for card in cards:
            self.load(card)
            licence = self.folder / card.licence_file
            if not licence.is_file():
                raise ModelError("the licence text is missing", path=licence, next_step=_REINSTALL)
        return cards


def verify(card: ModelCard, weights: bytes) -> None:
    """Return for the very bytes the card names; ValueError for any other."""
    found = hashlib.sha256(weights).hexdigest()
    if len(weights) != card.size or found != card.sha256:
        size = str(len(weights)) if len(weights) <= card.size else f"more than {card.size}"
        wanted = f"expected {card.size} bytes with SHA-256 {card.sha256}"
        raise ValueError(f"{wanted}, found {size} bytes with SHA-256 {found}")


def mend(card: ModelCard) -> str:
    """What to do about weights that are missing or wrong."""
    return _REINSTALL if card.address is None else "Fetch it: unseen models get (`unseen models list` has its name)"


def built_in() -> ModelStore:
    """The models that come with Unseen."""
    return ModelStore(Path(__file__).with_name("data"))


def _folder_of(package: str) -> Path:
    """Where an installed package lies, without importing it."""
    found = importlib.util.find_spec(package)
    places = found.submodule_search_locations if found is not None else None
    if not places:
        raise ModelError(
            f"the package {package} is not installed", next_step=f"Install it: pip install {package.replace('_', '-')}"
        )
    return Path(places[0])


def _read_card(path: Path) -> ModelCard:
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), ModelCard)
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise ModelError(f"this model card cannot be read: {error}", path=path, next_step=_REINSTALL) from error


def _read_weights(path: Path, size: int, next_step: str) -> bytes:
    """At most one byte more than `size`: enough to see that there is more, whatever was put there."""
    try:
        with path.open("rb") as file:
            return file.read(size + 1)
    except OSError as error:
        raise ModelError(f"cannot be read ({error.strerror})", path=path, next_step=next_step) from error
