"""What a photo keeps on its way through the whole job, what it does not, and that the plan says so."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from make import scene, write_clip
from PIL import Image, JpegImagePlugin

import unseen
from unseen.core import StreamKind
from unseen.plan import Plan, StreamAction

BOX = (24, 16, 56, 48)
ZONE = "24,16,32,32"
PRIVATE = (255, 0, 255)
OUTSIDE = np.ones((64, 96), bool)
OUTSIDE[4:60, 12:68] = False  # away from the cover and what codecs smear of it


def released(source: Path, out: Path) -> tuple[Image.Image, Plan]:
    options = unseen.RedactOptions(find="codes", cover_zone=(ZONE,))
    done = unseen.redact(source, out, options)
    with Image.open(done.output) as image:
        image.load()
        return image, done.record.plan


def said(plan: Plan) -> str:
    return "; ".join(spot.what for spot in plan.blind_spots)


def shots(count: int = 4) -> list[Image.Image]:
    """Pictures with the private colour in the zone, at another place in each."""
    found = []
    for number in range(count):
        samples = scene(3)
        samples[20 + 5 * number :, 28:40][:8] = PRIVATE
        samples[:8, 8 * number : 8 * number + 8] = 255
        found.append(Image.fromarray(samples))
    return found


@pytest.mark.parametrize("form", ["gif", "webp", "png", "avif", "tif"])
def test_every_picture_of_an_animation_is_covered(tmp_path: Path, form: str) -> None:
    """With its time and its place in the row."""
    first, *rest = shots()
    times = {} if form == "tif" else {"duration": [50, 100, 70, 200], "loop": 0}
    exact = {"webp": {"lossless": True}, "avif": {"quality": 95}}.get(form, {})
    first.save(tmp_path / f"a.{form}", save_all=True, append_images=rest, **times, **exact)
    _, plan = released(tmp_path / f"a.{form}", tmp_path / f"out.{form}")
    with Image.open(tmp_path / f"out.{form}") as after:
        assert after.n_frames == 4
        lengths = []
        for number, was in enumerate(shots()):
            after.seek(number)
            samples = np.asarray(after.convert("RGB")).astype(int)
            left, top, right, bottom = BOX
            assert samples[top:bottom, left:right].max() <= 24
            assert np.abs(samples - np.asarray(was))[OUTSIDE].mean() < 4
            lengths.append(after.info.get("duration"))
    assert form == "tif" or lengths == [50, 100, 70, 200]
    assert len(plan.source.media.frame_times or ()) == 4


def test_four_colours_of_ink_become_three_of_light_and_that_is_said(tmp_path: Path) -> None:
    Image.fromarray(scene(3)).convert("CMYK").save(tmp_path / "a.jpg", quality=95)
    image, plan = released(tmp_path / "a.jpg", tmp_path / "out.jpg")
    assert image.mode == "RGB"
    assert np.abs(np.asarray(image).astype(int) - scene(3))[OUTSIDE].mean() < 6
    assert "CMYK" in said(plan)


@pytest.mark.parametrize("form", ["png", "tif"])
def test_sixteen_bits_of_grey_stay_exact_outside_the_cover(tmp_path: Path, form: str) -> None:
    deep = (np.arange(64 * 96, dtype=np.uint16) * 10).reshape(64, 96)
    Image.fromarray(deep).save(tmp_path / f"a.{form}")
    image, plan = released(tmp_path / f"a.{form}", tmp_path / f"out.{form}")
    after = np.asarray(image).astype(np.uint16)
    assert np.array_equal(after[OUTSIDE], deep[OUTSIDE])
    assert after[32, 40] == 0
    assert plan.blind_spots == () or "bits" not in said(plan)


def test_sixteen_bits_of_grey_in_a_format_of_eight_are_said(tmp_path: Path) -> None:
    Image.fromarray((np.arange(64 * 96, dtype=np.uint16) * 10).reshape(64, 96)).save(tmp_path / "a.png")
    _, plan = released(tmp_path / "a.png", tmp_path / "out.jpg")
    assert "16 bits a sample are written with 8" in said(plan)


def test_sixteen_bits_of_colour_become_eight_and_that_is_said(tmp_path: Path) -> None:
    import cv2

    deep = scene(3).astype(np.uint16) * 257
    (tmp_path / "a.png").write_bytes(cv2.imencode(".png", deep[..., ::-1])[1].tobytes())
    image, plan = released(tmp_path / "a.png", tmp_path / "out.png")
    assert np.array_equal(np.asarray(image)[OUTSIDE], scene(3)[OUTSIDE])
    assert "16 bits a sample reduced to 8" in said(plan)


@pytest.mark.parametrize("form", ["png", "gif", "tif", "bmp"])
def test_indexed_colours_stay_what_they_are(tmp_path: Path, form: str) -> None:
    indexed = Image.fromarray(scene(3)).quantize(8, dither=Image.Dither.NONE)
    indexed.save(tmp_path / f"a.{form}")
    image, _ = released(tmp_path / f"a.{form}", tmp_path / f"out.{form}")
    assert np.array_equal(np.asarray(image.convert("RGB"))[OUTSIDE], np.asarray(indexed.convert("RGB"))[OUTSIDE])


@pytest.mark.parametrize("form", ["jpg", "png", "webp", "tif", "avif", "bmp"])
def test_grey_stays_grey(tmp_path: Path, form: str) -> None:
    grey = Image.fromarray(scene(3)[..., 0])
    grey.save(tmp_path / f"a.{form}")
    image, _ = released(tmp_path / f"a.{form}", tmp_path / f"out.{form}")
    samples = np.asarray(image.convert("RGB")).astype(int)
    assert np.abs(samples - samples[..., :1]).max() == 0
    assert np.abs(samples[..., 0] - np.asarray(grey))[OUTSIDE].mean() < 3
    assert image.mode == "L" or form in ("webp", "avif", "bmp")


def test_transparency_is_shown_on_white_and_that_is_said(tmp_path: Path) -> None:
    samples = np.dstack([scene(3), np.full((64, 96), 255, np.uint8)])
    samples[:, 80:, 3] = 0
    Image.fromarray(samples).save(tmp_path / "a.png")
    image, plan = released(tmp_path / "a.png", tmp_path / "out.png")
    assert image.mode == "RGB"
    assert (np.asarray(image)[:, 80:] == 255).all()
    assert "transparent" in said(plan)


def test_a_burst_keeps_its_chosen_picture_and_lists_the_others(tmp_path: Path) -> None:
    first, *rest = shots(3)
    burst = pillow_heif.from_pillow(first)
    for shot in rest:
        burst.add_from_pillow(shot)
    burst.save(tmp_path / "a.heic", quality=95, primary_index=0)
    options = unseen.RedactOptions(find="codes", cover_zone=(ZONE,))
    plan = unseen.redact(tmp_path / "a.heic", tmp_path / "out.heic", options).record.plan
    assert len(pillow_heif.open_heif(tmp_path / "out.heic")) == 1
    dropped = [s for s in plan.streams if s.action is StreamAction.REMOVE]
    assert [(s.kind, s.index) for s in dropped] == [(StreamKind.PICTURE, 1), (StreamKind.PICTURE, 2)]


def test_a_motion_photo_becomes_a_still_and_the_plan_lists_the_film(tmp_path: Path) -> None:
    film = write_clip(tmp_path / "film.mp4").read_bytes()
    photo = io.BytesIO()
    Image.fromarray(scene(3)).save(photo, "JPEG", quality=95)
    (tmp_path / "a.jpg").write_bytes(photo.getvalue() + film)
    _, plan = released(tmp_path / "a.jpg", tmp_path / "out.jpg")
    assert [(s.kind, s.action) for s in plan.streams] == [
        (StreamKind.VIDEO, StreamAction.REDACT),
        (StreamKind.VIDEO, StreamAction.REMOVE),
    ]
    assert b"ftyp" not in (tmp_path / "out.jpg").read_bytes()


@pytest.mark.parametrize(("chroma", "layers"), [("4:4:4", (1, 1)), ("4:2:2", (2, 1)), ("4:2:0", (2, 2))])
def test_a_jpeg_keeps_its_chroma_and_its_standard_tables(tmp_path: Path, chroma: str, layers: tuple[int, int]) -> None:
    Image.fromarray(scene(3)).save(tmp_path / "a.jpg", quality=88, subsampling=chroma)
    with Image.open(tmp_path / "a.jpg") as source:
        assert isinstance(source, JpegImagePlugin.JpegImageFile)
        before = source.quantization
    image, _ = released(tmp_path / "a.jpg", tmp_path / "out.jpg")
    assert isinstance(image, JpegImagePlugin.JpegImageFile)
    assert image.quantization == before
    assert image.layer[0][1:3] == layers
