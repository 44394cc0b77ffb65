"""An untrusted file is opened once, by hand, and read through that opening alone."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unseen.errors import InputError, UnreadableError, UnsupportedError
from unseen.media.source import open_source

DATA = bytes(range(256)) * 40


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "file"
    made.write_bytes(DATA)
    return made


def test_what_is_read_is_the_file(path: Path) -> None:
    with open_source(path) as source:
        assert source.size == len(DATA)
        assert source.cursor().read() == DATA
        assert source.head(5) == DATA[:5]
        assert source.sha256() == hashlib.sha256(DATA).hexdigest()


def test_cursors_do_not_move_each_other(path: Path) -> None:
    with open_source(path) as source:
        one, two = source.cursor(), source.cursor()
        one.seek(100)
        assert two.read(3) == DATA[:3]
        assert one.read(3) == DATA[100:103]
        assert two.read(3) == DATA[3:6]


@given(st.lists(st.tuples(st.sampled_from([0, 1, 2]), st.integers(-50, 11_000), st.integers(0, 3000)), max_size=12))
def test_a_cursor_behaves_as_a_file_in_memory(moves: list[tuple[int, int, int]]) -> None:
    import io
    import tempfile

    memory = io.BytesIO(DATA)
    with tempfile.NamedTemporaryFile() as file:
        file.write(DATA)
        file.flush()
        with open_source(Path(file.name)) as source:
            cursor = source.cursor()
            for whence, offset, count in moves:
                base = {0: 0, 1: memory.tell(), 2: len(DATA)}[whence]
                if base + offset < 0:
                    with pytest.raises(ValueError, match="before the start"):
                        cursor.seek(offset, whence)
                    cursor.seek(memory.tell())
                    continue
                assert cursor.seek(offset, whence) == memory.seek(offset, whence)
                assert cursor.read(count) == memory.read(count)
                assert cursor.tell() == memory.tell()


def test_a_file_replaced_under_its_name_is_not_read(path: Path) -> None:
    with open_source(path) as source:
        other = path.with_name("other")
        other.write_bytes(b"another file")
        other.replace(path)
        assert source.cursor().read() == DATA


def test_a_cursor_outlives_its_file_without_reading_another(path: Path, tmp_path: Path) -> None:
    """The number of a closed descriptor is given to the next file: a reader that kept it would read that one."""
    other = tmp_path / "other"
    other.write_bytes(b"another file")
    with open_source(path) as source:
        cursor = source.cursor()
        number = source._file.fileno()
    with other.open("rb") as taken:
        assert taken.fileno() == number  # the saboteur: the number is in use again
        with pytest.raises(ValueError, match="closed"):
            cursor.read()


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"), open_source(tmp_path / "nothing"):
        pass


@pytest.mark.parametrize("name", ["nul\0byte", "n" * 300])
def test_a_name_no_file_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError), open_source(tmp_path / name):
        pass


def test_only_regular_files_with_content_are_opened(path: Path, tmp_path: Path) -> None:
    link, pipe, empty, plug = (tmp_path / n for n in ("link", "pipe", "empty", "plug"))
    link.symlink_to(path)
    os.mkfifo(pipe)
    empty.touch()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(plug))
        for each in (link, pipe, empty, tmp_path, Path("/dev/zero"), Path("/dev/null")):
            with pytest.raises(UnsupportedError), open_source(each):
                pass
        with pytest.raises(UnreadableError), open_source(plug):
            pass
    with open_source(tmp_path / "." / "file") as source:
        assert source.size == len(DATA)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(path: Path) -> None:
    path.chmod(0)
    with pytest.raises(UnreadableError, match="ermission"), open_source(path):
        pass


_READ = """
import sys
from pathlib import Path
from unseen.errors import UnseenError
from unseen.media.source import STDIN, open_source
try:
    with open_source(STDIN) as source:
        print(source.size, source.sha256(), source.sha256() == source.sha256())
except UnseenError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""


def test_standard_input_can_be_read_any_number_of_times(tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", _READ], input=DATA, capture_output=True, check=True, cwd=tmp_path)
    assert ran.stdout.decode().split() == [str(len(DATA)), hashlib.sha256(DATA).hexdigest(), "True"]
    assert not os.listdir(tmp_path)


def test_standard_input_that_is_empty_or_closed_is_refused() -> None:
    empty = subprocess.run([sys.executable, "-c", _READ], input=b"", capture_output=True, check=False)
    assert (empty.returncode, b"empty" in empty.stderr) == (3, True)
    closed = subprocess.run(["sh", "-c", f"exec {sys.executable} -c '{_READ}' <&-"], capture_output=True, check=False)
    assert closed.returncode == 3, closed.stderr
    assert b"Traceback" not in closed.stderr


def test_standard_input_larger_than_the_disk_is_a_storage_error() -> None:
    limited = f"import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (999, 999))\n{_READ}"
    ran = subprocess.run([sys.executable, "-c", limited], input=DATA, capture_output=True, check=False)
    assert ran.returncode == 6, ran.stderr
    assert b"standard input" in ran.stderr
