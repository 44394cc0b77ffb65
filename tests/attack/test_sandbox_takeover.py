"""A decoder that dies, hangs, swells or lies: the file is refused, and nothing else is touched."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from make import Clip, Sound, leftovers, unseen, write_clip, write_photo
from PIL import Image

from unseen.core import ColourModel, Disclosure, DisclosureKind, FrameTimes, MediaInfo, MediaKind, PictureFormat, Span
from unseen.errors import LimitError, SandboxError, UnreadableError
from unseen.media import Limits, open_media, open_reader, open_source
from unseen.media.coding import Coded, Group, ParameterSets
from unseen.media.readers import reader_of
from unseen.media.sandbox import SandboxedReader, messages
from unseen.media.sandbox.channel import Channel, pair
from unseen.media.sandbox.forkserver import ForkServer, FreshProcesses, workers
from unseen.media.sandbox.slots import create
from unseen.plan import Isolation

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing to lock up here")
SHAPE = PictureFormat(4, 4, "rgb24")
OPENED = messages.Opened(MediaKind.VIDEO, SHAPE, (), (), None, 0, None)
TIMES = FrameTimes(Fraction(1, 10), 0, ((1, 1),))
DONE = messages.Done(MediaInfo(MediaKind.VIDEO, "mp4", (), SHAPE, TIMES), ())
VIEW = messages.GivenView(Fraction(0), 4, 4, 1.0)
PICTURE = messages.GivenPicture(Fraction(0), 4, 4, ((1, 1),), ColourModel.RGB, 8, True, 2)


class Liar:
    """A source of workers that say what a test wants said."""

    def __init__(self, *said: messages.Reply | bytes, opened: messages.Reply = OPENED) -> None:
        self._said, self._opened = said, opened
        self.ended = 0

    def start(self) -> tuple[int, Channel]:
        ours, theirs = pair()
        threading.Thread(target=self._lie, args=(Channel(theirs),), daemon=True).start()
        return 1, ours

    def end(self, process: int) -> int:
        self.ended += 1
        return -signal.SIGKILL

    def fill(self, request: messages.Request, memory: int) -> None:
        """Put nothing into the shared memory."""

    def _lie(self, channel: Channel) -> None:
        try:
            channel.receive_with_file()
            for said in (messages.Locked(Isolation()), self._opened):
                channel.send(messages.encode(said))
            request, memory = channel.receive_with_file()
            if memory is not None:
                self.fill(messages.decode_request(request), memory)
                os.close(memory)
            for answer in self._said:
                channel.send(answer if isinstance(answer, bytes) else messages.encode(answer))
            while True:
                channel.receive_with_file()
        except (EOFError, OSError):
            channel.close()


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.mp4", Clip(ticks=range(40), sounds=(Sound(),)))


def lied_to(clip: Path, liar: Liar, ask: Callable[[SandboxedReader], object]) -> str:
    """What a reader says of a worker that lies."""
    with open_source(clip) as source, pytest.raises(UnreadableError) as caught:
        ask(SandboxedReader(source, Limits(frames=5), liar))
    assert liar.ended
    assert caught.value.path == str(clip)
    return caught.value.what


def _views(reader: SandboxedReader) -> list[object]:
    return list(reader.views(4))


def _views_from_the_middle(reader: SandboxedReader) -> list[object]:
    return list(reader.views(4, since=Fraction(1, 10)))


def _pictures(reader: SandboxedReader) -> list[object]:
    return list(reader.pictures())


def _coding(reader: SandboxedReader) -> list[object]:
    return list(reader.coding())


def _spliced(reader: SandboxedReader) -> list[object]:
    return list(reader.spliced([Span(Fraction(0), Fraction(1, 10))]))


def _coded(data: str, time: Fraction = Fraction(0)) -> messages.GivenCoded:
    return messages.GivenCoded(time, bytes.fromhex(data), True)


CODED = _coded("00000003658884")
SETS = (bytes.fromhex("6764000aacd94626c044000003000400000300c83c489658"), bytes.fromhex("68eae3cb22c0"))


def test_what_an_honest_worker_says_is_believed(clip: Path) -> None:
    with open_source(clip) as source:
        second = messages.GivenView(Fraction(1, 10), 4, 4, 1.0)
        reader = SandboxedReader(source, Limits(), Liar(VIEW, second, DONE))
        assert [v.time for v in reader.views(4)] == [0, Fraction(1, 10)]
        assert len(reader.info.frame_times or ()) == 2


def test_a_worker_that_does_not_leave_off_is_ended(clip: Path) -> None:
    with open_source(clip) as source:
        endless = (messages.GivenView(Fraction(n, 10), 4, 4, 1.0) for n in range(4))
        liar = Liar(*endless)
        reader = SandboxedReader(source, Limits(), liar)
        views = reader.views(4, since=Fraction(0))
        assert next(views).time == 0
        began = time.monotonic()
        views.close()  # type: ignore[attr-defined]
        assert liar.ended == 1
        assert time.monotonic() - began < 5


def test_what_an_honest_worker_says_of_coding_is_believed(clip: Path) -> None:
    with open_source(clip) as source:
        said = (messages.GivenSets(SETS), messages.GivenGroup(Group(TIMES)), DONE)
        assert list(SandboxedReader(source, Limits(), Liar(*said)).coding()) == [ParameterSets(SETS), Group(TIMES)]
        (coded,) = SandboxedReader(source, Limits(), Liar(CODED, DONE)).spliced([Span(Fraction(0), Fraction(1, 10))])
        assert coded == Coded(CODED.time, CODED.data, True)


LIES = {
    "a view that is too large": (_views, (messages.GivenView(Fraction(0), 5000, 4, 1.0), DONE), "odd view"),
    "a view of another shape": (_views, (messages.GivenView(Fraction(0), 4, 1, 1.0), DONE), "another shape"),
    "a view that is enlarged": (_views, (messages.GivenView(Fraction(0), 4, 4, 3.0), DONE), "enlarged"),
    "a view of no size": (_views, (messages.GivenView(Fraction(0), 0, 4, 1.0), DONE), "odd view"),
    "a scale that is no number": (_views, (messages.GivenView(Fraction(0), 4, 4, float("nan")), DONE), "enlarged"),
    "times that go back": (_views, (VIEW, VIEW, DONE), "do not increase"),
    "pictures without end": (
        _views,
        tuple(messages.GivenView(Fraction(n), 4, 4, 1.0) for n in range(6)),
        "more pictures",
    ),
    "a time out of this world": (_views, (messages.GivenView(Fraction(10**15), 4, 4, 1.0), DONE), "this world"),
    "another picture than the one asked for": (_views_from_the_middle, (VIEW, DONE), "another picture"),
    "a picture for a view": (_views, (PICTURE, DONE), "no view"),
    "a view for a picture": (_pictures, (VIEW, DONE), "no picture"),
    "a picture of another size": (
        _pictures,
        (messages.GivenPicture(Fraction(0), 4000, 4000, ((1, 1),), ColourModel.RGB, 8, True, 2), DONE),
        "another size",
    ),
    "planes of a strange grid": (
        _pictures,
        (messages.GivenPicture(Fraction(0), 4, 4, ((1, 1), (0, 0), (0, 0)), ColourModel.YUV, 8, True, 2), DONE),
        "odd planes",
    ),
    "a hundred planes": (
        _pictures,
        (messages.GivenPicture(Fraction(0), 4, 4, ((1, 1),) * 100, ColourModel.RGB, 8, True, 2), DONE),
        "odd planes",
    ),
    "a depth of a thousand bits": (
        _pictures,
        (messages.GivenPicture(Fraction(0), 4, 4, ((1, 1),), ColourModel.RGB, 1000, True, 2), DONE),
        "odd kind",
    ),
    "more samples than the slot holds": (
        _pictures,
        (messages.GivenPicture(Fraction(0), 4, 4, ((1, 1),) * 3, ColourModel.RGB, 16, True, 2), DONE),
        None,
    ),
    "no message at all": (_views, (b"\xc1nonsense",), "cannot be"),
    "an end without facts": (_views, (messages.Done(None, ()),), "without facts"),
    "facts of another shape": (
        _views,
        (messages.Done(MediaInfo(MediaKind.VIDEO, "mp4", (), PictureFormat(9, 9, "x"), TIMES), ()),),
        "facts that change",
    ),
    "a billion pictures": (
        _views,
        (
            messages.Done(
                MediaInfo(MediaKind.VIDEO, "mp4", (), SHAPE, FrameTimes(Fraction(1, 10), 0, ((1, 10**9),))), ()
            ),
        ),
        "more pictures",
    ),
    "a picture for a group": (_coding, (PICTURE, DONE), "no group"),
    "parameter sets of no kind": (_coding, (messages.GivenSets((b"abcdef", b"ghijkl")), DONE), "odd parameter sets"),
    "a single parameter set": (_coding, (messages.GivenSets(SETS[:1]), DONE), "odd number"),
    "parameter sets with a tail": (_coding, (messages.GivenSets((SETS[0] + b"tail", SETS[1])), DONE), "not plain"),
    "a group without times": (_coding, (messages.GivenGroup(Group(None)), DONE), "without times"),
    "a group that nobody can decode": (_coding, (messages.GivenGroup(Group(TIMES, 99)), DONE), "out of order"),
    "a group of a billion pictures": (
        _coding,
        (messages.GivenGroup(Group(FrameTimes(Fraction(1), 0, ((1, 10**9),)))), DONE),
        "more pictures",
    ),
    "coded pictures without end": (_spliced, (CODED,) * 6, "more pictures"),
    "a coded picture that nobody asked for": (_pictures, (CODED, DONE), "nobody asked"),
    "a coded picture of another time": (_spliced, (_coded("00000003658884", Fraction(1)), DONE), "nobody"),
    "a note for a coded picture": (_spliced, (_coded("0000000606050141808080"), DONE), "odd coded picture"),
    "a coded picture that ends too early": (_spliced, (_coded("000000ff658884"), DONE), "odd coded picture"),
    "a coded picture of nothing": (_spliced, (_coded(""), DONE), "odd coded picture"),
    "one that needs others, said to need none": (_spliced, (_coded("00000003418884"), DONE), "odd coded picture"),
    "words for the terminal": (_views, (VIEW, messages.Done(DONE.info, ("\x1b[2Jall is well",))), "not safe"),
    "a longer text than any": (_views, (VIEW, messages.Done(DONE.info, ("x" * 100_000,))), "not safe"),
}


@pytest.mark.parametrize("name", LIES)
def test_a_worker_that_lies_is_refused(clip: Path, name: str) -> None:
    ask, said, expected = LIES[name]
    if expected is None:  # room is for the widest samples there may be: this one is no lie
        with open_source(clip) as source:
            assert len(list(SandboxedReader(source, Limits(), Liar(*said)).pictures())) == 1
        return
    assert expected in lied_to(clip, Liar(*said), ask)


@pytest.mark.parametrize(
    "opened",
    [
        messages.Opened(MediaKind.VIDEO, PictureFormat(10**6, 10**6, "rgb24"), (), (), None, 0, None),
        messages.Opened(MediaKind.VIDEO, PictureFormat(4, 4, "\x1b[2J"), (), (), None, 0, None),
        messages.Opened(MediaKind.VIDEO, SHAPE, (), (), None, 99, None),
        messages.Opened(
            MediaKind.VIDEO, SHAPE, (Disclosure(DisclosureKind.TEXT, "title", "\x1b[2J"),), (), None, 0, None
        ),
        DONE,
    ],
)
def test_headers_that_cannot_be_are_refused(clip: Path, opened: messages.Reply) -> None:
    assert "cannot be" in lied_to(clip, Liar(opened=opened), lambda reader: reader.kind)


def test_samples_beyond_their_depth_are_cut(tmp_path: Path, clip: Path) -> None:
    """Encoders look samples up in tables of as many entries as the depth allows."""
    deep = dataclasses.replace(SHAPE, depth=10)
    given = messages.GivenPicture(Fraction(0), 4, 4, ((1, 1),) * 3, ColourModel.YUV, 10, False, 1)
    done = messages.Done(MediaInfo(MediaKind.VIDEO, "mp4", (), deep, FrameTimes(Fraction(1), 0)), ())

    class Loud(Liar):
        def fill(self, request: messages.Request, memory: int) -> None:
            assert isinstance(request, messages.Fill)
            os.pwrite(memory, b"\xff" * request.slot, 0)

    opened = messages.Opened(MediaKind.VIDEO, deep, (), (), None, 0, None)
    with open_source(clip) as source:
        (picture,) = SandboxedReader(source, Limits(), Loud(given, done, opened=opened)).pictures()
    assert {int(p.samples.max()) for p in picture.planes} == {1023}


def test_shared_memory_cannot_be_taken_away_again() -> None:
    """Who made it shorter would have its reader killed."""
    descriptor = create(4096)
    with pytest.raises(PermissionError):
        os.ftruncate(descriptor, 10)
    os.close(descriptor)


def test_no_memory_to_share_is_the_machines_fault(clip: Path) -> None:
    program = """
