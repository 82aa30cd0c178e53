"""HTTP with bounds that hold before anybody has signed in.

So many connections a process, headers of so many bytes, and so many seconds for headers and for a
whole request: a half-sent request does not stay open for ever, and headers do not fill the memory.
"""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CONNECTIONS = 400
"""Open connections of one process; a desktop's Excel opens up to six."""
HEADER_BYTES = 65_536
"""Bytes of a request's line and headers together; a token has two to four thousand."""
HEADER_SECONDS = 30.0
"""From the opening of a connection, or the end of an answer, to the end of the headers."""
REQUEST_SECONDS = 120.0
"""From there to the end of the body; eight megabytes over a slow line take about a minute."""
ANSWER_SECONDS = 900.0
"""From there to the end of the answer, for a caller who takes it slowly."""
_SECONDS = {h11.IDLE: HEADER_SECONDS, h11.SEND_BODY: REQUEST_SECONDS}


class BoundedProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 with bounds on connections and on the time of a request."""

    _deadline: asyncio.TimerHandle | None = None
    _waits_for: object = h11.IDLE

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection where there is room, and give its headers their time."""
        if len(self.connections) >= MOST_CONNECTIONS:
            transport.abort()
            return
        super().connection_made(transport)
        self._set_deadline(HEADER_SECONDS)

    def data_received(self, data: bytes) -> None:
        """Read on; the body's time begins where the headers end, and ends with the body."""
        if self.transport is None or self.transport.is_closing():
            return
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Give the next request on the connection its time."""
        self._waits_for = h11.IDLE
        self._set_deadline(HEADER_SECONDS)
        super().on_response_complete()
        self._watch()

    def _watch(self) -> None:
        """Set the time of the part that the request has come to: headers, body, answer."""
        state = self.conn.their_state
        if state is not self._waits_for:
            self._waits_for = state
            self._set_deadline(_SECONDS.get(state, ANSWER_SECONDS))

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection's deadline."""
        self._clear_deadline()
        if self.transport is not None:
            super().connection_lost(exc)

    def _set_deadline(self, seconds: float) -> None:
        self._clear_deadline()
        self._deadline = self.loop.call_later(seconds, self._too_late)

    def _clear_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.abort()
