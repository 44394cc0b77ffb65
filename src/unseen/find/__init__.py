"""Looking at pictures for what identifies people."""

from unseen.find.attention import Attention
from unseen.find.effort import video_growth
from unseen.find.faces import FaceFinder
from unseen.find.finder import Finder

__all__ = ["Attention", "FaceFinder", "Finder", "video_growth"]
