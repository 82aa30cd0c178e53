"""HTTP with bounds that hold before anybody has signed in.

So many connections a process, headers of so many bytes, and so many seconds for headers and for a
whole request: a half-sent request does not stay open for ever, and headers do not fill the memory.
"""

from __future__ import annotations

import asyncio
from enum import Enum

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_CONNECTIONS = 400
"""Open connections of one process; a desktop's Excel opens up to six."""
HEADER_BYTES = 65_536
"""Bytes of a request's line and headers together; a token has two to four thousand."""


class Awaited(Enum):
    """What a connection waits for."""

    HEADERS = "headers"
    BODY = "body"
    ANSWER = "answer"


SECONDS = {Awaited.HEADERS: 30.0, Awaited.BODY: 120.0, Awaited.ANSWER: 900.0}
"""Seconds for each. Headers: from the opening of a connection, or the end of an answer. Body: eight
megabytes over a slow line take about a minute. Answer: for a caller who takes it slowly.
"""


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 with bounds on connections and on the time of a request."""

    _deadline: asyncio.TimerHandle | None = None
    _awaited = Awaited.HEADERS
    _counted = 0
    _unread = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection where there is room, and give its headers their time."""
        if len(self.connections) >= MOST_CONNECTIONS:
            transport.abort()
            return
        super().connection_made(transport)
        self._await(Awaited.HEADERS)

    def data_received(self, data: bytes) -> None:
        """Read on, and close the connection where headers go on beyond their bound."""
        if self.transport is None or self.transport.is_closing():
            return
        # Of a header that is not whole yet the parser keeps what it has: it is counted as it comes,
        # behind a body in chunks too.
        self._unread += len(data) if self._awaited is not Awaited.ANSWER else 0
        super().data_received(data)
        if self._awaited is not Awaited.ANSWER and self._unread > HEADER_BYTES:
            self.transport.abort()

    def on_message_begin(self) -> None:
        """Give a request's headers their time, where it comes behind another one too."""
        super().on_message_begin()
        self._counted = 0
        self._await(Awaited.HEADERS)

    def on_url(self, url: bytes) -> None:
        """Take a part of the request's line. Raises `ValueError` beyond the bound of headers."""
        self._count(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header. Raises `ValueError` beyond the bound."""
        self._count(name, value)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Give the body its time."""
        self._unread = 0
        self._await(Awaited.BODY)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Give the answer its time, or the next request where this one was refused already."""
        answered = self.cycle.response_complete
        self._unread = 0
        self._await(Awaited.HEADERS if answered else Awaited.ANSWER)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Give the next request on the connection its time, or its answer where it came already."""
        if self._awaited is Awaited.ANSWER:
            self._await(Awaited.ANSWER if self.pipeline else Awaited.HEADERS)
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection's deadline."""
        self._clear_deadline()
        if self.transport is not None:
            super().connection_lost(exc)

    def _count(self, *parts: bytes) -> None:
        # Headers that come whole, in one piece with all that follows, have the same bound.
        self._counted += sum(map(len, parts))
        if self._counted > HEADER_BYTES:
            raise ValueError("The headers are too large.")

    def _await(self, awaited: Awaited) -> None:
        self._awaited = awaited
        self._clear_deadline()
        if not self.transport.is_closing():
            self._deadline = self.loop.call_later(SECONDS[awaited], self._too_late)

    def _clear_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.abort()
