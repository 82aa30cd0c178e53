"""Whose call is answered next.

After an edit Excel asks some twenty things of one plan, a few at a time, and many people do so at
once. Taken as they come, the calls of one plan would stand so far apart that what was worked out
for the first is no longer kept for the next. So a plan that is at hand is asked to the end before
another one has its turn; plans have their turns in the order in which they were first asked of.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

THREADS = 2
"""More would answer nothing sooner, as Python works out one at a time, and would keep the process
from taking calls.
"""
AT_HAND = 3
"""Plans of which everything that was worked out is surely kept (`plan_values` keeps four)."""
MOST_IN_A_ROW = 100
"""Calls of a plan after which another one has its turn, however much is asked of it."""


class Turns:
    """Calls that wait for one of a few threads, by the plan that they take.

    All of it happens in the event loop's own thread, so nothing is locked.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, "answers")
        self._free = THREADS
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._busy: list[str] = []
        self._at_hand: OrderedDict[str, int] = OrderedDict()

    async def have(self, plan: str, work: Callable[[], T]) -> T:
        """Return what a piece of work comes to, once its plan has its turn; blank: of no plan."""
        running = asyncio.get_running_loop()
        turn: asyncio.Future[None] = running.create_future()
        self._waiting.setdefault(plan, deque()).append(turn)
        self._start()
        try:
            await turn
            return await running.run_in_executor(self._threads, work)
        finally:
            # Who gave up before it was their turn has taken no thread.
            if not turn.cancelled():
                self._busy.remove(plan)
                self._free += 1
            self._start()

    def at_hand(self, plan: str) -> None:
        """Let a plan that was just made be asked next."""
        self._at_hand[plan] = 0
        self._at_hand.move_to_end(plan)
        while len(self._at_hand) > AT_HAND:
            self._at_hand.popitem(last=False)

    def _start(self) -> None:
        while self._free and self._waiting:
            plan = self._chosen()
            calls = self._waiting[plan]
            turn = calls.popleft()
            if not calls:
                del self._waiting[plan]
            if turn.cancelled():
                continue
            self._free -= 1
            self._busy.append(plan)
            if plan:
                self._count(plan)
            turn.set_result(None)

    def _chosen(self) -> str:
        """Return the plan whose turn it is: one at hand, else the one that waits longest.

        Two threads work on one plan only where no other waits: the second would wait for what the
        first works out.
        """
        free = [plan for plan in self._waiting if not plan or plan not in self._busy]
        for plan in reversed(self._at_hand):
            if plan in free:
                return plan
        return free[0] if free else next(iter(self._waiting))

    def _count(self, plan: str) -> None:
        count = self._at_hand.get(plan, 0) + 1
        self.at_hand(plan)
        self._at_hand[plan] = count
        if count >= MOST_IN_A_ROW:
            del self._at_hand[plan]
            if plan in self._waiting:
                self._waiting.move_to_end(plan)
