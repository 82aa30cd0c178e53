"""Connections, headers and the time of a request are bounded before anybody signs in."""

from __future__ import annotations

import socket
import threading
import time

import pytest

pytest.importorskip("uvicorn")
pytestmark = pytest.mark.program("server")


async def answering(scope, receive, send):
    """Answer with the number of bytes of the body."""
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
    import h11
    import uvicorn

    from icbudget.excel.server import bounded_protocol as bounds

    monkeypatch.setattr(bounds, "MOST_CONNECTIONS", 3)
    monkeypatch.setattr(bounds, "HEADER_SECONDS", 1.0)
    monkeypatch.setattr(bounds, "_SECONDS", {h11.IDLE: 1.0, h11.SEND_BODY: 2.0})
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
            h11_max_incomplete_event_size=bounds.HEADER_BYTES,
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