import resource, sys
from unseen.cli import run
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
sys.exit(run(["redact", sys.argv[1], "-o", sys.argv[2]]))
"""
    command = [sys.executable, "-c", program, clip, clip.with_name("out.mp4")]
    said = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (said.returncode, "ulimit -f" in said.stderr) == (6, True), said
    assert sorted(p.name for p in clip.parent.iterdir()) == [clip.name]


def _running(source: Path, limits: Limits) -> Iterator[tuple[SandboxedReader, int]]:
    with open_source(source) as opened:
        reader = open_reader(opened, limits)
        assert isinstance(reader, SandboxedReader)
        yield reader, reader._idle[0]._process
        reader.close()


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGILL, signal.SIGBUS])
def test_a_decoder_that_crashes_is_the_files_fault(clip: Path, number: signal.Signals) -> None:
    for reader, process in _running(clip, Limits()):
        pictures = reader.pictures()
        next(pictures)
        os.kill(process, number)
        with pytest.raises(UnreadableError, match=number.name):
            list(pictures)
        assert len(list(reader.pictures())) == 40  # another worker starts afresh


def test_a_decoder_that_hangs_is_not_waited_for(clip: Path) -> None:
    for reader, process in _running(clip, Limits(idle_seconds=1.0)):
        os.kill(process, signal.SIGSTOP)
        began = time.monotonic()
        with pytest.raises(LimitError, match="gave nothing"):
            list(reader.views(96))
        assert time.monotonic() - began < 10
        assert not _alive(process)


def test_a_decoder_that_swells_is_held(tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    Image.new("RGB", (12_000, 12_000)).save(large)
    with open_media(large, Limits(memory=256 << 20)) as reader, pytest.raises(LimitError, match="MiB of memory"):
        list(reader.pictures())
    said = unseen("redact", large, "-o", tmp_path / "out" / "a.png", "--max-memory", "256")
    assert (said.code, "MiB of memory" in said.err) == (3, True), said
    assert not leftovers(tmp_path)
    assert not list(tmp_path.glob("out/*"))


def test_nothing_is_left_when_the_process_that_asked_is_killed(clip: Path) -> None:
    program = """
