"""Covering: what a plan decides to cover, drawn irreversibly into pictures."""

from unseen.cover.paint import cover_outline, cover_tracks

__all__ = ["cover_outline", "cover_tracks"]
