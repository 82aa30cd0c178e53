"""Calls that are passed on to the worker which has their plan at hand.

A call that `Guard` has let in is answered by xlwings Server in this worker, or, whole and as it
came, with its sign-in, by xlwings Server in another one: over a socket in a folder that only this
user can enter. Where the other does not answer, as one that just ended, this worker does.
"""

from __future__ import annotations

import asyncio
import json
import struct
from typing import Any

from icbudget.excel.server.homes import Homes

PLAN = "icbudget.plan"
"""What a call's scope holds of it, as `Guard` writes it: the plan that the call takes, blank where
it makes one, None where it has nothing to do with plans.
"""
_LENGTHS = struct.Struct("!II")
_Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_Pairs = list[tuple[str, str]]


class PassingOn:
    """An ASGI application around another one, which every worker has alike."""

    def __init__(self, inner: Any, homes: Homes) -> None:
        self.inner, self.homes = inner, homes
        self._open: dict[int, list[_Connection]] = {}

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer one request here, or have it answered by its plan's home."""
        if scope["type"] == "lifespan":
            socket = self.homes.socket_of(self.homes.seat)
            listening = await asyncio.start_unix_server(self._answer_others, socket)
            try:
                await self.inner(scope, receive, send)
            finally:
                listening.close()
            return
        plan = scope.get(PLAN)
        if plan is None:
            await self.inner(scope, receive, send)
            return
        seat = self.homes.of(plan) if plan else self.homes.idlest()
        if seat == self.homes.seat:
            await self.inner(scope, receive, send)
            return
        body = (await receive())["body"]
        try:
            head, answer = await self._asked(seat, scope, body)
        except (OSError, EOFError):
            await self.inner(scope, with_body(body, receive), send)
            return
        headers = _in_bytes(head["headers"])
        await send({"type": "http.response.start", "status": head["status"], "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _asked(
        self, seat: int, scope: dict[str, Any], body: bytes
    ) -> tuple[dict[str, Any], bytes]:
        """Return what another worker answers. Raises `OSError` or `EOFError` where it does not."""
        unused = self._open.setdefault(seat, [])
        if unused:
            reader, writer = unused.pop()
        else:
            reader, writer = await asyncio.open_unix_connection(self.homes.socket_of(seat))
        try:
            head = {"path": scope["path"], "headers": _in_text(scope["headers"])}
            _write(writer, head, body)
            answer = await _read(reader)
        except BaseException:
            # Whoever asks next must not read what was left of this answer.
            writer.close()
            raise
        unused.append((reader, writer))
        return answer

    async def _answer_others(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer the calls that another worker passes on over a connection, one after another."""
        try:
            while True:
                head, body = await _read(reader)
                answer, content = await self._answered(head, body)
                _write(writer, answer, content)
        except (OSError, EOFError):
            pass
        finally:
            writer.close()

    async def _answered(self, head: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        """Return what this worker answers to a call that another one has let in."""
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": head["path"],
            "raw_path": head["path"].encode(),
            "query_string": b"",
            "root_path": "",
            "headers": _in_bytes(head["headers"]),
            "client": None,
            "server": None,
        }
        messages: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            messages.append(message)

        await self.inner(scope, with_body(body, _nothing_more), send)
        start, *parts = messages
        answer = {"status": start["status"], "headers": _in_text(start.get("headers", ()))}
        return answer, b"".join(part.get("body", b"") for part in parts)


def with_body(body: bytes, receive: Any) -> Any:
    """Return what gives a request's body, and from `receive` what comes after it."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def body_first() -> Any:
        return waiting.pop() if waiting else await receive()

    return body_first


async def _nothing_more() -> Any:
    await asyncio.Event().wait()


def _write(writer: asyncio.StreamWriter, head: dict[str, Any], body: bytes) -> None:
    text = json.dumps(head).encode()
    writer.write(b"".join((_LENGTHS.pack(len(text), len(body)), text, body)))


async def _read(reader: asyncio.StreamReader) -> tuple[dict[str, Any], bytes]:
    """Return the head and the body that stand next. Raises `EOFError` where the other has ended."""
    of_head, of_body = _LENGTHS.unpack(await reader.readexactly(_LENGTHS.size))
    head: dict[str, Any] = json.loads(await reader.readexactly(of_head))
    return head, await reader.readexactly(of_body)


def _in_text(pairs: Any) -> _Pairs:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs]


def _in_bytes(pairs: _Pairs) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