import sys, time
from pathlib import Path
from unseen.media import Limits, open_reader, open_source
from unseen.media.sandbox.forkserver import workers
with open_source(Path(sys.argv[1])) as source:
    reader = open_reader(source, Limits())
    print(reader._idle[0]._process, workers()._process.pid, flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program, clip], stdout=subprocess.PIPE, text=True) as asking:
        assert asking.stdout is not None
        left = [int(number) for number in asking.stdout.readline().split()]
        assert all(_alive(process) for process in left)
        asking.kill()
    assert len(left) == 2
    until = time.monotonic() + 10
    while any(_alive(process) for process in left):
        assert time.monotonic() < until
        time.sleep(0.02)


def _alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_leaving_early_ends_the_worker_and_leaves_the_reader_usable(clip: Path) -> None:
    for reader, process in _running(clip, Limits()):
        pictures = reader.pictures()
        next(pictures)
        pictures.close()  # type: ignore[attr-defined]
        assert not _alive(process)
        assert len(list(reader.views(50))) == 40


def test_two_passes_at_once_do_not_meet(clip: Path) -> None:
    for reader, _ in _running(clip, Limits()):
        assert reader.main_audio is not None
        both = zip(reader.pictures(), reader.sound(reader.main_audio), strict=False)
        assert len([time for time in both if time]) == 40
        assert len(list(reader.pictures())) == 40


