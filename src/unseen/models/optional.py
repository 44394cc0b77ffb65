"""Models that do not come with Unseen: what can be fetched, and where it lies then."""

from __future__ import annotations

import os
from pathlib import Path

from unseen.models.card import ModelCard
from unseen.models.store import ModelStore

_CARDS = Path(__file__).with_name("cards")


def data_home() -> Path:
    """The user's folder for fetched models: below $XDG_DATA_HOME where that is an absolute path, else ~/.local/share.

    As the XDG Base Directory Specification has it (specifications.freedesktop.org/basedir-spec, 0.8).
    """
    asked = Path(os.environ.get("XDG_DATA_HOME", ""))
    home = asked if asked.is_absolute() else Path.home() / ".local" / "share"
    return home / "unseen" / "models"


def optional() -> ModelStore:
    """Every model that can be fetched; `installed` are those that were."""
    return ModelStore(_CARDS, data_home())


def choices(store: ModelStore) -> dict[str, ModelCard]:
    """The names by which models are asked for (their cards' file names), with their cards."""
    return dict(zip((path.stem for path in sorted(store.folder.glob("*.toml"))), store.cards(), strict=True))
