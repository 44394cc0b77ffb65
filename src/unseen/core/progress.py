"""How far a long step is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int | None], None]
"""Called with the step's name, how many pictures are done, and of how many (None: not known yet)."""


def quiet(step: str, done: int, total: int | None) -> None:
    """No progress shown."""
