"""Files made to have Unseen read, fetch or spend something else: a clear refusal, and only that one file read."""

from __future__ import annotations

import hashlib
import os
import socket
import struct
import threading
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from make import Clip, Sound, is_clear, leftovers, names, unseen, write_clip, write_photo

BOUND = 15.0
"""Seconds within which a hostile file is refused, on a slow and busy machine."""


def refused(source: Path, *flags: str, code: int = 3) -> str:
    """Redact a file that must not be released; gives what was said."""
    before = _state(source)
    out = source.parent / "released" / f"out{source.suffix or '.mp4'}"
    began = time.monotonic()
    said = unseen("redact", source, "-o", out, *flags)
    assert time.monotonic() - began < BOUND
    assert said.code == code, said
    assert is_clear(said), said
    assert not out.parent.exists() or not names(out.parent)
    assert not leftovers(source.parent)
    assert _state(source) == before
    return said.err


def _state(path: Path) -> tuple[Any, ...]:
    facts = path.lstat()
    digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() and facts.st_size else ""
    return digest, facts.st_mtime_ns, facts.st_ino, facts.st_mode, facts.st_size


class Listener:
    """Counts who connects to a port of this machine."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.1)
        self.port, self.visits, self._stop = self._socket.getsockname()[1], 0, False
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while not self._stop:
            try:
                visitor, _ = self._socket.accept()
            except TimeoutError:
                continue
            self.visits += 1
            visitor.close()

    def close(self) -> None:
        self._stop = True
        self._thread.join()
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    each = Listener()
    yield each
    each.close()


def plainly_decoded(path: Path) -> int:
    """Pictures that FFmpeg gives for a file when nobody has told it what not to do."""
    with path.open("rb") as file, av.open(file, timeout=3) as container:
        return sum(1 for _ in container.decode(video=0))


@pytest.fixture
def private(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "private.mp4")


def test_a_concat_script_does_not_pull_in_its_sibling(
    tmp_path: Path, private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    clip = tmp_path / "clip.mp4"
    clip.write_text(f"ffconcat version 1.0\nfile {private.name}\n")
    refused(clip)
    assert plainly_decoded(clip) == 3  # the saboteur: without our options the sibling's pictures come out


def test_a_local_playlist_does_not_pull_in_its_segments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_clip(tmp_path / "segment.ts")
    clip = tmp_path / "clip.m3u8"
    clip.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsegment.ts\n#EXT-X-ENDLIST\n")
    refused(clip)
    refused(clip.rename(tmp_path / "clip.mp4"))
    assert plainly_decoded(clip.with_suffix(".mp4").rename(clip)) == 3  # the saboteur


@pytest.mark.parametrize("name", ["clip.m3u8", "clip.mp4"])
def test_a_playlist_fetches_nothing(tmp_path: Path, listener: Listener, name: str) -> None:
    clip = tmp_path / name
    url = f"http://127.0.0.1:{listener.port}/segment.ts"
    clip.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{url}\n#EXT-X-ENDLIST\n")
    refused(clip)
    assert listener.visits == 0
    if name.endswith(".m3u8"):
        with pytest.raises((av.FFmpegError, OSError)):
            plainly_decoded(clip)
        time.sleep(0.3)
        assert listener.visits > 0  # the saboteur: without our options it does fetch


@pytest.mark.parametrize(
    "reference",
    [
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\n"
        "a=rtpmap:96 H264/90000\n",
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>http://127.0.0.1:{port}/</BaseURL></MPD>',
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1:{port}/a.png"/></svg>',
        '<html><img src="http://127.0.0.1:{port}/a.png"></html>',
        "http://127.0.0.1:{port}/a.mp4\n",
        "[playlist]\nFile1=http://127.0.0.1:{port}/a.mp4\n",
        "ffconcat version 1.0\nfile http://127.0.0.1:{port}/a.mp4\n",
    ],
    ids=["sdp", "dash", "svg", "html", "url", "pls", "concat"],
)
def test_text_that_refers_elsewhere_is_refused(tmp_path: Path, listener: Listener, reference: str) -> None:
    for name in ("clip.mp4", "photo.png"):
        path = tmp_path / name
        path.write_text(reference.format(port=listener.port))
        refused(path)
    assert listener.visits == 0


def test_a_quicktime_reference_movie_is_refused(tmp_path: Path, private: Path) -> None:
    """A `dref` that is not self-contained names another file for the samples."""
    data = private.read_bytes()
    at = data.index(b"url \0\0\0\1")
    data = data[:at] + b"alis\0\0\0\0" + data[at + 8 :]
    clip = tmp_path / "clip.mov"
    clip.write_bytes(data)
    said = unseen("redact", clip, "-o", tmp_path / "out.mov")
    assert said.code in (0, 3)  # FFmpeg ignores the reference; what matters is that nothing else was opened
    assert is_clear(said) or said.code == 0


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.ts", "photo.jpg", "photo.png", "photo.heic", "x"])
def test_files_of_nothing_much_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    for content in (
        b"",
        b"\0",
        b"\n",
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"\0\0\0\x18ftypmp42",
        b"\x1aE\xdf\xa3",
    ):
        path.write_bytes(content)
        refused(path)


def test_archives_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("photo.png", write_photo(tmp_path / "photo.png").read_bytes())
    refused(path)


def test_what_is_not_a_regular_file_is_refused(tmp_path: Path) -> None:
    photo = write_photo(tmp_path / "photo.png")
    link = tmp_path / "link.png"
    link.symlink_to(photo)
    dangling = tmp_path / "dangling.png"
    dangling.symlink_to("nothing")
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    plug = tmp_path / "plug.png"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(plug))
        for path, why in ((link, "symbolic link"), (dangling, "symbolic link"), (pipe, "regular"), (plug, "")):
            assert why in refused(path)
    assert unseen("redact", photo, "-o", tmp_path / "out.png").code == 0  # the saboteur: by its own name it is fine


def test_devices_and_empty_folders_are_refused(tmp_path: Path) -> None:
    for device in ("/dev/zero", "/dev/null", "/dev/random"):
        said = unseen("redact", device, "-o", tmp_path / "out.png")
        assert said.code == 3
        assert is_clear(said)
    (tmp_path / "empty").mkdir()
    said = unseen("redact", tmp_path / "empty", "-o", tmp_path / "out")
    assert said.code == 3
    assert is_clear(said)
    assert os.listdir(tmp_path) == ["empty"]


def png_of(width: int, height: int) -> bytes:
    """A small PNG whose header claims a size, with rows of one byte repeated that deflate to almost nothing."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1 << 20), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_pixel_bombs_are_refused_by_their_header(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_of(100_000, 100_000))
    assert "pixel" in refused(path)
    path.write_bytes(png_of(2**31 - 1, 2**31 - 1))
    refused(path)
    photo = write_photo(tmp_path / "photo.png")
    assert "6,143" in refused(photo, "--max-pixels", "6143")
    assert unseen("redact", photo, "-o", tmp_path / "out.png", "--max-pixels", "6144").code == 0


