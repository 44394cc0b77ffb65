"""Unseen removes who people are from photos, video and audio, for good, and proves it."""

__version__ = "0.1.0"
