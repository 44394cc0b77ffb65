"""P-Net looks at a picture in strips, and says what it would say of the whole."""

import numpy as np
import pytest
from skimage import data

from unseen.verify import second_eyes
from unseen.verify.second_eyes import SecondEyes


@pytest.fixture(scope="module")
def eyes() -> SecondEyes:
    return SecondEyes.open()


@pytest.mark.parametrize(("rows", "columns"), [(512, 512), (431, 377)])
def test_strips_propose_what_the_whole_proposes(
    eyes: SecondEyes, monkeypatch: pytest.MonkeyPatch, rows: int, columns: int
) -> None:
    picture = np.ascontiguousarray(data.astronaut()[:rows, :columns])
    in_strips = eyes._proposals(picture)
    monkeypatch.setattr(second_eyes, "_STRIP", rows)
    whole = eyes._proposals(picture)
    assert len(whole) > 20
    np.testing.assert_array_equal(in_strips, whole)