def test_a_clip_that_claims_a_huge_picture_is_refused(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", Clip(codec="mpeg4"))
    refused(clip, "--max-pixels", "6143")
    assert unseen("redact", clip, "-o", tmp_path / "out.mp4", "--max-pixels", "6144").code == 0
    data = bytearray(clip.read_bytes())
    at = data.index(b"mp4v") + 4 + 24
    assert struct.unpack_from(">HH", data, at) == (96, 64)
    struct.pack_into(">HH", data, at, 65535, 65535)
    clip.write_bytes(data)
    said = unseen("redact", clip, "-o", tmp_path / "huge.mp4")
    assert said.code in (0, 3)  # what the samples themselves say counts
    assert not leftovers(tmp_path)


def test_files_over_a_limit_are_refused_with_its_name(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mkv", Clip(sounds=(Sound(seconds=0.2),) * 4))
    assert "--max-streams 5" in refused(clip, "--max-streams", "4")
    assert "--max-frames" in refused(clip, "--max-frames", "2")
    long = write_clip(tmp_path / "long.mkv", Clip(ticks=(0, 1, 300)))
    assert "--max-seconds" in refused(long, "--max-seconds", "20")


def test_very_many_streams_are_refused(tmp_path: Path) -> None:
    clip = write_clip(
        tmp_path / "clip.mkv", Clip(sounds=(Sound(seconds=0.05, rate=8000, layout="mono", codec="pcm_s16le"),) * 60)
    )
    refused(clip)


def test_a_clip_whose_picture_changes_shape_is_refused(tmp_path: Path) -> None:
    """Also where the number of pixels stays the same."""
    first = write_clip(tmp_path / "a.ts", Clip(size=(96, 64)))
    second = write_clip(tmp_path / "b.ts", Clip(size=(64, 96), ticks=(5, 6, 7)))
    joined = tmp_path / "joined.ts"
    joined.write_bytes(first.read_bytes() + second.read_bytes())
    assert "changes" in refused(joined)


def test_truncated_clips_are_refused_or_released_whole(tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "whole.mp4").read_bytes()
    clip = tmp_path / "clip.mp4"
    for share in (0.1, 0.3, 0.5, 0.9):
        clip.write_bytes(whole[: int(len(whole) * share)])
        refused(clip)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".avi", ".ts"])
