"""What decides who is served stands once, and anonymous service is of this machine."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from icbudget.excel.server.guard import Guard
from icbudget.excel.server.settings import Settings
from icbudget.excel.server.tokens import Tokens


async def _inner(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


def status_of(headers, *, client="127.0.0.1", server="127.0.0.1", settings=None):
    settings = settings or Settings()
    guard = Guard(_inner, settings, {}, (), Tokens(settings))
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "headers": headers,
        "client": (client, 5),
        "server": (server, 8000),
    }
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    # The driver of the browser tests keeps a loop running in this thread.
    with ThreadPoolExecutor(1) as beside:
        beside.submit(asyncio.run, guard(scope, receive, send)).result()
    return sent[0]["status"]


HOST = (b"host", b"localhost:8000")


@pytest.mark.parametrize("second", [HOST, (b"Host", b"evil.example"), (b"HOST", b"localhost:8000")])
def test_a_second_host_header_is_refused(second):
    assert status_of([HOST]) == 200
    assert status_of([HOST, second]) == status_of([second, HOST]) == 400


@pytest.mark.parametrize("name", [b"authorization", b"Content-Length", b"origin", b"content-type"])
def test_a_header_that_decides_stands_once(name):
    assert status_of([HOST, (name, b"1")]) == 200
    assert status_of([HOST, (name, b"1"), (name.upper(), b"1")]) == 400


def test_a_call_has_one_length():
    assert status_of([HOST, (b"content-length", b"2"), (b"Transfer-Encoding", b"chunked")]) == 400


def test_other_headers_may_stand_twice():
    assert status_of([HOST, (b"accept", b"a"), (b"accept", b"b")]) == 200


@pytest.mark.parametrize(
    ("client", "server", "status"),
    [
        ("127.0.0.1", "127.0.0.1", 200),
        ("::1", "::1", 200),
        ("10.0.0.7", "10.0.0.2", 403),
        ("127.0.0.1", "10.0.0.2", 403),
        ("10.0.0.7", "127.0.0.1", 403),
    ],
)
def test_anonymous_service_is_over_this_machine_s_own_address(client, server, status):
    assert status_of([HOST], client=client, server=server) == status
    production = Settings(True, "icbudget.example.nhs.uk", "t", "c")
    host = (b"host", b"icbudget.example.nhs.uk")
    assert status_of([host], client=client, server=server, settings=production) == 200
