"""Whatever is done to a finished file's bytes, the audit ends in a report, and never in a pass by accident."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import finished_media as made
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unseen.verify import audit
from unseen.verify.structure import inspect_structure

NAMES = [*(f"h264.{c}" for c in ("mp4", "mov", "mkv", "avi", "ts")), "vp9.webm", "hevc.mp4", "av1.mp4"]
NAMES += [f"photo.{kind}" for kind in sorted(made.STILLS)]


@cache
def honest(name: str) -> bytes:
    codec, container = name.split(".")
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        if codec == "photo":
            made.write_still(path, made.covered_picture())
        else:
            made.write_clip(path, made.Clip(container, codec, ticks=(0, 512, 1024), sound="silent"))
        return path.read_bytes()


@given(name=st.sampled_from(NAMES), data=st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_bytes_never_raise(tmp_path: Path, name: str, data: st.DataObject) -> None:
    codec, container = name.split(".")
    path = tmp_path / "mutated"
    path.write_bytes(mutated(honest(name), data))
    plan = made.photo_plan() if codec == "photo" else made.plan_for(None, container=container, ticks=(0, 512, 1024))
    assert [c.number for c in audit(path, plan, source=None).checks] == list(range(1, 11))


def mutated(original: bytes, data: st.DataObject) -> bytes:
    """One to six bits flipped, stretches cut out or put in, lengths made absurd."""
    content = bytearray(original)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, max(0, len(content) - 1)))
        match data.draw(st.sampled_from(["flip", "cut", "insert", "length"])):
            case "flip" if content:
                content[at] ^= 1 << data.draw(st.integers(0, 7))
            case "cut":
                del content[at : at + data.draw(st.integers(1, 64))]
            case "insert":
                content[at:at] = data.draw(st.binary(min_size=1, max_size=16))
            case _:
                content[at : at + 4] = data.draw(st.sampled_from([b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"]))
    return bytes(content)


@given(name=st.sampled_from(NAMES), tail=st.binary(min_size=1, max_size=400))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_can_be_added_at_the_end_unseen(tmp_path: Path, name: str, tail: bytes) -> None:
    path = tmp_path / "longer"
    path.write_bytes(honest(name) + tail)
    structure = inspect_structure(path)
    zeros_after_zeros = name.endswith(".tif") and not tail.strip(b"\0") and len(tail) < 16
    assert structure.hidden or zeros_after_zeros


@given(garbage=st.binary(max_size=2000))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_garbage_is_never_understood(tmp_path: Path, garbage: bytes) -> None:
    path = tmp_path / "garbage"
    path.write_bytes(garbage)
    structure = inspect_structure(path)
    assert structure.metadata
    assert structure.hidden