def test_garbage_after_a_good_header_is_refused_or_stated(tmp_path: Path, suffix: str) -> None:
    """Where a decoder hides damage, what it showed is what is covered and audited; never a traceback."""
    good = write_clip(tmp_path / f"good{suffix}", Clip()).read_bytes()
    noise = np.random.default_rng(1)
    for seed in range(3):
        data = bytearray(good)
        start = len(data) // 4 + seed * len(data) // 5
        data[start : start + 40] = noise.bytes(len(data[start : start + 40]))
        clip = tmp_path / f"clip{suffix}"
        clip.write_bytes(data)
        out = tmp_path / f"out{seed}{suffix}"
        said = unseen("redact", clip, "-o", out)
        assert said.code in (0, 3, 5), said
        assert out.exists() == (said.code == 0)
        assert said.code == 0 or is_clear(said), said
        assert not leftovers(tmp_path)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tiff", ".gif", ".avif"])
def test_damaged_photos_are_refused_or_released_whole(tmp_path: Path, suffix: str) -> None:
    good = write_photo(tmp_path / f"good{suffix}").read_bytes()
    photo = tmp_path / f"photo{suffix}"
    for cut in (0.2, 0.6, 0.95):
        photo.write_bytes(good[: int(len(good) * cut)])
        out = tmp_path / f"out{cut}{suffix}"
        said = unseen("redact", photo, "-o", out)
        assert said.code in (0, 3), said
        assert out.exists() == (said.code == 0)
        assert said.code == 0 or is_clear(said), said


def test_an_unknown_codec_is_refused(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4")
    data = clip.read_bytes()
    assert data.count(b"avc1") >= 1
    head, _, tail = data.rpartition(b"avc1")
    clip.write_bytes(head + b"zzzz" + tail)
    refused(clip)


def test_hostile_plans_and_records_are_refused(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", replace(Clip(), ticks=(0,)))
    plan = tmp_path / "plan.json"
    for text in (
        "",
        "[]",
        "{}",
        "null",
        '{"schema": "unseen.plan/1"}',
        '{"schema": "unseen.plan/9"}',
        "{" * 100_000,
        "[" * 100_000,
    ):
        plan.write_text(text)
        said = unseen("apply", plan, clip, "-o", tmp_path / "out.mp4")
        assert said.code == 3, (text[:40], said)
        assert is_clear(said), said
        assert unseen("verify", clip, "--record", plan).code == 3
    assert not (tmp_path / "out.mp4").exists()
