"""Findings linked in time: gaps bridged, both ends followed by the picture's motion, cuts respected."""

from unseen.track.follow import Follower
from unseen.track.moments import from_moments
from unseen.track.settings import Settings
from unseen.track.tracker import Tracker

__all__ = ["Follower", "Settings", "Tracker", "from_moments"]
