"""A plan at hand is asked to the end before another has its turn, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import threading

import pytest

from icbudget.excel.server import turns
from icbudget.excel.server.turns import MOST_IN_A_ROW, Turns


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    """One thread answers, so that the order is one."""
    monkeypatch.setattr(turns, "THREADS", 1)


def order_of(asked: list[str], *just_made: str) -> list[str]:
    """Return the order in which calls have their turns that all wait at once, by their plans."""
    answered: list[str] = []

    async def all_of_them() -> None:
        queue, begin = Turns(), threading.Event()
        first = asyncio.create_task(queue.have("", begin.wait))
        waiting = [
            asyncio.create_task(queue.have(plan, lambda plan=plan: answered.append(plan)))
            for plan in asked
        ]
        await asyncio.sleep(0)  # all wait behind the first
        for plan in just_made:
            queue.at_hand(plan)
        begin.set()
        await asyncio.gather(first, *waiting)

    # the driver of the browser tests keeps a loop running in this thread
    beside = threading.Thread(target=lambda: asyncio.run(all_of_them()))
    beside.start()
    beside.join(30)
    assert len(answered) == len(asked)
    return answered


def test_a_plan_is_asked_to_the_end_and_plans_have_their_turns_in_order():
    assert order_of(["a", "b", "c", "a", "b", "a"]) == ["a", "a", "a", "b", "b", "c"]


def test_a_plan_just_made_is_asked_next():
    assert order_of(["a", "b", "c", "b"], "b") == ["b", "b", "a", "c"]


def test_plans_made_later_do_not_pass_one_that_was_begun():
    asked = ["", "e", "d", "c", "b", "a", "a"]
    assert order_of(asked, *"abcde") == ["a", "a", "b", "c", "d", "e", ""]


def test_calls_of_no_plan_do_not_go_before_a_plan_by_waiting_for_one_another():
    assert order_of(["", "a", "", "b", ""]) == ["", "a", "", "b", ""]


def test_calls_of_no_plan_keep_their_place():
    assert order_of(["a", "", "b", "a"]) == ["a", "a", "", "b"]


def test_one_plan_does_not_keep_the_others_waiting_for_ever():
    asked = ["a"] * (MOST_IN_A_ROW + 20) + ["b"]
    assert order_of(asked).index("b") == MOST_IN_A_ROW


def test_what_fails_frees_its_thread():
    async def failing_then_working() -> int:
        queue = Turns()
        with pytest.raises(ValueError, match="wrong"):
            await queue.have("a", lambda: int("wrong"))
        return await queue.have("a", lambda: 7)

    results: list[int] = []
    beside = threading.Thread(target=lambda: results.append(asyncio.run(failing_then_working())))
    beside.start()
    beside.join(30)
    assert results == [7]


def test_who_gives_up_leaves_the_turn_to_the_next():
    """A call is given up while it waits, and another just as it has its turn: the third is
    answered, with the only thread.
    """
    answered: list[str] = []

    async def all_of_them() -> None:
        queue, begin = Turns(), threading.Event()
        first = asyncio.create_task(queue.have("", begin.wait))
        gone, late, third = (
            asyncio.create_task(queue.have(plan, lambda plan=plan: answered.append(plan)))
            for plan in ("gone", "late", "third")
        )
        await asyncio.sleep(0)
        gone.cancel()
        first.add_done_callback(lambda _: late.cancel())
        begin.set()
        await first
        await asyncio.wait_for(third, 20)

    beside = threading.Thread(target=lambda: asyncio.run(all_of_them()))
    beside.start()
    beside.join(30)
    # the second may have been under way in its thread when it was given up
    assert answered in (["third"], ["late", "third"])
