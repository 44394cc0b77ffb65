"""Working ahead changes nothing but the time: same items, same errors, and no thread left behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unseen.media.prefetch import prefetch


def workers() -> int:
    return sum(t.name == "unseen-prefetch" for t in threading.enumerate())


@given(st.lists(st.integers()), st.integers(1, 5))
def test_the_items_are_the_same(items: list[int], depth: int) -> None:
    assert list(prefetch(iter(items), depth)) == items
    assert workers() == 0


def test_it_works_ahead_by_no_more_than_it_may() -> None:
    made = []

    def items() -> Iterator[int]:
        for n in range(100):
            made.append(n)
            yield n

    with closing(prefetch(items(), 3)) as ahead:
        assert next(ahead) == 0
        time.sleep(0.3)
        assert 4 <= len(made) <= 5  # three wait, one more is in hand
    assert workers() == 0


def test_an_error_arrives_after_the_items_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise LookupError("broken")

    seen = []
    with pytest.raises(LookupError, match="broken"):
        seen.extend(prefetch(items(), 4))
    assert seen == [1]
    assert workers() == 0


def test_closing_early_ends_the_thread_and_closes_the_items() -> None:
    closed = threading.Event()

    def items() -> Generator[int, None, None]:
        try:
            while True:
                yield 0
        finally:
            closed.set()

    with pytest.raises(RuntimeError), closing(prefetch(items(), 2)) as ahead:
        next(ahead)
        raise RuntimeError
    assert closed.is_set()
    assert workers() == 0


def test_not_closing_is_what_leaves_a_thread() -> None:
    """The saboteur: an error keeps its frames, these keep the loop, and the thread waits for as long as that."""
    kept: list[BaseException] = []

    def use() -> None:
        ahead = prefetch(iter(range(1000)), 2)
        for _ in ahead:
            raise RuntimeError

    try:
        use()
    except RuntimeError as error:
        kept.append(error)
    time.sleep(0.3)
    assert workers() == 1
    kept.clear()
    deadline = time.monotonic() + 5
    while workers() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert workers() == 0


def test_items_that_fail_to_close_do_not_hang_it() -> None:
    def items() -> Generator[int, None, None]:
        try:
            yield 1
            yield 2
        finally:
            raise LookupError("cannot close")

    with pytest.raises(LookupError, match="cannot close"):
        list(prefetch(items(), 1))
    with closing(prefetch(items(), 1)) as ahead:
        assert next(ahead) == 1
    assert workers() == 0
