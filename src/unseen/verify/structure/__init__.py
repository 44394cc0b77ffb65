"""What a finished file is made of, by parsers that share nothing with the room that wrote it."""

from unseen.verify.structure.found import Structure
from unseen.verify.structure.inspect import inspect_structure

__all__ = ["Structure", "inspect_structure"]
