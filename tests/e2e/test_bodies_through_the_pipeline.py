"""Bodies through the whole job: covered in the finished file, named in its plan, and honest about photos."""

import hashlib
import importlib
import re
import shutil
from fractions import Fraction
from pathlib import Path

import av
import make
import nets
import numpy as np
import pytest
from PIL import Image

import unseen
from unseen.core import Kind, Region
from unseen.models import ModelStore, choices, optional
from unseen.rules import Identifier

SIZE = (192, 128)


def clip(path: Path) -> Path:
    """A red box that crosses a textured place from its first picture on."""
    rng = np.random.default_rng(2)
    place = np.kron(rng.integers(70, 200, (16, 24)), np.ones((8, 8))).astype(np.uint8)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=10, options={"crf": "12", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for n in range(40):
            rgb = np.repeat(place[..., None], 3, axis=2)
            rgb[50:100, 4 * n : 4 * n + 20] = (200, 20, 20)
            frame = av.VideoFrame.from_ndarray(rgb, "rgb24")
            frame.pts = n
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def test_a_body_is_covered_in_every_picture_of_the_finished_file(tmp_path: Path) -> None:
    released = unseen.redact(clip(tmp_path / "a.mp4"), tmp_path / "b.mp4", unseen.RedactOptions(find="bodies"))
    assert {p.track.kind for p in released.record.plan.tracks} == {Kind.BODY}
    with released.output.open("rb") as file, av.open(file) as container:
        for frame in container.decode(video=0):
            rgb = frame.to_ndarray(format="rgb24").astype(int)
            assert not ((rgb[..., 0] > 120) & (rgb[..., 1] < 70)).any()


def test_ids_are_unique_among_finders_and_observers(tmp_path: Path) -> None:
    plan = unseen.find(clip(tmp_path / "a.mp4"), unseen.FindOptions(find="faces,bodies"))
    assert len({p.track.id for p in plan.tracks}) == len(plan.tracks) > 0
    assert plan.tracks[0].track.region_at(Fraction(0)) is not None


def test_a_photo_does_not_show_what_moves_and_the_plan_says_so(tmp_path: Path) -> None:
    plan = unseen.find(make.write_photo(tmp_path / "a.jpg"), unseen.FindOptions(find="bodies"))
    assert ("bodies", Identifier.BODIES) in [(spot.what, spot.identifier) for spot in plan.blind_spots]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelStore:
    """A store whose model of people is a tiny net that sees red, installed as if it had been fetched."""
    weights = nets.yolox((640, 640), wide=200.0)
    shutil.copytree(optional().folder, tmp_path / "cards")
    text = (tmp_path / "cards" / "people.toml").read_text("utf-8")
    text = re.sub(r'sha256 = ".*"', f'sha256 = "{hashlib.sha256(weights).hexdigest()}"', text)
    (tmp_path / "cards" / "people.toml").write_text(re.sub(r"size = \d+", f"size = {len(weights)}", text), "utf-8")
    store = ModelStore(tmp_path / "cards", tmp_path / "weights")
    (tmp_path / "weights").mkdir()
    store.path(choices(store)["people"]).write_bytes(weights)
    monkeypatch.setattr(importlib.import_module("unseen.find.choose"), "optional", lambda: store)
    return store


def test_an_installed_model_adds_to_what_is_looked_for_and_stands_in_the_plan(
    tmp_path: Path, installed: ModelStore
) -> None:
    rgb = np.full((240, 320, 3), 90, np.uint8)
    rgb[80:140, 100:160] = (255, 0, 0)
    Image.fromarray(rgb).save(tmp_path / "a.png")
    plan = unseen.find(tmp_path / "a.png", unseen.FindOptions(find="bodies"))
    region = plan.tracks[0].track.keyframes[0].region
    assert region.padded(0.2).overlap(Region(100, 80, 60, 60)) >= 0.99 * 3600
    assert [used.name for used in plan.models] == ["yolox-s"]
    assert Identifier.BODIES not in [spot.identifier for spot in plan.blind_spots]


def test_with_a_model_installed_clips_have_no_blind_spot_for_bodies(tmp_path: Path, installed: ModelStore) -> None:
    plan = unseen.find(clip(tmp_path / "a.mp4"), unseen.FindOptions(find="bodies"))
    assert [used.name for used in plan.models] == ["yolox-s"]
    assert Identifier.BODIES not in [spot.identifier for spot in plan.blind_spots]
