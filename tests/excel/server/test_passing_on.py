"""A call is answered by its plan's home, whole and as it came; by whoever received it where the home
does not answer.
"""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import pytest

from icbudget.excel.server.homes import homes_in, shared_by
from icbudget.excel.server.passing_on import PLAN, PassingOn, with_body

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sockets of one user")
MINE, YOURS = "plan 000000000001", "plan 000000000002"
BODY = "{“£”: 1}".encode()


class Answering:
    """An application that writes down what it is asked, and answers with its own name."""

    def __init__(self, name: str) -> None:
        self.name, self.asked, self.fails = name, [], False

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            return
        body = (await receive())["body"]
        self.asked.append((scope["path"], scope["headers"], body))
        if self.fails:
            raise RuntimeError(self.name)
        headers = [(b"content-type", b"text/plain"), (b"x-name", "é".encode("latin-1"))]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": self.name.encode(), "more_body": True})
        await send({"type": "http.response.body", "body": BODY})


@asynccontextmanager
async def two_workers():
    """Two workers that listen; the first plan's home is the first, the second's the second."""
    with shared_by(2):
        workers = [PassingOn(Answering(name), homes_in(os.environ)) for name in ("a", "b")]
        end = asyncio.Event()
        living = [asyncio.ensure_future(w({"type": "lifespan"}, end.wait, None)) for w in workers]
        while not all(w.homes.socket_of(w.homes.seat).exists() for w in workers):
            await asyncio.sleep(0.01)
        for worker, plan in zip(workers, (MINE, YOURS), strict=True):
            worker.homes.settle(plan)
        yield workers
        end.set()
        await asyncio.gather(*living)


async def ask(worker, plan, body=BODY):
    """Status, headers and body that a worker sends to a call of a plan."""
    scope = {
        "type": "http",
        "path": "/call",
        "headers": [(b"authorization", b"Bearer x")],
        PLAN: plan,
    }
    messages = []

    async def send(message):
        messages.append(message)

    await worker(scope, with_body(body, None), send)
    content = b"".join(m.get("body", b"") for m in messages)
    return messages[0]["status"], messages[0]["headers"], content


def run_beside(check):
    """Run a check in a thread of its own: browser tests keep a loop running in this one."""
    with ThreadPoolExecutor(1) as beside:
        beside.submit(lambda: asyncio.run(check())).result()


def test_a_call_is_answered_by_its_plan_s_home_with_all_that_it_came_with():
    async def check():
        async with two_workers() as (a, b):
            for worker in (a, b):
                for plan, home in ((MINE, a), (YOURS, b)):
                    before = len(home.inner.asked)
                    status, headers, content = await ask(worker, plan)
                    assert status == 201
                    assert (b"x-name", b"\xe9") in headers
                    assert content == home.inner.name.encode() + BODY
                    assert len(home.inner.asked) == before + 1
                    path, stated, body = home.inner.asked[-1]
                    assert (path, body) == ("/call", BODY)
                    assert (b"authorization", b"Bearer x") in stated

    run_beside(check)


def test_what_has_no_plan_stays_and_a_new_plan_is_made_by_the_idlest():
    async def check():
        async with two_workers() as (_, b):
            assert (await ask(b, None))[2].startswith(b"b")
            assert (await ask(b, ""))[2].startswith(b"b")
            with b.homes.call_in_hand():
                assert (await ask(b, ""))[2].startswith(b"a")
                assert (await ask(b, None))[2].startswith(b"b")

    run_beside(check)


def test_many_calls_at_once_get_each_its_own_answer():
    async def check():
        async with two_workers() as (a, b):
            bodies = [b"%d" % number * 50_000 for number in range(40)]
            await asyncio.gather(*(ask(a, YOURS, body) for body in bodies))
            assert sorted(body for _, _, body in b.inner.asked) == sorted(bodies)
            assert a.inner.asked == []
            assert len(a._open[1]) <= len(bodies)
            await ask(a, YOURS)
            assert len(b.inner.asked) == 41

    run_beside(check)


def test_where_a_home_does_not_answer_whoever_received_the_call_does():
    async def check():
        async with two_workers() as (a, b):
            await ask(a, YOURS)
            b.inner.fails = True
            assert (await ask(a, YOURS))[2] == b"a" + BODY
            b.inner.fails = False
            assert (await ask(a, YOURS))[2] == b"b" + BODY
            b.homes.socket_of(1).unlink()
            a._open[1].clear()
            assert (await ask(a, YOURS))[2] == b"a" + BODY

    run_beside(check)


def test_a_call_that_is_given_up_leaves_nothing_for_the_next_to_read():
    async def check():
        async with two_workers() as (a, b):
            waits = asyncio.Event()
            answer, asked = b.inner, []

            async def slow(scope, receive, send):
                asked.append(scope)
                await waits.wait()
                await answer(scope, receive, send)

            b.inner = slow
            given_up = asyncio.ensure_future(ask(a, YOURS, b"first"))
            while not asked:
                await asyncio.sleep(0.01)
            given_up.cancel()
            with pytest.raises(asyncio.CancelledError):
                await given_up
            b.inner = answer
            waits.set()
            await ask(a, YOURS, b"second")
            assert [body for _, _, body in answer.asked][-1] == b"second"

    run_beside(check)
