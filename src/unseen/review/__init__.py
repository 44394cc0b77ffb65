"""Helping a person to check a plan: on the terminal, or in the browser (`desk`, `serve`)."""

from unseen.review.doubts import Doubt, Reason, doubts
from unseen.review.places import Place, is_plan, places

__all__ = ["Doubt", "Place", "Reason", "doubts", "is_plan", "places"]
