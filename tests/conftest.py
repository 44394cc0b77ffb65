"""Lets every test import the makers of test media from tests/media; keeps this user's models and key out of tests."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "media"))

os.environ["XDG_DATA_HOME"] = str(Path(__file__).parent / "no-models-here")


@pytest.fixture(scope="session", autouse=True)
def a_key_of_the_tests_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test makes or uses the key of whoever runs the tests."""
    before = os.environ.get("UNSEEN_KEY")
    os.environ["UNSEEN_KEY"] = str(tmp_path_factory.mktemp("key") / "signing-key.pem")
    yield
    if before is None:
        del os.environ["UNSEEN_KEY"]
    else:
        os.environ["UNSEEN_KEY"] = before
