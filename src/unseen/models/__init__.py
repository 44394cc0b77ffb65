"""The neural nets Unseen looks with: their cards, their verified weights, and what runs them."""

from unseen.models.card import ModelCard
from unseen.models.fetch import fetch
from unseen.models.optional import choices, optional
from unseen.models.runtime import Batch, Net, Runtime, open_net
from unseen.models.store import ModelStore, built_in

__all__ = [
    "Batch",
    "ModelCard",
    "ModelStore",
    "Net",
    "Runtime",
    "built_in",
    "choices",
    "fetch",
    "open_net",
    "optional",
]
