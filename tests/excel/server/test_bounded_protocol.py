"""Connections, headers and the time of a request are bounded before anybody signs in."""

from __future__ import annotations

import socket
import threading
import time

import pytest

pytest.importorskip("uvicorn")
pytestmark = pytest.mark.program("server")


async def answering(scope, receive, send):
    """Answer with the number of bytes of the body; some refuse before it has come."""
    if scope["path"] == "/early":
        headers = [(b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 401, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    size = 0
    while True:
        message = await receive()
        size += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    content = str(size).encode()
    headers = [(b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


@pytest.fixture
def port(monkeypatch):
    """A server with short times, for three connections at most."""
    import uvicorn

    from icbudget.excel.server import bounded_protocol as bounds

    monkeypatch.setattr(bounds, "MOST_CONNECTIONS", 3)
    monkeypatch.setitem(bounds.SECONDS, bounds.Awaited.HEADERS, 1.0)
    monkeypatch.setitem(bounds.SECONDS, bounds.Awaited.BODY, 2.0)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(
            answering,
            port=number,
            http=bounds.BoundedProtocol,
            ws="none",
            lifespan="off",
            log_level="critical",
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield number
    server.should_exit = True
    thread.join(10)


def connected(port):
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection.settimeout(10)
    return connection


def seconds_until_closed(connection):
    start = time.monotonic()
    try:
        while connection.recv(65_536):
            pass
    except ConnectionError:
        pass
    return time.monotonic() - start


def answer(connection, request):
    connection.sendall(request)
    return connection.recv(65_536)


def test_requests_are_answered_one_after_another_on_a_connection(port):
    with connected(port) as connection:
        for body in (b"abc", b"", b"x" * 100_000):
            head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body)
            assert answer(connection, head + body).endswith(str(len(body)).encode())
        pipelined = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 2
        connection.sendall(pipelined)
        text = b""
        while text.count(b"200 OK") < 2:
            text += connection.recv(65_536)


@pytest.mark.parametrize(
    ("begun", "most"),
    [
        (b"", 1.0),
        (b"GET / HTTP/1.1\r\nHost: a\r\n", 1.0),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf", 2.0),
    ],
)
def test_a_half_sent_request_does_not_stay_open(port, begun, most):
    with connected(port) as connection:
        connection.sendall(begun)
        assert most - 0.3 < seconds_until_closed(connection) < most + 4


def test_one_byte_now_and_then_does_not_keep_it_open(port):
    with connected(port) as connection:
        start = time.monotonic()
        with pytest.raises(OSError):
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX: ")
            while time.monotonic() < start + 8:
                connection.sendall(b"x")
                time.sleep(0.2)
        assert time.monotonic() - start < 6


def test_headers_without_end_are_refused_long_before_they_fill_the_memory(port):
    with connected(port) as connection:
        sent = 0
        try:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
            for number in range(100_000):
                line = b"X-%d: %s\r\n" % (number, b"y" * 1000)
                connection.sendall(line)
                sent += len(line)
        except OSError:
            pass
        # what stands in the buffers of two sockets comes on top of the bound
        assert sent < 20_000_000


def test_large_headers_that_come_at_once_are_refused(port):
    from icbudget.excel.server.bounded_protocol import HEADER_BYTES

    line = b"X: " + b"y" * 1000 + b"\r\n"
    for lines, status in ((HEADER_BYTES // 1003 - 2, b"200"), (HEADER_BYTES // 1003 + 2, b"400")):
        with connected(port) as connection:
            request = b"GET / HTTP/1.1\r\nHost: a\r\n" + line * lines + b"\r\n"
            assert answer(connection, request).startswith(b"HTTP/1.1 " + status)


@pytest.mark.parametrize(
    "begun",
    [
        b"GET /",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: ",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: ",
    ],
    ids=["line", "header", "trailer"],
)
def test_one_line_without_end_does_not_fill_the_memory(port, begun):
    with connected(port) as connection:
        sent = 0
        try:
            connection.sendall(begun)
            for _ in range(2_000):
                connection.sendall(b"y" * 50_000)
                sent += 50_000
        except OSError:
            pass
        assert sent < 20_000_000


def test_a_request_behind_another_one_has_the_same_time(port):
    with connected(port) as connection:
        whole = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        connection.sendall(whole + b"GET / HTTP/1.1\r\nHost: a\r\n")
        assert seconds_until_closed(connection) < 5


def test_after_a_refusal_before_the_body_the_next_request_has_its_time(port):
    with connected(port) as connection:
        connection.sendall(b"POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 401")
        connection.sendall(b"body")
        assert answer(connection, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").startswith(b"HTTP/1.1 200")
        assert seconds_until_closed(connection) < 5


def test_connections_beyond_the_bound_are_closed_at_once(port):
    kept = [connected(port) for _ in range(3)]
    time.sleep(0.2)
    with connected(port) as fourth:
        assert seconds_until_closed(fourth) < 0.8
    for connection in kept:
        connection.close()
    time.sleep(0.2)
    with connected(port) as again:
        assert answer(again, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").startswith(b"HTTP/1.1 200")
