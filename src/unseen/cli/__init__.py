"""The command line."""

from unseen.cli.app import main, run

__all__ = ["main", "run"]
