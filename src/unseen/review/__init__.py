"""Helping a person to check a plan: on the terminal, or in the browser."""

from unseen.review.desk import Desk
from unseen.review.doubts import Doubt, Reason, doubts
from unseen.review.places import Place, is_plan, places
from unseen.review.serve import Server

__all__ = ["Desk", "Doubt", "Place", "Reason", "Server", "doubts", "is_plan", "places"]
