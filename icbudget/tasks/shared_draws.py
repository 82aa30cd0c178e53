"""The draws of simulations shared among processes of this machine.

A worker imports this module and the engine, and no more: it makes no answer.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from icbudget.plan import Plan
from icbudget.plan.plan_text import as_document, from_document
from icbudget.tasks.memory import keep_memory

if TYPE_CHECKING:
    from concurrent.futures import Future

    from icbudget.engine.uncertainty.simulate import Blocks, Runner

    Share = Callable[[Plan, int | None, bool], Blocks]
    """Gives what runs blocks of a plan's draws, by its seed and whether its drivers go together."""


@contextmanager
def shared(workers: int) -> Iterator[Share | None]:
    """Give what runs blocks of draws on so many workers of this machine, in order.

    They are started once for every plan that is simulated. One worker needs no other process, and
    gets None.
    """
    if workers == 1:
        yield None
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=keep_memory
    ) as pool:

        def share(plan: Plan, seed: int | None, together: bool) -> Blocks:
            task = Task(pickle.dumps(as_document(plan)), seed, together)
            return lambda some: in_order(
                lambda block: pool.submit(_block, task, block), some, 2 * workers
            )

        yield share
        pool.shutdown(cancel_futures=True)


def in_order(
    submit: Callable[[Any], Future[Any]], blocks: Iterable[Any], ahead: int
) -> Iterator[Any]:
    """Yield what comes of each block, in order, with so many under way at once."""
    waiting: deque[Future[Any]] = deque()
    try:
        for block in blocks:
            waiting.append(submit(block))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:  # nobody wants the others where the figures are steady
        for future in waiting:
            future.cancel()


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker needs beside a block.

    That is the plan as a pickled document, its seed, and whether its drivers go together.
    """

    plan: bytes
    seed: int | None
    together: bool


@lru_cache(maxsize=1)
def _runner(plan: bytes, seed: int | None) -> Runner:
    """Return, in a worker, what runs the blocks of a plan; the next plan takes its place."""
    from icbudget.engine.uncertainty.simulate import runner_of

    read = from_document(pickle.loads(plan)).plan
    assert read is not None
    return runner_of(read, seed)


def _block(task: Task, block: tuple[int, int]) -> Any:
    return _runner(task.plan, task.seed).block(*block, together=task.together)