def test_a_restarted_server_kills_nobody_elses_process(clip: Path) -> None:
    server = ForkServer()
    process, channel = server.start()
    channel.close()
    server.stop()
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as bystander:
        server.end(bystander.pid)
        server.end(process)
        assert bystander.poll() is None
        bystander.kill()
    server.stop()


def test_fresh_processes_do_where_copies_are_not_sound(clip: Path) -> None:
    with open_source(clip) as source:
        fresh = FreshProcesses()
        reader = SandboxedReader(source, Limits(), fresh)
        here = reader_of(source, Limits())
        assert [v.rgb.tobytes() for v in reader.views(40)] == [v.rgb.tobytes() for v in here.views(40)]
        assert reader.isolation == open_reader(source, Limits()).isolation
        reader.close()
        fresh.stop()


@pytest.mark.parametrize("ending", [".jpg", ".png", ".webp", ".tiff", ".gif", ".avif", ".heic", ".bmp"])
def test_photos_cross_unchanged(tmp_path: Path, ending: str) -> None:
    if ending == ".heic":
        import pillow_heif

        path = tmp_path / "a.heic"
        pillow_heif.from_pillow(Image.open(write_photo(tmp_path / "a.png"))).save(path)
    else:
        path = write_photo(tmp_path / f"a{ending}")
    _same(path)


