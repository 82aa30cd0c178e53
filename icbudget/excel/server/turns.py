"""Whose call is answered next.

After an edit Excel asks some twenty things of one plan, a few at a time, and many people do so at
once. Taken as they come, the calls of one plan would stand so far apart that what was worked out
for the first is no longer kept for the next. So a plan that was begun is asked to the end before
another one is; those begun go before those that were not, each in the order in which they were
made or first asked of. So nobody who was begun is passed by whoever comes later.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import TypeVar

T = TypeVar("T")

THREADS = 2
"""More would answer nothing sooner, as Python works out one at a time, and would keep the process
from taking calls.
"""
AT_HAND = 16
"""Plans that count as begun. Few of them are asked of at a time, and of those everything that was
worked out is kept (see `plan_values`); the rest came to their end.
"""
MOST_IN_A_ROW = 100
"""Calls of a plan after which another one has its turn, however much is asked of it."""


class Turns:
    """Calls that wait for one of a few threads, by the plan that they take.

    All of it happens in the event loop's own thread, so nothing is locked.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, "answers")
        self._free = THREADS
        # By plan, in the order of their first calls; a call of no plan stands for itself.
        self._waiting: OrderedDict[str | int, deque[asyncio.Future[None]]] = OrderedDict()
        self._numbers = count()
        self._busy: list[str | int] = []
        # Calls of each plan that was begun, in the order in which they were.
        self._at_hand: OrderedDict[str, int] = OrderedDict()

    async def have(self, plan: str, work: Callable[[], T]) -> T:
        """Return what a piece of work comes to, once its plan has its turn; blank: of no plan."""
        running = asyncio.get_running_loop()
        turn: asyncio.Future[None] = running.create_future()
        key = plan or next(self._numbers)
        self._waiting.setdefault(key, deque()).append(turn)
        self._start()
        try:
            await turn
            return await running.run_in_executor(self._threads, work)
        finally:
            # Who gave up before it was their turn has taken no thread.
            if not turn.cancelled():
                self._busy.remove(key)
                self._free += 1
            self._start()

    def at_hand(self, plan: str) -> None:
        """Let a plan that was just made be asked before those that were not begun."""
        self._at_hand.setdefault(plan, 0)
        while len(self._at_hand) > AT_HAND:
            self._at_hand.popitem(last=False)

    def _start(self) -> None:
        while self._free and self._waiting:
            key = self._chosen()
            calls = self._waiting[key]
            turn = calls.popleft()
            if not calls:
                del self._waiting[key]
            if turn.cancelled():
                continue
            self._free -= 1
            self._busy.append(key)
            if isinstance(key, str):
                self._count(key)
            turn.set_result(None)

    def _chosen(self) -> str | int:
        """Return whose turn it is: of those begun the earliest, else who waits longest.

        Two threads work on one plan only where no other waits: the second would wait for what the
        first works out.
        """
        for plan in self._at_hand:
            if plan in self._waiting and plan not in self._busy:
                return plan
        free = (key for key in self._waiting if key not in self._busy)
        return next(free, next(iter(self._waiting)))

    def _count(self, plan: str) -> None:
        self.at_hand(plan)
        self._at_hand[plan] += 1
        if self._at_hand[plan] >= MOST_IN_A_ROW:
            del self._at_hand[plan]
            if plan in self._waiting:
                self._waiting.move_to_end(plan)
