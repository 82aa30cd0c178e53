"""What is kept is bounded, made once, and known by its content alone."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from icbudget.excel.answer_cache import Memo


def test_no_more_than_so_many_and_so_many_cells_are_kept():
    memo = Memo(most=3, most_cells=100)
    for n in range(5):
        memo.get(bytes([n]), 10, lambda n=n: n)
    assert len(memo) == 3
    assert memo.get(b"\x04", 10, lambda: "made again") == 4
    memo.get(b"big", 95, lambda: "big")
    assert (len(memo), memo.cells) == (1, 95)


def test_one_that_is_larger_than_the_room_is_kept_alone():
    memo = Memo(most=3, most_cells=100)
    memo.get(b"a", 10, lambda: "a")
    assert memo.get(b"huge", 1000, lambda: "huge") == "huge"
    assert len(memo) == 1


def test_those_who_ask_at_once_wait_for_one_answer():
    memo, made = Memo(most=3, most_cells=100), []

    def make():
        made.append(threading.get_ident())
        time.sleep(0.05)
        return "answer"

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: memo.get(b"a", 1, make), range(8))) == {"answer"}
    assert len(made) == 1


def test_nobody_waits_for_what_another_asks():
    memo, begun, free = Memo(most=3, most_cells=100), threading.Event(), threading.Event()

    def slow():
        begun.set()
        assert free.wait(10)
        return "slow"

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(memo.get, b"slow", 1, slow)
        assert begun.wait(10)
        assert memo.get(b"quick", 1, lambda: "quick") == "quick"
        assert not waiting.done()
        free.set()
        assert waiting.result(10) == "slow"


def test_what_is_pushed_out_while_it_is_made_still_reaches_who_asked():
    memo = Memo(most=1, most_cells=100)
    assert memo.get(b"a", 1, lambda: (memo.get(b"b", 1, lambda: "b"), "a")) == ("b", "a")
    assert len(memo) == 1


def test_what_fails_is_not_kept():
    memo = Memo(most=3, most_cells=100)

    def fail():
        raise ValueError

    for make, outcome in ((fail, "raised"), (lambda: "answer", "answer")):
        try:
            told = memo.get(b"a", 1, make)
        except ValueError:
            told = "raised"
        assert told == outcome
    assert memo.cells == 1, "what failed takes no room"
    memo.clear()
    assert (len(memo), memo.cells) == (0, 0)


def test_what_is_known_is_what_was_worked_out_and_nothing_else():
    memo = Memo(most=2, most_cells=2)
    assert memo.known(b"a") is None
    memo.get(b"a", 1, lambda: memo.known(b"a") or 7)  # not yet known while it is worked out
    assert memo.known(b"a") == 7
    with pytest.raises(ZeroDivisionError):
        memo.get(b"b", 1, lambda: 1 // 0)
    assert memo.known(b"b") is None
