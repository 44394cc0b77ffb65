"""The neural nets Unseen looks with: their cards, their verified weights, and what runs them."""

from unseen.models.card import ModelCard
from unseen.models.runtime import Batch, Net, Runtime, open_net
from unseen.models.store import ModelStore, built_in

__all__ = ["Batch", "ModelCard", "ModelStore", "Net", "Runtime", "built_in", "open_net"]
