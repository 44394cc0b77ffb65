"""Covering: what a plan decides to cover, drawn irreversibly into pictures and silenced in sound."""

from unseen.cover.disguise import Disguise
from unseen.cover.hush import hush
from unseen.cover.paint import chroma_grid, coarse, cover_boxes, cover_outline, cover_tracks

__all__ = ["Disguise", "chroma_grid", "coarse", "cover_boxes", "cover_outline", "cover_tracks", "hush"]
