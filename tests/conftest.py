"""Lets every test import the makers of test media from tests/media."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "media"))