def test_a_large_photo_crosses_unchanged(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    samples = rng.integers(0, 255, (2000, 1500, 3), np.uint8)
    Image.fromarray(samples).save(tmp_path / "a.png")
    _same(tmp_path / "a.png")


@pytest.mark.parametrize("clip_of", [Clip("ffv1", pixels="yuv420p10le"), Clip("vp9", size=(97, 65)), Clip("hevc")])
def test_clips_cross_unchanged(tmp_path: Path, clip_of: Clip) -> None:
    _same(write_clip(tmp_path / "a.mkv", clip_of))


def _same(path: Path) -> None:
    with open_source(path) as source, open_media(source) as reader:
        assert isinstance(reader, SandboxedReader)
        here = reader_of(source, Limits())
        for ours, theirs in zip(reader.pictures(), here.pictures(), strict=True):
            assert dataclasses.replace(ours, planes=()) == dataclasses.replace(theirs, planes=())
            for one, other in zip(ours.planes, theirs.planes, strict=True):
                assert (one.across, one.down) == (other.across, other.down)
                assert np.array_equal(one.samples, other.samples)
                assert one.samples.flags.writeable
        for view, other_view in zip(reader.views(60), here.views(60), strict=True):
            assert np.array_equal(view.rgb, other_view.rgb)
            assert (view.time, view.scale) == (other_view.time, other_view.scale)
        assert reader.info == here.info
        assert (reader.encoding, reader.disclosures) == (here.encoding, here.disclosures)


def test_the_plan_says_how_the_decoder_was_locked_up(tmp_path: Path) -> None:
    from unseen.plan import read_plan

    said = unseen("find", write_photo(tmp_path / "a.png"), "-o", tmp_path / "a.json")
    assert said.code == 0, said
    plan = read_plan((tmp_path / "a.json").read_bytes())
    with open_media(tmp_path / "a.png") as reader:
        assert plan.sandbox == reader.isolation
    assert "rlimits" in plan.sandbox.layers


def test_a_sandbox_that_is_required_and_not_there_stops_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from unseen.media import opening

    photo = write_photo(tmp_path / "a.png")
    monkeypatch.setattr(opening, "workers", lambda: Liar())
    with open_source(photo) as source, pytest.raises(SandboxError, match="cannot be had"):
        open_reader(source, Limits(), require_sandbox=True)
    monkeypatch.setattr(opening, "workers", lambda: None)
    said = unseen("redact", photo, "-o", tmp_path / "out.png", "--require-sandbox")
    assert (said.code, (tmp_path / "out.png").exists()) == (6, False)
    monkeypatch.setattr(opening, "workers", workers)
    assert unseen("redact", photo, "-o", tmp_path / "out.png").code == 0
    monkeypatch.setattr(opening, "workers", lambda: None)
    asked = ("verify", tmp_path / "out.png", "--source", photo)
    assert (unseen(*asked).code, unseen(*asked, "--require-sandbox").code) == (0, 6)
