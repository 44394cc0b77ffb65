"""Lets every test import the makers of test media from tests/media; keeps this user's own models out of tests."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "media"))

os.environ["XDG_DATA_HOME"] = str(Path(__file__).parent / "no-models-here")
