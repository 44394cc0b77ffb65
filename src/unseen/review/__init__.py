"""Helping a person to check a plan."""

from unseen.review.doubts import Doubt, Reason, doubts

__all__ = ["Doubt", "Reason", "doubts"]
