"""Who does the work: processes of this machine, or the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

WAIT = 10
"""Seconds to wait for a scheduler to answer."""
_SCHEMES = ("tcp", "tls", "ws", "wss")
TRIES = 3
"""Times that a task whose worker died is given to another, on a cluster."""


class Crew(Protocol):
    """Runs a function on many tasks, and gives each with its result or fault as they are done."""

    def run(
        self, function: Callable[[Any], Any], tasks: Sequence[Any]
    ) -> Iterator[tuple[Any, Any]]:
        """Yield each task with its result, or with the exception that it ended with."""


@contextmanager
def crew(workers: int, scheduler: str | None) -> Iterator[Crew]:
    """Give the workers of a Dask scheduler where one is named, else processes of this machine.

    One worker needs no other process. Raises `ValueError` in one clear line where Dask is not
    installed or the scheduler does not answer.
    """
    if workers < 1:
        raise ValueError("at least one worker is needed")
    if scheduler is None:
        yield _Alone() if workers == 1 else _Processes(workers)
        return
    with _connected(scheduler) as cluster:
        yield cluster


class _Alone:
    """The process that asks."""

    def run(
        self, function: Callable[[Any], Any], tasks: Sequence[Any]
    ) -> Iterator[tuple[Any, Any]]:
        for task in tasks:
            try:
                yield task, function(task)
            except Exception as fault:
                yield task, fault


class _Processes:
    """Processes of this machine; where one dies, what it left is tried again, then one by one."""

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def run(
        self, function: Callable[[Any], Any], tasks: Sequence[Any]
    ) -> Iterator[tuple[Any, Any]]:
        from concurrent.futures.process import BrokenProcessPool

        left = list(tasks)
        for _ in range(2):
            again: list[Any] = []
            for task, made in self._all(function, left, self.workers) if left else ():
                if isinstance(made, BrokenProcessPool):
                    again.append(task)
                else:
                    yield task, made
            left = again
        for task in left:
            yield from self._all(function, [task], 1)

    def _all(
        self, function: Callable[[Any], Any], tasks: Sequence[Any], workers: int
    ) -> Iterator[tuple[Any, Any]]:
        from concurrent.futures import ProcessPoolExecutor, as_completed
        from concurrent.futures.process import BrokenProcessPool
        from multiprocessing import get_context

        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            under_way: dict[Any, Any] = {}
            try:
                for task in tasks:
                    try:
                        under_way[pool.submit(function, task)] = task
                    except BrokenProcessPool as dead:
                        yield task, dead
                for future in as_completed(under_way):
                    fault = future.exception()
                    yield under_way[future], fault if fault is not None else future.result()
            finally:
                pool.shutdown(cancel_futures=True)


class _Cluster:
    """The workers of a Dask cluster; a task whose worker dies goes to another.

    Raises `ValueError` in one clear line where the scheduler itself is lost.
    """

    def __init__(self, client: Any) -> None:
        self.client = client

    def run(
        self, function: Callable[[Any], Any], tasks: Sequence[Any]
    ) -> Iterator[tuple[Any, Any]]:
        from distributed import CancelledError
        from distributed import as_completed as done
        from distributed.comm.core import CommClosedError

        futures = {
            self.client.submit(function, task, pure=False, retries=TRIES): task for task in tasks
        }
        for future in done(futures, loop=self.client.loop):
            try:
                fault = future.exception()
                made = fault if fault is not None else future.result()
            except (CancelledError, CommClosedError) as lost:
                message = (
                    "The Dask scheduler was lost. What was done is kept: run the same command again"
                    " to go on."
                )
                raise ValueError(message) from lost
            yield futures[future], made
            future.release()


def _dial(scheduler: str) -> None:
    """Say at once where nothing listens, or something that is no scheduler.

    Dask itself would wait long, or for ever. Raises `ValueError` in one clear line.
    """
    import asyncio
    import socket
    from concurrent.futures import ThreadPoolExecutor
    from urllib.parse import urlsplit

    from distributed.comm.core import connect
    from distributed.security import Security

    address = urlsplit(scheduler if "://" in scheduler else f"tcp://{scheduler}")

    async def greet() -> None:
        arguments = Security().get_connection_args("client")
        connection = await connect(address.geturl(), timeout=WAIT, **arguments)
        connection.abort()

    try:
        if address.scheme not in _SCHEMES or not address.hostname or not address.port:
            raise ValueError("no host, no port, or a scheme that Dask does not have")
    except ValueError as wrong:
        raise ValueError(
            f"“{scheduler}” is not the address of a Dask scheduler: write it as"
            " tcp://10.0.0.5:8786."
        ) from wrong
    try:
        socket.create_connection((address.hostname, address.port), timeout=WAIT).close()
        # A thread of its own: whoever calls may have an event loop running here already.
        with ThreadPoolExecutor(1) as beside:
            beside.submit(asyncio.run, asyncio.wait_for(greet(), WAIT)).result()
    except TypeError as plain:
        message = (
            f"{scheduler} is encrypted: name its certificates in Dask's own configuration, under"
            " distributed.comm.tls."
        )
        raise ValueError(message) from plain
    except (OSError, TimeoutError) as dead:
        raise ValueError(
            f"No Dask scheduler answers at {scheduler}: start one with `dask scheduler`, or check"
            " the address."
        ) from dead


@contextmanager
def _connected(scheduler: str) -> Iterator[_Cluster]:
    try:
        from distributed import Client
    except ImportError as missing:
        raise ValueError(
            "A cluster needs Dask. In icbudget's folder: pip install '.[cluster]'"
        ) from missing
    import logging

    for name in ("distributed", "distributed.client"):  # Dask gives each a level of its own
        logging.getLogger(name).setLevel(logging.CRITICAL)
    _dial(scheduler)
    client = Client(scheduler, timeout=WAIT, set_as_default=False)
    try:
        try:
            client.wait_for_workers(1, timeout=WAIT)
        except TimeoutError as none:
            message = (
                f"The Dask scheduler at {scheduler} has no workers: start one with `dask worker"
                f" {scheduler}`."
            )
            raise ValueError(message) from none
        yield _Cluster(client)
    finally:
        client.close()
