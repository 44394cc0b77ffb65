"""Pictures from the middle of a file are those of a whole pass, to the pixel, whatever the codec does between them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from make import Clip, scene, write_clip
from PIL import Image

from unseen.errors import UnreadableError
from unseen.media import Limits, Reader, av_read, av_seek, open_media, open_source
from unseen.media.av_file import AvFile
from unseen.media.av_read import AvReader
from unseen.media.sandbox import SandboxedReader
from unseen.media.sandbox.forkserver import workers

GROUPS = {
    "closed": {"g": "8", "bf": "3"},
    "open": {"g": "8", "bf": "3", "x264-params": "open-gop=1:scenecut=0"},
    "refreshed": {"g": "60", "bf": "0", "x264-params": "intra-refresh=1"},
    "one": {"g": "250", "bf": "3"},
}
COUNT = 33
IRREGULAR = tuple(itertools.accumulate((1 + n % 3 for n in range(COUNT - 1)), initial=0))


def same_from_everywhere(reader: Reader) -> None:
    whole = [(view.time, view.rgb.copy()) for view in reader.views(64)]
    assert len(whole) == COUNT
    for first in (0, 1, 7, 8, 9, 15, 16, 20, COUNT - 2, COUNT - 1):
        found = [(view.time, view.rgb.copy()) for view in itertools.islice(reader.views(64, since=whole[first][0]), 4)]
        assert [time for time, _ in found] == [time for time, _ in whole[first : first + 4]]
        for (_, mine), (_, theirs) in zip(found, whole[first:], strict=False):
            assert np.array_equal(mine, theirs), f"picture {first} differs from that of a whole pass"


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
def test_h264_from_the_middle(tmp_path: Path, group: str, suffix: str) -> None:
    clip = Clip(size=(64, 48), ticks=IRREGULAR, options={"preset": "veryfast", **GROUPS[group]})
    with open_media(write_clip(tmp_path / f"clip{suffix}", clip)) as reader:
        same_from_everywhere(reader)


@pytest.mark.parametrize(
    ("suffix", "codec", "options"),
    [
        (".mp4", "hevc", {"x265-params": "log-level=none:keyint=8:bframes=3:open-gop=1:scenecut=0"}),
        (".mkv", "hevc", {"x265-params": "log-level=none:keyint=8:bframes=3:open-gop=1:scenecut=0"}),
        (".webm", "vp9", {"g": "8", "auto-alt-ref": "1", "lag-in-frames": "8"}),
        (".mkv", "vp8", {"g": "8"}),
        (".mp4", "av1", {"g": "8"}),
        (".mp4", "mpeg4", {"g": "8", "bf": "2"}),
        (".mkv", "ffv1", {}),
    ],
)
def test_other_codecs_from_the_middle(tmp_path: Path, suffix: str, codec: str, options: dict[str, str]) -> None:
    clip = Clip(codec, size=(64, 64), ticks=IRREGULAR, options=options)
    with open_media(write_clip(tmp_path / f"clip{suffix}", clip)) as reader:
        same_from_everywhere(reader)


@pytest.mark.parametrize(("codec", "options"), [("h264", {"g": "8"}), ("mpeg4", {"g": "8", "bf": "2"}), ("ffv1", {})])
def test_avi_from_the_middle(tmp_path: Path, codec: str, options: dict[str, str]) -> None:
    clip = Clip(codec, size=(64, 48), ticks=range(COUNT), options=options)
    with open_media(write_clip(tmp_path / "clip.avi", clip)) as reader:
        same_from_everywhere(reader)


def test_a_clip_that_starts_late_and_behind_an_edit_list(tmp_path: Path) -> None:
    ticks = [tick + 25 for tick in IRREGULAR]
    clip = Clip(size=(64, 48), ticks=ticks, options={"preset": "veryfast", **GROUPS["open"]})
    with open_media(write_clip(tmp_path / "clip.mp4", clip)) as reader:
        same_from_everywhere(reader)


def test_the_saboteur_that_leaves_out_too_much_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(av_seek, "_UNNEEDED", "NONINTRA")
    monkeypatch.setattr(AvReader, "_frames_since", lambda self, since: _once(self)(since))
    noisy = np.random.default_rng(2).integers(0, 99, (COUNT, 48, 64, 3), np.uint8)
    clip = Clip(size=(64, 48), ticks=IRREGULAR, options=GROUPS["one"], paint=lambda n, rgb: np.copyto(rgb, noisy[n]))
    with open_source(write_clip(tmp_path / "clip.mp4", clip)) as source, pytest.raises(AssertionError):
        same_from_everywhere(AvReader(source, Limits()))


@pytest.mark.parametrize("suffix", [".gif", ".png", ".webp", ".tif"])
def test_animations_from_the_middle(tmp_path: Path, suffix: str) -> None:
    first, *rest = (Image.fromarray(scene(number % 15, (64, 48))) for number in range(COUNT))
    path = tmp_path / f"moving{suffix}"
    first.save(path, save_all=True, append_images=rest, duration=[100 + 10 * (n % 3) for n in range(COUNT)])
    with open_media(path) as reader:
        if suffix in (".gif", ".webp") and len(reader.info.frame_times or ()) != COUNT:
            pytest.fail("the writer has dropped pictures that the test needs")
        same_from_everywhere(reader)


def test_only_what_was_asked_for_is_decoded(tmp_path: Path) -> None:
    clip = Clip(size=(64, 48), ticks=range(200), options={"preset": "veryfast", "g": "8"})
    path = write_clip(tmp_path / "clip.mp4", clip)
    with open_source(path) as source:
        reader = AvReader(source, Limits())
        decoded: list[int] = []
        original = reader._decoded

        def counting(*arguments: object) -> Iterator[object]:
            for each in original(*arguments):  # type: ignore[arg-type]
                decoded.append(1)
                yield each

        reader._decoded = counting  # type: ignore[assignment,method-assign]
        view = next(iter(reader.views(64, since=Fraction(19))))
        assert view.time == Fraction(19)
        assert sum(decoded) <= 8


@pytest.mark.parametrize(
    ("suffix", "options"), [(".mkv", {"live": "1"}), (".mp4", {"movflags": "empty_moov+frag_keyframe"})]
)
def test_a_file_that_declares_no_duration(tmp_path: Path, suffix: str, options: dict[str, str]) -> None:
    clip = Clip(size=(64, 48), ticks=IRREGULAR, options={"preset": "veryfast", **GROUPS["closed"]})
    written, streamed = write_clip(tmp_path / f"clip{suffix}", clip), tmp_path / f"streamed{suffix}"
    with av.open(str(written)) as source, av.open(str(streamed), "w", options=options) as target:
        stream = source.streams.video[0]
        copy = target.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.size:
                packet.stream = copy
                target.mux(packet)
    if suffix == ".mkv":
        with av.open(str(streamed)) as found:
            assert found.duration is None
    with open_media(streamed) as reader:
        same_from_everywhere(reader)


def test_a_pass_that_is_left_off_leaves_its_decoder_to_the_next(tmp_path: Path) -> None:
    clip = Clip(size=(64, 48), ticks=range(60), options={"preset": "veryfast", "g": "8"})
    with open_source(write_clip(tmp_path / "clip.mp4", clip)) as source:
        reader = SandboxedReader(source, Limits(), workers())
        (session,) = reader._idle
        for first in (3, 50, 17, 58):
            views = reader.views(64, since=Fraction(first, 10))
            assert next(views).time == Fraction(first, 10)
            assert reader._idle == []
            views.close()  # type: ignore[attr-defined]
            assert reader._idle == [session]
        assert [view.time for view in reader.views(64)] == [Fraction(n, 10) for n in range(60)]
        late = reader.views(64, since=Fraction(0))
        next(late)
        reader.close()
        late.close()  # type: ignore[attr-defined]
        assert session.ended


def test_a_time_at_which_there_is_no_picture_is_refused(tmp_path: Path) -> None:
    clip = Clip(size=(64, 48), ticks=(0, 2, 4), options={"g": "2"})
    with open_media(write_clip(tmp_path / "clip.mp4", clip)) as reader, pytest.raises(UnreadableError, match="no pict"):
        next(iter(reader.views(64, since=Fraction(1, 10))))


def test_the_saboteur_that_trusts_the_container_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the key frame need not be shown before the picture, an open group gives other pixels or none."""

    def trusting(file: AvFile, stream: object, tick: int) -> object:
        container = stream.container  # type: ignore[attr-defined]
        container.seek(tick + 1, stream=stream, backward=False)
        return file.packets(container, stream)  # type: ignore[arg-type]

    monkeypatch.setattr(av_read, "packets_for", trusting)
    clip = Clip(size=(64, 48), ticks=IRREGULAR, options={"preset": "veryfast", **GROUPS["open"]})
    with open_source(write_clip(tmp_path / "clip.mp4", clip)) as source:
        reader = AvReader(source, Limits())
        reader._frames_since = _once(reader)  # type: ignore[method-assign]
        with pytest.raises((AssertionError, StopIteration, UnreadableError)):
            same_from_everywhere(reader)


def _once(reader: AvReader) -> object:
    """Decoding from where the container leads to, and no second try."""

    def frames(since: Fraction) -> Iterator[object]:
        with reader._file.opened() as container:
            stream = container.streams[reader._stream]
            assert stream.time_base is not None
            tick = since / stream.time_base
            near = av_read.packets_for(reader._file, stream, int(tick))
            for shown, frame in reader._decoded(container, near):
                if shown >= tick:
                    yield shown * stream.time_base, frame

    return frames
